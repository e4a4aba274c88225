"""The host dies while it walks: nobody holds the last goal for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from board_thread import bench_board, running

from firmware_bridge.emulated_board import EmulatedBoard

WALK = Path(__file__).parents[1] / "benchmarks" / "walk_until_killed.py"


def walking(board: EmulatedBoard, robot: str) -> subprocess.Popen[str]:
    """Return a process that walks on this board."""
    process = subprocess.Popen(
        [sys.executable, str(WALK), board.line.name, board.table.dialect.name, robot], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "armed\n"
    return process


def wait_for_torque_off(board: EmulatedBoard) -> None:
    end = time.monotonic() + 10.0
    while any(servo.get("torque") for servo in board.servos.values()):
        assert time.monotonic() < end, "torque stays on"
        time.sleep(0.005)


@pytest.mark.parametrize(("protocol", "robot"), [("sts", "sts12"), ("dxl2", "sts12"), ("dxl1", "realant")])
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_host_that_dies_or_hangs_leaves_no_torque(protocol: str, robot: str, how: signal.Signals) -> None:
    board = bench_board(protocol, robot)
    with running(board):
        process = walking(board, robot)
        try:
            time.sleep(0.3)
            assert all(servo.get("torque") for servo in board.servos.values())
            os.kill(process.pid, how)  # no word of farewell: neither torque off nor a closed port
            wait_for_torque_off(board)
        finally:
            process.kill()
            process.communicate()
