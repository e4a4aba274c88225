"""A simulated dog walks with its servos on the true firmware: goals over the pty, pulses off the simulated pins."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from avr_build import missing_tools

pytest.importorskip("pybullet")
pytest.importorskip("serial")
if reason := missing_tools():
    pytest.skip(reason, allow_module_level=True)

pytestmark = pytest.mark.sim
HEBB = [sys.executable, "-m", "hebb_controller.cli"]
#: A stall of the computer for 0.1 s makes the firmware hold, and one of 0.2 s let go, as they are meant to.
ATTEMPTS = 3


def walked(link: Path, steps: int) -> tuple[subprocess.CompletedProcess[str], float]:
    """Return the finished walk and the distance in [m]."""
    desk = [sys.executable, str(Path(__file__).with_name("firmware_desk.py")), "--robot", "pwm12", "--link", str(link)]
    board = subprocess.Popen(desk, stdout=subprocess.PIPE, text=True)
    assert board.stdout is not None
    while not board.stdout.readline().startswith("Ctrl-C"):
        assert board.poll() is None
    ports = ["--port", str(link), "--imu-port", f"{link}-imu", "--calibration", "none"]
    command = [*HEBB, "run", "--plant", "serial", "--robot", "pwm12", *ports, "--steps", str(steps)]
    done = subprocess.run(command, capture_output=True, text=True)
    board.send_signal(signal.SIGTERM)
    rest, _ = board.communicate(timeout=30)
    return done, float(rest.splitlines()[-1].split()[3])


def test_the_dog_walks_through_the_firmware(tmp_path: Path) -> None:
    for _ in range(ATTEMPTS):
        done, distance = walked(tmp_path / "servos", steps=300)
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    assert distance > 0.8
