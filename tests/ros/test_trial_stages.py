"""Whole trials: launched, killed, browned out, taken up again, with real nodes and an emulated robot."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

sys.path.insert(0, str(Path(__file__).parents[1] / "trials"))
pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
pytest.importorskip("pybullet")
from protocols import description

from hebb_controller.errors import BadInputError
from hebb_controller.trials.operator import Operator, assumed_operator
from hebb_controller.trials.protocol import STAGES
from hebb_controller_ros.recording import read_recording
from hebb_controller_ros.replay import replay
from hebb_controller_ros.trial_run import TrialOptions, run

pytestmark = pytest.mark.ros
QUICK: dict[str, Any] = {"ramp_time_s": 0.3, "fade_time_s": 0.2, "stages": {s: {"duration_s": 1} for s in STAGES[:2]}}


def written(folder: Path, **more: Any) -> str:
    file = folder / "protocol.yaml"
    file.write_text(yaml.safe_dump(description(**QUICK | more)))
    return str(file)


def records(folder: Path) -> list[dict[str, Any]]:
    """Return every run.json of a stage, in the order in which they were begun."""
    found = [json.loads(path.read_text()) for path in folder.glob("runs/*/attempt-*/run.json")]
    return sorted(found, key=lambda record: record["started"])


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_shadow_run_is_recorded_measured_and_replayed(
    tmp_path: Path, domain: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
    protocol = written(tmp_path, conditions=[{"kind": "stopped", "after_s": 0.5}])
    options = TrialOptions(protocol, "shadow", tmp_path / "out")
    assert run(options, assumed_operator()) == 0
    folder = tmp_path / "out" / "shadow"
    (record,) = records(folder)
    assert record["outcome"] == "finished" and record["walked_s"] >= 1.0 and record["distance_m"] is None
    assert record["controller"]["plasticity_stop"] == 40 and record["rulebook_digest"]
    attempt = folder / "runs" / "001-stopped" / "attempt-1"
    recording = read_recording(attempt / record["recording"])
    assert recording.whole and not recording.messages("joint_targets")
    assert "hebb_controller" in (attempt / "process.log").read_text()
    modes = [m["plasticity"] for m in recording.entries("hebb_controller/mode")]
    assert modes.index("on") < modes.index("frozen")
    found = replay(recording)
    assert found.difference == "" and found.commands >= 50
    head = json.loads((folder / "trial.json").read_text())
    assert head["plan"] == [{"run": 1, "block": 1, "condition": "stopped", "seed": record["seed"]}]
    before = files(folder)
    assert run(options, assumed_operator()) == 0  # has passed: nothing is done again
    assert files(folder) == before


def of_family(mark: str) -> list[int]:
    """Return the processes that carry a mark in their environment: a trial's children, whatever became of it."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            dead = (path / "stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
            if not dead and mark.encode() in (path / "environ").read_bytes():
                found.append(int(path.name))
        except OSError:
            continue
    return found


@pytest.mark.slow
def test_killed_in_the_middle_of_twelve_runs_it_goes_on(tmp_path: Path, domain: int) -> None:
    mark = f"TRIAL_{uuid.uuid4().hex}"
    environment = os.environ | {"ROS_DOMAIN_ID": str(domain), "TRIAL_MARK": mark}
    pair = [{"kind": "plastic"}, {"kind": "sine"}]
    protocol = written(tmp_path, conditions=pair, repetitions=6, duration_s=2)
    words = [sys.executable, "-m", "hebb_controller.cli", "trial", protocol, "--out", str(tmp_path / "out")]
    for stage in STAGES[:2]:
        subprocess.run([*words, "--assume-yes", "--stage", stage], env=environment, check=True, timeout=200)
    folder = tmp_path / "out" / "ground"
    process = subprocess.Popen([*words, "--assume-yes", "--stage", "ground"], env=environment)
    end = time.monotonic() + 200
    while len(records(folder)) < 5 or not list(folder.glob("runs/006-*/attempt-1/*.mcap")):
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    end = time.monotonic() + 5
    while of_family(mark):
        assert time.monotonic() < end, "something outlived the trial"
        time.sleep(0.05)
    kept = files(folder / "runs")
    nb_finished = len(records(folder))
    again = subprocess.run([*words, "--assume-yes", "--stage", "ground"], env=environment, capture_output=True)
    assert again.returncode == 2 and b"--resume goes on" in again.stderr
    subprocess.run([*words, "--assume-yes", "--stage", "ground", "--resume"], env=environment, check=True, timeout=300)
    now = files(folder / "runs")
    assert {name: now[name] for name in kept} == kept and nb_finished >= 5
    done = [record for record in records(folder) if record["outcome"] == "finished"]
    assert sorted(record["run"] for record in done) == list(range(1, 13))
    assert next(r for r in done if r["run"] == 6)["attempt"] >= 2
    # Bit for bit: a run that is done anew is the run that was lost. The trot is the same in every block but for noise.
    assert all(record["walked_s"] == pytest.approx(2.0) and record["recording_whole"] for record in done)
    assert json.loads((folder / "stage.json").read_text())["runs"] == 12


class Desk:
    """Emulated robots, one after the other under one name: whoever puts a robot back to its start takes a new one."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self._process: subprocess.Popen[str] | None = None

    def put_back(self, bench: bool) -> None:
        self.close()
        words = [sys.executable, str(Path(__file__).with_name("trial_desk.py")), str(self.link)]
        self._process = subprocess.Popen(
            [*words, *(["--bench"] if bench else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        while self._process.stdout.readline().strip() != "ready":
            assert self._process.poll() is None

    def sag(self) -> None:
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write("sag\n")
        self._process.stdin.flush()

    def close(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.communicate(timeout=20)
            self._process = None


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "servos")
    yield made
    made.close()


class Person:
    """Says yes, arms, puts the robot back before every run on the ground, and sees to it that run 2 browns out."""

    def __init__(self, desk: Desk, folder: Path, stage: str) -> None:
        self._desk, self._folder, self._stage = desk, folder, stage
        self.browned_out = False
        self.told: list[str] = []
        self.operator = Operator(self._ask, self.told.append)

    def _ask(self, question: str) -> str:
        if "type go" not in question:
            return "1.5" if "tape" in question else "yes"
        if self._stage == "ground":
            self._desk.put_back(bench=False)
            if "run 2 of" in question and not self.browned_out:
                self.browned_out = True
                threading.Thread(target=self._brown_out, daemon=True).start()
        return "go"

    def _brown_out(self) -> None:
        """Wait until the run is being recorded, and for its middle."""
        end = time.monotonic() + 60
        while not list(self._folder.glob("runs/002-*/attempt-1/*.mcap")) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(2.5)
        self._desk.sag()


@pytest.mark.slow
def test_three_stages_on_the_emulated_robot_with_a_brown_out(
    tmp_path: Path, domain: int, monkeypatch: pytest.MonkeyPatch, desk: Desk
) -> None:
    monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
    wiring = {"port": str(desk.link), "imu_port": f"{desk.link}-imu", "calibration": "none", "emulated": True}
    protocol = written(
        tmp_path,
        robot="sts12",
        backend="serial",
        serial=wiring,
        repetitions=1,
        conditions=[{"kind": "plastic"}, {"kind": "sine"}],
        perturbations=[{"at_s": 1, "operator": "clip the front left leg now"}],
        abort={"supply_v": 9.6, "attempts": 20},  # a busy computer aborts runs of an emulated board, too
    )
    for stage in STAGES:
        desk.put_back(bench=stage != "ground")
        folder = tmp_path / "out" / stage
        person = Person(desk, folder, stage)
        options = TrialOptions(protocol, stage, tmp_path / "out", resume=True)
        if stage == "ground":
            with pytest.raises(BadInputError, match="passed with another condition plastic"):
                other = tmp_path / "other"
                other.mkdir()
                run(TrialOptions(_with_another_rule(protocol, other), stage, tmp_path / "out"), person.operator)
        for _ in range(6):  # a preflight that the busy computer failed is done again
            if run(options, person.operator) == 0:
                break
        assert json.loads((folder / "stage.json").read_text())["passed"] is True, person.told
        assert any("clip the front left leg now" in text for text in person.told) is (stage != "shadow")
        found = records(folder)
        assert {r["run"] for r in found if r["outcome"] == "finished"} == {1, 2}
        # Nothing is lost: every attempt has its folder, its log, its recording, and says why it ended.
        assert len(found) == len(list(folder.glob("runs/*/attempt-*")))
        for record in found:
            attempt = next(folder.glob(f"runs/{record['run']:03d}-*/attempt-{record['attempt']}"))
            assert (attempt / "process.log").stat().st_size > 0
            assert record["outcome"] == "finished" or record["reason"]
        done = [r for r in found if r["outcome"] == "finished"]
        assert all(11.0 < r["battery_start_V"] < 13.0 and r["recording_whole"] for r in done)
        if stage == "ground":
            assert person.browned_out
            browned = next(r for r in found if (r["run"], r["attempt"]) == (2, 1))
            assert browned["outcome"] == "aborted"
            assert all(r["distance_m"] == 1.5 and r["distance_source"] == "operator" for r in done)
            assert all(r["walked_s"] >= 6.0 or r["falls"] for r in done)


def _with_another_rule(protocol: str, folder: Path) -> str:
    whole = yaml.safe_load(Path(protocol).read_text())
    whole["conditions"][0] = {"kind": "random", "name": "plastic", "rule_seed": 1}
    (folder / "protocol.yaml").write_text(yaml.safe_dump(whole))
    return str(folder / "protocol.yaml")
