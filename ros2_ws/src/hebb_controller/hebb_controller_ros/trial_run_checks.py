"""What a trial looks at before a stage: the computer, and the robot by the checks of `hebb check`."""

from __future__ import annotations

import dataclasses
import importlib.util
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hebb_controller.errors import how_to_install
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.trials.operator import Operator
from hebb_controller.trials.protocol import TrialProtocol

if TYPE_CHECKING:
    from firmware_bridge.check_result import CheckResult

#: Extra that holds each module which a trial needs.
_NEEDED = {"rclpy": "ros", "mcap_ros2": "record"}
#: A run of a minute is recorded in less than this, in [bytes].
_ROOM = 200e6


def check_machine(protocol: TrialProtocol) -> list[dict[str, Any]]:
    """Return what was found on the computer, in the shape of `hebb check --json`."""
    needed = _NEEDED | ({"pybullet": "sim"} if protocol.simulated else {"serial": "robot"})
    missing = {module: extra for module, extra in needed.items() if importlib.util.find_spec(module) is None}
    advice = "; ".join(sorted({how_to_install(module, extra) for module, extra in missing.items()}))
    room = shutil.disk_usage(Path.cwd()).free
    return [
        _entry("software", not missing, f"missing: {', '.join(missing)}" if missing else "all there", advice),
        _entry("disk", room > _ROOM, f"{room / 1e9:.1f} GB free", "make room for recordings"),
    ]


def check_robot(protocol: TrialProtocol, robot: RobotSpec, book: Rulebook, operator: Operator) -> list[dict[str, Any]]:
    """Return what the preflight found on the robot, and show it. Nothing moves; torque stays off.

    Raises:
        BadInputError: wiring that cannot be.
    """
    from calibration.wiring import wiring_of
    from firmware_bridge.check_result import results_json, results_table
    from firmware_bridge.preflight import preflight

    serial = protocol.serial
    config = wiring_of(robot, serial.port, serial.protocol, serial.imu_port, serial.calibration)
    operator.tell(f"checking {robot.name} on {serial.port}: nothing moves; leave it level and still")

    def ask_tilt() -> None:
        operator.tell("now tilt the robot nose down by about 20 degrees, within 15 s")

    results = preflight(robot, config, book, tilt=None if serial.emulated else ask_tilt)
    if serial.emulated:
        results = [_of_this_computer(result) for result in results]
    operator.tell(results_table(results))
    return results_json(results)


def _of_this_computer(result: CheckResult) -> CheckResult:
    """Return what a check of an emulated board is worth: its timing tells how busy this computer is."""
    from firmware_bridge.check_result import Verdict

    timed = result.name in ("loop", "answers") and result.verdict is Verdict.FAIL
    return dataclasses.replace(result, verdict=Verdict.WARN) if timed else result


def _entry(name: str, good: bool, found: str, advice: str) -> dict[str, Any]:
    return {"check": name, "verdict": "ok" if good else "fail", "found": found, "advice": "" if good else advice}
