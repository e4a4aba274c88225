"""Normalisation and clock: planted slowing, freezing and attractors are told from made-up records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hebb_controller.rulebook import load_rulebook
from sim.studies import clock
from sim.studies.parts.long_lives import by_tenth, going_forward, kept_when_frozen
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.intervals import Interval
from sim.study.lives import live_cell


def _records(condition: str, last: float, frozen: float, kind: str = "limit cycle") -> list[dict[str, Any]]:
    rng = np.random.default_rng(len(condition))
    records: list[dict[str, Any]] = []
    for seed in range(6):
        common = {"condition": condition, "evolution": seed, "digest": "d", "fallen": False}
        for body in clock.HANDFUL:
            place = {} if body == "intact" else {"body": body}
            records.append(common | {"treatment": "body", "distance": 3.0 + 0.1 * rng.standard_normal()} | place)
        paces = np.linspace(0.4, 0.4 * last, 10)
        weights = {"attractor": kind, "period": 20, "motion": 0.2, "drift": 0.0, "growth": 1.0, "saturated": 0.1}
        long = common | weights | {"treatment": "long", "paces": paces.tolist(), "speeds": (-paces).tolist()}
        halved = np.where(np.arange(10) < 5, paces, frozen * paces).tolist()
        records += [long, common | {"treatment": "long frozen", "paces": halved, "speeds": halved}]
    return records


@pytest.mark.parametrize(
    ("last", "frozen", "said"),
    [
        (1.0, 1.0, ("it walks on", "frozen gaits survive")),
        (0.7, 0.6, ("it slows down", "frozen gaits are slower")),
        (0.2, 0.1, ("it all but stops", "frozen gaits collapse")),
    ],
)
def test_planted_slowing_and_freezing_are_told(last: float, frozen: float, said: tuple[str, str]) -> None:
    found = clock.findings(_records("hebbian-dr", last, frozen))
    assert all(f"({words})" in found.answer[0] for words in said)
    assert "limit cycle in 6 of 6 long lives" in found.answer[0]
    assert "0 of 6 lives still get on" in found.answer[0]
    assert found.figure("hebbian-dr frozen / plastic") == pytest.approx(frozen)
    assert found.answer[-1].startswith("Not evolved yet: norm-none")


def test_an_interval_that_holds_too_much_is_undecided() -> None:
    assert clock.walks_on(Interval(0.95, 0.1, 5.0, 5)) == clock.collapses(Interval(0.95, 0.1, 5.0, 5)) == "undecided"


def test_a_robot_that_fell_has_no_pace_after_it() -> None:
    lives = [{"evolution": 1, "paces": [0.4] * 10, "speeds": [0.4] * 10}]
    lives += [{"evolution": 1, "paces": [0.4] * 5, "speeds": [0.4] * 5}]
    assert by_tenth(lives)[1].tolist() == pytest.approx([0.4] * 5 + [0.2] * 5)
    assert going_forward(lives) == (1, 2)


def test_who_does_not_walk_has_no_share_when_frozen() -> None:
    records = _records("norm-none", 0.01, 1.0)
    for r in records:
        if r["treatment"] == "long":
            r["paces"] = [0.01] * 10
    assert kept_when_frozen(records, "norm-none") == {}


def test_conditions_are_compared_with_the_same_seeds() -> None:
    records = [
        {"condition": condition, "evolution": seed, "treatment": "body", "fallen": False, "distance": factor * seed}
        | ({} if body == "intact" else {"body": body})
        for condition, factor, seeds in (("hebbian-dr", 1.0, range(1, 6)), ("clock-4", 0.4, (1, 2)))
        for seed in seeds
        for body in clock.HANDFUL
    ]
    # Of medians it would be 0.6 m over 3 m; 0.4 m on the intact body is not walking, 0.8 m is.
    found = clock.findings(records)
    assert found.figure("clock-4 unseen / hebbian-dr") == pytest.approx(0.4)
    assert found.answer[-2] == (
        "Distance on the unseen bodies, over the same seeds of Hebbian, randomised (max): "
        "max, every 4 steps 0.40 (n = 2) (too few evolutions to say)."
    )
    table = found.tables[0]
    columns = [
        table.columns.index(head) for head in ("unseen, over the same seeds of Hebbian, randomised", "n, of them walk")
    ]
    assert [[row[k] for k in columns] for row in table.rows] == [["-", "5, 5"], ["0.40 (n = 2)", "2, 1"]]


def test_of_more_evolutions_the_first_five_seeds_are_lived(tmp_path: Path) -> None:
    for seed in (1, 2, 3, 4, 7, 8, 10):
        rules = tmp_path / "hebbian-dr" / str(seed) / "rules.hebb.safetensors"
        rules.parent.mkdir(parents=True)
        rules.write_bytes(b"")
    assert {c.evolution for c in clock.cells(Evolutions(tmp_path), quick=False)} == {1, 2, 3, 4, 7}


def test_any_part_of_the_records_will_do() -> None:
    whole = _records("clock-4", 1.0, 1.0)
    for records in ([], whole[:1], whole[-1:], [r for r in whole if r["evolution"] == 0]):
        found = clock.findings(records)
        assert all(value is None or value == value for value in map(found.figure, found.figures))
        assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
        clock.draw(records)


def test_the_probe_sees_pace_and_speed_of_a_life() -> None:
    cell = Cell("shipped/realant", 0, "long", 1, 120, probe="attractor:40", randomise=False)
    record = live_cell(cell, load_rulebook("realant"))[0]
    assert len(record["speeds"]) == len(record["paces"]) == 3
    assert sum(record["speeds"]) * 40 * 0.02 == pytest.approx(record["distance"], abs=0.02)
    # Nobody is faster along x than over the ground: in one stride of 40 steps they are compared directly.
    assert all(pace >= abs(speed) - 1e-6 for pace, speed in zip(record["paces"], record["speeds"], strict=True))
