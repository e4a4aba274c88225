"""The builder's verbs at a real terminal: keys, Ctrl-C, a table drawn over itself, a question and its answer."""

from __future__ import annotations

import math
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from board_thread import bench_board, running
from builder_bench import Together

from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_imu import EmulatedImu
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import STS3215
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import Vector

ROOT = Path(__file__).parents[2]
ROBOT = load_robot("sts12")
#: Importing numpy may take this long on a busy computer, in [s].
_PATIENCE = 60.0


class Terminal:
    """A program at a terminal of its own."""

    def __init__(self, words: Sequence[str]) -> None:
        self._ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "hebb_controller.cli", *words]
        ends = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        self.process = subprocess.Popen(command, **ends, cwd=ROOT, start_new_session=True, preexec_fn=_own_terminal)
        os.close(theirs)
        self.text = ""

    def wait_for(self, words: str) -> None:
        """Read until the program has said so since the last call."""
        deadline = time.monotonic() + _PATIENCE
        start = len(self.text)
        while words not in self.text[start:]:
            assert time.monotonic() < deadline and self._read(), f"no {words!r} in {self.text!r}"

    def type(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def ended(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + _PATIENCE
        while self._read() and time.monotonic() < deadline:
            pass
        code = self.process.wait(timeout=_PATIENCE)
        os.close(self._ours)
        return code

    def _read(self) -> bool:
        ready, _, _ = select.select([self._ours], [], [], 1.0)
        if not ready:
            return True
        try:
            data = os.read(self._ours, 4096)
        except OSError:  # the other side has been closed
            return False
        self.text += data.decode()
        return bool(data)


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def torques(board: EmulatedBoard) -> list[int]:
    return [servo.get("torque") for servo in board.servos.values()]


def jogging(words: list[str], confirm: Callable[[Terminal], None] = lambda _: None) -> Terminal:
    """Return a terminal in which `hebb jog` waits for keys; on a busy computer torque may stay off at first."""
    for _ in range(5):
        shell = Terminal(words)
        confirm(shell)
        try:
            shell.wait_for("q: quit")
        except AssertionError:
            assert "torque stays off" in shell.text
            shell.ended()
            continue
        break
    return shell


def test_jog_by_keys_then_quit() -> None:
    with running(bench_board("sts")) as board:
        words = ["jog", "--port", board.line.name, "--calibration", "none", "--joint", "front_left_knee"]

        def confirm(shell: Terminal) -> None:
            shell.wait_for("is it on its stand? type yes:")
            assert torques(board) == [0] * 12
            shell.type("yes\n")
            shell.wait_for("\n")
            time.sleep(0.1)

        shell = jogging(words, confirm)
        assert torques(board) == [1] * 12
        shell.type("++++++")
        shell.wait_for("goal   -78.0")
        shell.type("q")
        assert shell.ended() == 0
        assert "torque is off" in shell.text
        assert torques(board) == [0] * 12
        moved = np.degrees(board.body.position - ROBOT.neutral)
        assert abs(moved[2] - 12.0) < 1.0 and np.abs(np.delete(moved, 2)).max() < 0.2


def test_jog_lets_go_at_ctrl_c() -> None:
    with running(bench_board("sts")) as board:
        shell = jogging(["jog", "--port", board.line.name, "--calibration", "none", "--yes"])
        assert torques(board) == [1] * 12
        shell.type("\x03")
        assert shell.ended() == 130
        assert "Traceback" not in shell.text
        assert torques(board) == [0] * 12


@pytest.mark.slow
def test_anything_but_yes_moves_nothing() -> None:
    with running(bench_board("sts")) as board:
        shell = Terminal(["jog", "--port", board.line.name, "--calibration", "none"])
        shell.wait_for("type yes:")
        shell.type("y\n")
        assert shell.ended() == 2
        assert "nothing was moved" in shell.text
        assert {servo.goals_seen for servo in board.servos.values()} == {None}


@pytest.mark.slow
def test_find_shows_progress_and_ends_at_ctrl_c() -> None:
    with running(bench_board("sts")) as board:
        shell = Terminal(["board", "find", "--port", board.line.name, "--all-bauds"])
        shell.wait_for("sts and dxl1 at 1000000 baud")
        shell.type("\x03")
        assert shell.ended() == 130
        assert "Traceback" not in shell.text


@pytest.mark.slow
def test_the_monitor_draws_over_itself_until_q() -> None:
    with running(bench_board("sts")) as board:
        shell = Terminal(["board", "monitor", "--port", board.line.name, "--calibration", "none"])
        shell.wait_for("cycle 3:")
        assert "\x1b[" in shell.text
        shell.type("q")
        assert shell.ended() == 0


class NosedDown(SlewJoints):
    """A body that its operator tilts once told to, by more than 12 degrees."""

    tilting = False
    pitch = 0.0

    def attitude(self) -> tuple[float, float, float, Vector]:
        rate = 0.5 if self.tilting and self.pitch < 0.35 else 0.0
        self.pitch += rate / 100.0  # called 100 times a second
        return 0.0, self.pitch, 0.0, np.array([0.0, rate, 0.0])


def test_check_asks_for_a_tilt() -> None:
    body = NosedDown(ROBOT)
    board, imu = EmulatedBoard(STS3215, nominal_map(ROBOT, STS3215.scale), body), EmulatedImu(body)
    with running(Together(board, imu)):  # type: ignore[arg-type]
        words = ["check", "--port", board.line.name, "--imu-port", imu.line.name, "--calibration", "none"]
        shell = Terminal(words)
        shell.wait_for("tilt the robot nose down")
        body.tilting = True
        shell.ended()
    assert "ok   imu sign" in shell.text
    assert math.isclose(body.pitch, 0.35, abs_tol=0.02) or body.pitch > math.radians(12.0)
