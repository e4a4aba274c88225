"""`hebb trial`: the verb that leads a robot through the stages of a trial."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path

from hebb_controller.errors import MissingExtraError
from hebb_controller.trials.protocol import STAGES


def add_trial_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb trial`."""
    parser.add_argument("protocol", metavar="PROTOCOL", help="a YAML file (docs/trials.md), or a shipped name")
    parser.add_argument("--stage", choices=STAGES, default="", help="(default: the first that has not passed)")
    parser.add_argument(
        "--out", metavar="DIR", type=Path, help="folder of the trial, a stage's runs below (default: trials/NAME)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with a stage that was begun")
    parser.add_argument(
        "--passed",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="a stage folder of another trial: its pass counts if robot, calibration and rulebooks are the same",
    )
    parser.add_argument(
        "--assume-yes", action="store_true", help="ask nobody; only where a simulator or an emulated board moves"
    )


def trial(options: argparse.Namespace) -> int:
    """Do a stage of a trial; return 1 if it has not passed."""
    for module, extra in (("hebb_controller_ros", "ros"), ("rclpy", "ros"), ("mcap_ros2", "record")):
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(module, extra)
    from hebb_controller.trials.operator import assumed_operator, terminal_operator
    from hebb_controller_ros.trial_run import TrialOptions, run

    operator = assumed_operator() if options.assume_yes else terminal_operator()
    asked = TrialOptions(options.protocol, options.stage, options.out, options.resume, tuple(options.passed))
    return int(run(asked, operator))
