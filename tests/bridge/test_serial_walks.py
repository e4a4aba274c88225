"""Whole walks through a serial line, as a user at a desk does them: `hebb board emulate`, then `hebb run`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("pybullet")
pytest.importorskip("serial")

pytestmark = pytest.mark.sim
HEBB = [sys.executable, "-m", "hebb_controller.cli"]
#: A stall of the computer for 0.15 s ends a walk, and is meant to; a test machine may have one.
ATTEMPTS = 3


@contextmanager
def emulated(link: Path, *words: str) -> Iterator[list[str]]:
    board = subprocess.Popen(
        [*HEBB, "board", "emulate", "--link", str(link), *words], stdout=subprocess.PIPE, text=True
    )
    assert board.stdout is not None
    said = [board.stdout.readline()]
    while not said[-1].startswith("Ctrl-C") and board.poll() is None:
        said.append(board.stdout.readline())
    try:
        yield said
    finally:
        board.send_signal(signal.SIGTERM)
        rest, _ = board.communicate(timeout=30)
        said += rest.splitlines()
        assert board.returncode == 0 and not link.is_symlink()


def walk(link: Path, *words: str) -> subprocess.CompletedProcess[str]:
    ports = ["--port", str(link), "--imu-port", f"{link}-imu", "--calibration", "none"]
    return subprocess.run([*HEBB, "run", "--plant", "serial", *ports, *words], capture_output=True, text=True)


@pytest.mark.parametrize("robot", ["sts12", pytest.param("bittle", marks=pytest.mark.slow)])
def test_it_walks_behind_its_emulated_board(robot: str, tmp_path: Path) -> None:
    for _ in range(ATTEMPTS):
        with emulated(tmp_path / "servos", "--robot", robot) as said:
            done = walk(tmp_path / "servos", "--robot", robot, "--steps", "300")
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    assert "300 steps" in done.stdout
    distance = float(said[-1].split()[3])
    assert distance > {"sts12": 0.8, "bittle": 0.15}[robot]


def test_faults_and_wiped_weights_befall_a_walk_behind_a_port(tmp_path: Path) -> None:
    with emulated(tmp_path / "servos", "--robot", "sts12", "--bench"):
        for _ in range(ATTEMPTS):
            perturbed = ["--fault", "lock@20:40", "--zero-weights", "0.333@60"]
            done = walk(tmp_path / "servos", "--robot", "sts12", "--steps", "160", *perturbed)
            if done.returncode == 0:
                break
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum("perturbed" in line for line in lines) == 2


def test_ctrl_c_lets_go(tmp_path: Path) -> None:
    with emulated(tmp_path / "servos", "--robot", "sts12", "--bench"):
        ports = ["--port", str(tmp_path / "servos"), "--imu-port", "level", "--calibration", "none"]
        command = [*HEBB, "run", "--plant", "serial", *ports, "--steps", "10000"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        while "armed" not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 130 and errors == "hebb: error: interrupted\n"
        monitor = ["board", "monitor", "--robot", "sts12", "--port", str(tmp_path / "servos"), "--calibration", "none"]
        again = subprocess.run([*HEBB, *monitor, "--steps", "1"], capture_output=True, text=True)
        assert again.returncode == 0, again.stderr  # the port was let go


@pytest.mark.parametrize(
    ("words", "naming"),
    [
        (["--robot", "sts12", "--fault", "limp@0:10"], "limp and weak"),
        (["--robot", "sts12", "--gui"], "--gui"),
        (["--robot", "ant"], "ant"),
        (["--robot", "sts12", "--protocol", "can"], "choose one of dxl1"),
        (["--robot", "sts12", "--protocol", "realant"], "12 joints, this board moves 8"),
        (["--robot", "realant", "--rulebook", "sts12"], "rulebook"),
        (["--robot", "sts12", "--steps", "0"], "steps"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], naming: str, tmp_path: Path) -> None:
    done = walk(tmp_path / "nothing", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("hebb: error: ") and done.stderr.count("\n") == 1 and naming in done.stderr


def test_a_port_that_is_not_there_or_taken_is_one_line(tmp_path: Path) -> None:
    done = walk(tmp_path / "nothing", "--robot", "sts12")
    assert done.returncode == 1 and done.stderr.count("\n") == 1 and "nothing" in done.stderr
    occupied = tmp_path / "file"
    occupied.write_text("mine")
    command = [*HEBB, "board", "emulate", "--robot", "sts12", "--bench", "--link", str(occupied)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ)
    assert done.returncode == 2 and "choose another name" in done.stderr and occupied.read_text() == "mine"
