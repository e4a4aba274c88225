"""The study of frozen weights: a planted gain of plasticity is found in the right place, none is said to be none."""

from __future__ import annotations

import pytest
from study.made_up import record

from sim.studies import frozen
from sim.studies.parts.adaptation import adaptation, answers, curve_share, gaps, long_enough, pooled_gaps

SEEDS = range(1, 6)


def damaged(plastic: float, still: float, kind: str = "lock front_left") -> list[dict]:
    return [
        record("hebbian-dr", seed, name, speed_before=0.5, speed_after=0.5 * (share + 0.01 * seed))
        for seed in SEEDS
        for name, share in ((kind, plastic), (f"{kind} frozen", still))
    ]


def test_a_planted_gain_is_the_difference_of_shares() -> None:
    records = damaged(0.75, 0.5)
    assert adaptation(records, "lock")[3] == pytest.approx((0.78, 0.53))
    assert gaps(records, "lock")[2] == pytest.approx(0.25)
    found = frozen.findings(records)
    assert found.figures["realant adaptation"] == pytest.approx(0.25)
    assert "(more than none)" in found.answer[0]


def test_a_life_that_hardly_walked_before_weighs_by_its_speed() -> None:
    slow = [record("hebbian-dr", 1, "lock a", 1, speed_before=0.05, speed_after=0.5)]
    slow.append(record("hebbian-dr", 1, "lock a frozen", 1, speed_before=0.05, speed_after=0.0))
    both = [r for r in damaged(0.99, 0.49, "lock a") if r["evolution"] == 1] + slow
    assert adaptation(both, "lock")[1] == pytest.approx((1.0 / 0.55, 0.25 / 0.55))


def test_harm_and_nothing_are_said_too() -> None:
    assert "less than none" in frozen.findings(damaged(0.4, 0.6)).answer[0]
    mixed = damaged(0.5, 0.5)
    for r in mixed[::4]:
        r["speed_after"] += 0.1
    assert "not told from none" in frozen.findings(mixed).answer[0]


def test_what_stopping_costs_a_healthy_body_is_no_answer_to_damage() -> None:
    # Frozen weights walk at half the speed, healthy or not: all of the gap is the gait's, none is an answer.
    same = damaged(0.99, 0.495, "healthy") + damaged(0.4, 0.2)
    assert answers(same) == pytest.approx([0.0] * 5, abs=0.05)
    assert pooled_gaps(same) == pytest.approx([0.2] * 5)
    better = damaged(0.99, 0.495, "healthy") + damaged(0.9, 0.2)
    assert min(answers(better)) > 0.4
    assert "stopping the weights costs a healthy body 0.4" in " ".join(frozen.findings(better).answer)


def test_weights_that_do_not_walk_frozen_have_no_answer() -> None:
    assert answers(damaged(1.0, 0.0, "healthy") + damaged(0.9, 0.2)) == []


def test_wiped_weights_are_no_damage_of_a_body() -> None:
    records = damaged(0.5, 0.5) + damaged(1.0, 0.0, "wipe")
    assert pooled_gaps(records) == pytest.approx([0.0] * 5)
    assert frozen.findings(records).figures["realant adaptation, wipe"] == pytest.approx(1.0)


def test_lives_that_did_not_walk_before_do_not_count() -> None:
    records = damaged(0.75, 0.5)
    standing = [dict(r, speed_before=None, speed_after=9.0) for r in damaged(0.75, 0.5)]
    assert pooled_gaps(records + standing) == pooled_gaps(records)


def test_kinds_weigh_alike_however_many_legs_they_had() -> None:
    records = damaged(1.0, 0.0, "lock a") + damaged(1.0, 0.0, "lock b") + damaged(0.0, 0.0, "saturate")
    assert pooled_gaps(records) == pytest.approx([0.5] * 5)


def test_the_curve_is_a_share_of_never_stopping() -> None:
    records = [
        record("hebbian-dr", seed, f"curve {stop}", speed_after=speed)
        for seed in SEEDS
        for stop, speed in (("0", 0.0), ("10", 0.2), ("80", 0.38), ("never", 0.4))
    ]
    assert curve_share(records, "curve 10") == pytest.approx({seed: 0.5 for seed in SEEDS})
    assert long_enough(records) == 80
    assert any("frozen at step 80" in sentence for sentence in frozen.findings(records).answer)


def test_pictures_need_no_records() -> None:
    frozen.draw([])
    frozen.draw(damaged(1.0, 0.5))
