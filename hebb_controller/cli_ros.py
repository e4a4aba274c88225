"""The verbs of `hebb` that lead to the ROS 2 edge."""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Sequence

from hebb_controller.errors import MissingExtraError


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
    """Tell a recording's story: speed, faults, recovery."""
    _need("mcap_ros2", "record")
    from hebb_controller_ros import run_report

    return int(run_report.run(options.file, options.out, options.json))


def _need(module: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise MissingExtraError(module, extra)
