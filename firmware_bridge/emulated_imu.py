"""A WitMotion IMU behind a pty, on an emulated body."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from firmware_bridge import wit_imu
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.pty_line import PtyLine

#: The fastest setting that 115200 baud carries with both frames is 200 Hz; 100 Hz is the usual one.
RATE = 100.0


class EmulatedImu:
    """Sends rates and angles of a body.

    Args:
        body: the body.
        clock: in [s].

    Attributes:
        line: the pty.
    """

    def __init__(self, body: JointBody, clock: Callable[[], float] = time.monotonic) -> None:
        self.line = PtyLine()
        self._body, self._clock = body, clock
        self._next = clock()

    def poll(self) -> None:
        """Send when it is time."""
        now = self._clock()
        if now < self._next:
            return
        self._next = max(self._next + 1.0 / RATE, now)
        if not self.line.rate_is(wit_imu.BAUD):
            return
        roll, pitch, yaw, spin = self._body.attitude()
        angles = np.array([roll, pitch, yaw])
        self.line.write(wit_imu.encode(wit_imu.RATE, spin) + wit_imu.encode(wit_imu.ANGLE, angles))

    def close(self) -> None:
        """Hang up."""
        self.line.close()
