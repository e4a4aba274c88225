"""The study on evolutions: figures of curves and coefficients, on made-up logs and rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hebb_controller.rulebook import find_rulebook, load_rulebook
from sim.studies import evolution
from sim.studies.parts.coefficients import first_coefficients, rule_records, term_figures
from sim.studies.parts.training import curves_of, evaluated, first_at, last_scores, score
from sim.study.cell import Cell
from sim.study.evolutions import LOG, RULES, Evolutions
from sim.study.records import read
from sim.study.run import StudyConfig, run_study
from sim.walk_reward import RewardWeights

BODIES = ("intact", "front_right_short")
TERMS = ("A", "B", "C")
#: The evolutions that the results stand on.
EVOLUTIONS = Path(__file__).parents[2] / "docs" / "results" / "evolutions"


def _curve(condition: str, seed: int, end: float, generations: int = 40) -> list[dict[str, Any]]:
    records = []
    for g in range(1, generations + 1):
        reward = end * g / generations
        record = {"cell": f"{condition}{seed}", "of": generations, "episode": g - 1, "digest": "d"}
        record |= {"condition": condition, "evolution": seed, "treatment": "curve", "generation": g}
        record |= {"mean": 0.5 * reward, "max": 1.2 * reward, "steps": 1000 * g, "seconds": 6.0 * g}
        if g % 10 == 0:
            record["evaluation"] = {BODIES[0]: reward + 1.0, BODIES[1]: reward - 1.0}
        records.append(record)
    return records


def test_a_score_weighs_the_bodies_alike_and_the_last_counts() -> None:
    records = [*_curve("hebbian-dr", 1, 4.0), *_curve("hebbian-dr", 2, 2.0)]
    assert last_scores(records, "hebbian-dr") == {1: 4.0, 2: 2.0}
    curve = curves_of(records, "hebbian-dr")[1]
    assert [score(r) for r in evaluated(curve)] == [1.0, 2.0, 3.0, 4.0]
    hit = first_at(curve, 2.5)
    assert hit is not None
    assert hit["generation"] == 30
    assert first_at(curve, 4.5) is None


def test_an_evolution_that_never_arrives_counts_as_later_than_any() -> None:
    curves = curves_of([r for seed, end in enumerate((4.0, 4.0, 1.0)) for r in _curve("x", seed, end)], "x")
    assert evolution.waiting(curves, 3.0, "steps") == (2, 30_000.0)
    curves = curves_of([r for seed, end in enumerate((4.0, 1.0, 1.0)) for r in _curve("x", seed, end)], "x")
    assert evolution.waiting(curves, 3.0, "steps") == (1, None)


@pytest.mark.parametrize(("end", "said"), [(8.0, "yes, better"), (2.0, "no, worse"), (4.0, "no clear difference")])
def test_a_planted_difference_between_settings_is_told(end: float, said: str) -> None:
    noise = np.random.default_rng(0).normal(0.0, 0.3, 8)
    records = [r for seed in range(8) for r in _curve("hebbian-dr", seed, 4.0 + noise[seed])]
    records += [r for seed in range(8) for r in _curve("sigma-0.2", seed, end + noise[7 - seed])]
    found = evolution.findings(records)
    sentence = next(s for s in found.answer if s.startswith("Settings, score"))
    assert f"({said}" in sentence
    assert "population-32" in found.answer[-1]
    assert found.figure("sigma-0.2 / hebbian-dr") == pytest.approx(end / 4.0, rel=0.15)


def test_settings_are_compared_with_the_same_seeds() -> None:
    records = [r for seed in range(1, 11) for r in _curve("hebbian-dr", seed, float(seed))]
    records += [r for seed in range(1, 6) for r in _curve("sigma-0.2", seed, 1.2 * seed)]
    # Of medians it would be 3.6 over 5.5.
    found = evolution.findings(records)
    assert found.figure("sigma-0.2 / hebbian-dr") == pytest.approx(1.2)
    assert any("sigma-0.2 1.20 (1.20 to 1.20) (yes, better, n = 5)" in s for s in found.answer)


def test_the_page_says_what_a_metre_scores() -> None:
    assert f"{RewardWeights().forward:g} per metre along x" in " ".join((evolution.__doc__ or "").split())
    found = evolution.findings(_curve("hebbian-dr", 1, 4.0))
    assert "a score of 4.00 (n = 1) after" in found.answer[0]


def test_any_part_of_the_records_will_do() -> None:
    whole = _curve("hebbian-dr", 1, 4.0)
    for records in ([], whole, whole[:5]):
        found = evolution.findings(records)
        assert all(value is None or value == value for value in map(found.figure, found.figures))
        assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
        evolution.draw(records)


def test_planted_correlation_drift_and_sign_are_found() -> None:
    rng = np.random.default_rng(0)
    first = rng.standard_normal((3, 40, 50)).astype(np.float32)
    layer = first.copy()
    layer[1] = 0.8 * first[0] + 0.6 * first[1]
    layer[2] = np.abs(first[2])
    figures = term_figures(layer, 0, TERMS, first)
    assert figures["correlation"]["B"] == pytest.approx(0.8, abs=0.03)
    assert abs(figures["correlation"]["C"]) < 0.1
    assert figures["moved"] == 0.0
    assert figures["kept"] == pytest.approx(1.0)
    assert term_figures(layer, 1, TERMS, first)["kept"] == pytest.approx(0.6, abs=0.03)
    assert term_figures(layer, 2, TERMS, first)["negative"] == 0.0
    assert "moved" not in term_figures(layer, 0, TERMS, None)


def test_the_first_draw_comes_back_from_the_seed() -> None:
    book = load_rulebook(EVOLUTIONS / "hebbian-dr" / "1" / RULES)
    first = first_coefficients(book)
    assert first is not None
    assert [layer.shape for layer in first] == [layer.shape for layer in book.coefficients]
    spreads = book.provenance["config"]
    assert first[0][0].std() == pytest.approx(spreads["coefficient_spread"], rel=0.1)
    assert first[0][4].mean() == pytest.approx(spreads["rate_mean"])
    # 80 generations do not forget where they began: another seed's draw would correlate by 0.05 at most.
    assert np.corrcoef(first[0][3].ravel(), book.coefficients[0][3].ravel())[0, 1] > 0.3
    assert first_coefficients(load_rulebook("ant-unbounded")) is None  # begun from other rules


def test_every_term_of_a_shipped_rulebook_has_a_record(tmp_path: Path) -> None:
    records = rule_records(Cell("shipped/realant", 0, "rules", 1), Evolutions(tmp_path))
    assert [(r["layer"], r["term"]) for r in records] == [(k, t) for k in range(3) for t in ("A", "B", "C", "D", "eta")]
    assert {r["of"] for r in records} == {15}


def test_a_study_that_looks_reads_rules_and_logs_once(tmp_path: Path) -> None:
    config = StudyConfig(tmp_path / "out", tmp_path / "evolutions", jobs=1)
    folder = tmp_path / "evolutions" / "hebbian-dr" / "1"
    folder.mkdir(parents=True)
    shutil.copyfile(find_rulebook("realant"), folder / RULES)
    entries = [{"generation": g, "mean": 1.0, "max": 2.0, "steps": g, "seconds": 1.0, "median": 0.5} for g in (1, 2)]
    (folder / LOG).write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    run_study(evolution.STUDY, config, lambda _: None)
    records = read(config.data_of("evolution"))
    curve = [r for r in records if r["treatment"] == "curve"]
    assert [(r["generation"], r["mean"], r["max"]) for r in curve] == [(2, 1.0, 2.0)]
    assert {r["condition"] for r in records} == {"hebbian-dr", *evolution.ANT}
    said: list[str] = []
    run_study(evolution.STUDY, config, said.append)
    assert said == []
    assert read(config.data_of("evolution")) == records
