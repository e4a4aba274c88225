"""`hebb view`: the live page."""

from __future__ import annotations

import argparse
from pathlib import Path

from hebb_controller.out_path import check_folder


def add_view_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb view`."""
    parser.add_argument("--robot", metavar="R", help="name or file (default: the rulebook's own, or realant)")
    parser.add_argument("--rulebook", metavar="B", help="file or shipped name (default: the robot's own)")
    parser.add_argument(
        "--static", metavar="B", default="", help="static rulebook of the third lane (default: ROBOT-static)"
    )
    parser.add_argument(
        "--lanes", metavar="L,L", default="", help="which of plastic,frozen,static (default: all that the robot has)"
    )
    parser.add_argument("--body", metavar="NAME", default="intact", help="body or ground (default: %(default)s)")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument(
        "--realtime-factor", metavar="X", type=float, default=1.0, help="seconds of the robots per second (%(default)s)"
    )
    parser.add_argument(
        "--port", metavar="N", type=int, default=8080, help="0: any that is free (default: %(default)s)"
    )
    parser.add_argument(
        "--host",
        metavar="H",
        default="127.0.0.1",
        help="address to bind to; beyond loopback, commands need the token printed here (default: %(default)s)",
    )
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("recordings"), help="folder of what is saved (%(default)s)"
    )


def view(options: argparse.Namespace) -> None:
    """Open the live page."""
    from hebb_controller.cli_verbs import need_simulator, robot_and_rulebook
    from hebb_controller.page.link import PageAddress, fresh_token, need_viser

    robot, name, book = robot_and_rulebook(options, "realant")
    book.check_robot(robot)
    check_folder(options.out)  # before the page starts: a recording is written when it ends
    need_viser()
    need_simulator()
    from sim.view.lanes import ViewConfig
    from sim.view.run import run

    lanes = tuple(lane.strip() for lane in options.lanes.split(",") if lane.strip())
    config = ViewConfig(
        robot=robot,
        rulebook=Path(name).name,
        book=book,
        static=options.static,
        lanes=lanes,
        body=options.body,
        seed=options.seed,
        realtime_factor=options.realtime_factor,
    )
    run(config, PageAddress(options.host, options.port, fresh_token(options.host)), options.out)
