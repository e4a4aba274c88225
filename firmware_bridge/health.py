"""From what the servos tell to what may still be done with them.

    WELL     go on
    DERATE   go on with less torque: warm
    HOLD     keep the last goals: a joint has not been heard for a few cycles
    SIT      lie down slowly, then let go: hot, an alarm, a sagging supply, a joint lost for good
    LIMP     let go now: several joints lost together, a servo that started anew

The numbers are ours, to be tuned on a robot; the reasons are in docs/fault_table.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from firmware_bridge.board_line import ServoReading


class Level(IntEnum):
    """What may be done; the worst cause counts."""

    WELL = 0
    DERATE = 1
    HOLD = 2
    SIT = 3
    LIMP = 4


@dataclass(frozen=True)
class HealthLimits:
    """Thresholds.

    Attributes:
        hold_after: cycles without a reading of a joint until HOLD.
        sit_after: the same until SIT, or LIMP where it befalls more than one joint.
        min_voltage: in [V].
        sag_time: how long the supply may stay below, in [s].
        derate_temperature: in [deg C].
        sit_temperature: in [deg C].
        derated_torque: share of torque left in DERATE.
        overload_error: radians between goal and joint that count as overload when they last.
        overload_time: how long that may last, in [s].
    """

    hold_after: int = 3
    sit_after: int = 10
    min_voltage: float = 6.4
    sag_time: float = 0.5
    derate_temperature: float = 60.0
    sit_temperature: float = 70.0
    derated_torque: float = 0.6
    overload_error: float = 0.5
    overload_time: float = 1.0

    @staticmethod
    def for_supply(voltage: float) -> HealthLimits:
        """Return the limits for the battery that a measured voltage tells of: 3.2 V a cell, two cells or three."""
        return HealthLimits(min_voltage=9.6 if voltage > 9.0 else 6.4)


class HealthWatch:
    """Counts what has to last before it counts.

    Args:
        limits: the thresholds.
        names: of the joints, in the order of the readings.
    """

    def __init__(self, limits: HealthLimits, names: Sequence[str]) -> None:
        self.limits = limits
        self._names = tuple(names)
        self.clear()

    def clear(self) -> None:
        """Forget: somebody has looked."""
        self.missed = [0] * len(self._names)
        self._nb_alarms = [0] * len(self._names)
        self._sagging_since: float | None = None
        self._strained_since: list[float | None] = [None] * len(self._names)

    def judge(self, readings: Sequence[ServoReading], heard: Sequence[bool], now: float) -> tuple[Level, str]:
        """Return the level that these readings ask for, and why.

        Args:
            readings: one per joint.
            heard: whether each joint's reading was there and could be believed.
            now: in [s].
        """
        limits = self.limits
        self.missed = [0 if ok else count + 1 for ok, count in zip(heard, self.missed, strict=True)]
        lost = [name for name, count in zip(self._names, self.missed, strict=True) if count >= limits.sit_after]
        if len(lost) > 1:
            return Level.LIMP, f"no answer from {', '.join(lost)}"
        if lost:
            return Level.SIT, f"no answer from {lost[0]}"
        for k, reading in enumerate(readings):
            self._nb_alarms[k] = self._nb_alarms[k] + 1 if reading.alarm else 0
            if self._nb_alarms[k] >= limits.hold_after:  # not at the first: a checksum may be blind
                return Level.SIT, f"{self._names[k]} reports {reading.alarm}"
        values = [r.values for r in readings if r.values is not None]
        hottest = max((v["temperature"] for v in values if "temperature" in v), default=0.0)
        if hottest >= limits.sit_temperature:
            return Level.SIT, f"a servo is at {hottest:.0f} deg C"
        lowest = min((v["voltage"] for v in values if "voltage" in v), default=limits.min_voltage)
        if lowest >= limits.min_voltage:
            self._sagging_since = None
        elif self._sagging_since is None:
            self._sagging_since = now
        elif now - self._sagging_since > limits.sag_time:
            return Level.SIT, f"supply at {lowest:.1f} V"
        late = [name for name, count in zip(self._names, self.missed, strict=True) if count >= limits.hold_after]
        if late:
            return Level.HOLD, f"no answer from {', '.join(late)}"
        if hottest >= limits.derate_temperature:
            return Level.DERATE, f"a servo is at {hottest:.0f} deg C"
        return Level.WELL, ""

    def strained(self, distances: Sequence[float], now: float) -> str:
        """Return which joint has been kept from its goal too long: a servo in overload, or a leg that is caught."""
        for k, distance in enumerate(distances):
            if abs(distance) < self.limits.overload_error:
                self._strained_since[k] = None
                continue
            since = self._strained_since[k]
            if since is None:
                self._strained_since[k] = now
            elif now - since > self.limits.overload_time:
                return f"{self._names[k]} stays {abs(distance):.2f} rad from its goal"
        return ""
