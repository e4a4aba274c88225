"""The frames of WitMotion's serial IMUs (WT901 and kin), which hobby robots without an IMU on board carry.

    55  kind  x lo hi  y lo hi  z lo hi  t lo hi  checksum      sum of the ten bytes before, modulo 256

Angles come as fractions of 180 degrees, rates as fractions of 2000 degrees per second. Mount it x forward, y left.
Source: WitMotion, "WT901C Datasheet", chapter on the communication protocol.
"""

from __future__ import annotations

import math
import struct
import time

import numpy as np

from firmware_bridge.board_line import ImuReading
from firmware_bridge.serial_port import SerialPort
from hebb_controller.signals import Vector

RATE, ANGLE = 0x52, 0x53
BAUD = 115_200
_FRAME = struct.Struct("<BB4hB")
#: Rates may be so much older than the angles that they go with, in [s]: the IMU sends both in one burst, every 20 ms at
#: the slowest that is fit for walking (50 Hz). One lost rate frame is got over even then, two are not.
_PAIR_TIME = 0.03
_FULL = {RATE: math.radians(2000.0), ANGLE: math.pi}


def encode(kind: int, values: Vector) -> bytes:
    """Return the frame that carries three values in [rad] or [rad/s]."""
    counts = [min(max(round(float(v) / _FULL[kind] * 32768.0), -32768), 32767) for v in values]
    frame = _FRAME.pack(0x55, kind, *counts, 0, 0)
    return frame[:-1] + bytes([sum(frame[:-1]) & 0xFF])


class WitParser:
    """Finds frames in a stream of bytes.

    Attributes:
        nb_corrupt: frames whose checksum was wrong.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.nb_corrupt = 0

    def feed(self, data: bytes) -> list[tuple[int, Vector]]:
        """Take bytes; return the kind and the three values, in [rad] or [rad/s], of each frame now whole."""
        self._buffer += data
        found = []
        while len(self._buffer) >= _FRAME.size:
            frame = bytes(self._buffer[: _FRAME.size])
            if frame[0] != 0x55 or frame[1] & 0xF0 != 0x50:
                del self._buffer[0]
            elif sum(frame[:-1]) & 0xFF != frame[-1]:
                self.nb_corrupt += 1
                del self._buffer[0]
            else:
                del self._buffer[: _FRAME.size]
                if frame[1] in _FULL:
                    scale = _FULL[frame[1]] / 32768.0
                    found.append((frame[1], scale * np.array(_FRAME.unpack(frame)[2:5], dtype=float)))
        return found


class WitPairs:
    """Makes readings of rates and angles that belong together; angles whose rates did not come are none.

    With the gyro's output switched off, or its frames lost, the last rates would otherwise be told for ever.
    """

    def __init__(self) -> None:
        self._rate: tuple[Vector, float] | None = None

    def take(self, kind: int, values: Vector, now: float) -> ImuReading | None:
        """Take the values of one frame, and when they came [s]; return the reading that they complete, or None."""
        if kind == RATE:
            self._rate = values, now
            return None
        if self._rate is None or now - self._rate[1] > _PAIR_TIME:
            return None
        roll, pitch, yaw = (float(v) for v in values)
        return ImuReading(now, roll, pitch, yaw, self._rate[0])


class WitImu:
    """An IMU on a port of its own.

    Args:
        path: the port.

    Raises:
        LinkError: there is no such port, or another program has it.
    """

    def __init__(self, path: str) -> None:
        self._port = SerialPort(path, BAUD)
        self._parser, self._pairs = WitParser(), WitPairs()
        self._latest: ImuReading | None = None

    def latest(self) -> ImuReading | None:
        """Return the newest reading, or None before the first.

        Raises:
            LinkError: the port is gone.
        """
        while data := self._port.read(0.0):
            now = time.monotonic()
            for kind, values in self._parser.feed(data):
                self._latest = self._pairs.take(kind, values, now) or self._latest
        return self._latest

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()
