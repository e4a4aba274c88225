"""A warm-up as long as the whole life: no step would count, and an evolution would rank nothing but its penalty."""

from __future__ import annotations

import dataclasses

import pytest
from pretend_engine import SMALL

pytest.importorskip("pybullet")

from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot
from sim.evolve import prepare
from sim.evolve_config import EvolveConfig
from sim.tasks import task_length

pytestmark = pytest.mark.sim
LENGTH = {name: task_length(load_robot(name)) for name in ("ant", "realant")}


def asked(robot: str, horizon: int, warm_up: int, growth: float = 0.0) -> EvolveConfig:
    return dataclasses.replace(SMALL, robot=robot, horizon=horizon, warm_up=warm_up, horizon_growth=growth)


@pytest.mark.parametrize("robot", LENGTH)
@pytest.mark.parametrize("horizon", [0, 5000])
def test_it_is_held_against_the_tasks_own_length(robot: str, horizon: int) -> None:
    length = LENGTH[robot]
    for warm_up in (length, length + 1):
        words = f"warm up {warm_up}: must be below {length}, the control steps of a first life of {robot}"
        with pytest.raises(BadInputError, match=words) as caught:
            prepare(asked(robot, horizon, warm_up))
        assert "\n" not in str(caught.value)
    assert prepare(asked(robot, horizon, length - 1)).size > 0


def test_a_horizon_that_grows_is_told_by_its_first_life() -> None:
    assert prepare(asked("ant", 100, 99, 10.0)).size > 0
    with pytest.raises(BadInputError, match="must be below horizon 100"):
        asked("ant", 100, 100, 10.0)
