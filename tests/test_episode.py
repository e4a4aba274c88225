"""A life of evolution against the same life in evaluation: what befalls it, befalls it at the same step."""

from __future__ import annotations

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook
from scripted_task import ScriptedTask, scripted

pytest.importorskip("pybullet")

from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook, load_rulebook
from sim.episode import Episode, lived
from sim.evaluate import EvaluateConfig, evaluate
from sim.tasks import make_task

pytestmark = pytest.mark.sim


@pytest.fixture(scope="module")
def ant() -> RobotSpec:
    return load_robot("ant")


@pytest.fixture(scope="module")
def book(ant: RobotSpec) -> Rulebook:
    return random_rulebook(ant, hidden=(16, 8), normalisation="none")


@pytest.mark.parametrize(
    "schedule",
    [
        FaultSchedule(),
        parse_schedule(saturate=["0:9"]),
        parse_schedule(saturate=["60:90"]),
        parse_schedule(faults=["weak=0.2@60:90@hip_1"]),
        parse_schedule(zero=["1@0"]),
        parse_schedule(zero=["1@60"]),  # all of them: which ones are wiped is drawn otherwise here and there
    ],
    ids=["calm", "saturated from the start", "saturated", "weak", "wiped at the start", "wiped"],
)
def test_an_evaluated_life_is_the_life_of_evolution(ant: RobotSpec, book: Rulebook, schedule: FaultSchedule) -> None:
    """Undisturbed, under a fault and with wiped weights: every step of it, from the first on."""
    figures = evaluate(book, EvaluateConfig(ant, episodes=2, seed=7, horizon=150, schedule=schedule))
    task, controller = make_task(ant), book.controller(ant)
    rngs = [np.random.default_rng([7, e]) for e in (0, 1)]
    rewards = [lived(Episode(task, controller, rng, "intact", horizon=150, schedule=schedule)).reward for rng in rngs]
    task.close()
    assert [f.reward for f in figures] == rewards


def test_servos_weaken_at_the_same_step_in_evaluation_and_in_evolution() -> None:
    robot, book, task = load_robot("realant"), load_rulebook("realant"), make_task(load_robot("realant"))
    schedule = parse_schedule(faults=["weak=0.3@20:40"])
    rewards = {}
    for name, befalls in (("calm", FaultSchedule()), ("weak", schedule)):
        rng, controller = np.random.default_rng([7, 0]), book.controller(robot)
        rewards[name] = lived(Episode(task, controller, rng, "intact", book.start, 60, schedule=befalls)).reward
    task.close()
    (figures,) = evaluate(book, EvaluateConfig(robot, episodes=1, seed=7, horizon=60, schedule=schedule))
    assert figures.reward == pytest.approx(rewards["weak"], rel=1e-12)  # added up in another order
    assert rewards["weak"] != pytest.approx(rewards["calm"], rel=1e-3)


@pytest.mark.parametrize(("done_at", "steps"), [(20, 20), (21, 50)])
def test_the_benchmarks_end_rules_end_with_the_same_step_in_evolution(ant: RobotSpec, done_at: int, steps: int) -> None:
    schedule = parse_schedule(saturate=["20:30"])
    controller = random_rulebook(ant).controller(ant)
    life = Episode(ScriptedTask(ant, done_at=[done_at]), controller, np.random.default_rng(0), "", schedule=schedule)
    assert lived(life).steps == scripted(ScriptedTask(ant, done_at=[done_at]), schedule).steps == steps
