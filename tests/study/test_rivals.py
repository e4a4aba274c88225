"""Matched rivals: planted differences between conditions are told, absent ones are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.studies import rivals
from sim.studies.parts.rivals_damage import kept
from sim.studies.parts.rivals_size import changing_numbers, evolved_numbers


def _records(condition: str, unseen: float, kept: float, evolutions: int = 8) -> list[dict[str, Any]]:
    rng = np.random.default_rng([len(condition), evolutions])
    records: list[dict[str, Any]] = []
    for seed in range(evolutions):
        common = {"condition": condition, "evolution": seed, "digest": "d", "fallen": False}
        for body in ("intact", "front_right_short", "rough", "payload"):
            scale = unseen if body in ("rough", "payload") else 3.0
            distance = scale * (1.0 + 0.05 * rng.standard_normal())
            place = {} if body == "intact" else {"body": body}
            records.append(common | {"treatment": "body", "distance": distance} | place)
        records.append(common | {"treatment": "plain", "distance": 4.0})
        for treatment in ("saturate", "lock"):
            damage = {"speed_before": 0.4, "speed_after": 0.4 * kept, "recovery_steps": 30 if kept > 0.9 else None}
            records.append(common | {"treatment": treatment, "distance": 3.0} | damage)
            records.append(common | {"treatment": treatment, "distance": 0.0, "speed_before": None, "speed_after": 0.1})
    return records


@pytest.mark.parametrize(("other", "said"), [(2.0, "yes, better"), (6.0, "no, worse"), (3.0, "no clear difference")])
def test_a_planted_gap_on_unseen_bodies_is_told(other: float, said: str) -> None:
    found = rivals.findings([*_records("hebbian-dr", 3.0, 1.0), *_records("static-dr", other, 0.5)])
    sentence = next(s for s in found.answer if "unseen bodies" in s)
    assert said in sentence
    assert found.figure("hebbian-dr / static-dr, unseen") == pytest.approx(3.0 / other, rel=0.1)
    assert "gru-dr" in next(s for s in found.answer if s.startswith("Not evolved yet"))


def test_evolutions_that_never_walk_are_counted() -> None:
    records = _records("gru", 3.0, 1.0)
    for r in records:
        if r["evolution"] == 0 and r["treatment"] == "body":
            r["distance"] = 0.0
    assert rivals.findings(records).tables[0].rows[0][-1] == "7 of 8"


def test_speed_kept_leaves_out_lives_that_did_not_walk_before() -> None:
    records = _records("hebbian-dr", 3.0, 0.5)
    assert kept(records, "hebbian-dr", "lock") == pytest.approx([0.5] * 8)
    steps = [
        rivals.findings(_records(c, 3.0, share)).tables[1].rows[0][2] for c, share in (("gru", 0.5), ("static", 1.0))
    ]
    assert steps == ["never (never to never)", "30 (30 to 30)"]


def test_what_randomisation_buys_is_the_ratio_of_the_two_conditions() -> None:
    found = rivals.findings([*_records("static-dr", 3.0, 1.0), *_records("static", 1.5, 1.0)])
    assert found.figure("static-dr / static, unseen") == pytest.approx(2.0, rel=0.1)
    assert found.figure("static-dr / static, plain") == 1.0
    assert any("buys static" in sentence and "yes, better" in sentence for sentence in found.answer)


def test_any_part_of_the_records_will_do() -> None:
    whole = _records("gru", 3.0, 1.0, evolutions=1)
    for records in ([], whole, whole[:1], whole[-1:]):
        found = rivals.findings(records)
        assert all(value is None or value == value for value in map(found.figure, found.figures))
        assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
        rivals.draw(records)


def test_sizes_are_those_of_the_settings() -> None:
    synapses = 31 * 64 + 64 * 32 + 32 * 8
    assert evolved_numbers("hebbian-dr") == 5 * synapses
    assert evolved_numbers("static") == synapses
    assert abs(evolved_numbers("gru") / evolved_numbers("hebbian") - 1.0) < 0.01
    assert changing_numbers("hebbian") == f"{synapses:,} (weights)"
    assert changing_numbers("static") == "0"


def test_one_network_with_and_without_randomisation_is_compared_seed_by_seed() -> None:
    plain = _records("hebbian", 3.0, 1.0)
    for r in plain:  # seeds differ by far more than randomisation buys, and one condition has more of them
        r["distance"] *= 1.0 + r["evolution"]
    more = [dict(r, condition="hebbian-dr", distance=1.2 * r["distance"]) for r in plain if r["evolution"] < 6]
    ratio = rivals.compared([*plain, *more], "hebbian-dr", "hebbian", "unseen")
    assert (ratio.value, ratio.low, ratio.high, ratio.n) == pytest.approx((1.2, 1.2, 1.2, 6))
    apart = rivals.compared([*plain, *(dict(r, condition="static") for r in more)], "hebbian", "static", "unseen")
    assert apart.low < 1.0 < apart.high


def test_a_seed_of_which_neither_walks_is_named_and_left_out_beside() -> None:
    records = [*_records("hebbian-dr", 3.0, 1.0), *_records("hebbian", 1.5, 1.0)]
    for r in records:
        if r["evolution"] == 2 and r["treatment"] == "body":
            r["distance"] = 0.4 if r["condition"] == "hebbian-dr" else 0.001
    said = next(s for s in rivals.findings(records).answer if s.startswith("Randomisation buys Hebbian"))
    assert "Without seed 2, which walks in neither: " in said and said.endswith("(yes, better, n = 7).")
    assert "Without seed" not in " ".join(
        rivals.findings([*_records("gru-dr", 3.0, 1.0), *_records("gru", 1.0, 1.0)]).answer
    )


@pytest.mark.parametrize(("fine", "said"), [(1.5, "no, with smaller"), (6.0, "yes, smaller"), (3.0, "not told")])
def test_whether_the_static_rival_is_tuned_is_answered(fine: float, said: str) -> None:
    found = rivals.findings([*_records("static-dr", 3.0, 1.0), *_records("static-dr-fine", fine, 1.0)])
    assert said in next(s for s in found.answer if s.startswith("Is the static rival badly tuned?"))
