"""The verbs of `hebb` that lead to the ROS 2 edge."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.out_path import check_folder


def launch(words: Sequence[str]) -> int:
    """Start the nodes and supervise them."""
    _need("hebb_controller_ros", "ros")
    from hebb_controller_ros import launch_command

    if not any(word in launch_command.HELP for word in words):
        _need("rclpy", "ros")
    return int(launch_command.main(words))


def replay(options: argparse.Namespace) -> int:
    """Feed a recording through a controller and compare its commands."""
    _need("mcap_ros2", "record")
    from hebb_controller_ros import replay

    return int(replay.run(options.file, options.json))


def report(options: argparse.Namespace) -> int:
    """Tell a recording's story, or report a trial, or two trials side by side.

    Raises:
        BadInputError: two recordings, or a recording and a trial; an unusable --out.
    """
    _need("mcap_ros2", "record")
    if options.out is not None:
        check_folder(options.out)
    first, second = options.path, options.other
    if second is not None:
        if not (first.is_dir() and second.is_dir()):
            raise BadInputError(
                f"{second}: two things compare if both are trials' folders: give one recording at a time"
            )
        from hebb_controller_ros import trial_report

        return int(trial_report.run_both(first, second, options.out, options.json))
    if first.is_dir():
        from hebb_controller_ros import trial_report

        return int(trial_report.run(first, options.out, options.json))
    from hebb_controller_ros import run_report

    return int(run_report.run(first, options.out or Path("reports"), options.json))


def _need(module: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise MissingExtraError(module, extra)
