"""The walking task: slopes, bumps and ice."""

from __future__ import annotations

import math

import numpy as np
import pytest

from hebb_controller.leg_kinematics import GRAVITY, standing_height
from hebb_controller.robot import RobotSpec

pybullet = pytest.importorskip("pybullet")

from motions import neutral  # noqa: E402

from sim.walk import WalkTask  # noqa: E402


def test_slope_is_uphill(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False, contacts=True)
    state = task.reset(np.random.default_rng(0), "slope")
    assert state.pitch == pytest.approx(-math.radians(5.0), abs=1e-3)  # nose up
    for _ in range(60):
        transition = task.step(neutral(robot))
    assert transition.state.pitch == pytest.approx(-math.radians(5.0), abs=0.02)
    assert not transition.fallen
    assert transition.state.truth is not None and transition.state.truth.foot_contact.sum() >= 3
    task.close()


def test_rough_ground_is_flat_at_the_start_and_differs_between_lives(robot: RobotSpec) -> None:
    from sim.ground import BEHIND, CELL, START_RADIUS, bumps

    one, other = bumps(0.01, 1), bumps(0.01, 2)
    middle = round(BEHIND / CELL), one.shape[1] // 2
    reach = int(START_RADIUS / CELL / math.sqrt(2.0))
    assert not one[middle[0] - reach : middle[0] + reach, middle[1] - reach : middle[1] + reach].any()
    assert one.max() <= 0.01 and one.max() > 0.009
    assert not np.array_equal(one, other)
    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0), "rough")
    for _ in range(50):
        transition = task.step(neutral(robot))
    assert not transition.fallen
    truth = transition.state.truth
    assert truth is not None and robot.body is not None
    assert truth.position_base_in_world[2] == pytest.approx(standing_height(robot.body, robot.neutral), abs=0.005)
    task.close()


def test_height_field_lies_where_its_numbers_say(robot: RobotSpec) -> None:
    from sim.bodies import ROUGHNESS
    from sim.ground import BEHIND, CELL, bumps

    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0), "rough")
    assert robot.body is not None
    heights = bumps(ROUGHNESS * standing_height(robot.body, robot.neutral), task._conditions.ground_seed)
    rng = np.random.default_rng(1)
    for _ in range(50):
        i, j = int(rng.integers(60, heights.shape[0] - 1)), int(rng.integers(1, heights.shape[1] - 1))
        x, y = i * CELL - BEHIND, (j - 0.5 * (heights.shape[1] - 1)) * CELL
        (hit,) = pybullet.rayTest([x, y, 1.0], [x, y, -1.0], physicsClientId=task._world.client)
        assert hit[3][2] == pytest.approx(heights[i, j], abs=1e-4)
    task.close()


def test_ice_slips(robot: RobotSpec) -> None:
    from sim.bodies import Ground
    from sim.bullet import BulletWorld

    decelerations = []
    for friction in (1.0, 0.4):
        world = BulletWorld(0.005)
        assert robot.body is not None
        world.build(robot, Ground(friction=friction), 0, (standing_height(robot.body, robot.neutral), 0.0, 0.0))
        world.place_joints(robot.neutral)
        pybullet.resetBaseVelocity(world.robot, [2.0, 0, 0], physicsClientId=world.client)
        stiff = np.zeros(robot.nb_joints), np.full(robot.nb_joints, 100.0)
        for _ in range(10):
            world.drive(*stiff)
        decelerations.append((2.0 - world.base()[2][0]) / 0.05)
        world.close()
    mu = robot.body.foot_friction  # type: ignore[union-attr]
    assert decelerations[0] / GRAVITY == pytest.approx(mu, rel=0.35)
    assert decelerations[1] < 0.6 * decelerations[0]
