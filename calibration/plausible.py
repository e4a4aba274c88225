"""Which results of a calibration cannot be: judged together at the end, told all at once. Pure."""

from __future__ import annotations

import math

import numpy as np

from calibration.pose_fit import MOST_PLAY, MOST_SCALE_ERROR, PoseFit
from calibration.record import Calibration, JointRecord
from calibration.seam import place
from firmware_bridge.board_line import TickScale
from hebb_controller.robot import RobotSpec

#: Longest latency of a servo that could still walk at 50 Hz, in [s].
MOST_LATENCY = 0.2
#: Top speed as a share of the datasheet's: a weak supply slows, nothing makes it twice as fast.
SPEED_SHARES = (0.4, 1.5)
#: A servo this many times slower to answer than its fellows is not well, if it is also more than so many seconds.
_LATE_FACTOR, _LATE_BY = 3.0, 0.01


def judge(calibration: Calibration, robot: RobotSpec, scale: TickScale) -> dict[str, list[str]]:
    """Return what cannot be, by joint; empty if all is well.

    Args:
        calibration: of some or all joints.
        robot: the robot.
        scale: of its board's counts.
    """
    latencies = [j.measured.latency for j in calibration.joints if j.measured.latency is not None]
    usual = float(np.median(latencies)) if latencies else math.inf
    found: dict[str, list[str]] = {}
    for joint in calibration.joints:
        problems = _seat_problems(joint, scale, calibration.protocol) + _motion_problems(joint, robot, usual)
        twins = [j.name for j in calibration.joints if j.servo_id == joint.servo_id and j.name != joint.name]
        if twins:
            problems.append(f"servo {joint.servo_id} also moves {', '.join(twins)}")
        if problems:
            found[joint.name] = problems
    return found


def _seat_problems(joint: JointRecord, scale: TickScale, protocol: str) -> list[str]:
    problems = []
    nominal = scale.per_turn / (2.0 * math.pi)
    if abs(joint.ticks_per_radian / nominal - 1.0) > MOST_SCALE_ERROR:
        problems.append(f"{joint.ticks_per_radian:.1f} counts per radian, the maker says {nominal:.1f}")
    fit = PoseFit(joint.zero_tick, joint.direction, joint.ticks_per_radian, joint.residual)
    placed = place(fit, joint.lower, joint.upper, scale, protocol, joint.eeprom_offset)
    if placed.problem:
        problems.append(placed.problem)
    return problems


def _motion_problems(joint: JointRecord, robot: RobotSpec, usual: float) -> list[str]:
    problems = []
    measured = joint.measured
    if measured.latency is not None:
        if measured.latency > MOST_LATENCY:
            problems.append(f"answers after {1e3 * measured.latency:.0f} ms")
        elif measured.latency > max(_LATE_FACTOR * usual, usual + _LATE_BY):
            problems.append(f"answers after {1e3 * measured.latency:.0f} ms, the others after {1e3 * usual:.0f}")
    if measured.speed is not None and robot.servo is not None:
        share = measured.speed / robot.servo.no_load_speed
        if not SPEED_SHARES[0] <= share <= SPEED_SHARES[1]:
            problems.append(
                f"runs at {measured.speed:.2f} rad/s, its datasheet says {robot.servo.no_load_speed:.2f}:"
                " is the supply right, is it the right servo?"
            )
    if measured.backlash is not None and measured.backlash > MOST_PLAY:
        problems.append(f"{math.degrees(measured.backlash):.1f} deg of play to either side")
    return problems
