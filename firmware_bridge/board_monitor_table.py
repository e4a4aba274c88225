"""The table of `hebb board monitor`."""

from __future__ import annotations

import math

from firmware_bridge.board_monitor import JointNow, Snapshot

_BAR = 15
#: An answer older than this is told to be old, in [s].
_OLD = 0.3


def snapshot_lines(now: Snapshot) -> list[str]:
    """Return one reading as a table for a terminal."""
    lines = [
        f"{'joint':20s}{'id':>4s} {'rad':>7s} {'deg':>7s} {'counts':>7s} {'limits':^{_BAR + 2}s} "
        f"{'rad/s':>6s} {'load':>5s} {'V':>5s} {'C':>4s}  state"
    ]
    lines += [_row(joint) for joint in now.joints]
    lines.append(
        f"cycle {now.nb_cycles}: read in {1e3 * now.read_time:.1f} ms; so far {now.nb_missing} answers missing, "
        f"{now.nb_corrupt} corrupt, {now.nb_foreign} unasked"
    )
    if not now.measured:
        lines.append("angles are what was commanded: this board measures none")
    return lines + [f"! {text}" for text in now.trouble]


def _row(joint: JointNow) -> str:
    angle = f"{'-':>7s} {'-':>7s}" if joint.angle is None else f"{joint.angle:+7.3f} {math.degrees(joint.angle):+7.1f}"
    state = [joint.complaint] if joint.complaint else []
    if joint.angle is not None and not joint.lower <= joint.angle <= joint.upper:
        state.append("outside its limits")
    if joint.age is not None and joint.age > _OLD:
        state.append(f"silent for {joint.age:.1f} s")
    load = "-" if joint.load is None else f"{100.0 * joint.load:+.0f}%"
    return (
        f"{joint.name:20s}{joint.servo_id:4d} {angle} {_number(joint.counts, 0):>7s} {limits_bar(joint)} "
        f"{_number(joint.speed, 2):>6s} {load:>5s} {_number(joint.voltage, 1):>5s} "
        f"{_number(joint.temperature, 0):>4s}  {', '.join(state)}"
    ).rstrip()


def limits_bar(joint: JointNow) -> str:
    """Return where a joint stands between its limits, as `[-----o---------]`; `<` and `>`: beyond them."""
    if joint.angle is None:
        return f"[{' ' * _BAR}]"
    share = (joint.angle - joint.lower) / (joint.upper - joint.lower)
    if share < 0.0:
        return f"<{'-' * _BAR}]"
    if share > 1.0:
        return f"[{'-' * _BAR}>"
    at = min(int(share * _BAR), _BAR - 1)
    return f"[{'-' * at}o{'-' * (_BAR - 1 - at)}]"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
