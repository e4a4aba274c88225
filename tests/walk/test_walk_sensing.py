"""The walking task: what the robot is told, and how well."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from hebb_controller.robot import RobotSpec

pybullet = pytest.importorskip("pybullet")

from motions import neutral, sway  # noqa: E402

from sim.randomise import NOMINAL  # noqa: E402
from sim.walk import WalkTask  # noqa: E402


def test_reading_holds_only_what_the_robot_senses(task: WalkTask, robot: RobotSpec) -> None:
    state = task.reset(np.random.default_rng(0))
    assert np.all(np.isnan(state.joint_velocity))
    assert state.measured and state.time == 0.0
    assert state.joint_position.shape == (robot.nb_joints,)
    assert task.step(neutral(robot)).state.time == pytest.approx(0.02)


def test_encoders_have_their_step(robot: RobotSpec) -> None:
    assert robot.servo is not None
    task = WalkTask(robot)
    task.reset(np.random.default_rng(0))
    for step in range(20):
        ticks = task.step(sway(robot, step)).state.joint_position / robot.servo.resolution
        assert ticks == pytest.approx(np.rint(ticks), abs=1e-9)
    task.close()


def test_gyro_is_the_rate_of_attitude(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False)
    state = task.reset(np.random.default_rng(0))
    pybullet.resetBasePositionAndOrientation(
        task._world.robot, [0, 0, 5.0], pybullet.getQuaternionFromEuler([0.3, -0.2, 1.0]), task._world.client
    )
    pybullet.resetBaseVelocity(task._world.robot, [0, 0, 0], [0.5, -0.4, 0.8], physicsClientId=task._world.client)
    one = task._read(task._world.joints())
    two = task.step(neutral(robot)).state
    roll_rate, pitch_rate, yaw_rate = (
        (getattr(two, name) - getattr(one, name)) / task.control_period for name in ("roll", "pitch", "yaw")
    )
    # Euler rates from body rates, at the middle of the step.
    p, q, r = 0.5 * (one.angular_velocity_base_in_base + two.angular_velocity_base_in_base)
    roll, pitch = 0.5 * (one.roll + two.roll), 0.5 * (one.pitch + two.pitch)
    turn = q * math.sin(roll) + r * math.cos(roll)
    assert roll_rate == pytest.approx(p + turn * math.tan(pitch), abs=0.02)
    assert pitch_rate == pytest.approx(q * math.cos(roll) - r * math.sin(roll), abs=0.02)
    assert yaw_rate == pytest.approx(turn / math.cos(pitch), abs=0.02)
    assert state.yaw == 0.0
    task.close()


def test_noise_has_the_spread_that_the_ranges_say(robot: RobotSpec) -> None:
    noisy = dataclasses.replace(NOMINAL, attitude_noise=0.05, gyro_noise=0.1)
    task = WalkTask(robot, ranges=noisy)
    task.reset(np.random.default_rng(0))
    states = [task.step(neutral(robot)).state for _ in range(300)][50:]
    assert np.std([s.roll for s in states]) == pytest.approx(0.05, rel=0.15)
    assert np.std([s.angular_velocity_base_in_base for s in states]) == pytest.approx(0.1, rel=0.1)
    task.close()
