"""Pairs of evolutions by seed, against arithmetic done by hand."""

from __future__ import annotations

import pytest

from sim.study.intervals import of_difference
from sim.study.paired import of_paired_difference, of_paired_ratio


def test_only_seeds_that_both_have_count() -> None:
    found = of_paired_difference({1: 3.0, 2: 5.0, 9: 100.0}, {1: 1.0, 2: 1.0, 8: -100.0})
    assert (found.value, found.n) == (3.0, 2)
    found = of_paired_ratio({1: 3.0, 2: 5.0, 9: 100.0}, {1: 1.0, 2: 1.0, 8: 1.0})
    assert (found.value, found.n) == (4.0, 2)


def test_what_every_seed_gains_is_found_where_seeds_differ_by_more_than_that() -> None:
    base = {seed: 0.5 * seed for seed in range(1, 9)}
    more = {seed: value + 0.1 for seed, value in base.items()}
    gain = of_paired_difference(more, base)
    assert (gain.value, gain.low, gain.high) == pytest.approx((0.1, 0.1, 0.1))
    apart = of_difference(list(more.values()), list(base.values()))
    assert apart.low < 0.0 < apart.high


def test_a_seed_that_did_not_move_has_no_ratio() -> None:
    assert of_paired_ratio({1: 1.0, 2: 1.0}, {1: 0.0, 2: 2.0}).n == 1
    assert of_paired_ratio({1: 1.0}, {2: 1.0}).n == 0
