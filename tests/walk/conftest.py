"""Servo robots and their walking task, for the tests beside this file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot

pybullet = pytest.importorskip("pybullet")

from sim.walk import WalkTask  # noqa: E402

ROBOTS = ["realant", "sts12"]


@pytest.fixture(params=ROBOTS)
def robot(request: pytest.FixtureRequest) -> RobotSpec:
    return load_robot(request.param)


@pytest.fixture
def task(robot: RobotSpec) -> Iterator[WalkTask]:
    task = WalkTask(robot, randomise=False, contacts=True)
    yield task
    task.close()
