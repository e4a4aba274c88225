"""What cmd_vel asks of a gait that evolution fixed: how much of it, and which way is ahead."""

from __future__ import annotations

import math
import time
from typing import Any


class VelocityCommand:
    """The newest `geometry_msgs/Twist`, with a timeout by the steady clock.

    Args:
        whole: linear.x that means the whole gait, in [m/s].
        timeout: age after which the robot stands, in [s].
    """

    def __init__(self, whole: float, timeout: float) -> None:
        self._whole, self._timeout = whole, timeout
        self._linear = self._angular = 0.0
        self._heard: float | None = None

    def take(self, message: Any) -> None:
        """Take a new command; one that is not finite is none, so that the last good one grows old."""
        linear, angular = float(message.linear.x), float(message.angular.z)
        if math.isfinite(linear) and math.isfinite(angular):
            self._linear, self._angular = linear, angular
            self._heard = time.monotonic()

    def scale(self) -> float:
        """Return the share of the gait, 0 to 1; backwards cannot be had and counts as 0."""
        return min(max(self._linear / self._whole, 0.0), 1.0) if self._fresh() else 0.0

    def turn(self) -> float:
        """Return the speed at which straight ahead turns, in [rad/s]."""
        return self._angular if self._fresh() else 0.0

    def _fresh(self) -> bool:
        return self._heard is not None and time.monotonic() - self._heard <= self._timeout
