"""An emulated board and an emulated IMU on one body, polled in turn by one thread."""

from __future__ import annotations

import time
from typing import Protocol

from firmware_bridge.emulated_imu import EmulatedImu


class Polled(Protocol):
    def poll(self) -> None: ...

    def close(self) -> None: ...


class Together:
    """What `running` takes: all are polled, and closed together."""

    def __init__(self, *parts: Polled) -> None:
        self._parts = parts

    def poll(self) -> None:
        for part in self._parts:
            part.poll()

    def close(self) -> None:
        for part in self._parts:
            part.close()


class CalmImu(EmulatedImu):
    """An IMU alone in its thread, which leaves the processor to others."""

    def poll(self) -> None:
        super().poll()
        time.sleep(0.001)
