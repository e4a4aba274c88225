"""Pace and heading of frozen weights: planted turns in borrowed long lives are found, and stay out of the rest."""

from __future__ import annotations

import pytest
from study.planted_frozen import SEEDS, curve, damaged, long_lives

from sim.studies import frozen
from sim.studies.parts.frozen_heading import SPANS, long_kept, periods


def test_a_planted_turn_costs_speed_along_x_and_no_pace() -> None:
    borrowed = [r for seed in SEEDS for r in long_lives(seed, 0.9 + 0.01 * seed, -0.2 + 0.01 * seed)]
    assert long_kept(borrowed, "paces", "second half")[3] == pytest.approx(0.93)
    assert long_kept(borrowed, "speeds", "tenth after the stop")[3] == pytest.approx(-0.17)
    found = frozen.findings(damaged(0.75, 0.5) + borrowed)
    for span in SPANS:
        (said,) = [s for s in found.answer if f"plastic, {span}" in s]
        assert "keep 0.93 (0.91 to 0.95) of the pace over the ground and -0.17 (-0.19 to -0.15)" in said
        assert "1.10 (1.10 to 1.10) (more than none), positive in 5 of 5" in said
        key = "realant long lives, frozen / plastic pace minus along x, "
        assert found.figure(key + span) == pytest.approx(1.1)


def test_the_tenth_after_the_stop_is_told_from_the_half() -> None:
    borrowed = [r for seed in SEEDS for r in long_lives(seed, 1.0, 0.0)]
    for r in borrowed:
        if r["treatment"] == "long frozen":
            r["speeds"][5] = 0.4
    assert long_kept(borrowed, "speeds", "tenth after the stop")[1] == pytest.approx(1.0)
    assert long_kept(borrowed, "speeds", "second half")[1] == pytest.approx(0.2)


def test_who_turns_when_plastic_has_a_pace_but_no_share_along_x() -> None:
    borrowed = [r for seed in SEEDS for r in long_lives(seed, 0.8, 0.3, x=-0.4 if seed == 1 else 0.4)]
    assert list(long_kept(borrowed, "paces", "second half")) == [1, 2, 3, 4, 5]
    assert list(long_kept(borrowed, "speeds", "second half")) == [2, 3, 4, 5]
    found = frozen.findings(damaged(0.75, 0.5) + borrowed)
    (table,) = [t for t in found.tables if "study 8" in t.title]
    assert table.rows[0][:3] == ("1", "0.80", "-")
    assert table.rows[-1][:3] == ("median", "0.80 (0.80 to 0.80)", "0.30 (n = 4)")
    assert any("0.50 (n = 4) (too few evolutions for an interval), positive in 4 of 4" in s for s in found.answer)


def test_a_mean_over_part_of_a_cycle_is_told_by_the_periods() -> None:
    borrowed = [r for seed, p in enumerate((16, 30, None), 1) for r in long_lives(seed, 1.0, 1.0, p)]
    borrowed += [dict(r, period=7) for r in borrowed if r["evolution"] == 3]  # a return without a cycle is no period
    assert periods(borrowed) == {1: 16.0, 2: 30.0}
    found = frozen.findings(damaged(0.75, 0.5) + borrowed)
    assert any("n = 2: by the periods" in s and "40 steps are 1.3 to 2.5 cycles" in s for s in found.answer)


def test_borrowed_lives_are_not_mixed_into_the_damage() -> None:
    # Their treatments are no kinds of damage, though rules and fields are the same.
    own = damaged(0.75, 0.5) + damaged(1.0, 0.5, "healthy") + curve(dict.fromkeys(SEEDS, 0.4))
    borrowed = [r for seed in SEEDS for r in long_lives(seed, 0.9, 0.1)]
    borrowed += [dict(r, condition="norm-none") for r in borrowed]
    alone, both = frozen.findings(own), frozen.findings(own + borrowed)
    assert all(both.figure(key) == alone.figure(key) for key in alone.figures)
    assert [t for t in both.tables if "study 8" not in t.title] == list(alone.tables)
    assert [s for s in both.answer if "study 8" not in s] == list(alone.answer)
    assert frozen.findings(borrowed).answer == ()
    left, right = frozen.draw(own + borrowed).axes
    assert [label.get_text() for label in right.get_xticklabels()] == ["no damage", "a leg\nlocked"]
    assert len(left.get_xticks()) == 2


def test_borrowed_lives_with_gaps_are_left_out() -> None:
    borrowed = [r for seed in SEEDS for r in long_lives(seed, 0.9, 0.1)]
    borrowed[1]["speeds"], borrowed[4]["paces"], borrowed[6]["period"] = None, [None] * 10, None
    del borrowed[9]["paces"]
    assert list(long_kept(borrowed, "speeds", "second half")) == [2, 3, 4, 5]
    assert list(long_kept(borrowed, "paces", "second half")) == [1, 3, 5]
    assert 3 not in periods(borrowed)
    found = frozen.findings(damaged(0.75, 0.5) + borrowed)
    assert any("positive in 2 of 2" in s for s in found.answer)
    assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
