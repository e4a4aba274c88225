"""The recorder: killed, on a full disk, beside its own older files; and a walk to its very end."""

from __future__ import annotations

import json
import os
import resource
import time
from pathlib import Path

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("pybullet")
pytest.importorskip("mcap_ros2")
from lifecycle_msgs.srv import ChangeState
from std_msgs.msg import String
from std_srvs.srv import Trigger

from hebb_controller.errors import RunFailedError
from hebb_controller_ros import mcap_writer, qos
from hebb_controller_ros.mcap_writer import McapWriter
from hebb_controller_ros.messages import seconds
from hebb_controller_ros.recording import read_recording
from hebb_controller_ros.replay import replay
from hebb_controller_ros.run_story import story_of

pytestmark = [pytest.mark.ros, pytest.mark.sim]


def test_a_killed_recorder_leaves_a_readable_file(nodes, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    recorder = nodes.start("recorder_node", folder=str(tmp_path), robot="realant")
    nodes.start("plant_node")
    nodes.start("controller_node", autostart=True, ramp_time=0.0, fade_time=0.0)
    end = time.monotonic() + 20
    while time.monotonic() < end and not any(p.stat().st_size > 200_000 for p in tmp_path.glob("*.mcap")):
        time.sleep(0.05)
    recorder.kill()
    found = read_recording(next(tmp_path.glob("*.mcap")))
    assert not found.whole and len(found.messages("joint_states")) > 50


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_what_came_before_can_be_read(nodes, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    recorder = nodes.start("recorder_node", folder=str(tmp_path), robot="realant")
    nodes.start("plant_node", backend="mock")
    nodes.start("controller_node", autostart=True, ramp_time=0.0, fade_time=0.0)
    end = time.monotonic() + 20
    while time.monotonic() < end and not list(tmp_path.glob("*.mcap")):
        time.sleep(0.05)
    # A file may not grow any more: what the system says then is said by a full disk in other words.
    resource.prlimit(recorder.pid, resource.RLIMIT_FSIZE, (80_000, 80_000))
    code, output = nodes.finish(recorder, timeout=60)
    errors = [line for line in output.splitlines() if line.startswith("error: recording ")]
    assert code == 1 and len(errors) == 1 and "ends here: " in errors[0] and "Traceback" not in output
    found = read_recording(next(tmp_path.glob("*.mcap")))
    assert not found.whole and len(found.messages("joint_states")) > 50


def test_a_file_that_cannot_be_written_fails_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcap_writer, "_new_file", lambda *_: Path("/dev/full"))
    writer = McapWriter(tmp_path, "realant")
    with pytest.raises(RunFailedError, match=r"recording /dev/full ends here: No space left on device: give it room"):
        for k in range(200):
            writer.write("/a", "std_msgs/msg/String", os.urandom(1000), k)
    writer.write("/a", "std_msgs/msg/String", b"", 201)
    writer.flush()
    writer.close()
    writer.close()
    # Only finished: it fails once more, and is closed.
    late = McapWriter(tmp_path, "realant")
    with pytest.raises(RunFailedError, match="No space left"):
        late.close()
    late.close()


@pytest.mark.slow
def test_a_walk_that_was_brought_to_rest_is_replayed(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    recorder = nodes.start("recorder_node", folder=str(tmp_path), robot="realant")
    modes = ears.listen(String, "/hebb_controller/mode", qos.LATCHED_STATES)
    nodes.start("plant_node", backend="mock", listeners=2)
    nodes.start("controller_node", autostart=True, ramp_time=0.4, fade_time=0.2, listeners=2)

    def phase() -> str:
        return str(json.loads(modes[-1].data)["phase"]) if modes else ""

    ears.spin_until(lambda: phase() == "run", 30)
    ears.spin_for(0.5)
    request = ChangeState.Request()
    request.transition.id = 4
    assert ears.call(ChangeState, "/hebb_controller/change_state", transition=request.transition).success
    ears.spin_until(lambda: phase() == "idle")
    ears.spin_for(0.3)
    assert nodes.finish(recorder, interrupt=True)[0] == 0
    recording = read_recording(next(tmp_path.glob("*.mcap")))
    phases = [m["phase"] for m in recording.entries("hebb_controller/mode")]
    assert phases[-2:] == ["rest", "idle"]
    last = seconds(recording.messages("joint_targets")[-1].header.stamp)
    found = replay(recording)
    assert not found.difference and found.commands > 50
    assert last - story_of(recording).walked_from > 0.8  # the way to rest was among them


def test_a_walk_that_was_stopped_and_reset_is_replayed(nodes, ears, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    recorder = nodes.start("recorder_node", folder=str(tmp_path), robot="realant")
    modes = ears.listen(String, "/hebb_controller/mode", qos.LATCHED_STATES)
    nodes.start("plant_node", backend="mock", listeners=2)
    nodes.start("controller_node", autostart=True, ramp_time=0.4, fade_time=0.2, listeners=2)

    def told() -> list[dict[str, object]]:
        return [json.loads(message.data) for message in modes]

    for times in (1, 2, 3):
        ears.spin_until(lambda k=times: [m["phase"] for m in told()].count("run") >= k, 30)
        ears.spin_for(0.2)
        assert ears.call(Trigger, "/hebb_controller/estop").success
        ears.spin_for(0.2)
        assert ears.call(Trigger, "/hebb_controller/reset").success
    ears.spin_for(0.2)
    assert ears.call(Trigger, "/hebb_controller/reset").success  # in the middle of a ramp
    ears.spin_until(lambda: [m["phase"] for m in told()].count("run") >= 4, 30)
    assert nodes.finish(recorder, interrupt=True)[0] == 0
    found = replay(read_recording(next(tmp_path.glob("*.mcap"))))
    assert not found.difference and found.commands > 150


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    paths = []
    for _ in range(3):
        writer = McapWriter(tmp_path, "realant")
        paths.append(writer.path)
        writer.close()
    assert len(set(paths)) == 3
