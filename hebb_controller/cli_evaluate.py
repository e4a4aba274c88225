"""Flags of `hebb evaluate`, and those of the perturbations, which it shares with `hebb run`."""

from __future__ import annotations

import argparse

from hebb_controller import cli_car
from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from hebb_controller.faults import KINDS


def add_evaluate_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of `hebb evaluate`."""
    parser.add_argument("rulebook", metavar="RULEBOOK", help="a file, or a shipped name")
    parser.add_argument("--robot", metavar="R", help="name or file (default: the rulebook's own)")
    parser.add_argument("--body", metavar="NAME", default="intact", help="(default: %(default)s)")
    parser.add_argument("--episodes", metavar="N", type=int, default=20, help="lives (default: %(default)s)")
    parser.add_argument("--seed", metavar="S", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument(
        "--horizon", metavar="N", type=int, default=0, help="control steps per life (default: the task's own length)"
    )
    add_perturbation_flags(parser)
    parser.add_argument(
        "--jobs", metavar="K", type=int, default=1, help="worker processes; results do not depend on it (default: 1)"
    )
    parser.add_argument(
        "--randomise",
        action="store_true",
        help="draw body, ground, servos and sensors anew in every life (servo robots)",
    )
    parser.add_argument(
        "--engine",
        metavar="NAME",
        default="bullet",
        help="the physics: bullet or mujoco (servo robots; default: %(default)s)",
    )
    cli_car.add_task_flags(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_perturbation_flags(parser: argparse.ArgumentParser) -> None:
    """Give a parser the flags of all that can befall a life."""
    kinds = "; ".join(f"{name}: {kind.summary}" for name, kind in KINDS.items())
    group = parser.add_argument_group("perturbations", "steps count from 0; a span START:STOP ends before STOP")
    group.add_argument(
        "--saturate",
        metavar="SPAN",
        action="append",
        default=[],
        help="all actuators at full action, such as 300:400; @JOINT,JOINT for some",
    )
    group.add_argument(
        "--freeze-actuators", metavar="SPAN", action="append", default=[], help="the last command sticks, same form"
    )
    group.add_argument(
        "--fault",
        metavar="FAULT",
        action="append",
        default=[],
        help=f"KIND[=NUMBER]@SPAN[@JOINT,JOINT], such as weak=0.5@300:400. {kinds}".replace("%", "%%"),
    )
    group.add_argument(
        "--zero-weights",
        metavar="SHARE@STEP",
        action="append",
        default=[],
        help="zero a random share of all weights, such as 0.333@400",
    )
    group.add_argument("--stop-plasticity", metavar="STEP", type=int, help="no weight changes from this step on")


def schedule_of(options: argparse.Namespace) -> FaultSchedule:
    """Return what those flags say.

    Raises:
        BadInputError: a description that cannot be read.
    """
    return parse_schedule(
        options.saturate, options.freeze_actuators, options.fault, options.zero_weights, options.stop_plasticity
    )
