"""Scripted motions and what is compared of a life."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import JointTargets, RobotState

pybullet = pytest.importorskip("pybullet")

from sim.walk import WalkTask  # noqa: E402


def sway(robot: RobotSpec, step: int) -> JointTargets:
    """Return targets that keep every joint moving, each at its own phase."""
    action = 0.4 * np.sin(2.0 * math.pi * 1.2 * step * 0.02 + 1.3 * np.arange(robot.nb_joints))
    return JointTargets(0.02 * step, robot.neutral + action * robot.action_scale, "position")


def trot(robot: RobotSpec, step: int) -> JointTargets:
    """Return the spider's trot at 1.5 Hz: diagonal legs swing together, the foot is lifted on its way forward."""
    action = np.zeros(robot.nb_joints)
    for k, (x, y) in enumerate([(1, 1), (1, -1), (-1, 1), (-1, -1)]):
        phase = 2.0 * math.pi * 1.5 * step * 0.02 + (0.0 if x * y > 0 else math.pi)
        action[2 * k] = -0.7 * x * math.sin(phase)
        action[2 * k + 1] = -0.5 * max(0.0, math.cos(phase))
    return JointTargets(0.02 * step, robot.neutral + action * robot.action_scale, "position")


def neutral(robot: RobotSpec) -> JointTargets:
    return JointTargets(0.0, robot.neutral, "position")


def numbers(state: RobotState) -> np.ndarray:
    assert state.truth is not None
    parts = [state.joint_position, [state.time, state.roll, state.pitch, state.yaw]]
    parts += [state.angular_velocity_base_in_base, state.truth.position_base_in_world]
    return np.concatenate([*parts, state.truth.linear_velocity_base_in_world])


def live(task: WalkTask, seed: int, body: str, steps: int = 60) -> np.ndarray:
    state = task.reset(np.random.default_rng(seed), body)
    rows = [np.append(numbers(state), 0.0)]
    for step in range(steps):
        transition = task.step(sway(task.robot, step))
        rows.append(np.append(numbers(transition.state), transition.reward))
        if transition.done:
            break
    return np.array(rows)
