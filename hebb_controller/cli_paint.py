"""`hebb paint`: the flags, and the call."""

from __future__ import annotations

import argparse
from pathlib import Path

from hebb_controller.out_path import check_file


def add_paint_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb paint`."""
    parser.add_argument("rulebook", metavar="RULEBOOK", help="a file or shipped name, evolved with --encoding cppn")
    parser.add_argument("--robot", metavar="R", required=True, help="name or file of the robot to paint for")
    parser.add_argument(
        "--hidden", metavar="N", type=int, nargs="+", help="units of the hidden layers (default: the rulebook's)"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="file of the painted rulebook")


def paint(options: argparse.Namespace) -> None:
    """Paint a rulebook's rules for another robot, and write the rulebook.

    Raises:
        BadInputError: an unknown robot, rules that were not painted, or a file that cannot be written.
        RulebookError: a file that is no rulebook.
    """
    from hebb_controller.repaint import repaint
    from hebb_controller.robot_file import load_robot
    from hebb_controller.rulebook import load_rulebook

    check_file(options.out)
    book, robot = load_rulebook(options.rulebook), load_robot(options.robot)
    painted = repaint(book, robot, tuple(options.hidden) if options.hidden else None)
    print(
        f"{painted.nb_evolved:,} numbers evolved on {book.robot} ({_sizes(book.layer_sizes)}), painted for "
        f"{robot.name} ({_sizes(painted.layer_sizes)}, {robot.nb_joints} joints); it never lived there: try it with "
        "'hebb evaluate'"
    )
    print(f"wrote {painted.save(options.out)}")


def _sizes(layer_sizes: tuple[int, ...]) -> str:
    return "-".join(str(n) for n in layer_sizes)
