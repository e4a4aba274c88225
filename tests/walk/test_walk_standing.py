"""The walking task: standing, sinking and falling, held against statics and free fall."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from hebb_controller.leg_kinematics import GRAVITY, standing_height, standing_torques
from hebb_controller.robot import RobotSpec

pybullet = pytest.importorskip("pybullet")

from motions import neutral  # noqa: E402

from sim.walk import WalkTask  # noqa: E402


def test_stands_at_neutral(task: WalkTask, robot: RobotSpec) -> None:
    task.reset(np.random.default_rng(0))
    assert robot.body is not None and robot.servo is not None
    for _ in range(100):
        transition = task.step(neutral(robot))
    truth = transition.state.truth
    assert truth is not None and not transition.done
    assert truth.position_base_in_world[:2] == pytest.approx([0.0, 0.0], abs=0.01)
    # Servos sag under load and gears have play: a few millimetres.
    assert truth.position_base_in_world[2] == pytest.approx(standing_height(robot.body, robot.neutral), abs=0.004)
    assert abs(transition.state.roll) < 0.02 and abs(transition.state.pitch) < 0.02
    assert np.all(truth.foot_contact == 1.0)
    assert abs(truth.linear_velocity_base_in_world).max() < 0.02


def test_standing_servos_are_far_from_overload(task: WalkTask, robot: RobotSpec) -> None:
    task.reset(np.random.default_rng(0))
    efforts = [task.step(neutral(robot)).terms["effort"] for _ in range(100)]
    mean_square_drive = np.mean(efforts[50:]) / (task.weights.effort * task.control_period)
    assert math.sqrt(mean_square_drive) < 0.2


def test_on_ice_the_servos_carry_what_statics_says(robot: RobotSpec) -> None:
    # Without friction nothing but the servos keeps the legs from spreading.
    assert robot.body is not None and robot.servo is not None
    ice = dataclasses.replace(robot.body, foot_friction=0.0)
    servo = dataclasses.replace(robot.servo, deadband=0.0, backlash=0.0, resolution=0.0, friction=0.0, latency=0.0)
    robot = dataclasses.replace(robot, body=ice, servo=servo)
    task = WalkTask(robot, randomise=False, physics_steps=10)
    task.reset(np.random.default_rng(0))
    applied = []
    for step in range(150):
        state = task.step(neutral(robot)).state
        if step >= 50:
            motors = pybullet.getJointStates(
                task._world.robot, range(robot.nb_joints), physicsClientId=task._world.client
            )
            applied.append([motor[3] for motor in motors])
    statics = standing_torques(robot, state.joint_position)
    assert np.mean(applied, axis=0) == pytest.approx(statics, abs=0.02)
    # Joints sag by load over gain; contact noise adds to that, for it pushes joints down but not up.
    assert state.joint_position == pytest.approx(robot.neutral - statics / servo.position_gain, abs=0.01)
    task.close()


def slippery(robot: RobotSpec) -> RobotSpec:
    """Return the robot on feet that hold nothing: with friction, straight legs stand like a trestle."""
    assert robot.body is not None
    return dataclasses.replace(robot, body=dataclasses.replace(robot.body, foot_friction=0.02))


def test_sinks_when_servos_let_go(robot: RobotSpec) -> None:
    task = WalkTask(slippery(robot), randomise=False)
    assert robot.body is not None
    task.reset(np.random.default_rng(0))
    limp = dataclasses.replace(neutral(robot), limp=True)
    for _ in range(100):
        transition = task.step(limp)
        if transition.done:
            break
    assert transition.state.truth is not None
    height = transition.state.truth.position_base_in_world[2]
    assert height < standing_height(robot.body, robot.neutral) - 0.03
    task.close()


@pytest.mark.parametrize("roll, pitch", [(1.2, 0.0), (0.0, -1.2), (3.1, 0.0)])
def test_lying_on_its_side_is_a_fall(task: WalkTask, robot: RobotSpec, roll: float, pitch: float) -> None:
    task.reset(np.random.default_rng(0))
    pybullet.resetBasePositionAndOrientation(
        task._world.robot, [0, 0, 1.0], pybullet.getQuaternionFromEuler([roll, pitch, 0.5]), task._world.client
    )
    transition = task.step(neutral(robot))
    assert transition.done and transition.fallen
    assert transition.terms["fall"] == task.weights.fall


def test_lying_on_its_belly_is_a_fall(task: WalkTask, robot: RobotSpec) -> None:
    task.reset(np.random.default_rng(0))
    assert robot.body is not None
    low = [0, 0, robot.body.fall_height - 0.001]
    pybullet.resetBasePositionAndOrientation(task._world.robot, low, [0, 0, 0, 1], task._world.client)
    pybullet.setGravity(0, 0, 0, physicsClientId=task._world.client)
    for joint in range(robot.nb_joints):  # legs out of the ground
        pybullet.setCollisionFilterPair(task._world.robot, 0, joint, -1, 0, physicsClientId=task._world.client)
    transition = task.step(neutral(robot))
    assert transition.done and transition.fallen


def test_weak_servos_carry_less(robot: RobotSpec) -> None:
    task = WalkTask(slippery(robot), randomise=False)
    heights = []
    for share in (1.0, 0.0):
        task.reset(np.random.default_rng(0))
        task.set_strength(np.full(robot.nb_joints, share))
        for _ in range(60):
            transition = task.step(neutral(robot))
            if transition.done:
                break
        assert transition.state.truth is not None
        heights.append(transition.state.truth.position_base_in_world[2])
    assert heights[1] < heights[0] - 0.02
    task.reset(np.random.default_rng(0))  # a new life has whole servos
    for _ in range(60):
        transition = task.step(neutral(robot))
    assert transition.state.truth is not None
    assert transition.state.truth.position_base_in_world[2] == heights[0]
    task.close()


def test_free_fall(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False, contacts=True)
    task.reset(np.random.default_rng(0))
    pybullet.resetBasePositionAndOrientation(
        task._world.robot, [0, 0, 5.0], [0, 0, 0, 1], physicsClientId=task._world.client
    )
    for _ in range(10):
        truth = task.step(neutral(robot)).state.truth
    assert truth is not None
    assert truth.linear_velocity_base_in_world[2] == pytest.approx(-GRAVITY * 0.2, rel=0.01)
    assert np.all(truth.foot_contact == 0.0)
    task.close()
