"""From parameters to a controller that is ready to act: everything that configuring refuses is refused here."""

from __future__ import annotations

import contextlib
import importlib.metadata
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.live_faults import split_faults
from hebb_controller.observation import observation_size
from hebb_controller.phases import SequenceConfig
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller.safety import SafetyConfig, SafetyGate
from hebb_controller.sequence import Sequencer
from hebb_controller.sine_gait import SineGait
from sim.versions import versions


@dataclass(frozen=True)
class ControllerSetup:
    """What a configured node holds.

    Attributes:
        robot: the robot.
        rulebook: name or file of the rulebook.
        book: the rulebook.
        sequencer: the phases around controller and gate.
        wipes: weights to be wiped, in steps since the activation.
        order: joint order of `joint_commands`.
    """

    robot: RobotSpec
    rulebook: str
    book: Rulebook
    sequencer: Sequencer
    wipes: tuple[Ablation, ...]
    order: tuple[str, ...]


def set_up(given: Mapping[str, Any]) -> ControllerSetup:
    """Return the set-up that the node's parameters ask for, compiled and with its first weights drawn.

    Raises:
        BadInputError: unknown robot or rulebook, one that does not fit the other, or settings out of range.
    """
    robot = load_robot(given["robot"])
    name = given["rulebook"] or robot.name
    book = load_rulebook(name)
    controller = _controller(given, robot, book)
    gate = SafetyGate(robot, _safety(given, robot))
    sequence = SequenceConfig(given["ramp_time"], given["fade_time"], given["stop_limp"])
    sequencer = Sequencer(controller, gate, sequence, given["seed"], book.start)
    # A recording of an older release knows nothing of it: there they were plastic from the start.
    sequencer.frozen = not given.get("start_plastic", True)
    _, wipes = split_faults(given["faults"])
    order = tuple(given["joints"]) or robot.joint_names
    unknown_joints = [joint for joint in order if joint not in robot.joint_names]
    if unknown_joints:
        raise BadInputError(f"joints {', '.join(unknown_joints)}: {robot.name} has {', '.join(robot.joint_names)}")
    # The first call of a process would otherwise compile for a second, in the middle of the control loop.
    controller.network.warm_up()
    return ControllerSetup(robot, name, book, sequencer, wipes, order)


def _controller(given: Mapping[str, Any], robot: RobotSpec, book: Rulebook) -> Controller:
    if given.get("gait", "network") == "network":
        return book.controller(robot)
    book.check_robot(robot)
    size = observation_size(book.layout, robot)
    gait = SineGait(robot, size, given["gait_frequency"], given["gait_stride"], given["gait_lift"])
    return Controller(robot, gait, book.layout, book.action_filter)


def _safety(given: Mapping[str, Any], robot: RobotSpec) -> SafetyConfig:
    return replace(
        SafetyConfig.for_robot(robot),
        max_tilt=math.radians(given["max_tilt_deg"]),
        tilt_readings=given["tilt_readings"],
        max_age=given["max_age"],
        max_hold=given["max_hold"],
        **({"max_slew": given["max_slew"]} if given["max_slew"] > 0.0 else {}),
    )


def info_of(setup: ControllerSetup, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a recording needs to be understood and replayed, ready for JSON."""
    return {
        "robot": setup.robot.name,
        "robot_hash": setup.robot.contract_hash,
        "rulebook": setup.rulebook,
        "rulebook_digest": setup.book.digest,
        "control_rate": setup.robot.control_rate,
        "parameters": dict(given),
        "versions": _versions(),
    }


def _versions() -> dict[str, str]:
    found = versions()
    for package in ("rclpy", "ros-rclpy"):
        # An apt ROS has no metadata of wheels, and the other way round.
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found[package] = importlib.metadata.version(package)
    return found
