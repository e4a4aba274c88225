"""Walks an emulated robot until somebody kills it: what `bench_bus.py kill` and its test start and kill."""

from __future__ import annotations

import sys
import time

import numpy as np
from soak import open_owner


def main(port: str, protocol: str, robot_name: str) -> None:
    """Arm, say so, and write goals at 50 Hz for ever."""
    owner, robot, _ = open_owner(port, protocol, robot_name, supervise=True)
    owner.arm()
    print("armed", flush=True)
    while True:
        owner.write(robot.neutral + 0.2 * np.sin(6.0 * time.monotonic()))
        owner.read()
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:4])
