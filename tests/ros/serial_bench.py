"""Servos behind a port on a bench, and the plant node that drives them."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from board_thread import bench_board

from firmware_bridge.emulated_imu import EmulatedImu


class Bench:
    """Twelve emulated servos on a bench and an IMU, behind links that stay while ports change their names."""

    def __init__(self, folder: Path) -> None:
        self.board = bench_board("sts")
        self.imu = EmulatedImu(self.board.body)
        self.link, self.imu_port = folder / "servos", self.imu.line.name
        self.link.symlink_to(self.board.line.name)
        self.imu_speaks = True
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                self.board.poll()
                if self.imu_speaks:
                    self.imu.poll()

    def replug(self) -> None:
        """Pull the cable, and put it back: the port has another name then."""
        with self._lock:
            old = os.readlink(self.link)
            name = self.board.replug()
            assert name != old
            self.link.unlink()
            self.link.symlink_to(name)

    def reboot(self, servo_id: int) -> None:
        """Start a servo anew, as a plug that wobbles does: its torque is off."""
        with self._lock:
            self.board.servos[servo_id].reboot(time.monotonic())

    @property
    def powered(self) -> int:
        return sum(servo.get("torque") for servo in self.board.servos.values())

    @property
    def angles(self) -> np.ndarray:
        return self.board.body.position

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self.board.close()
        self.imu.close()


def start(nodes: Any, bench: Bench, **more: Any) -> Any:
    given = {"imu_port": bench.imu_port} | more
    return nodes.start(
        "plant_node",
        backend="serial",
        robot="sts12",
        port=str(bench.link),
        calibration="none",
        publish_clock=False,
        **given,
    )


def state_of(heard: list[Any]) -> dict[str, Any]:
    return json.loads(heard[-1].data) if heard else {"mode": "", "reason": ""}


def walking(ears: Any, bench: Bench, heard: list[Any]) -> None:
    try:
        ears.spin_until(lambda: bench.powered == 12 and state_of(heard)["mode"] == "nominal", 30)
    except AssertionError as error:
        raise AssertionError(f"{bench.powered} servos have torque; the plant said {[m.data for m in heard]}") from error
    before = bench.angles.copy()
    ears.spin_until(lambda: np.abs(bench.angles - before).max() > 0.1, 30)
