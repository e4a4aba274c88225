"""Whole walks over ROS: as far as in process, two robots beside each other, and a shadow that moves nothing."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("pybullet")
from nav_msgs.msg import Odometry
from std_msgs.msg import String
from trajectory_msgs.msg import JointTrajectory

from hebb_controller import load_rulebook
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import SafetyGate
from hebb_controller_ros import qos
from sim.episode_trace import record_life
from sim.task_plant import TaskPlant
from sim.tasks import make_task

pytestmark = [pytest.mark.ros, pytest.mark.sim]
STEPS = 400


def distance_in_process(seed: int) -> float:
    robot, book = load_robot("realant"), load_rulebook("realant")
    task = make_task(robot, randomise=False)
    plant = TaskPlant(task, np.random.default_rng([seed, 0]))
    controller = book.controller(robot)
    controller.reset(np.random.default_rng([seed, 0]), book.start)
    life = record_life(plant, controller, SafetyGate(robot), FaultSchedule(), np.random.default_rng(0), STEPS)
    task.close()
    return life.distance


def test_a_walk_in_real_time_goes_as_far_as_in_process(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    heard = ears.listen(Odometry, "/ground_truth/odom", qos.STREAM)
    plant = nodes.start("plant_node", horizon=STEPS)
    nodes.start("controller_node", autostart=True, ramp_time=0.0, fade_time=0.0)
    ears.spin_until(lambda: plant.poll() is not None, 60)
    assert heard[-1].pose.pose.position.x >= 0.9 * distance_in_process(seed=0) > 1.0


@pytest.mark.slow
def test_two_robots_in_two_namespaces(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    heard = {name: ears.listen(Odometry, f"/{name}/ground_truth/odom", qos.STREAM) for name in ("ada", "bob")}
    modes = {name: ears.listen(String, f"/{name}/hebb_controller/mode", qos.LATCHED) for name in heard}
    for seed, name in enumerate(heard):
        nodes.start("plant_node", namespace=name, seed=seed, publish_clock=seed == 0)
        nodes.start("controller_node", namespace=name, seed=seed, autostart=True, ramp_time=0.2, fade_time=0.1)
    ears.spin_until(lambda: all(m and json.loads(m[-1].data)["phase"] == "run" for m in modes.values()))
    ears.spin_until(lambda: all(h[-1].pose.pose.position.x > 0.5 for h in heard.values()), 40)
    faults = ears.node.create_publisher(String, "/ada/faults", qos.EVENT)
    markers = {name: ears.listen(String, f"/{name}/fault_markers", qos.EVENT) for name in heard}
    ears.spin_until(lambda: faults.get_subscription_count() == 2)
    faults.publish(String(data="saturate@0:20"))
    ears.spin_until(lambda: len(markers["ada"]) == 2)
    assert not markers["bob"]


def test_a_shadow_computes_everything_and_moves_nothing(nodes, ears) -> None:  # type: ignore[no-untyped-def]
    shadow = ears.listen(JointTrajectory, "/shadow/joint_targets", qos.COMMAND)
    states = ears.listen(String, "/plant/state", qos.LATCHED)
    heard = ears.listen(Odometry, "/ground_truth/odom", qos.STREAM)
    nodes.start("plant_node")
    nodes.start("controller_node", shadow=True, autostart=True, ramp_time=0.0, fade_time=0.0)
    ears.spin_until(lambda: len(shadow) > 100)
    assert ears.node.count_publishers("/joint_targets") == 0
    assert [json.loads(s.data)["reason"] for s in states] == ["no command yet"]
    assert abs(heard[-1].pose.pose.position.x) < 0.02
    commanded = np.array([m.points[0].positions for m in shadow])
    assert np.abs(commanded - load_robot("realant").neutral).max() > 0.05  # it would have moved
