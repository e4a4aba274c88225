"""The plant by itself: what it does when its controller dies, stutters or talks nonsense; and what faults do to it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("pybullet")
from nav_msgs.msg import Odometry
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets
from hebb_controller_ros import qos
from hebb_controller_ros.encoding import TargetsEncoder
from hebb_controller_ros.messages import seconds

pytestmark = [pytest.mark.ros, pytest.mark.sim]
ROBOT = load_robot("realant")
WALK = {"autostart": True, "ramp_time": 0.2, "fade_time": 0.1}


class PlantWatcher:
    """The plant's own mode and its odometry."""

    def __init__(self, ears: Any) -> None:
        self.states = ears.listen(String, "/plant/state", qos.LATCHED)
        self.odometry = ears.listen(Odometry, "/ground_truth/odom", qos.STREAM)

    @property
    def modes(self) -> list[str]:
        return [json.loads(m.data)["mode"] for m in self.states]

    @property
    def reason(self) -> str:
        return str(json.loads(self.states[-1].data)["reason"])

    @property
    def height(self) -> float:
        return float(self.odometry[-1].pose.pose.position.z)


def test_a_killed_controller_leaves_a_body_that_holds_then_lets_go_until_one_is_back(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    watcher = PlantWatcher(ears)
    nodes.start("plant_node")
    first = nodes.start("controller_node", **WALK)
    ears.spin_until(lambda: watcher.modes[-1:] == ["nominal"])
    ears.spin_for(1.0)
    first.kill()
    ears.spin_until(lambda: watcher.modes[-1] == "limp")
    assert watcher.modes[-2:] == ["hold", "limp"] and "no command" in watcher.reason
    standing = watcher.height
    ears.spin_for(0.5)
    assert watcher.height < standing + 0.01
    nodes.start("controller_node", **WALK)  # it ramps from where the body lies
    ears.spin_until(lambda: watcher.modes[-1] == "nominal")


def test_a_limp_body_is_not_thrown_into_a_distant_pose(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    watcher = PlantWatcher(ears)
    sensed = ears.listen(JointState, "/joint_states", qos.STREAM)
    commands, encode = ears.node.create_publisher(JointTrajectory, "/joint_targets", qos.COMMAND), TargetsEncoder(ROBOT)

    def command(value: np.ndarray, limp: bool = False) -> None:
        commands.publish(encode(JointTargets(seconds(sensed[-1].header.stamp), value, "position", limp)))
        ears.spin_for(0.02)

    nodes.start("plant_node")
    ears.spin_until(lambda: sensed and commands.get_subscription_count())
    for _ in range(20):
        command(ROBOT.neutral, limp=True)
    assert watcher.modes[-1] == "limp"
    here = np.array(sensed[-1].position)
    for _ in range(10):
        command(np.clip(here + 0.5, ROBOT.lower, ROBOT.upper))
    assert watcher.modes[-1] == "limp" and "far from the pose" in watcher.reason
    for _ in range(10):
        command(np.array(sensed[-1].position))
    assert watcher.modes[-1] == "nominal"


def test_nonsense_is_refused_and_said_once(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    watcher = PlantWatcher(ears)
    sensed = ears.listen(JointState, "/joint_states", qos.STREAM)
    commands = ears.node.create_publisher(JointTrajectory, "/joint_targets", qos.COMMAND)
    plant = nodes.start("plant_node")
    ears.spin_until(lambda: sensed and commands.get_subscription_count())
    encode = TargetsEncoder(ROBOT)
    for _ in range(5):
        for spoil in ("names", "nan", "points", "short", "future"):
            message = encode(JointTargets(seconds(sensed[-1].header.stamp), ROBOT.neutral, "position"))
            if spoil == "names":
                message = JointTrajectory(header=message.header, joint_names=["wheel"], points=message.points)
            elif spoil == "nan":
                message.points[0].positions[3] = float("nan")
            elif spoil == "points":
                message = JointTrajectory(header=message.header, joint_names=message.joint_names)
            elif spoil == "short":
                message.points[0].positions = message.points[0].positions[:3]
            else:
                message.header.stamp.sec += 1000
            commands.publish(message)
            ears.spin_for(0.02)
    assert set(watcher.modes) == {"hold"}
    _, output = nodes.finish(plant, interrupt=True)
    for words in ("does not name the joints", "not finite", "0 points", "3 positions", "from the future"):
        assert output.count(words) == 1, output


def test_sensors_as_the_conventions_ask(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    imu = ears.listen(Imu, "/imu/data", qos.SENSOR)
    joints = ears.listen(JointState, "/joint_states", qos.SENSOR)
    odometry = ears.listen(Odometry, "/ground_truth/odom", qos.SENSOR)
    clock = ears.listen(Clock, "/clock", qos.CLOCK)
    nodes.start("plant_node")
    ears.spin_until(lambda: len(imu) > 60 and len(joints) > 60 and len(clock) > 60)
    source = ears.listen(String, "/joint_states_source", qos.LATCHED)  # late, and still told
    ears.spin_until(lambda: source)
    assert source[0].data == "measured"
    urdf = ears.listen(String, "/robot_description", qos.LATCHED)
    ears.spin_until(lambda: urdf)
    root = ElementTree.fromstring(urdf[0].data)
    assert [j.get("name") for j in root.findall("joint") if j.get("type") == "revolute"] == list(ROBOT.joint_names)
    assert 9.0 < imu[-1].linear_acceleration.z < 10.6  # standing still: gravity included, upwards (REP-145)
    assert imu[-1].header.frame_id == "imu_link" and odometry[-1].header.frame_id == "world"
    turn = imu[-1].orientation
    assert turn.x**2 + turn.y**2 + turn.z**2 + turn.w**2 == pytest.approx(1.0, abs=1e-9)
    message = joints[-1]
    assert tuple(message.name) == ROBOT.joint_names
    assert len(message.velocity) == len(message.position) == len(message.effort) == ROBOT.nb_joints
    assert np.isfinite(message.velocity).all()
    stamps = [seconds(m.header.stamp) for m in joints]
    np.testing.assert_allclose(np.diff(stamps), 0.02, atol=1e-9)


@pytest.mark.parametrize(
    "fault",
    ["limp@0:40@front_left_hip", *(pytest.param(f"{k}@0:40", marks=pytest.mark.slow) for k in ("saturate", "lock"))],
)
def test_faults_come_by_topic_and_are_marked(nodes, ears, fault: str) -> None:  # type: ignore[no-untyped-def]
    watcher = PlantWatcher(ears)
    markers = ears.listen(String, "/fault_markers", qos.EVENT)
    faults = ears.node.create_publisher(String, "/faults", qos.EVENT)
    nodes.start("plant_node")
    nodes.start("controller_node", **WALK)
    ears.spin_until(lambda: watcher.modes[-1:] == ["nominal"] and faults.get_subscription_count() == 2)
    faults.publish(String(data=fault))
    ears.spin_until(lambda: len(markers) == 2)
    start, end = (json.loads(m.data) for m in markers)
    assert (start["event"], end["event"]) == ("start", "end") and end["step"] - start["step"] == 40
    assert start["fault"].split("@")[0] == fault.split("@")[0]


def test_weights_wiped_by_topic_and_nonsense_is_answered(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    watcher = PlantWatcher(ears)
    markers = ears.listen(String, "/fault_markers", qos.EVENT)
    faults = ears.node.create_publisher(String, "/faults", qos.EVENT)
    plant = nodes.start("plant_node")
    controller = nodes.start("controller_node", **WALK)
    ears.spin_until(lambda: watcher.modes[-1:] == ["nominal"] and faults.get_subscription_count() == 2)
    digits = "9" * 5000
    nonsense = ("melt@0:10", "wipe=0.3@²", f"wipe=0.3@{digits}", f"lock@0:{digits}", "weak=٣@²:", "\n@\n")
    for text in ("wipe=0.5@0", *nonsense, "limp@0:10@left_wheel", "offset=9@0:5"):
        faults.publish(String(data=text))
        ears.spin_for(0.1)
    assert [json.loads(m.data)["fault"].split("@")[0] for m in markers] == ["wipe=0.5"]
    for node, words, nb in ((plant, "not done:", 8), (controller, "fault not understood:", 7)):
        assert node.poll() is None
        _, output = nodes.finish(node, interrupt=True)
        assert output.count(words) == nb and "Traceback" not in output and max(map(len, output.splitlines())) < 400


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"backend": "serial"}, "serial"),
        ({"backend": "cloud"}, "choose one of mock, serial, sim"),
        ({"body": "three_legs"}, "intact"),
        ({"robot": "ant"}, "torque"),
        ({"limp_timeout": 0.04}, "limp_timeout"),
        ({"faults": ["saturate@5"]}, "bad span '5'"),
    ],
)
def test_bad_parameters_end_the_process_with_one_line(nodes, given, words: str) -> None:  # type: ignore[no-untyped-def]
    code, output = nodes.finish(nodes.start("plant_node", **given))
    lines = [line for line in output.splitlines() if line.startswith("error:")]
    assert code in (1, 2) and len(lines) == 1 and words in lines[0] and "Traceback" not in output
