"""The study of frozen weights: a planted gain of plasticity is found in the right place, none is said to be none."""

from __future__ import annotations

import pytest
from study.made_up import record
from study.planted_frozen import SEEDS, curve, damaged

from sim.studies import frozen
from sim.studies.parts.adaptation import (
    AVERAGED,
    answers,
    curve_share,
    gaps,
    hardly_walk,
    long_enough,
    plastic_and_stopped,
    pooled_gaps,
)


def test_a_planted_gain_is_the_difference_of_shares() -> None:
    records = damaged(0.75, 0.5)
    assert plastic_and_stopped(records, "lock")[3] == pytest.approx((0.78, 0.53))
    assert gaps(records, "lock")[2] == pytest.approx(0.25)
    found = frozen.findings(records)
    assert found.figure("realant plastic minus frozen") == pytest.approx(0.25)
    assert "(more than none)" in found.answer[0]


def test_a_life_that_hardly_walked_before_weighs_by_its_speed() -> None:
    slow = [record("hebbian-dr", 1, "lock a", 1, speed_before=0.05, speed_after=0.5)]
    slow.append(record("hebbian-dr", 1, "lock a frozen", 1, speed_before=0.05, speed_after=0.0))
    both = [r for r in damaged(0.99, 0.49, "lock a") if r["evolution"] == 1] + slow
    assert plastic_and_stopped(both, "lock")[1] == pytest.approx((1.0 / 0.55, 0.25 / 0.55))


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
    assert list(pooled_gaps(same).values()) == pytest.approx([0.2] * 5)
    # Of the speed before, stopping costs 0.495 without damage and 0.2 after it.
    less = frozen.findings(same).figure("realant plastic minus frozen, damaged minus healthy")
    assert less == pytest.approx(0.2 - 0.495)
    better = damaged(0.99, 0.495, "healthy") + damaged(0.9, 0.2)
    assert min(answers(better)) > 0.4
    assert "stopping the weights costs a healthy body 0.4" in " ".join(frozen.findings(better).answer)


def test_weights_that_do_not_walk_frozen_have_no_answer() -> None:
    assert answers(damaged(1.0, 0.0, "healthy") + damaged(0.9, 0.2)) == []


@pytest.mark.parametrize(
    ("out", "plastic", "said"),
    [
        ((), 1.0, "n = 5)."),
        ((2,), 1.0, "n = 4, without evolution 2, whose stopped weights keep less than a tenth)."),
        ((2, 5), 1.0, "n = 3, without evolutions 2 and 5, whose stopped weights keep less than a tenth)."),
        ((3,), 0.02, "n = 4, without evolution 3, whose weights, changing or stopped, keep less than a tenth)."),
    ],
)
def test_evolutions_without_an_answer_are_named(out: tuple[int, ...], plastic: float, said: str) -> None:
    records = damaged(1.0, 0.5, "healthy") + damaged(0.9, 0.2)
    for r in records:
        if r["evolution"] in out and r["treatment"].startswith("healthy"):
            share = (0.5 if plastic < 0.1 else 0.05) if r["treatment"].endswith("frozen") else plastic
            r["speed_after"] = share * r["speed_before"]
    assert tuple(hardly_walk(records)) == out
    (sentence,) = [s for s in frozen.findings(records).answer if "stopping the weights" in s]
    assert sentence.endswith(said)


def test_who_is_left_out_depends_on_how_the_weights_stopped() -> None:
    records = damaged(1.0, 0.5, "healthy")
    records += [dict(r, treatment="healthy averaged", speed_after=0.0) for r in records[1:2]]
    assert not hardly_walk(records)
    assert list(hardly_walk(records, AVERAGED)) == [1]
    said = " ".join(frozen.findings(records).answer)
    assert "their mean over 40 steps" in said
    assert "stride" not in said + frozen.STUDY.section("Protocol")


def test_wiped_weights_are_no_damage_of_a_body() -> None:
    records = damaged(0.5, 0.5) + damaged(1.0, 0.0, "wipe")
    assert list(pooled_gaps(records).values()) == pytest.approx([0.0] * 5)
    assert frozen.findings(records).figure("realant plastic minus frozen, wipe") == pytest.approx(1.0)


def test_lives_that_did_not_walk_before_do_not_count() -> None:
    records = damaged(0.75, 0.5)
    standing = [dict(r, speed_before=None, speed_after=9.0) for r in damaged(0.75, 0.5)]
    assert pooled_gaps(records + standing) == pooled_gaps(records)


def test_kinds_weigh_alike_however_many_legs_they_had() -> None:
    records = damaged(1.0, 0.0, "lock a") + damaged(1.0, 0.0, "lock b") + damaged(0.0, 0.0, "saturate")
    assert list(pooled_gaps(records).values()) == pytest.approx([0.5] * 5)


def test_the_curve_is_a_share_of_never_stopping() -> None:
    records = [
        record("hebbian-dr", seed, f"curve {stop}", speed_after=speed)
        for seed in SEEDS
        for stop, speed in (("0", 0.0), ("10", 0.2), ("80", 0.38), ("never", 0.4))
    ]
    assert curve_share(records, "curve 10") == pytest.approx({seed: 0.5 for seed in SEEDS})
    assert long_enough(records) == 80
    assert any("frozen at step 80" in sentence for sentence in frozen.findings(records).answer)


def test_who_never_learned_to_walk_has_no_share_of_it() -> None:
    # Evolutions 6 and 7 stand under never, and twitch on when stopped: five times nothing is no gait.
    records = curve(dict.fromkeys(SEEDS, 0.4) | {6: 0.001, 7: 0.049, 8: 0.05})
    for r in records:
        if r["evolution"] in (6, 7) and r["treatment"] == "curve 30":
            r["speed_after"] *= 5.0
    assert curve_share(records, "curve 30") == pytest.approx(dict.fromkeys((*SEEDS, 8), 0.95))
    found = frozen.findings(records)
    assert any(said.startswith("realant, n = 6: weights frozen at step 30") for said in found.answer)
    (table,) = [t for t in found.tables if "stopped, as a share" in t.title]
    assert [row[-1] for row in table.rows] == ["6", "6"]


def test_a_curve_of_nobody_says_nothing() -> None:
    for records in (damaged(1.0, 0.5), curve(dict.fromkeys(SEEDS, 0.01))):
        found = frozen.findings(records)
        assert not any("never stop" in said for said in found.answer)
        assert not any("stopped, as a share" in table.title for table in found.tables)


def test_pictures_need_no_records() -> None:
    frozen.draw([])
    frozen.draw(damaged(1.0, 0.5))
