"""What a recording tells of a run, on recordings whose story is known."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace as Message
from typing import Any

import pytest

pytest.importorskip("mcap_ros2")
from hebb_controller.errors import BadInputError
from hebb_controller_ros import trial_run_measure
from hebb_controller_ros.recording import Recording
from hebb_controller_ros.trial_run_measure import Measured, measure

PERIOD = 0.02


def at(step: int, **more: Any) -> Message:
    nanoseconds = round(step * PERIOD * 1e9)
    return Message(header=Message(stamp=Message(sec=nanoseconds // 10**9, nanosec=nanoseconds % 10**9)), **more)


def mode(phase: str, step: int, mode: str = "nominal", reason: str = "") -> tuple[str, Message, int]:
    entry = {"phase": phase, "step": step, "mode": mode, "reason": reason, "begun_at": 0.0}
    return "hebb_controller/mode", Message(data=json.dumps(entry)), 0


def board(volt: str) -> tuple[str, Message, int]:
    status = Message(values=[Message(key="supply_V", value=volt), Message(key="power", value="armed")])
    return "/diagnostics", Message(status=[status]), 0


def walk(nb: int, speed: float) -> list[tuple[str, Message, int]]:
    """A body that goes at `speed` [m/s] from the start on, ramp and all, one command per reading."""
    events = []
    for step in range(nb):
        position = Message(x=speed * step * PERIOD, y=0.0, z=0.1)
        events.append(("ground_truth/odom", at(step, pose=Message(pose=Message(position=position))), 0))
        events += [(topic, at(step), 0) for topic in ("joint_states", "imu/data", "joint_targets")]
    return events


@pytest.fixture
def recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Returns what is measured of events, as if a file in a folder held them."""
    (tmp_path / "x.mcap").touch()

    def measured(events: list[tuple[str, Message, int]], duration: float, whole: bool = True) -> Measured:
        recording = Recording(tmp_path / "x.mcap", whole, events, {"control_rate": 1.0 / PERIOD})
        monkeypatch.setattr(trial_run_measure, "read_recording", lambda _: recording)
        return measure(tmp_path, duration)

    return measured


def test_distance_counts_from_where_the_network_takes_over(recorded) -> None:  # type: ignore[no-untyped-def]
    # 50 steps of ramp; the mode is told after the 51st tick, which is the network's first.
    events = [mode("ramp", 0), mode("fade", 51), *walk(200, 0.5)]
    found = recorded(events, duration=10.0)
    assert found.walked == pytest.approx(150 * PERIOD)
    assert found.distance == pytest.approx(0.5 * 149 * PERIOD)
    assert found.lost == 0
    without = [e for e in events if e[0] != "imu/data" or e[1].header.stamp.sec != 1]
    assert recorded(without, 10.0).lost == 50
    # What was recorded after the end is no part of the run.
    assert recorded(events, duration=1.0).distance == pytest.approx(0.5)
    assert recorded([mode("ramp", 0), *walk(40, 0.5)], 10.0) == Measured("x.mcap", True)


def test_falls_and_voltages(recorded) -> None:  # type: ignore[no-untyped-def]
    limp = [mode("run", 90 + k, "limp", "tilted 80 degrees") for k in range(3)]
    events = [
        board("nan"),
        board("12.1"),
        mode("fade", 1),
        *walk(100, 0.0),
        *limp,
        mode("ramp", 0),
        *limp,
        board("11.8"),
    ]
    found = recorded([*events, mode("run", 9, "limp", "reading is old"), board("nan")], 10.0, whole=False)
    assert (found.falls, found.battery_start, found.battery_end, found.whole) == (2, 12.1, 11.8, False)
    assert recorded([mode("fade", 1), *walk(9, 0.0)], 10.0).battery_start is None


def test_no_recording_and_one_that_cannot_be_read(tmp_path: Path) -> None:
    assert measure(tmp_path, 1.0) == Measured()
    (tmp_path / "x.mcap").write_bytes(b"")
    with pytest.raises(BadInputError):
        trial_run_measure.read_recording(tmp_path / "x.mcap")
    assert measure(tmp_path, 1.0) == Measured("x.mcap")
