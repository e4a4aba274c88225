"""Living a cell: the numbers of `hebb evaluate`, pairs that part only where their treatment does, planted starts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import parse_schedule
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from sim.evaluate import EvaluateConfig, evaluate
from sim.study.cell import Cell
from sim.study.lives import live_cell, onset_and_end
from sim.study.start_weights import start_weights
from sim.study.study import SECTIONS
from sim.tasks import make_task

pytestmark = pytest.mark.sim
ROBOT = load_robot("realant")


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return random_rulebook(ROBOT, hidden=(16,))


def test_a_cell_has_the_numbers_of_evaluate(book: Rulebook) -> None:
    faults, wipes = ("weak=0.5@40:70@front_left_hip",), ("0.333@50",)
    cell = Cell("c", 1, "t", 2, 120, "slope", faults, wipes, seed=3)
    config = EvaluateConfig(
        ROBOT, "slope", 2, 3, 120, parse_schedule(faults=list(faults), zero=list(wipes)), randomise=True
    )
    records, lives = live_cell(cell, book), evaluate(book, config)
    for record, life in zip(records, lives, strict=True):
        assert (record["distance"], record["steps"], record["fallen"]) == (life.distance, life.steps, life.fallen)
        assert record["steps_to_90"] == life.steps_to_90
        assert record["recovery_steps"] == (life.recovery.steps if life.recovery else None)
        assert record["digest"] == book.digest


def test_a_frozen_life_is_the_plastic_one_up_to_its_stop(book: Rulebook) -> None:
    plastic = Cell("c", 1, "t", 1, 60)
    before, after = (dataclasses.replace(plastic, stop_plasticity=60, horizon=h) for h in (60, 120))
    assert live_cell(plastic, book)[0]["distance"] == live_cell(before, book)[0]["distance"]
    longer = dataclasses.replace(plastic, horizon=120)
    assert live_cell(longer, book)[0]["distance"] != live_cell(after, book)[0]["distance"]


def test_a_wiped_layer_comes_back_by_plasticity_alone(book: Rulebook) -> None:
    cell = Cell("c", 1, "t", 1, 80, wipes=("layer=0@40",), probe="recovery:40")
    plastic = live_cell(cell, book)[0]["weight_distance"]
    stopped = live_cell(dataclasses.replace(cell, stop_plasticity=39), book)[0]["weight_distance"]
    assert stopped["1"] == stopped["30"] > 0.5  # the whole layer is gone, and stays gone
    assert plastic["30"] < stopped["30"]


def test_weights_that_stop_at_their_mean_over_one_step_are_those_of_that_step(book: Rulebook) -> None:
    frozen = Cell("c", 1, "t", 1, 60, stop_plasticity=40)
    one, many = (live_cell(dataclasses.replace(frozen, average=n), book)[0]["distance"] for n in (1, 30))
    usual = live_cell(frozen, book)[0]["distance"]
    assert one == pytest.approx(usual, abs=1e-6)  # but for the rounding of a scale that is settled earlier
    assert abs(many - usual) > 1e-5


def test_recovery_counts_from_the_end_or_from_the_onset() -> None:
    assert onset_and_end(Cell("c", 1, "t", 1, faults=("saturate@30:40",))) == (30, 40)
    assert onset_and_end(Cell("c", 1, "t", 1, faults=("limp@30:",))) == (30, 30)
    assert onset_and_end(Cell("c", 1, "t", 1, wipes=("0.5@20",))) == (20, 20)
    assert onset_and_end(Cell("c", 1, "t", 1, wipes=("layer=1@25",))) == (25, 25)
    assert onset_and_end(Cell("c", 1, "t", 1, onset=10)) == (10, 10)
    assert onset_and_end(Cell("c", 1, "t", 1)) is None


def test_starts_are_what_they_say(book: Rulebook) -> None:
    task, controller = make_task(ROBOT), book.controller(ROBOT)
    try:
        rng = np.random.default_rng(0)
        assert start_weights("own", book, task, controller, rng) == "uniform"
        assert start_weights("zeros", book, task, controller, rng) == "zeros"
        wide = start_weights("wide", book, task, controller, rng)
        assert max(np.abs(layer).max() for layer in wide) > 0.9
        lived = start_weights("life:slope", book, task, controller, rng)
        assert max(np.abs(layer).max() for layer in lived) == pytest.approx(1.0)  # max-normalised
        with pytest.raises(BadInputError, match="no start"):
            start_weights("warm", book, task, controller, rng)
    finally:
        task.close()


def test_every_study_says_what_it_asks_and_how() -> None:
    from sim.study.catalogue import all_studies

    studies = all_studies()
    assert [study.number for study in studies.values()] == sorted({study.number for study in studies.values()})
    for study in studies.values():
        assert all(len(study.section(name)) > 40 for name in SECTIONS), study.name
        assert len(study.title) < 120 and study.needs
        empty = study.findings([])
        assert empty.answer == () or all(empty.answer)
