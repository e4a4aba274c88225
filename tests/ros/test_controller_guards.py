"""What the controller does when something is lost: a sensor, the upright, the order of joints, time itself."""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy")
from played_body import PlayedBody
from std_msgs.msg import Bool, Empty, Float64MultiArray, String
from std_srvs.srv import SetBool, Trigger
from trajectory_msgs.msg import JointTrajectory

from hebb_controller.robot_file import load_robot
from hebb_controller_ros import qos

pytestmark = pytest.mark.ros
ROBOT = load_robot("realant")
QUICK = {"autostart": True, "ramp_time": 0.0, "fade_time": 0.0}


class Watcher:
    """The controller's mode, newest last, and its commands."""

    def __init__(self, ears: Any) -> None:
        self._modes: list[String] = []
        self._heard: list[float] = []
        ears.node.create_subscription(String, "/hebb_controller/mode", self._on_mode, qos.LATCHED_STATES)
        self.targets = ears.listen(JointTrajectory, "/joint_targets", qos.COMMAND)

    def _on_mode(self, message: String) -> None:
        self._modes.append(message)
        self._heard.append(time.monotonic())

    def forget(self) -> None:
        """Forget the modes that were."""
        self._modes.clear()
        self._heard.clear()

    @property
    def held(self) -> float:
        """Time between the last two modes, in [s]."""
        return self._heard[-1] - self._heard[-2]

    @property
    def entry(self) -> dict[str, Any]:
        return json.loads(self._modes[-1].data) if self._modes else {}

    @property
    def modes(self) -> list[str]:
        return [json.loads(m.data)["mode"] for m in self._modes]

    def is_(self, **wanted: Any) -> bool:
        return all(self.entry.get(key) == value for key, value in wanted.items())

    @property
    def limp(self) -> bool:
        return bool(self.targets) and not len(self.targets[-1].points[0].positions)


@pytest.fixture
def walking(nodes, ears):  # type: ignore[no-untyped-def]
    """A controller that runs, its body and who watches both."""
    body, watcher = PlayedBody(ears, ROBOT), Watcher(ears)
    nodes.start("controller_node", **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal"))
    return body, watcher


@pytest.mark.parametrize(
    ("tick", "lost", "ahead"),
    [
        ("sensor", "with_joints", 0.0),
        ("timer", "with_imu", 0.0),
        ("sensor", "frozen", 0.0),
        ("sensor", "with_imu", 0.003),  # an IMU with stamps of its own
        pytest.param("timer", "with_joints", 0.0, marks=pytest.mark.slow),
        pytest.param("sensor", "with_imu", 0.0, marks=pytest.mark.slow),
        pytest.param("timer", "frozen", 0.0, marks=pytest.mark.slow),
        pytest.param("timer", "with_imu", 0.003, marks=pytest.mark.slow),
    ],
)
def test_a_lost_sensor_holds_then_lets_go_and_waits_for_a_reset(
    nodes, ears, tick: str, lost: str, ahead: float
) -> None:  # type: ignore[no-untyped-def]
    body, watcher = PlayedBody(ears, ROBOT), Watcher(ears)
    body.imu_ahead = ahead
    nodes.start("controller_node", tick=tick, **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal"))
    ears.spin_for(0.2)
    watcher.forget()
    setattr(body, lost, lost == "frozen")
    ears.spin_until(lambda: watcher.is_(mode="limp") and watcher.limp)
    # Nothing in between: a mode that flutters never lasts long enough to let go.
    assert watcher.modes == ["hold", "limp"] and "reading is more than" in watcher.entry["reason"]
    assert 0.35 < watcher.held < 0.8
    assert watcher.entry["plasticity"] == "waiting"
    answer = ears.call(Trigger, "/hebb_controller/reset")
    assert not answer.success and "old" in answer.message
    setattr(body, lost, lost != "frozen")
    ears.spin_for(0.3)
    assert watcher.is_(mode="limp")  # latched: a person looks first
    assert ears.call(Trigger, "/hebb_controller/reset").success
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal") and not watcher.limp)


def test_a_fall_lets_go_and_a_reset_is_refused_until_it_stands(walking, ears) -> None:  # type: ignore[no-untyped-def]
    body, watcher = walking
    body.roll = 2.0
    ears.spin_until(lambda: watcher.is_(mode="limp"))
    assert "tilted 115 degrees" in watcher.entry["reason"]
    refused = ears.call(Trigger, "/hebb_controller/reset")
    assert not refused.success and "tilted" in refused.message
    body.roll = 0.0
    ears.spin_for(0.2)
    assert ears.call(Trigger, "/hebb_controller/reset").success
    ears.spin_until(lambda: watcher.is_(mode="nominal"))


def test_the_emergency_stop_is_latched_from_service_topic_and_switch(walking, ears) -> None:  # type: ignore[no-untyped-def]
    _, watcher = walking
    state = ears.listen(Bool, "/hebb_controller/estop_state", qos.LATCHED)
    topic = ears.node.create_publisher(Empty, "/emergency_stop", qos.EVENT)
    presses = (
        lambda: ears.call(Trigger, "/hebb_controller/estop"),
        lambda: topic.publish(Empty()),
        lambda: ears.call(SetBool, "/hebb_controller/enable", data=False),
    )
    for press in presses:
        press()
        ears.spin_until(lambda: watcher.is_(phase="stop", mode="limp") and state and state[-1].data)
        nb = len(watcher.targets)
        ears.spin_until(lambda before=nb: watcher.limp and len(watcher.targets) > before + 10)  # it goes on letting go
        assert watcher.is_(phase="stop")
        assert ears.call(SetBool, "/hebb_controller/enable", data=True).success
        ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal") and not state[-1].data)


def test_time_that_jumps_back_begins_a_new_life(walking, ears) -> None:  # type: ignore[no-untyped-def]
    body, watcher = walking
    assert watcher.entry["life"] == 0
    body.time -= 50.0
    ears.spin_until(lambda: watcher.is_(life=1, mode="nominal", phase="run"))


def test_time_that_jumps_back_can_freeze_the_weights(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    body, watcher = PlayedBody(ears, ROBOT), Watcher(ears)
    nodes.start("controller_node", time_jump="freeze", **QUICK)
    ears.spin_until(lambda: watcher.is_(phase="run", mode="nominal"))
    body.time -= 50.0
    ears.spin_until(lambda: watcher.is_(plasticity="frozen"))
    assert watcher.entry["life"] == 0
    assert ears.call(SetBool, "/hebb_controller/freeze_plasticity", data=False).success
    ears.spin_until(lambda: watcher.is_(plasticity="on"))


def test_joints_are_matched_by_name(walking, ears) -> None:  # type: ignore[no-untyped-def]
    body, _ = walking
    body.position = ROBOT.neutral + 0.1 * ROBOT.action_scale * np.arange(ROBOT.nb_joints)
    body.order = list(np.random.default_rng(1).permutation(ROBOT.nb_joints))
    seen = ears.listen(Float64MultiArray, "/hebb_controller/observation", qos.SENSOR)
    wanted = 0.1 * np.arange(ROBOT.nb_joints)
    ears.spin_until(lambda: seen and np.allclose(np.array(seen[-1].data)[5:13], wanted, atol=1e-6))


def test_unknown_joints_are_refused_once_with_a_list(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    body, watcher = PlayedBody(ears, ROBOT), Watcher(ears)
    body.order = None
    node = nodes.start("controller_node", **QUICK)
    ears.spin_until(lambda: watcher.entry, 30)  # configured
    ears.spin_for(2.0)
    assert not watcher.targets
    code, output = nodes.finish(node, interrupt=True)
    assert code == 0 and output.count("does not name the joints") == 1
    assert "unknown: left_wheel" in output and all(name in output for name in ROBOT.joint_names)
