"""Where the attitude comes from, where it is no serial IMU of its own: the servo board, or nowhere."""

from __future__ import annotations

import time
from typing import Protocol

import numpy as np

from firmware_bridge.board_line import ImuReading
from firmware_bridge.bus_owner import BusOwner


class Imu(Protocol):
    """Where the attitude comes from. Implemented by `WitImu`, `BoardImu`, `LevelImu` and the ROS edge."""

    def latest(self) -> ImuReading | None:
        """Return the newest reading, or None before the first."""

    def close(self) -> None:
        """Let go of it."""


class LevelImu:
    """No IMU: level and still, for a robot on a stand. A robot on the ground must not be driven by it."""

    def latest(self) -> ImuReading | None:
        """Return a level attitude, now."""
        return ImuReading(time.monotonic(), 0.0, 0.0, 0.0, np.zeros(3))

    def close(self) -> None:
        """Nothing to let go of."""


class BoardImu:
    """The IMU on the servo board, whose readings come with the servos'.

    Args:
        owner: of the line.
    """

    def __init__(self, owner: BusOwner) -> None:
        self._owner = owner

    def latest(self) -> ImuReading | None:
        """Return the newest reading, or None before the first."""
        return self._owner.attitude

    def close(self) -> None:
        """The owner lets go of it."""
