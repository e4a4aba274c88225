"""The live table of the dialogue, and the words that tell an operator where a joint is to go."""

from __future__ import annotations

import math

import numpy as np

from calibration.record import Calibration, JointRecord
from firmware_bridge.board_line import ServoReading
from hebb_controller.leg_kinematics import leg_chain
from hebb_controller.robot import RobotSpec

#: What moves along each axis of the base, forwards and backwards (REP-103: x forward, y left, z up).
_WAYS = (("forward", "back"), ("left", "right"), ("up", "down"))


def live_lines(
    robot: RobotSpec, done: Calibration, current: str, reading: ServoReading | None, seat: JointRecord | None = None
) -> list[str]:
    """Return the table: all joints, the current one with what its servo tells now.

    Args:
        robot: the robot.
        done: the joints that are calibrated.
        current: name of the joint that is being calibrated.
        reading: what its servo told last.
        seat: how the current servo sits, once that is known.
    """
    lines = [f"  {'joint':20s} {'servo':>5s} {'counts':>8s} {'angle':>8s} {'V':>5s} {'C':>4s}  state"]
    for name in robot.joint_names:
        record = done.joint(name)
        if name == current:
            lines.append(_current(name, reading, seat))
        elif record is None:
            lines.append(f"  {name:20s}")
        else:
            off = f"zero {record.zero_tick:.1f} {record.direction:+d} {record.ticks_per_radian:.1f}/rad"
            lines.append(f"  {name:20s} {record.servo_id:5d} {'':8s} {'':8s} {'':5s} {'':4s}  {off}")
    return lines


def _current(name: str, reading: ServoReading | None, seat: JointRecord | None) -> str:
    if reading is None or reading.values is None:
        return f"> {name:20s} {'' if reading is None else reading.servo_id:>5} {'silent':>8s}"
    values = reading.values
    angle = "" if seat is None else f"{math.degrees(seat.angle(values['position'])):+.1f}"
    volt, warm = (f"{values[k]:.{d}f}" if k in values else "" for k, d in (("voltage", 1), ("temperature", 0)))
    alarm = f"alarm {reading.error:#04x}" if reading.error else "now"
    return f"> {name:20s} {reading.servo_id:5d} {values['position']:8.0f} {angle:>8s} {volt:>5s} {warm:>4s}  {alarm}"


def growing(robot: RobotSpec, index: int) -> str:
    """Return which way the end of the leg goes as a joint's angle grows, seen from the neutral pose.

    Args:
        robot: the robot.
        index: of the joint.
    """
    body = robot.body
    if body is None:
        return "along its positive axis"
    per_leg = len(body.segments)
    leg = body.legs[index // per_leg]
    angles = robot.neutral[index // per_leg * per_leg :][:per_leg].copy()
    before, _ = leg_chain(body, leg, angles)
    angles[index % per_leg] += 0.05
    after, _ = leg_chain(body, leg, angles)
    move = after[-1] - before[-1]
    words = [
        _WAYS[axis][0 if move[axis] > 0.0 else 1]
        for axis in range(3)
        if abs(move[axis]) > 0.4 * float(np.abs(move).max())
    ]
    return f"foot going {' and '.join(words)}"


def pose_angles(robot: RobotSpec, index: int) -> tuple[float, ...]:
    """Return three angles [rad] for the jig poses of a joint: whole multiples of 5 deg, well inside its limits."""
    low, high = math.degrees(robot.lower[index]), math.degrees(robot.upper[index])
    first, last = 5 * math.ceil((low + 3.0) / 5.0 - 1e-9), 5 * math.floor((high - 3.0) / 5.0 + 1e-9)
    middle = 0 if first + 15 <= 0 <= last - 15 else 5 * round((first + last) / 10.0)
    return tuple(math.radians(a) for a in sorted({first, middle, last}))
