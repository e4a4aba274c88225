"""The worlds that a measurement may choose: latency, control rate, noise."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets
from sim.randomise import NOMINAL, Ranges
from sim.tasks import make_task
from sim.walk import PHYSICS_STEP, WalkTask
from sim.world_options import WorldOptions


def test_the_defaults_are_the_world_that_rules_evolve_in() -> None:
    assert WorldOptions().ranges(True) == Ranges()
    assert WorldOptions().ranges(False) == NOMINAL


def test_a_record_holds_them() -> None:
    options = WorldOptions("mujoco", 0.03, 40.0, 2.0)
    assert WorldOptions(**json.loads(json.dumps(dataclasses.asdict(options)))) == options


def test_noise_scales_what_sensors_are_off_by_and_nothing_else() -> None:
    plain, noisy = dataclasses.asdict(Ranges()), dataclasses.asdict(WorldOptions(noise=3.0).ranges(True))
    scaled = {name for name in plain if noisy[name] != plain[name]}
    assert scaled == {"attitude_bias", "attitude_noise", "gyro_bias", "gyro_noise", "encoder_noise", "yaw_drift"}
    assert all(noisy[name] == 3.0 * plain[name] for name in scaled)
    assert WorldOptions(noise=3.0).ranges(False) == NOMINAL


@pytest.mark.parametrize(
    "bad", [{"engine": "ode"}, {"extra_latency": -0.01}, {"noise": float("nan")}, {"control_rate": 0.0}]
)
def test_worlds_that_cannot_be_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(BadInputError):
        WorldOptions(**bad)


@pytest.mark.sim
def test_the_benchmark_has_one_world() -> None:
    with pytest.raises(BadInputError, match="benchmark"):
        make_task(load_robot("ant"), options=WorldOptions(extra_latency=0.01))


@pytest.mark.sim
@pytest.mark.parametrize("rate, nb_steps", [(30.0, 4), (40.0, 3), (50.0, 2), (60.0, 2), (100.0, 1)])
def test_physics_follows_the_control_rate(rate: float, nb_steps: int) -> None:
    task = make_task(load_robot("realant"), options=WorldOptions(control_rate=rate))
    assert isinstance(task, WalkTask)
    assert task.control_period == pytest.approx(1.0 / rate)
    assert task._physics_steps == nb_steps
    assert task.control_period / nb_steps <= PHYSICS_STEP + 1e-9
    task.close()


@pytest.mark.parametrize(
    "engine", [pytest.param("bullet", marks=pytest.mark.sim), pytest.param("mujoco", marks=pytest.mark.mujoco)]
)
@pytest.mark.parametrize("randomise", [False, True])
def test_extra_latency_delays_the_joints(engine: str, randomise: bool) -> None:
    robot = load_robot("realant")
    moved = {}
    for extra in (0.0, 0.06):
        task = make_task(robot, randomise=randomise, options=WorldOptions(engine, extra_latency=extra))
        assert isinstance(task, WalkTask)
        task.reset(np.random.default_rng(0))
        for _ in range(20):  # stand first
            task.step(JointTargets(0.0, robot.neutral, "position"))
        start = task.joint_angles
        path = []
        for _ in range(6):
            task.step(JointTargets(0.0, robot.neutral + 0.5 * robot.action_scale, "position"))
            path.append(abs(task.joint_angles - start).max())
        task.close()
        moved[extra] = np.array(path)
    assert moved[0.06][:3].max() < 0.01  # three control steps later
    assert moved[0.06][3:5] == pytest.approx(moved[0.0][:2], abs=0.03)
    assert moved[0.0][1] > 0.04
