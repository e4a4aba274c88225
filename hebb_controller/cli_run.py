"""`hebb run`: the flags, and the call."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hebb_controller import cli_board, cli_evaluate
from hebb_controller.cli_verbs import need_simulator, robot_and_rulebook
from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule, parse_schedule

#: What befalls a life where nothing is asked for, and the steps after which there is a recovery to see.
DEFAULT, FITS = "300:400", 400


def add_run_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of `hebb run`."""
    parser.add_argument(
        "--robot",
        metavar="R",
        help="name or file (default: the rulebook's own; without one ant, or sts12 with --plant serial)",
    )
    parser.add_argument("--rulebook", metavar="B", help="file or shipped name (default: the robot's own)")
    parser.add_argument("--body", metavar="NAME", default="intact", help="(default: %(default)s)")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument("--steps", metavar="N", type=int, default=700, help="control steps (default: %(default)s)")
    cli_evaluate.add_perturbation_flags(parser)
    cli_board.add_run_flags(parser)
    parser.add_argument(
        "--undisturbed",
        action="store_true",
        help=f"no perturbation; without any, --saturate {DEFAULT} is the default of a life of more than {FITS} steps",
    )
    parser.add_argument(
        "--realtime",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="keep the robot's own pace (default: when standard output is a terminal)",
    )
    parser.add_argument("--gui", action="store_true", help="open the simulator's window, where there is a display")
    parser.add_argument("--video", metavar="FILE", type=Path, help="record to .gif or .mp4, no display needed")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path("reports"), help="folder of the report (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Watch one life, and write its report.

    Raises:
        BadInputError: flags that do not go together, or of a life that cannot be.
    """
    if options.plant == "serial":
        return cli_board.run_serial(options, cli_evaluate.schedule_of(options))
    for flag in ("port", "imu_port", "protocol", "calibration"):
        if getattr(options, flag):
            name = f"--{flag.replace('_', '-')}"
            raise BadInputError(f"{name}: a simulated body has none; add --plant serial, or leave out {name}")
    schedule = cli_evaluate.schedule_of(options)
    if schedule == FaultSchedule() and not options.undisturbed and options.steps > FITS:
        schedule = parse_schedule(saturate=[DEFAULT])
    robot, name, book = robot_and_rulebook(options, "ant")
    need_simulator()
    from sim.live_run import LiveRunConfig
    from sim.live_run import run as run_live

    config = LiveRunConfig(
        robot=robot,
        rulebook=name,
        body=options.body,
        seed=options.seed,
        steps=options.steps,
        schedule=schedule,
        realtime=sys.stdout.isatty() if options.realtime is None else options.realtime,
        gui=options.gui,
        video=options.video,
        out=options.out,
    )
    run_live(book, config)
    return 0
