"""The generated URDF against mechanics worked out otherwise, and as Bullet reads it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from hebb_controller.errors import RobotError
from hebb_controller.leg_kinematics import leg_chain, total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from sim.bodies import embody
from sim.urdf import capsule_inertia, robot_urdf

pybullet = pytest.importorskip("pybullet")
ROBOTS = ["realant", "sts12", "bittle"]


@pytest.fixture
def client() -> Iterator[int]:
    client = pybullet.connect(pybullet.DIRECT)
    yield client
    pybullet.disconnect(client)


def load(client: int, robot: RobotSpec, folder: Path) -> int:
    path = folder / "robot.urdf"
    path.write_text(robot_urdf(robot))
    return int(
        pybullet.loadURDF(
            str(path), useFixedBase=True, flags=pybullet.URDF_USE_INERTIA_FROM_FILE, physicsClientId=client
        )
    )


@pytest.mark.parametrize("radius, length", [(0.032, 0.12), (0.01, 0.0), (0.05, 0.02)])
def test_capsule_inertia_by_sampling(radius: float, length: float) -> None:
    rng = np.random.default_rng(0)
    half = 0.5 * length + radius
    points = rng.uniform([-radius, -radius, -half], [radius, radius, half], (400_000, 3))
    beyond = np.maximum(abs(points[:, 2]) - 0.5 * length, 0.0)
    inside = points[points[:, 0] ** 2 + points[:, 1] ** 2 + beyond**2 <= radius**2]
    across, along = capsule_inertia(2.0, radius, length)
    assert across == pytest.approx(2.0 * (inside[:, 1:] ** 2).sum(axis=1).mean(), rel=0.01)
    assert along == pytest.approx(2.0 * (inside[:, :2] ** 2).sum(axis=1).mean(), rel=0.01)


def test_capsule_without_length_is_a_sphere() -> None:
    across, along = capsule_inertia(3.0, 0.2, 0.0)
    assert (across, along) == pytest.approx((0.4 * 3.0 * 0.04,) * 2)


@pytest.mark.parametrize("name", ROBOTS)
def test_bullet_finds_only_the_robots_joints_in_order(client: int, name: str, tmp_path: Path) -> None:
    robot = load_robot(name)
    body = load(client, robot, tmp_path)
    indices = range(pybullet.getNumJoints(body, physicsClientId=client))
    info = [pybullet.getJointInfo(body, k, physicsClientId=client) for k in indices]
    assert tuple(i[1].decode() for i in info) == robot.joint_names
    assert all(i[2] == pybullet.JOINT_REVOLUTE for i in info)
    assert [i[8] for i in info] == pytest.approx(robot.lower)
    assert [i[9] for i in info] == pytest.approx(robot.upper)


@pytest.mark.parametrize("name", ROBOTS)
def test_bullet_finds_the_robots_mass_and_friction(client: int, name: str, tmp_path: Path) -> None:
    robot = load_robot(name)
    assert robot.body is not None
    body = load(client, robot, tmp_path)
    dynamics = [pybullet.getDynamicsInfo(body, k, physicsClientId=client) for k in range(-1, robot.nb_joints)]
    # Bullet forgets the mass of a fixed base.
    moving = total_mass(robot.body) - robot.body.base_mass
    assert sum(d[0] for d in dynamics[1:]) == pytest.approx(moving)
    assert all(d[1] == pytest.approx(robot.body.foot_friction) for d in dynamics)


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize("body_name", ["intact", "front_right_short"])
@pytest.mark.parametrize("seed", range(3))
def test_feet_are_where_forward_kinematics_says(
    client: int, name: str, body_name: str, seed: int, tmp_path: Path
) -> None:
    robot, _ = embody(load_robot(name), body_name)
    assert robot.body is not None
    body = load(client, robot, tmp_path)
    angles = np.random.default_rng(seed).uniform(robot.lower, robot.upper)
    for k, angle in enumerate(angles):
        pybullet.resetJointState(body, k, angle, physicsClientId=client)
    n = len(robot.body.segments)
    for k, leg in enumerate(robot.body.legs):
        places, _ = leg_chain(robot.body, leg, angles[k * n : (k + 1) * n])
        state = pybullet.getLinkState(body, k * n + n - 1, computeForwardKinematics=True, physicsClientId=client)
        assert state[0] == pytest.approx(0.5 * (places[-2] + places[-1]), abs=1e-6)  # centre of mass
        assert state[4] == pytest.approx(places[-2], abs=1e-6)  # its joint


@pytest.mark.parametrize("name", ROBOTS)
def test_no_two_links_touch_at_neutral(client: int, name: str, tmp_path: Path) -> None:
    robot = load_robot(name)
    body = load(client, robot, tmp_path)
    for k, angle in enumerate(robot.neutral):
        pybullet.resetJointState(body, k, angle, physicsClientId=client)
    n = robot.nb_joints // 4
    for one in range(robot.nb_joints):
        for other in range(robot.nb_joints):
            if one // n != other // n:
                assert not pybullet.getClosestPoints(body, body, 0.0, one, other, physicsClientId=client)


def test_segments_point_along_their_capsule(client: int, tmp_path: Path) -> None:
    # The tip of every capsule, from its drawn origin and turn, is the end that the robot file names.
    robot = load_robot("realant")
    assert robot.body is not None
    for link in ElementTree.fromstring(robot_urdf(robot)).findall("link")[1:]:
        origin = link.find("collision/origin")
        capsule = link.find("collision/geometry/capsule")
        assert origin is not None and capsule is not None
        middle = np.array([float(v) for v in origin.get("xyz", "").split()])
        _, pitch, yaw = (float(v) for v in origin.get("rpy", "").split())
        direction = np.array([math.sin(pitch) * math.cos(yaw), math.sin(pitch) * math.sin(yaw), math.cos(pitch)])
        half = 0.5 * float(capsule.get("length", ""))
        assert middle - half * direction == pytest.approx(np.zeros(3), abs=1e-12)


def test_robot_without_a_body_is_refused() -> None:
    with pytest.raises(RobotError, match="ant.*no body"):
        robot_urdf(load_robot("ant"))
