"""Drives one servo of a line for the calibration: through limits and slew, and always let go of at the end."""

from __future__ import annotations

import time
from types import TracebackType

import numpy as np

from calibration.powered import Powered
from calibration.record import JointRecord
from firmware_bridge.board_line import BoardLine, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.torque_guard import Guard
from hebb_controller.errors import RunFailedError

#: A torque that goes on farther than this outside the limits would pull the joint through a stop, in [rad].
_OUTSIDE = 0.1
#: A servo may be silent for so long, in [s].
_SILENCE = 0.3
#: Farther than this from its goal for longer than this: something is in the way, in [rad] and [s].
_STUCK, _STUCK_TIME = 0.5, 1.0
#: As the bridge's gate: goals faster than three times the top speed only wind up the error.
_SLEW = 3.0


class JointMover:
    """Torque is on for as long as the block runs.

    Args:
        line: a line with this one servo.
        seat: how it sits on its joint, limits included.
        top_speed: from the datasheet, in [rad/s].
        guard: see `Guard`.

    Attributes:
        reading: what the servo told last.
    """

    def __init__(self, line: BoardLine, seat: JointRecord, top_speed: float, guard: Guard | None = None) -> None:
        self.line, self.seat = line, seat
        self.reading: ServoReading | None = None
        self._slew = _SLEW * top_speed
        self._guard = guard
        self._goal = 0.0
        self._wrote = self._heard = self._near_goal = 0.0

    def __enter__(self) -> JointMover:
        tick = pose_tick(self.line)
        angle = self.seat.angle(tick)
        if not self.seat.lower - _OUTSIDE <= angle <= self.seat.upper + _OUTSIDE:
            raise RunFailedError(
                f"{self.seat.name} stands at {np.degrees(angle):.0f} deg, outside its limits: torque stays off"
            )
        self._goal = float(np.clip(angle, self.seat.lower, self.seat.upper))
        self._powered = Powered(self.line, [round(tick)], self._guard)
        self._powered.__enter__()
        self._wrote = self._heard = self._near_goal = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._powered.__exit__(kind, error, trace)

    def command(self, wanted: float) -> tuple[float, float]:
        """Send a goal [rad], as far as limits and slew let it; return when it left [s], and the goal itself [rad]."""
        now = time.monotonic()
        reach = self._slew * min(now - self._wrote, 0.02)
        goal = float(np.clip(wanted, self._goal - reach, self._goal + reach))
        self._goal, self._wrote = float(np.clip(goal, self.seat.lower, self.seat.upper)), now
        self.line.put_goals([self.seat.tick(self._goal)])
        self._powered.beat()
        return now, self._goal

    def hold(self) -> None:
        """Send the last goal again: boards with a watchdog want to hear from us."""
        self.command(self._goal)

    def look(self) -> tuple[float, float] | None:
        """Read the servo; return when [s] and where [rad] it was, or None for a reading that did not come.

        Raises:
            LinkError: it is silent.
            RunFailedError: an alarm, or it does not get where it should.
        """
        asked = time.monotonic()
        reading = self.line.feedback()[0]
        now = time.monotonic()
        if reading.values is None:
            if now - self._heard > _SILENCE:
                raise LinkError(f"port {self.line.path}: servo {reading.servo_id} has fallen silent")
            return None
        self._heard, self.reading = now, reading
        if reading.error:
            raise RunFailedError(f"{self.seat.name}: servo {reading.servo_id} reports alarm {reading.error:#04x}")
        angle = self.seat.angle(reading.values["position"])
        if abs(angle - self._goal) < _STUCK:
            self._near_goal = now
        elif now - self._near_goal > _STUCK_TIME:
            raise RunFailedError(f"{self.seat.name} does not get to where it is sent: is something in its way?")
        return 0.5 * (asked + now), angle  # the servo sampled somewhere between question and answer

    def go(self, angle: float, speed: float = 1.0, pause: float = 0.005) -> None:
        """Move slowly to an angle [rad], at a speed in [rad/s]."""
        start, began = self._goal, time.monotonic()
        duration = abs(angle - start) / speed
        while True:
            share = min((time.monotonic() - began) / max(duration, 1e-9), 1.0)
            self.command(start + share * (angle - start))
            self.look()
            if share >= 1.0:
                return
            time.sleep(pause)


def pose_tick(line: BoardLine) -> float:
    """Return where the one servo of a line stands, in counts.

    Raises:
        LinkError: it tells nothing.
    """
    give_up = time.monotonic() + _SILENCE
    while True:
        values = line.feedback()[0].values
        if values is not None:
            return values["position"]
        if time.monotonic() > give_up:
            raise LinkError(f"port {line.path}: servo {line.ids[0]} tells no position")
