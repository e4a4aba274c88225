"""The sixteen joints of an emulated OpenCat board: poses that are approached in steps, and pulses that may be off.

Source: OpenCatEsp32, src/motion.h (transform, calibratedPWM), src/OpenCat.h (angleLimit, transformSpeed),
src/InstinctBittleESP.h (poses of a Bittle).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

NB = 16
#: In [deg], for head, tail and roll joints, front and back shoulders, knees.
LIMITS = (
    [(-120, 120), (-85, 85), (-120, 120), (-120, 120), (-90, 60), (-90, 60), (-90, 90), (-90, 90)]
    + [(-200, 80)] * 2
    + [(-80, 200)] * 6
)
POSES = {
    "rest": [0, 60, 0, 0, -3, -3, 3, 3, 75, 75, 75, 75, -55, -55, -55, -55],
    "up": [0] * 8 + [30] * 8,
    "balance": [0] * 8 + [30] * 8,
}
#: Of a ramp, in [s].
STEP_TIME = 0.008


class OpenCatJoints:
    """What the board commands its servos to.

    Args:
        degrees_per_step: of the joint that moves furthest: 2 on BiBoard, 4 on NyBoard.

    Attributes:
        angles: 16 whole degrees: what the board believes its pose to be.
        driven: which joints get pulses.
        move_ends: when the pose is reached, in [s].
    """

    def __init__(self, degrees_per_step: int) -> None:
        self._per_step = degrees_per_step
        self.angles = [0] * 8 + [75] * 4 + [-55] * 4
        self.driven = [False] * NB
        self.move_ends = -math.inf
        self._begin, self._nb_steps = 0.0, 0
        self._start = self._target = tuple(self.angles)

    def go(self, target: Sequence[int], now: float, drive: bool) -> None:
        """Begin a pose.

        Args:
            target: 16 angles in [deg], which may lie beyond what the joints are let.
            now: in [s].
            drive: False: the battery is flat, no pulses come.
        """
        self._start, self._target = tuple(self.angles), tuple(target)
        furthest = max(abs(a - b) for a, b in zip(self._start, self._target, strict=True))
        self._nb_steps = int(furthest / self._per_step + 0.5)
        self._begin = now
        self.move_ends = now + (self._nb_steps + 1) * STEP_TIME
        if drive:
            self.driven = [True] * NB

    def move(self, now: float) -> None:
        """Go as far as the pose has come by `now` [s]."""
        if now >= self.move_ends:
            share = 0.0
        else:
            step = int((now - self._begin) / STEP_TIME)
            share = 0.5 * (1.0 + math.cos(math.pi * step / self._nb_steps)) if self._nb_steps else 0.0
        for joint, (start, target) in enumerate(zip(self._start, self._target, strict=True)):
            low, high = LIMITS[joint]
            self.angles[joint] = int(min(max(target + share * (start - target), low), high))

    def shut(self, joint: int | None = None) -> None:
        """End the pulses of one joint, or of all."""
        for k in range(NB) if joint is None else [joint]:
            if 0 <= k < NB:
                self.driven[k] = False
