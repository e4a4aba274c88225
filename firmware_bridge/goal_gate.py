"""The one gate in front of every writer: what leaves it is finite, within limits, and never runs ahead.

It sits after the controller's own gate and the plant node's: a program that bypasses both meets this one.
"""

from __future__ import annotations

import numpy as np

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector


class GoalGate:
    """Remembers the last goal of every joint.

    Args:
        robot: its limits, and its servo's speed.

    Attributes:
        nb_refused: goals of the wrong length or not finite: the last ones stayed.
        nb_limited: goals held within limits or slew.
    """

    def __init__(self, robot: RobotSpec) -> None:
        self._robot = robot
        # As the controller's gate: faster than three times its no-load speed only winds up the error.
        self._max_slew = 3.0 * robot.servo.no_load_speed if robot.servo else 0.0
        self._last = robot.neutral.copy()
        self.nb_refused = self.nb_limited = 0

    def start_from(self, pose: Vector) -> None:
        """Take a measured pose as the last goal; where an angle [rad] is not finite, the last goal stays."""
        known = np.where(np.isfinite(pose), pose, self._last)
        self._last = np.clip(known, self._robot.lower, self._robot.upper)

    def __call__(self, goal: Vector, elapsed: float) -> Vector:
        """Return what may be written, in [rad].

        Args:
            goal: wanted angles, shape `(nb_joints,)`, in [rad].
            elapsed: since the last goal, in [s].
        """
        try:
            wanted = np.asarray(goal, dtype=float)
        except (TypeError, ValueError):  # no array of numbers at all
            wanted = np.empty(0)
        if wanted.shape != self._last.shape or not np.isfinite(wanted).all():
            self.nb_refused += 1
            return self._last
        # `max` with NaN second keeps its first argument: a clock gone mad means no time has passed.
        reach = self._max_slew * min(max(0.0, elapsed), 2.0 / self._robot.control_rate)
        limited = np.clip(wanted, self._last - reach, self._last + reach)
        limited = np.clip(limited, self._robot.lower, self._robot.upper)
        self.nb_limited += not np.array_equal(limited, wanted)
        self._last = limited
        return np.asarray(limited)
