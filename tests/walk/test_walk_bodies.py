"""Altered bodies in Bullet: they start clear of everything, and each shows the effect that its name plants."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from hebb_controller.leg_kinematics import leg_chain, leg_segments, total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot

pybullet = pytest.importorskip("pybullet")

from motions import neutral, sway  # noqa: E402

from sim.bodies import BARE_FRICTION, Ground, embody  # noqa: E402
from sim.bullet import BulletWorld  # noqa: E402
from sim.ground import height_at  # noqa: E402
from sim.walk import WalkTask  # noqa: E402

LEFT_RIGHT = [1, 0, 3, 2]  # legs in joint order, seen in a mirror


def across(robot: RobotSpec, values: np.ndarray) -> np.ndarray:
    """Return joint values with those of left and right legs exchanged."""
    return values.reshape(4, -1)[LEFT_RIGHT].ravel()


def sway_for(robot: RobotSpec, body: str, steps: int, mirrored: bool = False) -> np.ndarray:
    """Return x, y, z, roll, pitch and yaw after some steps of swaying, or of swaying as seen in a mirror."""
    task = WalkTask(robot, randomise=False)
    task.reset(np.random.default_rng(0), body)
    for step in range(steps):
        targets = sway(robot, step)
        value = across(robot, targets.value) if mirrored else targets.value
        state = task.step(dataclasses.replace(targets, value=value)).state
    task.close()
    assert state.truth is not None
    return np.array([*state.truth.position_base_in_world, state.roll, state.pitch, state.yaw])


@pytest.mark.parametrize("name", ["realant", "sts12", "pwm12", "bittle"])
def test_every_body_starts_clear_of_the_ground_and_of_itself(name: str) -> None:
    robot = load_robot(name)
    task = WalkTask(robot, randomise=False)
    n = robot.nb_joints // 4
    for body in task.bodies:
        task.reset(np.random.default_rng(0), body)
        assert isinstance(task._world, BulletWorld)
        here = task._world.robot, task._world.client
        to_ground = pybullet.getClosestPoints(here[0], 0, 0.02, physicsClientId=here[1])
        assert to_ground and min(point[8] for point in to_ground) > 0.002, body
        for point in pybullet.getClosestPoints(here[0], here[0], 0.0, physicsClientId=here[1]):
            assert -1 in point[3:5] or point[3] // n == point[4] // n, body  # within a leg, links share a joint
        for _ in range(3):
            transition = task.step(neutral(robot))
        assert not transition.fallen and np.isfinite(transition.reward), body
    task.close()


@pytest.mark.parametrize(
    "left, right",
    [("left_short", "right_short"), ("front_left_long", "front_right_long"), ("front_left_half", "front_right_half")],
)
def test_mirrored_bodies_lean_to_opposite_sides(robot: RobotSpec, left: str, right: str) -> None:
    one, other = sway_for(robot, left, 10), sway_for(robot, right, 10, mirrored=True)
    # Bullet solves contacts one after the other: no mirror image is exact, and it fades within a second.
    assert one == pytest.approx(np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0]) * other, abs=0.045)
    assert np.abs(one - other).max() > 0.1


def test_crossed_wires_move_as_crossed_commands_do(robot: RobotSpec) -> None:
    swapped = sway_for(robot, "swapped_sides", 10)
    assert swapped == pytest.approx(sway_for(robot, "intact", 10, mirrored=True), abs=0.02)
    assert np.abs(swapped - sway_for(robot, "intact", 10)).max() > 0.1


def test_crossed_wires_keep_the_joints_order_and_move_the_other_leg(robot: RobotSpec) -> None:
    altered, ground = embody(robot, "swapped_sides")
    world = BulletWorld(0.01)
    world.build(altered, ground, 0, (1.0, 0.0, 0.0))
    names = [pybullet.getJointInfo(world.robot, k, physicsClientId=world.client)[1] for k in range(robot.nb_joints)]
    assert tuple(name.decode() for name in names) == robot.joint_names
    angles = np.random.default_rng(0).uniform(robot.lower, robot.upper)
    world.place_joints(angles)
    assert altered.body is not None
    n = robot.nb_joints // 4
    for k, leg in enumerate(altered.body.legs):
        places, _ = leg_chain(altered.body, leg, angles[k * n : (k + 1) * n])
        link = pybullet.getLinkState(
            world.robot, k * n + n - 1, computeForwardKinematics=True, physicsClientId=world.client
        )
        assert link[4] == pytest.approx(places[-2] + (0.0, 0.0, 1.0), abs=1e-6)
        assert (link[4][1] < 0.0) == robot.joints[k * n].name.startswith(("front_left", "back_left"))
    world.close()


def test_load_moves_the_robots_centre_of_mass(robot: RobotSpec) -> None:
    for name in ("payload", "payload_front", "payload_back", "payload_side"):
        altered, ground = embody(robot, name)
        body = altered.body
        assert body is not None
        world = BulletWorld(0.01)
        world.build(altered, ground, 0, (1.0, 0.3, 0.2))
        world.place_joints(robot.neutral)
        moment, client = np.zeros(3), world.client
        for k in range(-1, robot.nb_joints):
            mass = pybullet.getDynamicsInfo(world.robot, k, physicsClientId=client)[0]
            if k < 0:
                place = pybullet.getBasePositionAndOrientation(world.robot, physicsClientId=client)[0]
            else:
                place = pybullet.getLinkState(world.robot, k, True, True, physicsClientId=client)[0]
            moment += mass * np.array(place)
        expected = body.base_mass * np.array(body.base_centre)
        for leg, own in zip(body.legs, np.split(robot.neutral, 4), strict=True):
            places, _ = leg_chain(body, leg, own)
            masses = [segment.mass for segment in leg_segments(body, leg)]
            expected += np.array(masses) @ (0.5 * (places[:-1] + places[1:]))
        turn = np.array(pybullet.getMatrixFromQuaternion(world.base()[1])).reshape(3, 3)
        mass = total_mass(body)
        assert moment / mass == pytest.approx(turn @ expected / mass + (0.0, 0.0, 1.0), abs=1e-6), name
        assert world.base()[0] == pytest.approx((0.0, 0.0, 1.0), abs=1e-6), name  # the base's middle
        world.close()


def test_velocity_is_that_of_the_bases_middle(robot: RobotSpec) -> None:
    altered, ground = embody(robot, "payload_side")
    world = BulletWorld(1e-4)
    world.build(altered, ground, 0, (5.0, 0.0, 0.0))
    world.place_joints(robot.neutral)
    pybullet.resetBaseVelocity(world.robot, [0.5, 0.0, 0.0], [1.0, 2.0, 3.0], physicsClientId=world.client)
    held = np.zeros(robot.nb_joints), np.zeros(robot.nb_joints)
    before = np.array(world.base()[0])
    world.drive(*held)
    assert (np.array(world.base()[0]) - before) / 1e-4 == pytest.approx(np.array(world.base()[2]), abs=0.005)
    assert np.abs(np.subtract(world.base()[2], (0.5, 0.0, 0.0))).max() > 0.02
    world.close()


def test_only_the_lost_foot_is_slippery(robot: RobotSpec) -> None:
    altered, ground = embody(robot, "back_left_footless")
    world = BulletWorld(0.01)
    world.build(altered, ground, 0, (1.0, 0.0, 0.0))
    links = range(-1, robot.nb_joints)
    friction = [pybullet.getDynamicsInfo(world.robot, k, physicsClientId=world.client)[1] for k in links]
    assert robot.body is not None
    share = np.array(friction) / robot.body.foot_friction
    (bare,) = np.flatnonzero(share < 0.99)
    assert share[bare] == pytest.approx(BARE_FRICTION)
    assert bare - 1 == 3 * (robot.nb_joints // 4) - 1  # the last link of the third leg; the base comes first
    world.close()


def test_ground_lies_where_the_fall_detection_looks_for_it(robot: RobotSpec) -> None:
    five, ten = math.radians(5.0), math.radians(10.0)
    for ground in (Ground(cross_slope=five), Ground(slope=-ten, cross_slope=five), Ground(slope=ten)):
        world = BulletWorld(0.01)
        world.build(robot, ground, 0, (1.0, 0.0, 0.0))
        for x, y in ((0.0, 0.0), (1.0, 0.0), (-1.0, 1.0), (0.5, -1.5)):
            # The robot floats above the origin.
            (hit,) = pybullet.rayTest([x, y, 0.5], [x, y, -1.0], physicsClientId=world.client)
            assert hit[0] == 0 and hit[3][2] == pytest.approx(height_at(ground, x, y), abs=1e-5)
        world.close()


def test_cross_slope_rises_to_the_left(robot: RobotSpec) -> None:
    task = WalkTask(robot, randomise=False)
    state = task.reset(np.random.default_rng(0), "cross_slope")
    assert state.roll == pytest.approx(math.radians(5.0), abs=1e-3)  # left side up
    for _ in range(60):
        transition = task.step(neutral(robot))
    assert transition.state.roll == pytest.approx(math.radians(5.0), abs=0.02)
    task.close()
