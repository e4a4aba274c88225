"""The study of wiped weights: what is left of a wipe is told from weights that cycle, and repair from none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook

from hebb_controller.robot_file import load_robot
from sim.studies import wiped
from sim.studies.parts.weight_return import LAGS, weights_back
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.lives import live_cell
from sim.study.records import Record

pytestmark = pytest.mark.sim


def life(condition: str, seed: int, treatment: str, repaired_after: float) -> Record:
    """Return a life whose weights wander by 0.1 undisturbed, and by 0.5 until the wipe is repaired."""
    gap = {str(lag): 0.1 if treatment == "nothing" or lag >= repaired_after else 0.6 for lag in LAGS}
    back = 25 if treatment == "nothing" else 40 if np.isfinite(repaired_after) else None
    record = {"condition": condition, "evolution": seed, "treatment": treatment, "episode": 0, "fallen": False}
    record |= {"speed_before": 0.4, "speed_after": 0.4, "recovery_steps": back, "distance": 3.0}
    return record | {"weight_gap": gap, "weight_distance": gap, "weight_wander": 0.1}


def made_up() -> list[Record]:
    """Return four evolutions of rules that repair within ten steps, and of static weights that never do."""
    return [
        life(condition, seed, treatment, after)
        for condition, after in (("hebbian-dr", 10), ("static-dr", np.inf))
        for seed in range(1, 5)
        for treatment in wiped.WIPES
    ]


def test_planted_repair_is_found_and_none_is_never() -> None:
    records = made_up()
    hebbian = [r for r in records if r["condition"] == "hebbian-dr"]
    static = [r for r in records if r["condition"] == "static-dr"]
    assert set(weights_back(hebbian, "a third").values()) == {10.0}
    assert set(weights_back(static, "layer 2").values()) == {np.inf}
    found = wiped.findings(records)
    assert found.figure("realant recovery, a third [steps]") == 40
    assert found.figure("realant weights back, a third [steps]") == 10
    assert found.figure("realant left of the wipe after 1, a third") == pytest.approx(0.5)
    assert any("0 of 4 lives recover" in a for a in found.answer)


def test_a_relapse_is_not_back() -> None:
    records = made_up()
    for r in records:
        if r["treatment"] == "a third":
            r["weight_gap"] = r["weight_gap"] | {"100": 0.9}
    hebbian = [r for r in records if r["condition"] == "hebbian-dr"]
    assert set(weights_back(hebbian, "a third").values()) == {200.0}


def test_where_no_life_lasted_nothing_is_back() -> None:
    records = [r for r in made_up() if r["condition"] == "hebbian-dr"]
    for r in records:
        if r["treatment"] == "a third":
            r["weight_gap"] = {lag: gap for lag, gap in r["weight_gap"].items() if int(lag) < 50}
    assert set(weights_back(records, "a third").values()) == {np.inf}


def planted_courses(first: float, second: float) -> list[Record]:
    """Return an ant that walks again, with so much left of a wiped third after 100 steps and after 200."""
    records = [life("shipped/ant", 0, name, np.inf) for name in ("nothing", "a third")]
    records[1] |= {"recovery_steps": 40}
    records[1]["weight_gap"] = records[1]["weight_gap"] | {"100": 0.1 + first, "200": 0.1 + second}
    return records


@pytest.mark.parametrize(
    ("first", "second", "how"),
    [
        (0.14, 0.09, "before its weights are back, with what is left still falling: a third 0.14 and 0.09"),
        (0.10, 0.20, "before its weights are back, with what is left still rising: a third 0.10 and 0.20"),
        (0.16, 0.15, "on other weights than before: a third 0.16 and 0.15"),
    ],
)
def test_weights_are_others_only_once_what_is_left_has_settled(first: float, second: float, how: str) -> None:
    answer = wiped.findings(planted_courses(first, second)).answer
    assert [a for a in answer if "walks again" in a] == [
        f"ant, n = 1: walks again {how} (left 100 and 200 steps after the wipe)."
    ]
    assert any("a third not within 200 (n = 1)" in a for a in answer)


def test_weights_are_asked_of_the_evolutions_that_walked() -> None:
    records = made_up()
    for seed in range(5, 9):
        still = [life("hebbian-dr", seed, treatment, np.inf) for treatment in wiped.WIPES]
        records += [r | {"speed_before": None, "speed_after": None, "recovery_steps": None} for r in still]
    found = wiped.findings(records)
    assert found.figure("realant weights back, a third [steps]") == 10
    assert sum(a.startswith("realant, n = 4, ") for a in found.answer) == 2
    assert all(t.title.endswith("n = 4") for t in found.tables if "distance of the weights" in t.title)


@pytest.mark.parametrize("some", [slice(0, 0), slice(0, 1), slice(1, 3), slice(30, 31)])
def test_any_part_of_the_records_will_do(some: slice) -> None:
    found = wiped.findings(made_up()[some])
    assert all(v is None or np.isfinite(v) for v in map(found.figure, found.figures) if not isinstance(v, str))
    wiped.draw(made_up()[some])


def test_lives_of_one_number_are_the_same_until_the_wipe(tmp_path: Path) -> None:
    assert wiped.cells(Evolutions(tmp_path), quick=True)  # the shipped ant is always there
    book = random_rulebook(load_robot("realant"))
    cells = [
        Cell("c", 1, "x", 1, horizon=70, wipes=wipes, onset=None if wipes else 60, probe="recovery:60")
        for wipes in ((), ("layer=1@60",))
    ]
    whole, cut = (live_cell(cell, book)[0] for cell in cells)
    assert whole["weight_wander"] == cut["weight_wander"] > 0.0
    assert whole["weight_gap"]["1"] <= whole["weight_distance"]["1"]
    assert cut["weight_gap"]["1"] != whole["weight_gap"]["1"]
