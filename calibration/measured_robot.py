"""Real-to-sim: a robot file whose servo has the numbers that were measured on the robot itself."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import yaml

from calibration.record import Calibration, body_hash
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec, ServoSpec
from hebb_controller.robot_file import load_robot, robot_from, shipped_robots
from hebb_controller.rulebook_file import write_atomically


def measured_servo(servo: ServoSpec, calibration: Calibration) -> ServoSpec:
    """Return a servo model with what was measured in place of the datasheet's: the median over the joints.

    The model has one servo for all joints, so the spread over the joints is noted in its source; what nobody measured
    stays as it was.

    Raises:
        BadInputError: nothing was measured.
    """
    measured = [joint.measured for joint in calibration.joints]
    found: dict[str, float] = {}
    notes = []
    for name, unit, values in (
        ("latency", "s", [m.latency for m in measured]),
        ("no_load_speed", "rad/s", [m.speed for m in measured]),
        ("backlash", "rad", [m.backlash for m in measured]),
    ):
        numbers = [v for v in values if v is not None]
        if numbers:
            found[name] = float(f"{np.median(numbers):.5g}")
            notes.append(f"{name} of {len(numbers)} joints {min(numbers):.4g} to {max(numbers):.4g} {unit}")
    if not found:
        raise BadInputError("the calibration holds no measured latency, speed or play: calibrate without --still")
    volts = [m.voltage for m in measured if m.voltage is not None]
    at = f" at {np.median(volts):.1f} V" if volts else ""
    source = f"measured by hebb calibrate on {calibration.created}{at}: {', '.join(notes)}; the rest: {servo.source}"
    return dataclasses.replace(servo, name=f"{servo.name}_measured", source=source, **found)


def write_measured_robot(name_or_path: str | Path, calibration: Calibration, out: Path) -> RobotSpec:
    """Write a copy of a robot file with the measured servo, and return the robot that it describes.

    Everything but the servo stays as it is, comments included, so that a rulebook fits both.

    Args:
        name_or_path: the robot that was calibrated: shipped name or file.
        calibration: of all or some of its joints.
        out: the file to write.

    Raises:
        BadInputError: nothing was measured, or the file cannot be written.
    """
    robot = load_robot(name_or_path)
    if robot.servo is None:
        raise BadInputError(f"robot {robot.name} has no servos")
    if (calibration.robot, calibration.robot_hash, calibration.body_hash) != (
        robot.name,
        robot.contract_hash,
        body_hash(robot),
    ):
        raise BadInputError(f"the calibration of {calibration.robot} was not made for {name_or_path} as it is now")
    source = shipped_robots().get(str(name_or_path), Path(name_or_path))
    if out.exists() and out.resolve() == source.resolve():
        raise BadInputError(f"{out}: is the robot file itself: give the copy another name")
    wanted = dataclasses.replace(robot, servo=measured_servo(robot.servo, calibration))
    assert wanted.servo is not None
    text = _with_servo(source.read_text(encoding="utf-8").splitlines(), servo_section(wanted.servo))
    written = robot_from(yaml.safe_load(text), out.name)
    if written != wanted:
        raise BadInputError(f"{source}: its `servo:` cannot be replaced: write it as one entry at the top level")
    try:
        write_atomically(out, text.encode())
    except OSError as error:
        raise BadInputError(f"robot not written to {out}: {error.strerror or error}") from error
    return written


def servo_section(servo: ServoSpec) -> list[str]:
    """Return a servo as the lines of a robot file's `servo:` section, exact to the last bit."""
    numbers = {
        "stall_torque_nm": servo.stall_torque,
        "no_load_speed_rad_s": servo.no_load_speed,
        "position_gain_nm_per_rad": servo.position_gain,
        "damping_nms_per_rad": servo.damping,
        "deadband_rad": servo.deadband,
        "backlash_rad": servo.backlash,
        "latency_s": servo.latency,
        "resolution_rad": servo.resolution,
        "armature_kg_m2": servo.armature,
        "friction_nm": servo.friction,
    }
    assert all(math.isfinite(number) for number in numbers.values())
    lines = ["servo:", f"  name: {servo.name}"]
    lines += [f"  {key}: {_number(value)}" for key, value in numbers.items()]
    return [*lines, f"  source: {yaml.safe_dump(servo.source, width=10000, default_style=chr(34)).strip()}"]


def _number(value: float) -> str:
    """Return a number that YAML 1.1 reads as one: 1e-06 would be a text to it."""
    text = repr(float(value))
    if "e" in text and "." not in text:
        text = text.replace("e", ".0e")
    return text


def _with_servo(lines: Sequence[str], section: Sequence[str]) -> str:
    """Return a robot file's text with its `servo:` entry, of one line or of many, replaced."""
    out: list[str] = []
    inside = placed = False
    for line in lines:
        if line.startswith("servo:"):
            inside = placed = True
            out += section
        elif inside and (line[:1] in (" ", "\t", "-") or not line.strip()):
            continue
        else:
            inside = False
            out.append(line)
    return "\n".join(out if placed else [*out, *section]) + "\n"
