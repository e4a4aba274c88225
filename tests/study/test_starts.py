"""The study of starts: a start that matters is found, one that does not is not, and spreads are told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.studies import starts
from sim.studies.parts.start_spread import spread_of, spread_over_starts
from sim.studies.parts.training import CURVE
from sim.study.evolutions import Evolutions
from sim.study.records import Record

pytestmark = pytest.mark.sim


def life(condition: str, seed: int, treatment: str, episode: int, distance: float, soon: int | None = 60) -> Record:
    """Return a record of one life."""
    record = {"condition": condition, "evolution": seed, "treatment": treatment, "episode": episode, "fallen": False}
    return record | {"distance": distance, "steps_to_90": soon}


def near(seed: int, name: str) -> float:
    """Return about 5 m: other starts than the own one are a little better in half of the evolutions."""
    return 5.0 + (0.0 if name == "own" else 0.05 * (-1) ** seed) + 0.3 * seed


def made_up(wide: float = 1.0, coevolved: float = 0.0) -> list[Record]:
    """Return six evolutions in which wide starts and co-evolution multiply the distance."""
    records = [
        life("hebbian-dr", seed, name, k, near(seed, name) * (wide if name == "wide" else 1.0))
        for seed in range(1, 7)
        for name in (*starts.STARTS, starts.ONE_BODY)
        for k in range(3)
    ]
    if coevolved:
        records += [
            life("coevolve", seed, "own", k, near(seed, "own") * coevolved) for seed in range(1, 7) for k in range(3)
        ]
        for condition, score in (("hebbian-dr", 4.0), ("coevolve", 4.0 * coevolved)):
            records += [
                {"condition": condition, "evolution": seed, "treatment": CURVE, "generation": g, "steps": 1000 * g}
                | {"evaluation": {"intact": score, "front_right_short": score}}
                for seed in range(1, 7)
                for g in (1, 2)
            ]
    return records


def test_a_start_that_matters_is_found_and_one_that_does_not_is_not() -> None:
    same = starts.findings(made_up())
    assert any("none of 6 intervals of 95 %, uncorrected, excludes 1." in a for a in same.answer)
    worse = starts.findings(made_up(wide=0.5))
    assert any("1 of 6 intervals of 95 %, uncorrected, excludes 1: wide." in a for a in worse.answer)
    assert worse.figure("hebbian-dr wide / own") == pytest.approx(0.5, abs=0.03)
    assert worse.figure("hebbian-dr steps to 90 %, own") == 60


def test_shares_times_and_spreads_are_of_those_that_walk() -> None:
    walking = made_up()
    standing = [
        life("hebbian-dr", seed, name, k, 0.1 + 0.05 * k + 0.2 * (name == "wide"), soon=None)
        for seed in range(7, 15)
        for name in (*starts.STARTS, starts.ONE_BODY)
        for k in range(3)
    ]
    found, of_walkers = starts.findings(walking + standing), starts.findings(walking)
    assert found.answer[0].endswith(
        "8 of 14 evolutions never learned to walk. Shares, times and spreads are of the others."
    )
    assert found.answer[1:] == of_walkers.answer
    assert [*map(found.figure, found.figures)] == [*map(of_walkers.figure, of_walkers.figures)]
    own, alone = found.tables[0].rows[0], of_walkers.tables[0].rows[0]
    assert own[2:5] == alone[2:5] and own[1] != alone[1]
    assert (own[-1], alone[-1]) == ("14, 6, 42", "6, 6, 18")


def test_the_evolved_start_is_compared_with_the_same_seed() -> None:
    records = [life("hebbian-dr", seed, "own", 0, float(seed)) for seed in range(1, 11)]
    records += [life("coevolve", seed, "own", 0, 1.1 * seed) for seed in range(1, 7)]
    # Medians over 6 and 10 evolutions: 3.85 over 5.5 m.
    found = starts.findings(records)
    assert found.figure("coevolved / random start, distance") == pytest.approx(1.1)
    said = "the same 6 seeds compared one by one: 1.10 (1.10 to 1.10): evolving the start pays"
    assert said in found.answer[-1]


def test_what_the_evolved_start_brings_is_said_either_way() -> None:
    assert any("is missing" in a for a in starts.findings(made_up()).answer)
    better = starts.findings(made_up(coevolved=1.5))
    assert any("evolving the start pays" in a for a in better.answer)
    assert better.figure("coevolved / random start, last evaluation") == pytest.approx(1.5)
    assert any("does harm" in a for a in starts.findings(made_up(coevolved=0.5)).answer)


def test_the_spread_of_starts_is_told_from_that_of_bodies() -> None:
    by_body = [life("c", 1, name, k, 4.0 + k) for name in ("own", "zeros") for k in range(3)]
    starts_, lives = spread_over_starts(by_body)
    assert starts_ == {1: pytest.approx(0.0)} and lives == {1: pytest.approx(1.0 / 5.0)}
    by_start = [life("c", 1, name, k, d) for name, d in (("own", 4.0), ("zeros", 6.0)) for k in range(3)]
    starts_, lives = spread_over_starts(by_start)
    assert starts_ == {1: pytest.approx(np.sqrt(2.0) / 5.0)} and lives == {1: pytest.approx(0.0)}
    assert spread_of(by_start[:1]) == {}


@pytest.mark.parametrize("some", [slice(0, 0), slice(0, 1), slice(20, 26), slice(-3, None)])
def test_any_part_of_the_records_will_do(some: slice) -> None:
    records = made_up(coevolved=1.0)[some]
    found = starts.findings(records)
    assert all(v is None or np.isfinite(v) for v in map(found.figure, found.figures) if not isinstance(v, str))
    starts.draw(records)


def test_life_k_has_the_same_seed_under_every_start(tmp_path: Path) -> None:
    for condition in ("hebbian-dr", "coevolve"):
        rules = tmp_path / condition / "1" / "rules.hebb.safetensors"
        rules.parent.mkdir(parents=True)
        rules.write_bytes(b"")
    asked = [c for c in starts.cells(Evolutions(tmp_path), quick=False) if c.treatment != starts.ONE_BODY]
    for condition, names in starts.STARTS_OF.items():
        mine = [c for c in asked if c.condition == condition]
        assert [c.treatment for c in mine] == list(names)
        assert len({(c.seed, c.episodes, c.horizon, c.body, c.randomise) for c in mine}) == 1
