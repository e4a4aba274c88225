"""The flags of the verbs in `cli_builder.py`."""

from __future__ import annotations

import argparse
from typing import Any

from hebb_controller import cli_builder
from hebb_controller.cli_board import PROTOCOLS


def add_board_actions(actions: Any) -> None:
    """Add `find`, `set-id` and `monitor` to the actions of `hebb board`.

    Args:
        actions: what `ArgumentParser.add_subparsers` returned.
    """
    for name, help_text, add, function in (
        ("find", "serial ports, and what answers on them; nothing is changed", add_find_flags, cli_builder.find),
        ("set-id", "another id, rate or return delay for one servo, for good", add_set_id_flags, cli_builder.set_id),
        ("monitor", "what every joint's servo tells, live; torque stays off", add_monitor_flags, cli_builder.monitor),
    ):
        description = f"{help_text[0].upper()}{help_text[1:]}."
        parser = actions.add_parser(name, help=help_text, description=description, allow_abbrev=False)
        parser.set_defaults(verb=function, ends_with_reader=name == "monitor", parser=parser)
        add(parser)


def add_find_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb board find`."""
    parser.add_argument("--port", metavar="PORT", help="only this one, whatever it is (default: all USB adapters)")
    parser.add_argument(
        "--protocol", metavar="P", default="", help="only this one: imu, realant, opencat, hebb, sts, dxl1, dxl2"
    )
    parser.add_argument(
        "--all-bauds", action="store_true", help="ask every id at every rate; do not stop at what answers first"
    )
    parser.add_argument("--highest", metavar="ID", type=int, default=252, help="last id to ask (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_set_id_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb board set-id`."""
    parser.add_argument("--port", metavar="PORT", required=True, help="serial port of the servo")
    parser.add_argument("--protocol", metavar="P", required=True, help="sts, dxl2 or dxl1")
    parser.add_argument("--from", dest="old", metavar="ID", type=int, required=True, help="its id now")
    parser.add_argument("--to", dest="new", metavar="ID", type=int, help="its id then (default: the same)")
    parser.add_argument(
        "--baud", metavar="RATE", type=int, help="rate that it answers at now (default: the protocol's)"
    )
    parser.add_argument("--to-baud", metavar="RATE", type=int, help="its rate then (default: the same)")
    parser.add_argument("--return-delay", metavar="US", type=int, help="how long it waits before it answers, in us")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def add_monitor_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb board monitor`."""
    _add_robot_flags(parser)
    parser.add_argument("--hz", metavar="RATE", type=float, default=10.0, help="readings per second (%(default)g)")
    parser.add_argument("--steps", metavar="N", type=int, default=0, help="readings (default: until Ctrl-C)")
    parser.add_argument("--json", action="store_true", help="print one JSON object per reading")


def add_jog_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb jog`."""
    _add_robot_flags(parser)
    parser.add_argument("--joint", metavar="NAME", help="the joint (default: the first; n and p choose others)")
    parser.add_argument("--to", metavar="DEG", type=float, help="where to, in degrees (default: by keys)")
    parser.add_argument("--speed", metavar="RAD/S", type=float, default=0.5, help="(default: %(default)g)")
    parser.add_argument("--yes", action="store_true", help="do not ask whether the robot is on its stand")


def add_check_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb check`."""
    _add_robot_flags(parser)
    parser.add_argument(
        "--imu-port",
        metavar="PORT",
        default="",
        help="of the IMU; `board`: on the servo board; `level`: none",
    )
    parser.add_argument("--rulebook", metavar="B", default="", help="file or shipped name (default: the robot's own)")
    parser.add_argument("--supply", metavar="V", type=float, help="the battery's nominal voltage (default: guessed)")
    parser.add_argument("--yes", action="store_true", help="do not ask for a tilt: the IMU's sign stays unchecked")
    parser.add_argument("--json", action="store_true", help="print one JSON list; no tilt either")


def _add_robot_flags(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--robot", metavar="R", default="sts12", help="name or file (default: %(default)s)")
    parser.add_argument("--port", metavar="PORT", required=True, help="serial port of the servos")
    parser.add_argument("--protocol", metavar="P", default="", help=f"{PROTOCOLS} (default: the robot's servos')")
    parser.add_argument(
        "--calibration", metavar="FILE", default="", help="(default: the robot's own; `none`: built exactly as drawn)"
    )
