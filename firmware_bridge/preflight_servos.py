"""Checks of the servo line, each a pure function of what was seen; thresholds are ours, to be tuned on a robot."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from firmware_bridge.board_line import BoardLine, Handshake
from firmware_bridge.board_monitor import complaint
from firmware_bridge.check_result import CheckResult, Verdict, graded
from firmware_bridge.health import HealthLimits
from firmware_bridge.joint_map import JointMap
from firmware_bridge.line_sampling import LineSample
from firmware_bridge.power import POSE_MARGIN
from firmware_bridge.serial_port import WORST_LATENCY_TIMER_MS, latency_timer
from firmware_bridge.servo_settings import short_spans
from firmware_bridge.sit_down import sit_pose
from hebb_controller.robot import RobotSpec

#: Of the control period: a cycle that takes more leaves too little for thinking.
_CYCLE_SHARE = 0.6
#: The slowest hundredth of periods may be so much longer than they should.
_PERIOD_WARN, _PERIOD_FAIL = 1.2, 1.5
#: Share of a joint's answers that may be missing: the bridge holds still after three in a row.
_MISSING_WARN, _MISSING_FAIL = 0.01, 0.05
#: This far from sitting and from standing, in [rad], the first move is a large one.
_FAR = 0.8
#: A lithium cell has 3.7 V nominally, 3.2 V when empty, 4.2 V when full: two full ones, in [V], and shares of nominal.
_CELL, _TWO_FULL = 3.7, 8.5
_EMPTY, _NEARLY_EMPTY, _TOO_HIGH = 3.2 / 3.7, 0.93, 1.2
_WARM, _HOT = 50.0, HealthLimits().derate_temperature


def port(path: str, robot: RobotSpec) -> CheckResult:
    """Judge the adapter's latency timer: every read waits for it."""
    timer = latency_timer(path)
    if timer is None:
        return CheckResult("port", Verdict.OK, f"{path}, no latency timer")
    advice = "echo 1 | sudo tee /sys/bus/usb-serial/devices/TTYNAME/latency_timer, or a udev rule (docs/hardware)"
    most = 500.0 / robot.control_rate
    return graded("port", timer, WORST_LATENCY_TIMER_MS, most, f"{path}, latency timer {timer} ms", advice)


def servos(hands: Handshake, joint_map: JointMap, robot: RobotSpec) -> CheckResult:
    """Tell who answered; what the handshake found strange is a warning, and so are joints that stop short."""
    firmware = ", ".join(str(version) for version in sorted(set(hands.firmware.values())) if version)
    ids = ", ".join(map(str, joint_map.servo_ids))
    found = f"{len(joint_map.servo_ids)} x {hands.model}, firmware {firmware or 'unknown'}, ids {ids}"
    odd = [text for text in hands.warnings if "alarm" not in text]
    odd += short_spans(hands.goal_spans, robot, joint_map)
    return CheckResult("servos", Verdict.WARN if odd else Verdict.OK, found, "; ".join(odd))


def matches(problems: Sequence[str], calibrated: bool) -> CheckResult:
    """Judge what a calibration says of the servos that answered."""
    if problems:
        return CheckResult("same servos", Verdict.FAIL, "; ".join(problems), "`hebb calibrate` these joints again")
    found = "those that were calibrated" if calibrated else "not compared: no calibration"
    return CheckResult("same servos", Verdict.OK if calibrated else Verdict.WARN, found)


def torque(driven: Sequence[int]) -> CheckResult:
    """Judge servos that drive already: another program walks the robot, or one died while it did."""
    if not driven:
        return CheckResult("torque", Verdict.OK, "off")
    ids = ", ".join(map(str, driven))
    advice = "stop the other program, hold the robot, and switch its supply off and on"
    return CheckResult("torque", Verdict.FAIL, f"on already at servo {ids}", advice)


def alarms(line: BoardLine, hands: Handshake, seen: LineSample) -> CheckResult:
    """Judge the error bytes of the handshake and of everything since."""
    bits = {servo_id: hands.alarms.get(servo_id, 0) | seen.errors.get(servo_id, 0) for servo_id in line.ids}
    words = [f"servo {i}: {complaint(line, error) or hex(error)}" for i, error in bits.items() if error]
    if not words:
        return CheckResult("alarms", Verdict.OK, "none")
    advice = "find the cause (supply, heat, a caught leg), then switch the supply off and on"
    return CheckResult("alarms", Verdict.FAIL, "; ".join(words), advice)


def pose(line: BoardLine, robot: RobotSpec, joint_map: JointMap, seen: LineSample) -> CheckResult:
    """Judge where the joints stand: within limits, and near a pose from which standing up is a small move."""
    if not line.measured:
        return CheckResult("pose", Verdict.WARN, "not measured by this board", "put the robot into its resting pose")
    angles = joint_map.to_angles(seen.last_ticks)
    names = robot.joint_names
    beyond = np.maximum(robot.lower - angles, angles - robot.upper)
    outside = [
        f"{names[k]} at {math.degrees(angles[k]):.0f} deg ({math.degrees(robot.lower[k]):.0f} to "
        f"{math.degrees(robot.upper[k]):.0f})"
        for k in np.flatnonzero(beyond > POSE_MARGIN)
    ]
    if np.isnan(angles).any():
        silent = ", ".join(names[k] for k in np.flatnonzero(np.isnan(angles)))
        return CheckResult("pose", Verdict.FAIL, f"no position from {silent}", "look at its plug, at its id")
    if outside:
        advice = "move it by hand; if it is where it ought to be, calibrate again"
        return CheckResult("pose", Verdict.FAIL, f"outside limits: {', '.join(outside)}", advice)
    distance = min(float(np.abs(angles - rest).max()) for rest in (sit_pose(robot), robot.neutral))
    found = f"within limits, {math.degrees(distance):.0f} deg from sitting or standing"
    return graded("pose", distance, _FAR, math.inf, found, "fold its legs as when it sits: the first move is smaller")


def loop(robot: RobotSpec, line: BoardLine, seen: LineSample) -> CheckResult:
    """Judge whether the line keeps up with the control rate."""
    period = 1.0 / robot.control_rate
    cycle = float(np.percentile(seen.cycle_times, 99.0))
    apart = float(np.percentile(seen.periods, 99.0))
    read = [1e3 * float(np.percentile(seen.read_times, q)) for q in (50.0, 99.0)]
    found = (
        f"{robot.control_rate:g} Hz: reading takes {read[0]:.1f} ms (p99 {read[1]:.1f}), {'' if seen.wrote else 'no '}"
        f"writing; cycle p99 {1e3 * cycle:.1f} of {1e3 * period:.0f} ms, period p99 {1e3 * apart:.1f} ms, "
        f"n = {len(seen.cycle_times)}"
    )
    advice = f"return delay 0, latency timer 1 ms, a faster line than {line.baud} baud"
    if cycle <= _CYCLE_SHARE * period:
        advice = "the line is fast enough, the computer is late: close other programs, or walk at real-time priority"
    worst = max(cycle / period / _CYCLE_SHARE, apart / period / _PERIOD_WARN)
    most = max(1.0 / _CYCLE_SHARE, _PERIOD_FAIL / _PERIOD_WARN)
    failed = cycle > period or apart > _PERIOD_FAIL * period
    return graded("loop", math.inf if failed else worst, 1.0, most, found, advice)


def answers(robot: RobotSpec, seen: LineSample) -> CheckResult:
    """Judge how many answers are missing."""
    worst = int(np.argmax(seen.missing))
    share = float(seen.missing[worst])
    found = (
        f"{100.0 * float(seen.missing.mean()):.2f} % missing, most at {robot.joint_names[worst]}: {100.0 * share:.1f} %"
    )
    found = "none missing" if share == 0.0 else found
    advice = "look at its plug, at the ground wire, at the length of the bus; is the line too slow?"
    return graded("answers", share, _MISSING_WARN, _MISSING_FAIL, found, advice)


def supply(seen: LineSample, nominal: float | None) -> CheckResult:
    """Judge the supply, at rest: under load it sags further.

    Args:
        seen: what was read.
        nominal: in [V]; None: that of two or three lithium cells, whichever the reading fits.
    """
    if not seen.voltages:
        return CheckResult("supply", Verdict.WARN, "not measured by this board", "measure the battery at its terminals")
    lowest = min(seen.voltages)
    if nominal is None:
        nominal = _CELL * (2 if lowest <= _TWO_FULL else 3)
    found = f"{lowest:.1f} V at the lowest, for a battery of {nominal:.1f} V"
    if lowest < _EMPTY * nominal:
        return CheckResult("supply", Verdict.FAIL, found, "charge the battery, or look for a thin or loose wire")
    if lowest > _TOO_HIGH * nominal:
        return CheckResult("supply", Verdict.FAIL, found, "too high for these servos: unplug it now")
    low = lowest < _NEARLY_EMPTY * nominal
    return CheckResult("supply", Verdict.WARN if low else Verdict.OK, found, "nearly empty: charge it" if low else "")


def temperature(seen: LineSample) -> CheckResult:
    """Judge the hottest servo."""
    if not seen.temperatures:
        return CheckResult("temperature", Verdict.WARN, "not measured by this board", "feel the servos now and then")
    hottest = max(seen.temperatures)
    found = f"{hottest:.0f} deg C at the hottest"
    return graded("temperature", hottest, _WARM, math.nextafter(_HOT, 0.0), found, "let it cool; is a joint stiff?")
