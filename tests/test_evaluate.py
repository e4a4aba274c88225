"""Evaluation: the same numbers whatever the order and the number of processes, and the words that scripts rely on."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from fixtures_rulebooks import random_rulebook, servo_robot
from scripted_task import ScriptedTask, scripted

from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from hebb_controller.signals import JointTargets
from sim import evaluation_pool
from sim.evaluate import EvaluateConfig, as_json, evaluate
from sim.evaluate_table import as_text
from sim.life_figures import figures_of
from sim.task import Transition

pytestmark = pytest.mark.sim
SUMMARY = {"mean", "std", "median", "n"}


@pytest.fixture(scope="module")
def ant() -> RobotSpec:
    return load_robot("ant")


@pytest.fixture(scope="module")
def book(ant: RobotSpec) -> Rulebook:
    return random_rulebook(ant, hidden=(16, 8), normalisation="none")


def test_a_scripted_life_has_the_figures_of_the_script() -> None:
    trace = scripted(ScriptedTask(servo_robot()), FaultSchedule())
    figures = figures_of(trace, FaultSchedule())
    assert trace.ended == "horizon"
    assert (figures.steps, figures.reward) == (50, 50.0)
    assert figures.distance == pytest.approx(1.0)
    assert figures.speed == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("task", "horizon", "ended", "steps"),
    [
        ({"falls_at": 20}, 50, "fall", 20),
        ({"done_at": [30]}, 50, "task", 30),
        ({"falls_at": 20}, 20, "fall", 20),
        ({}, 10, "horizon", 10),
    ],
)
def test_how_a_life_ends(task: dict[str, object], horizon: int, ended: str, steps: int) -> None:
    trace = scripted(ScriptedTask(servo_robot(), **task), FaultSchedule(), horizon)  # type: ignore[arg-type]
    assert (trace.ended, trace.steps) == (ended, steps)
    assert trace.fallen is (ended == "fall")


def test_a_simulator_that_blows_up_leaves_finite_numbers() -> None:
    class Broken(ScriptedTask):
        def step(self, targets: JointTargets) -> Transition:
            transition = super().step(targets)
            return dataclasses.replace(transition, reward=math.nan) if self.steps == self.falls_at else transition

    for steps in (1, 20):
        trace = scripted(Broken(servo_robot(), falls_at=steps), FaultSchedule())
        figures = figures_of(trace, FaultSchedule())
        assert (trace.ended, figures.steps, figures.reward) == ("physics", steps - 1, steps - 1.0)
        assert math.isfinite(figures.speed)


def test_the_benchmarks_end_rules_hold_until_the_onset_only(ant: RobotSpec) -> None:
    saturated = parse_schedule(saturate=["20:30"])
    assert scripted(ScriptedTask(ant, done_at=[10, 25]), saturated).steps == 10
    assert scripted(ScriptedTask(ant, done_at=[25, 35]), saturated).steps == 50
    assert scripted(ScriptedTask(ant, falls_at=25), saturated).ended == "fall"  # still down at the horizon
    assert scripted(ScriptedTask(servo_robot(), falls_at=25), saturated).steps == 25


def test_numbers_do_not_depend_on_the_number_of_processes(ant: RobotSpec, book: Rulebook) -> None:
    schedule = parse_schedule(saturate=["40:60"], zero=["0.3@80"])
    one, two = (evaluate(book, EvaluateConfig(ant, "front_right_short", 3, 1, 120, schedule, jobs)) for jobs in (1, 2))
    assert repr(one) == repr(two)


def test_every_episode_starts_from_other_weights(ant: RobotSpec, book: Rulebook) -> None:
    rewards = [f.reward for f in evaluate(book, EvaluateConfig(ant, episodes=3, horizon=60))]
    assert len(set(rewards)) == 3


def test_json_keeps_its_words(ant: RobotSpec, book: Rulebook) -> None:
    config = EvaluateConfig(ant, episodes=2, horizon=120, schedule=parse_schedule(saturate=["60:70"]))
    figures = json.loads(json.dumps(as_json(evaluate(book, config), book, "name", config), allow_nan=False))
    assert [figures[k] for k in ("robot", "body", "rulebook", "episodes", "seed")] == ["ant", "intact", "name", 2, 0]
    for key in ("reward", "distance_m", "speed_m_s", "steps_to_90", "recovery_steps"):
        assert set(figures[key]) >= SUMMARY
    assert isinstance(figures["falls"], int)
    assert figures["rulebook_digest"] == book.digest
    assert "not_recovered" in figures["recovery_steps"]
    assert "falls" in as_text(figures)


def test_recovery_is_null_where_nothing_ends(ant: RobotSpec, book: Rulebook) -> None:
    for schedule in (FaultSchedule(), parse_schedule(freeze=["20:"]), FaultSchedule(stop_plasticity=10)):
        config = EvaluateConfig(ant, episodes=1, horizon=60, schedule=schedule)
        figures = as_json(evaluate(book, config), book, "name", config)
        assert figures["recovery_steps"] is None
        assert as_text(figures)


def test_a_static_rulebook_is_evaluated_like_any_other(ant: RobotSpec) -> None:
    static = random_rulebook(ant, hidden=(16, 8), normalisation="none", static=True)
    assert len(evaluate(static, EvaluateConfig(ant, episodes=1, horizon=60))) == 1


def test_bad_settings_are_refused(ant: RobotSpec, book: Rulebook) -> None:
    for bad in ({"episodes": 0}, {"jobs": 0}, {"seed": -1}, {"horizon": -1}):
        with pytest.raises(BadInputError, match=next(iter(bad))):
            EvaluateConfig(ant, **bad)  # type: ignore[arg-type]
    with pytest.raises(BadInputError, match="front_left_short"):
        EvaluateConfig(ant, "upside_down")
    with pytest.raises(BadInputError, match="ankle_1"):
        EvaluateConfig(ant, schedule=parse_schedule(faults=["limp@1:2@knee"]))
    with pytest.raises(RulebookError):
        evaluate(random_rulebook(servo_robot()), EvaluateConfig(ant, episodes=1))


def test_the_number_of_processes_never_exceeds_the_episodes(
    ant: RobotSpec, book: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_pool, "process_pool", None)  # must not be needed
    assert len(evaluate(book, EvaluateConfig(ant, episodes=1, horizon=10, jobs=8))) == 1
