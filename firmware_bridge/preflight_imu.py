"""Checks of the IMU: does it speak, which way is down, is it still, which way does it turn (REP-103)?"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from firmware_bridge.board_line import ImuReading
from firmware_bridge.check_result import CheckResult, Verdict, graded
from firmware_bridge.line_sampling import LineSample
from hebb_controller.robot import RobotSpec

Look = Callable[[], "ImuReading | None"]

#: Share of control cycles that ought to find a new reading.
_FRESH_WARN, _FRESH_FAIL = 0.9, 0.3
#: A robot on level ground leans no more than this, in [rad].
_LEVEL_WARN, _LEVEL_FAIL = math.radians(8.0), math.radians(20.0)
#: A gyro at rest, mean and spread, in [rad/s].
_STILL_WARN, _STILL_FAIL = 0.03, 0.1
#: So far the operator tilts it, in [rad]; so long we wait for it, and look, in [s].
_TILT, TILT_PATIENCE, _LOOK_PERIOD = math.radians(12.0), 15.0, 0.005
#: Share of the tilt that the gyro's integral has to show.
_GYRO_SHARE = 0.5


def imu_results(
    robot: RobotSpec, imu_port: str, seen: LineSample, look: Look, tilt: Callable[[], None] | None
) -> list[CheckResult]:
    """Return what is to be said of the IMU.

    Args:
        robot: the robot, standing or lying level.
        imu_port: as in `SerialConfig`.
        seen: the line as it was watched, with what the IMU told meanwhile.
        look: returns the newest reading.
        tilt: asks the operator to tilt the robot nose down; None: nobody is there.

    Raises:
        LinkError: a port is gone.
    """
    if imu_port in ("", "level"):
        found = "none" if not imu_port else "none: taken to be level and still"
        advice = "give --imu-port; without one the robot must stay on its stand"
        return [CheckResult("imu", Verdict.FAIL if not imu_port else Verdict.WARN, found, advice)]
    speaks = _speaks(robot, seen)
    if not seen.attitudes:
        return [speaks]
    results = [speaks, level(seen.attitudes), still(seen.attitudes)]
    if tilt is None:
        advice = "run it at a terminal and tilt the robot when asked: a wrong sign makes it fall"
        return [*results, CheckResult("imu sign", Verdict.WARN, "not checked", advice)]
    tilt()
    return [*results, sign(*_watch_tilt(seen.attitudes[-1], look))]


def _speaks(robot: RobotSpec, seen: LineSample) -> CheckResult:
    share = len(seen.attitudes) / max(len(seen.cycle_times), 1)
    found = f"a new reading in {100.0 * min(share, 1.0):.0f} % of {robot.control_rate:g} Hz cycles"
    if not seen.attitudes:
        found = "says nothing"
    advice = "is it wired, at 115200 baud, at 50 Hz or more, with angles and rates switched on?"
    return graded("imu", 1.0 - share, 1.0 - _FRESH_WARN, 1.0 - _FRESH_FAIL, found, advice)


def level(attitudes: Sequence[ImuReading]) -> CheckResult:
    """Judge which way is down, of a robot that lies level."""
    roll = float(np.median([a.roll for a in attitudes]))
    pitch = float(np.median([a.pitch for a in attitudes]))
    lean = math.acos(min(max(math.cos(roll) * math.cos(pitch), -1.0), 1.0))
    found = f"roll {math.degrees(roll):+.0f} deg, pitch {math.degrees(pitch):+.0f} deg on level ground"
    advice = "put the robot on level ground; if it is, mount the IMU level: x forward, y left, z up"
    if lean > math.pi / 2.0:
        found, advice = f"upside down: {found}", "mount the IMU the right way up: x forward, y left, z up"
    return graded("imu level", lean, _LEVEL_WARN, _LEVEL_FAIL, found, advice)


def still(attitudes: Sequence[ImuReading]) -> CheckResult:
    """Judge the gyro of a robot that nobody moves."""
    rates = np.array([a.angular_velocity for a in attitudes])
    worst = float(np.max(np.abs(rates.mean(axis=0)) + rates.std(axis=0)))
    mean = ", ".join(f"{rate:+.3f}" for rate in rates.mean(axis=0))
    advice = "hold still; if nobody moved it, calibrate the IMU's gyro"
    return graded("gyro still", worst, _STILL_WARN, _STILL_FAIL, f"x, y, z at {mean} rad/s", advice)


def _watch_tilt(start: ImuReading, look: Look) -> tuple[float, float, float]:
    """Return by how much roll and pitch changed, and the gyro's integral about y meanwhile, all in [rad]."""
    deadline = time.monotonic() + TILT_PATIENCE
    last, turned = start, 0.0
    while time.monotonic() < deadline:
        now = look()
        if now is not None and now.time > last.time:
            turned += float(now.angular_velocity[1]) * min(now.time - last.time, 0.1)
            last = now
        roll, pitch = _between(start.roll, last.roll), last.pitch - start.pitch
        if max(abs(roll), abs(pitch)) > _TILT:
            return roll, pitch, turned
        time.sleep(_LOOK_PERIOD)
    return 0.0, 0.0, turned


def sign(roll: float, pitch: float, turned: float) -> CheckResult:
    """Judge what the IMU told of a tilt nose down.

    Args:
        roll: by how much it changed, in [rad].
        pitch: by how much it changed, in [rad].
        turned: the gyro's integral about y, in [rad].
    """
    found = (
        f"tilted: pitch {math.degrees(pitch):+.0f} deg, roll {math.degrees(roll):+.0f} deg, gyro about y "
        f"{math.degrees(turned):+.0f} deg"
    )
    axes = "mount the IMU x forward, y left, z up"
    if max(abs(roll), abs(pitch)) == 0.0:
        return CheckResult("imu sign", Verdict.WARN, "nobody tilted the robot", "run it again, and tilt when asked")
    if abs(roll) > abs(pitch):
        return CheckResult("imu sign", Verdict.FAIL, found, f"nose down shows as roll: it is turned sideways: {axes}")
    if pitch < 0.0:
        return CheckResult("imu sign", Verdict.FAIL, found, f"nose down has to be positive (REP-103): {axes}")
    if turned < _GYRO_SHARE * pitch:
        return CheckResult("imu sign", Verdict.FAIL, found, "the gyro does not turn with the angle: sign or axis wrong")
    return CheckResult("imu sign", Verdict.OK, f"nose down is positive; {found}")


def _between(start: float, end: float) -> float:
    return (end - start + math.pi) % (2.0 * math.pi) - math.pi
