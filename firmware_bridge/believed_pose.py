"""Which readings can be believed, and what the joints' angles are in the meantime.

A checksum of one byte lets one in 256 corruptions through. What comes through still has to be a place that the joint
can have reached since it was last seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from firmware_bridge.board_line import ServoReading
from firmware_bridge.joint_map import JointMap
from hebb_controller.signals import Vector

#: Beyond what speed explains, in [rad]: play, and a turn of the horn that the rounding hides.
JUMP_MARGIN = 0.1
#: A leg that is pushed may turn faster than its servo runs by itself.
PUSHED = 1.5


class BelievedPose:
    """The newest believable angle of every joint, and how old it is.

    Args:
        joint_map: from counts to angles.
        top_speed: of an unloaded servo, in [rad/s].

    Attributes:
        angles: shape `(nb_joints,)`, in [rad]; NaN where none has been believed yet.
        seen: when each angle was read, shape `(nb_joints,)`, in [s].
        nb_implausible: readings that were not believed.
        top_speed: of an unloaded servo, in [rad/s]; infinite: everything is believed.
    """

    def __init__(self, joint_map: JointMap, top_speed: float) -> None:
        self._map = joint_map
        self.top_speed = top_speed
        self.nb_implausible = 0
        nb = len(joint_map.servo_ids)
        self.angles: Vector = np.full(nb, np.nan)
        self.seen: Vector = np.full(nb, -np.inf)
        self.forget()

    def forget(self) -> None:
        """Believe whatever comes next, until a second reading contradicts it: the joints may have been moved.

        Until then the old angles stay, with their age: a controller can do nothing with NaN.
        """
        self._nb_agreeing: npt.NDArray[np.int_] = np.zeros(len(self._map.servo_ids), dtype=int)

    def take(self, readings: Sequence[ServoReading]) -> npt.NDArray[np.bool_]:
        """Take one reading per joint; return which were there and believed."""
        ticks = np.array([np.nan if r.values is None else r.values["position"] for r in readings])
        times = np.array([r.time for r in readings])
        angles = self._map.to_angles(ticks)
        there = np.isfinite(angles)
        with np.errstate(invalid="ignore"):
            # Infinity times no time at all is no number: a board that tells the same reading twice is believed twice.
            reach = PUSHED * self.top_speed * np.maximum(times - self.seen, 1e-6) + JUMP_MARGIN
            near = np.abs(angles - self.angles) <= reach
        # Of a first reading and a second that is far from it one is wrong, but which? A third one that agrees tells.
        believed = there & (near | (self._nb_agreeing < 2))
        self.nb_implausible += int((there & ~near & (self._nb_agreeing > 0)).sum())
        agrees = near & (self._nb_agreeing > 0)
        self._nb_agreeing = np.where(there, np.where(agrees, 2, np.maximum(self._nb_agreeing, 1)), self._nb_agreeing)
        self.angles = np.where(believed, angles, self.angles)
        self.seen = np.where(believed, times, self.seen)
        return np.asarray(believed)
