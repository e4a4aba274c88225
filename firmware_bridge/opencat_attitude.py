"""From the attitude lines of an OpenCat board to readings with rates, which it does not print."""

from __future__ import annotations

import math
from collections import deque

import numpy as np

from firmware_bridge.board_line import ImuReading
from firmware_bridge.opencat_replies import Attitude

#: Angles come in steps of 0.1 deg: rates are differences over at least this, in [s], or they are all steps.
_SHORTEST, _LONGEST = 0.015, 0.1
#: Full scale of the chips, 2000 deg/s. A lost or changed digit turns faster than that: no line has a checksum.
_TOP_RATE = 35.0
#: What the spacing of lines in a burst and their rounding may add, in [rad].
_MARGIN = 0.1
#: So many implausible lines in a row are the truth.
_INSIST = 3


class AttitudeTrack:
    """Remembers the last attitudes.

    Attributes:
        reading: the newest; None before the first.
        nb_implausible: lines that were not believed.
    """

    def __init__(self) -> None:
        self.reading: ImuReading | None = None
        self.nb_implausible = 0
        self._past: deque[tuple[float, Attitude]] = deque()
        self._nb_odd = 0

    def take(self, attitude: Attitude, time: float) -> None:
        """Take an attitude that came at `time` [s]."""
        if self._past and not self._near(attitude, time) and self._nb_odd < _INSIST:
            self.nb_implausible += 1
            self._nb_odd += 1
            return
        if self._nb_odd >= _INSIST:
            self._past.clear()
        self._nb_odd = 0
        while self._past and (time - self._past[0][0] > _LONGEST or self._spare(time)):
            self._past.popleft()
        rates = np.zeros(3)
        if self._past and time - self._past[0][0] >= _SHORTEST:
            before, earlier = self._past[0]
            rates = body_rates(earlier, attitude, time - before)
        elif self._past and self.reading is not None:
            rates = self.reading.angular_velocity
        self._past.append((time, attitude))
        self.reading = ImuReading(time, attitude.roll, attitude.pitch, _wrapped(attitude.yaw), rates)

    def _spare(self, time: float) -> bool:
        return len(self._past) > 1 and time - self._past[1][0] >= _SHORTEST

    def _near(self, attitude: Attitude, time: float) -> bool:
        before, last = self._past[-1]
        reach = _TOP_RATE * (time - before) + _MARGIN
        turned = (attitude.roll - last.roll, attitude.pitch - last.pitch, attitude.yaw - last.yaw)
        return all(abs(_wrapped(angle)) <= reach for angle in turned)


def body_rates(earlier: Attitude, later: Attitude, elapsed: float) -> np.ndarray:
    """Return what a gyro would have told between two attitudes, shape `(3,)`, in [rad/s], in the base frame.

    Args:
        earlier: the first attitude.
        later: the second.
        elapsed: time between them, in [s].
    """
    roll, pitch, yaw = (
        _wrapped(b - a) / elapsed
        for a, b in ((earlier.roll, later.roll), (earlier.pitch, later.pitch), (earlier.yaw, later.yaw))
    )
    sin_roll, cos_roll = math.sin(later.roll), math.cos(later.roll)
    sin_pitch, cos_pitch = math.sin(later.pitch), math.cos(later.pitch)
    return np.array(
        [
            roll - sin_pitch * yaw,
            cos_roll * pitch + sin_roll * cos_pitch * yaw,
            cos_roll * cos_pitch * yaw - sin_roll * pitch,
        ]
    )


def _wrapped(angle: float) -> float:
    return math.remainder(angle, 2.0 * math.pi)
