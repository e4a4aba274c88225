"""What befalls training lives: read, placed in time, and felt."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pybullet")
from fixtures_rulebooks import random_rulebook

from hebb_controller import load_rulebook
from hebb_controller.errors import BadInputError
from hebb_controller.faults import Fault
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets
from sim.episode import Episode, lived
from sim.evolve import run
from sim.evolve_config import EvolveConfig
from sim.hardship import draw_onset, draw_schedule, schedule_of
from sim.job_lives import lives_of
from sim.openai_es import EsConfig
from sim.problem import Job
from sim.robot_problem import prepare_robot
from sim.tasks import make_task
from sim.walk import WalkTask


def test_descriptions() -> None:
    assert schedule_of("none", 40).window is None
    assert schedule_of("saturate:100", 40).faults == (Fault("saturate", 40, 140),)
    assert schedule_of("weak=0.3:5", 0).faults == (Fault("weak", 0, 5, value=0.3),)
    wiped = schedule_of("wipe=0.25", 40).ablations[0]
    assert (wiped.share, wiped.step) == (0.25, 40)
    assert schedule_of("limp:@a,b", 40).faults == (Fault("limp", 40, None, ("a", "b")),)
    assert schedule_of("delay=4:30@a", 40).faults == (Fault("delay", 40, 70, ("a",), 4.0),)


@pytest.mark.parametrize(
    "text", ["", "wipe", "wipe=", "wipe=2", "saturate", "saturate:0", "melt:3", "limp:@", ":3", "none|", "none|melt:3"]
)
def test_bad_descriptions_are_refused(text: str) -> None:
    with pytest.raises(BadInputError) as caught:
        EvolveConfig(hardships=(text,))
    assert "\n" not in str(caught.value)


def test_the_onset_lies_inside_the_life() -> None:
    rng = np.random.default_rng(0)
    onsets = [draw_onset(rng, 1000) for _ in range(500)]
    assert 300 <= min(onsets) < 320 and 680 < max(onsets) <= 700


def test_a_life_draws_one_of_several_and_its_onset_does_not_depend_on_them() -> None:
    choices = ("none", "wipe=0.5", "limp:@hip_1")
    drawn: dict[str, list[int]] = {choice: [] for choice in choices}
    for seed in range(300):
        alone = draw_schedule("saturate:9", np.random.default_rng(seed), 500)
        schedule = draw_schedule(" | ".join(choices), np.random.default_rng(seed), 500)
        assert schedule == draw_schedule("|".join(choices), np.random.default_rng(seed), 500)
        assert schedule.window is None or schedule.window[0] == alone.faults[0].start
        which = "none" if schedule.window is None else "wipe=0.5" if schedule.ablations else "limp:@hip_1"
        drawn[which].append(seed)
    assert all(70 < len(seeds) < 130 for seeds in drawn.values())


def test_a_robot_is_checked_against_every_one_of_several() -> None:
    with pytest.raises(BadInputError, match="wing"):
        prepare_robot(EvolveConfig(robot="realant", hardships=("none", "lock:|limp:@wing")))
    with pytest.raises(BadInputError, match="position-driven"):
        prepare_robot(EvolveConfig(robot="ant", hardships=("limp:|lock:",)))


@pytest.mark.parametrize(("hardship", "ends"), [("limp:", True), ("limp:150", False)])
def test_a_fall_ends_a_life_only_where_the_fault_stays_and_that_was_asked_for(hardship: str, ends: bool) -> None:
    """A robot without torque lies down: the task ends there, an excused life goes on to its horizon."""
    task = make_task(load_robot("bittle"), randomise=False)
    controller = load_rulebook("bittle").controller(task.robot)

    def steps_of(fall_ends: bool) -> int:
        schedule = schedule_of(hardship, 20)
        rng = np.random.default_rng(4)  # one whose life comes to lie on its side
        outcome = lived(Episode(task, controller, rng, "intact", horizon=200, schedule=schedule, fall_ends=fall_ends))
        assert outcome.fallen
        return outcome.steps

    assert steps_of(False) == 200
    assert (steps_of(True) < 200) == ends
    task.close()


def test_a_job_hands_on_whether_falls_end_its_lives() -> None:
    for asked in (0, 1):
        config = EvolveConfig(hardships=("limp:",), fall_ends=asked)
        (life,) = lives_of(config, Job(3, 0, 1), 500)
        assert life.fall_ends == bool(asked)
    with pytest.raises(BadInputError, match="fall ends 2: must be 0 or 1"):
        EvolveConfig(fall_ends=2)


def test_a_fall_is_paid_for_once_where_life_goes_on_after_it() -> None:
    task = WalkTask(load_robot("bittle"), randomise=False)
    task.reset(np.random.default_rng(0))
    limp = JointTargets(0.0, task.robot.neutral, "position", limp=True)
    lying = [task.step(limp) for _ in range(200)]
    fallen = [transition.terms["fall"] for transition in lying if transition.fallen]
    assert len(fallen) > 1 and fallen[0] == task.weights.fall and not any(fallen[1:])
    task.reset(np.random.default_rng(0))
    again = [task.step(limp) for _ in range(200)]
    assert [t.terms["fall"] for t in again] == [t.terms["fall"] for t in lying]
    task.close()


@pytest.mark.parametrize("hardship", ["wipe=1", "saturate:20", "weak=0:20"])
def test_a_life_is_the_same_up_to_the_onset_and_another_after_it(hardship: str) -> None:
    task = make_task(load_robot("ant"))
    controller = random_rulebook(load_robot("ant"), normalisation="none").controller(task.robot)

    def reward_of(horizon: int, hardship: str) -> float:
        schedule = schedule_of(hardship, 30)
        outcome = lived(
            Episode(task, controller, np.random.default_rng(1), "intact", horizon=horizon, schedule=schedule)
        )
        assert outcome.steps == horizon
        return outcome.reward

    assert reward_of(30, hardship) == reward_of(30, "none")
    assert reward_of(31, hardship) != reward_of(31, "none")
    task.close()


def test_weakened_servos_are_strong_again_in_the_next_life() -> None:
    task = make_task(load_robot("realant"), randomise=False)
    controller = load_rulebook("realant").controller(task.robot)  # one that walks: a standing body stays up unpowered

    def reward_of(hardship: str) -> float:
        schedule = schedule_of(hardship, 40)
        life = Episode(task, controller, np.random.default_rng(1), "intact", horizon=80, schedule=schedule)
        return lived(life).reward

    healthy = reward_of("none")
    assert reward_of("limp:100") != healthy
    assert reward_of("none") == healthy
    task.close()


def test_an_evolution_with_hardships_does_not_depend_on_its_workers(tmp_path: Path) -> None:
    config = EvolveConfig(
        bodies=("intact", "front_right_short"),
        hardships=("none", "wipe=0.333", "saturate:10"),
        share="turns",
        hidden=(8,),
        horizon=40,
        generations=2,
        es=EsConfig(population=12),
    )
    means = []
    for workers in (1, 2):
        means.append(run(dataclasses.replace(config, workers=workers), tmp_path / str(workers)).state.mean)
    np.testing.assert_array_equal(*means)
    assert json.loads((tmp_path / "1" / "log.jsonl").read_text().splitlines()[-1])["failed"] == 0
