"""The walking task: a life is a function of its seed and body; what is refused."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest

from hebb_controller.errors import BadInputError, RobotError
from hebb_controller.leg_kinematics import total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot

pybullet = pytest.importorskip("pybullet")

from motions import live, neutral, numbers, sway  # noqa: E402

from sim.randomise import Ranges  # noqa: E402
from sim.task import Transition  # noqa: E402
from sim.walk import WalkTask  # noqa: E402


@pytest.mark.parametrize("body", ["intact", "front_right_short", "rough"])
def test_a_life_depends_on_its_seed_and_body_only(robot: RobotSpec, body: str) -> None:
    fresh = WalkTask(robot)
    first = live(fresh, 7, body)
    fresh.close()
    used, beside = WalkTask(robot), WalkTask(robot)
    for seed, other in enumerate(("payload", "slope", body, "rough", "long_legs")):
        live(used, seed, other, 20)
        live(beside, seed + 100, other, 5)
    assert np.array_equal(live(used, 7, body), first)
    assert np.array_equal(live(used, 7, body), first)
    assert not np.array_equal(live(used, 8, body), first)
    used.close(), beside.close()


def test_two_worlds_in_one_process_do_not_touch(robot: RobotSpec) -> None:
    one, other = WalkTask(robot), WalkTask(robot)
    alone = live(one, 1, "intact", 30)
    state = one.reset(np.random.default_rng(1), "intact")
    other.reset(np.random.default_rng(2), "payload")
    rows = [np.append(numbers(state), 0.0)]
    for step in range(30):
        transition: Transition = one.step(sway(robot, step))
        other.step(sway(robot, 3 * step))
        rows.append(np.append(numbers(transition.state), transition.reward))
    assert np.array_equal(np.array(rows), alone)
    one.close(), other.close()


@pytest.mark.parametrize("picture_at", [0, 10])
def test_taking_a_picture_changes_nothing(picture_at: int) -> None:
    robot = load_robot("realant")
    task = WalkTask(robot)
    expected = live(task, 3, "intact", 20)
    state = task.reset(np.random.default_rng(3), "intact")
    rows = [np.append(numbers(state), 0.0)]
    for step in range(20):
        if step == picture_at:
            assert task.picture(64, 48).shape == (48, 64, 3)
        transition = task.step(sway(robot, step))
        rows.append(np.append(numbers(transition.state), transition.reward))
    assert np.array_equal(np.array(rows), expected)
    task.close()


def test_every_body_stands_or_leans_but_is_one_life(robot: RobotSpec) -> None:
    task = WalkTask(robot)
    for body in task.bodies:
        path = live(task, 1, body, 10)
        assert np.all(np.isfinite(path)), body
    task.close()


def test_altered_body_is_really_built(robot: RobotSpec) -> None:
    # PyBullet keeps files by name: without care the second body of a process is the first.
    task = WalkTask(robot, randomise=False)
    masses = {}
    for body in ("intact", "payload", "front_left_short"):
        task.reset(np.random.default_rng(0), body)
        world = task._world
        masses[body] = sum(
            pybullet.getDynamicsInfo(world.robot, k, physicsClientId=world.client)[0]
            for k in range(-1, robot.nb_joints)
        )
    assert robot.body is not None
    assert masses["intact"] == pytest.approx(total_mass(robot.body))
    assert masses["payload"] == pytest.approx(1.25 * masses["intact"])
    assert masses["front_left_short"] < masses["intact"]
    task.close()


def test_a_life_leaves_no_file_behind(robot: RobotSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even while it goes on: workers are ended without a chance to tidy up."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    task = WalkTask(robot)
    assert np.isfinite(live(task, 1, "rough", 5)).all()
    assert not list(tmp_path.iterdir())
    task.close()


def test_unknown_body_lists_the_choices(task: WalkTask) -> None:
    with pytest.raises(BadInputError, match="unknown body of .* 'wings'"):
        task.reset(np.random.default_rng(0), "wings")


def test_torque_robot_cannot_walk() -> None:
    with pytest.raises(RobotError, match="ant.*servo and body"):
        WalkTask(load_robot("ant"))


def test_life_ends_at_the_horizon(robot: RobotSpec) -> None:
    task = WalkTask(robot, max_steps=5, ranges=Ranges())
    task.reset(np.random.default_rng(0))
    ends = [task.step(neutral(robot)).done for _ in range(5)]
    assert ends == [False, False, False, False, True]
    task.close()
    task.close()
