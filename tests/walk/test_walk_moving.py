"""The walking task: walking by script, and what its servos can do."""

from __future__ import annotations

import numpy as np
import pytest

from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets

pybullet = pytest.importorskip("pybullet")

from motions import trot  # noqa: E402

from sim.walk import WalkTask  # noqa: E402


def test_a_trot_walks_and_pays() -> None:
    robot = load_robot("realant")
    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0))
    total: dict[str, float] = {}
    for step in range(250):
        transition = task.step(trot(robot, step))
        for name, value in transition.terms.items():
            total[name] = total.get(name, 0.0) + value
        assert transition.reward == pytest.approx(sum(transition.terms.values()))
    truth = transition.state.truth
    assert truth is not None
    x, y, _ = truth.position_base_in_world
    # 5 s of a foot that sweeps 2 x 24.5 degrees, 0.17 m from its hip, 1.5 times a second: 0.2 m/s, slip included.
    assert 0.7 < x < 1.1
    assert abs(y) < 0.2
    assert total["forward"] == pytest.approx(2.0 * x)
    assert sum(total.values()) > 1.0
    task.close()


def test_physics_steps_are_short_enough() -> None:
    robot = load_robot("realant")
    distances = []
    for physics_steps in (2, 20):
        task = WalkTask(robot, randomise=False, physics_steps=physics_steps)
        task.reset(np.random.default_rng(0))
        for step in range(200):
            transition = task.step(trot(robot, step))
        assert transition.state.truth is not None
        distances.append(transition.state.truth.position_base_in_world[0])
        task.close()
    assert distances[0] == pytest.approx(distances[1], rel=0.06)


def test_commands_move_joints_no_faster_than_the_servo(task: WalkTask, robot: RobotSpec) -> None:
    assert robot.servo is not None
    state = task.reset(np.random.default_rng(0))
    for k in range(100):
        action = np.where(np.arange(robot.nb_joints) % 2 == (k // 5) % 2, 1.0, -1.0)
        new = task.step(JointTargets(0.0, robot.neutral + action * robot.action_scale, "position")).state
        speed = abs(new.joint_position - state.joint_position) / task.control_period
        # The body's weight may push a joint faster than its motor turns, but not by much.
        assert speed.max() < 2.0 * robot.servo.no_load_speed
        state = new
