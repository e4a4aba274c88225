"""Recordings: read back by others' readers, cut off, replayed, told."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("pybullet")
pytest.importorskip("mcap_ros2")
from ros_processes import Nodes

from hebb_controller import load_rulebook
from hebb_controller.errors import BadInputError, HebbError
from hebb_controller_ros.mcap_writer import schema_text
from hebb_controller_ros.recording import Recording, read_recording
from hebb_controller_ros.replay import replay
from hebb_controller_ros.run_report import lines
from hebb_controller_ros.run_story import story_of

pytestmark = [pytest.mark.ros, pytest.mark.sim]
STEPS = 420
EVENTS = ["saturate@200:260"], ["wipe=0.333@320"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, request) -> Path:  # type: ignore[no-untyped-def]
    """One recorded walk: a ramp, a fade, saturated actuators, wiped weights."""
    folder = tmp_path_factory.mktemp("recordings")
    nodes = Nodes(101)
    recorder = nodes.start("recorder_node", folder=str(folder), robot="realant")
    plant = nodes.start("plant_node", lockstep=True, listeners=2, horizon=STEPS, faults=EVENTS[0])
    quick = {"lockstep": True, "listeners": 2, "autostart": True, "ramp_time": 0.3, "fade_time": 0.2}
    nodes.start("controller_node", faults=EVENTS[1], **quick)
    nodes.finish(plant)
    assert nodes.finish(recorder, interrupt=True)[0] == 0
    nodes.close()
    return folder


@pytest.fixture(scope="module")
def file(folder: Path) -> Path:
    return next(folder.glob("*.mcap"))


@pytest.fixture(scope="module")
def recording(file: Path) -> Recording:
    return read_recording(file)


def test_an_independent_reader_finds_the_same(file: Path, recording: Recording) -> None:
    from rosbags.highlevel import AnyReader

    stamps: dict[str, list[int]] = {}
    with AnyReader([file]) as reader:
        for connection, _, raw in reader.messages():
            message = reader.deserialize(raw, connection.msgtype)
            if connection.topic == "/joint_states":
                assert len(message.position) == len(message.velocity) == len(message.effort) == 8
            if hasattr(message, "header"):
                stamp = message.header.stamp
                stamps.setdefault(connection.topic, []).append(stamp.sec * 10**9 + stamp.nanosec)
    assert len(set(stamps["/joint_states"])) == len(set(stamps["/imu/data"])) == STEPS
    ours = [m.header.stamp.sec * 10**9 + m.header.stamp.nanosec for m in recording.messages("joint_targets")]
    assert ours == stamps["/joint_targets"]


def test_metadata_says_what_walked(file: Path, recording: Recording) -> None:
    from mcap.reader import make_reader

    with file.open("rb") as stream:
        found = next(m for m in make_reader(stream).iter_metadata() if m.name == "hebb").metadata
    assert found["robot"] == "realant" and found["rulebook_digest"] == load_rulebook("realant").digest
    assert json.loads(found["parameters"])["ramp_time"] == 0.3
    assert recording.whole and recording.info["versions"]["numpy"] == np.__version__


def test_replay_is_equal_and_notices_the_smallest_difference(recording: Recording) -> None:
    assert replay(recording).commands == STEPS and not replay(recording).difference
    other = dataclasses.replace(recording, events=list(recording.events))
    # A reading that nobody answered yet is sent again under its stamp: the last one counts.
    by_stamp = {(m.header.stamp.sec, m.header.stamp.nanosec): m for topic, m, _ in other.events if topic == "imu/data"}
    planted = list(by_stamp.values())[150]
    was = planted.angular_velocity.x
    planted.angular_velocity.x = was + 1e-3
    found = replay(other)
    planted.angular_velocity.x = was
    assert 140 < found.commands < 200 and "recorded" in found.difference


def test_replay_refuses_what_it_cannot_repeat(recording: Recording) -> None:
    def changed(**info: object) -> Recording:
        return dataclasses.replace(recording, info=recording.info | info)

    parameters = recording.info["parameters"]
    for other, words in (
        (changed(rulebook_digest="0" * 64), "another rulebook"),
        (changed(robot_hash="0" * 64), "another robot"),
        (changed(parameters=parameters | {"tick": "timer"}), "timer"),
        (changed(parameters=parameters | {"use_cmd_vel": True}), "cmd_vel"),
        (dataclasses.replace(recording, info={}), "info is missing"),
    ):
        with pytest.raises(BadInputError, match=words):
            replay(other)


def test_the_story_agrees_with_the_statistics(recording: Recording) -> None:
    from sim.statistics import recovery

    story = story_of(recording)
    assert [fault.fault for fault in story.faults] == ["saturate@200:260", "wipe=0.333@320"]
    begin = 15  # steps of the ramp: the network moves the body from there on
    x = story.position[begin:, 0]
    wanted = recovery(x, 0.02, 200 - begin, 260 - begin)
    assert wanted is not None and story.faults[0].recovery_steps == wanted.steps
    assert story.walked_from == pytest.approx(0.3, abs=0.021)
    assert any(f"m forward, cruising at {story.cruise:.2f} m/s" in line for line in lines(story, True))
    for none in (float("nan"), None):
        said = lines(dataclasses.replace(story, cruise=none, steps_to_90=None), True)
        assert any(line.endswith("m forward, too short for a cruising speed") for line in said)


def test_a_file_that_was_cut_off_gives_what_came_before(file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mcap"
    cut.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    half = read_recording(cut)
    assert not half.whole and 50 < len(half.messages("joint_states")) < STEPS
    assert not replay(half).difference


def test_bent_bytes_end_a_recording_and_nothing_else(file: Path, tmp_path: Path) -> None:
    rng, data = np.random.default_rng(0), file.read_bytes()
    bent = tmp_path / "bent.mcap"
    for _ in range(25):
        copy = np.frombuffer(data, np.uint8).copy()
        copy[rng.integers(copy.size, size=3)] ^= np.uint8(1 << rng.integers(8))
        bent.write_bytes(copy.tobytes())
        try:
            found = read_recording(bent)
            story_of(found)
            replay(found)
        except HebbError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("content", [b"", b"no recording at all", b"short", b"\x89MCAP0\r\n"])
def test_no_recording_is_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.mcap"
    path.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        read_recording(path)
    assert "\n" not in str(caught.value) and str(path) in str(caught.value)
    with pytest.raises(BadInputError, match="no recording"):
        read_recording(tmp_path / "nowhere.mcap")


def test_schemas_hold_everything_they_need() -> None:
    text = schema_text("sensor_msgs/msg/JointState")
    assert "MSG: std_msgs/Header" in text and "MSG: builtin_interfaces/Time" in text
    trajectory = schema_text("trajectory_msgs/msg/JointTrajectory")
    assert (
        "MSG: trajectory_msgs/JointTrajectoryPoint" in trajectory and "MSG: builtin_interfaces/Duration" in trajectory
    )
