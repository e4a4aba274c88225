"""A calibration against the servos on the line: the same ones, with the same firmware and the same EEPROM?

A servo that was exchanged, reflashed or re-homed gives other counts at the same angle. Checked at every start.
"""

from __future__ import annotations

import math
import time

from calibration.record import Calibration, JointRecord
from firmware_bridge.board_line import BoardLine, Handshake
from firmware_bridge.errors import LinkError

#: A joint may stand so far outside its limits, at its stop, in [rad].
_PLAY = 0.1
#: So often hands are shaken until what is wrong is believed.
_GREETINGS = 5


def compare(calibration: Calibration, handshake: Handshake) -> list[str]:
    """Return all differences between a calibration and what the line told of itself, one short text each.

    Args:
        calibration: of the joints that are on the line.
        handshake: what `BoardLine.greet` returned.
    """
    problems = []
    for joint in calibration.joints:
        who = _who(joint)
        if joint.model != handshake.model:
            problems.append(f"{who} is a {handshake.model or 'servo of no name'}, calibrated was a {joint.model}")
        for what, then, now in (
            ("firmware", joint.firmware, handshake.firmware.get(joint.servo_id)),
            ("EEPROM offset", joint.eeprom_offset, handshake.offsets.get(joint.servo_id)),
        ):
            if then != now:
                problems.append(f"{who}: {what} {_shown(now)}, calibrated with {_shown(then)}")
    return problems


def _shown(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def greeted(line: BoardLine) -> Handshake:
    """Shake hands, again if need be: nobody waits for us, and one bad moment must not end an afternoon.

    Raises:
        LinkError: what is wrong each time.
    """
    for _ in range(_GREETINGS - 1):
        try:
            return line.greet()
        except LinkError:
            time.sleep(0.3)
    return line.greet()


def check_table(calibration: Calibration, line: BoardLine) -> tuple[list[str], str]:
    """Hold a calibration against the servos on an open line; torque is not touched.

    Args:
        calibration: of a whole robot.
        line: to its servos, not yet greeted.

    Returns:
        All that does not match, and a table of every joint: its angle now, and whether it fits.

    Raises:
        LinkError: servos are missing, or are of another model.
    """
    hands = greeted(line)
    problems = compare(calibration, hands)
    lines = [f"  {'joint':20s}{'servo':>6s}{'counts':>8s}{'angle':>9s}  fits"]
    for joint, reading in zip(calibration.joints, line.feedback(), strict=True):
        tick = None if reading.values is None else reading.values["position"]
        own = [p for p in problems if p.startswith(_who(joint))]
        if tick is None:
            problems.append(f"{_who(joint)} tells no position")
            own.append("silent")
        elif line.measured and not joint.lower - _PLAY <= joint.angle(tick) <= joint.upper + _PLAY:
            outside = f"stands at {math.degrees(joint.angle(tick)):.0f} deg, outside its limits"
            problems.append(f"{_who(joint)} {outside}")
            own.append(outside)
        shown = f"{'-':>8s}{'-':>9s}" if tick is None else f"{tick:8.0f}{math.degrees(joint.angle(tick)):+9.1f}"
        lines.append(f"  {joint.name:20s}{joint.servo_id:6d}{shown}  {'; '.join(own) or 'yes'}")
    lines += [f"  warning: {warning}" for warning in hands.warnings]
    lines.append(f"  {len(problems)} mismatches: calibrate these joints again" if problems else "  all servos fit")
    return problems, "\n".join(lines)


def _who(joint: JointRecord) -> str:
    return f"servo {joint.servo_id} ({joint.name})"


def calibration_table(calibration: Calibration) -> str:
    """Return a calibration as a table for a terminal."""
    lines = [
        f"{calibration.robot} behind {calibration.protocol}, calibrated {calibration.created} by {calibration.tool}",
        f"  {'joint':20s}{'servo':>6s}{'model':>9s}{'offset':>7s}{'zero':>9s}{'dir':>4s}{'per rad':>8s}{'method':>7s}"
        f"{'resid.':>8s}{'limits [counts]':>16s}{'latency':>9s}{'speed':>11s}{'backlash':>9s}",
    ]
    for joint in calibration.joints:
        measured = joint.measured
        offset = "" if joint.eeprom_offset is None else str(joint.eeprom_offset)
        span = f"{joint.tick(joint.lower)} .. {joint.tick(joint.upper)}"
        lines.append(
            f"  {joint.name:20s}{joint.servo_id:6d}{joint.model:>9s}{offset:>7s}{joint.zero_tick:9.1f}"
            f"{joint.direction:+4d}{joint.ticks_per_radian:8.2f}{joint.method:>7s}{_degrees(joint.residual):>8s}"
            f"{span:>16s}"
            f"{'-' if measured.latency is None else f'{1e3 * measured.latency:.1f} ms':>9s}"
            f"{'-' if measured.speed is None else f'{measured.speed:.2f} rad/s':>11s}"
            f"{_degrees(measured.backlash):>9s}"
        )
    return "\n".join(lines)


def _degrees(angle: float | None) -> str:
    return "-" if angle is None else f"{math.degrees(angle):.2f}\N{DEGREE SIGN}"
