"""A whole trial with the servos on the true firmware: three stages, goals over the pty, pulses off simulated pins."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from avr_build import missing_tools

pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
pytest.importorskip("pybullet")
pytest.importorskip("serial")
if reason := missing_tools():
    pytest.skip(reason, allow_module_level=True)

from hebb_controller.trials.operator import Operator
from hebb_controller.trials.protocol import STAGES
from hebb_controller_ros.trial_run import TrialOptions, run

pytestmark = [pytest.mark.ros, pytest.mark.slow]
PROTOCOL = {
    "name": "through-firmware",
    "robot": "pwm12",
    "backend": "serial",
    "duration_s": 3,
    "ramp_time_s": 1,
    "conditions": [{"kind": "plastic"}],
    "stages": {stage: {"duration_s": 1} for stage in STAGES[:2]},
    # A stall of the computer for 0.2 s makes the firmware let go, as it is meant to: the run is done again.
    "abort": {"attempts": 20, "silence_s": 2},
    "distance": {"source": "none"},
}


class Desk:
    """Bodies on the firmware, one after the other under one name; says yes, and puts the robot back before each run."""

    def __init__(self, link: Path) -> None:
        self._link = link
        self._board: Any = None
        self.bench = True
        self.operator = Operator(self._ask, print)

    def put_back(self) -> None:
        self.close()
        words = [sys.executable, str(Path(__file__).with_name("firmware_desk.py")), "--robot", "pwm12"]
        words += ["--link", str(self._link), "--bench" if self.bench else "--held"]
        self._board = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        while not self._board.stdout.readline().startswith("Ctrl-C"):
            assert self._board.poll() is None

    def _ask(self, question: str) -> str:
        if "type go" in question and not self.bench:
            self.put_back()
        return "go" if "type go" in question else "yes"

    def close(self) -> None:
        if self._board is not None:
            self._board.send_signal(signal.SIGTERM)
            self._board.communicate(timeout=30)
            self._board = None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "servos")
    yield made
    made.close()


def test_three_stages_through_the_firmware(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", str(10 + os.getpid() % 90))
    link = tmp_path / "servos"
    wiring = {"port": str(link), "imu_port": f"{link}-imu", "calibration": "none", "emulated": True}
    file = tmp_path / "protocol.yaml"
    file.write_text(yaml.safe_dump(PROTOCOL | {"serial": wiring}))
    for stage in STAGES:
        folder = tmp_path / "out" / stage
        desk.bench = stage != "ground"
        desk.put_back()
        for _ in range(6):  # a preflight that the busy computer failed is done again
            if run(TrialOptions(str(file), stage, tmp_path / "out", resume=True), desk.operator) == 0:
                break
        assert json.loads((folder / "stage.json").read_text())["passed"] is True
        records = [json.loads(path.read_text()) for path in folder.glob("runs/*/attempt-*/run.json")]
        (done,) = [record for record in records if record["outcome"] == "finished"]
        assert done["walked_s"] >= (3.0 if stage == "ground" else 1.0) or done["falls"]
        assert done["recording_whole"] and all(r["reason"] for r in records if r is not done)
