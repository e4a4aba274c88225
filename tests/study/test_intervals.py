"""Intervals over evolutions: against closed forms and planted effects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.intervals import of_difference, of_median, of_ratio


def test_an_interval_holds_the_median_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(200):
        interval = of_median(rng.normal(3.0, 1.0, 10).tolist())
        held += interval.low <= 3.0 <= interval.high
    assert 0.88 <= held / 200 <= 1.0  # 95 % in the limit; a percentile bootstrap of ten is a little off


@given(st.lists(st.floats(-1e3, 1e3), min_size=5, max_size=12))
def test_the_interval_encloses_its_value_within_the_samples(values: list[float]) -> None:
    interval = of_median(values)
    assert interval.value == pytest.approx(np.median(values))
    assert min(values) <= interval.low <= interval.value <= interval.high <= max(values)


def test_a_planted_ratio_is_found_and_none_is_not() -> None:
    rng = np.random.default_rng(2)
    twice = of_ratio(rng.normal(4.0, 0.2, 10).tolist(), rng.normal(2.0, 0.2, 10).tolist())
    assert twice.low > 1.0 and twice.low < 2.0 < twice.high * 1.1
    same = of_ratio(rng.normal(2.0, 0.5, 10).tolist(), rng.normal(2.0, 0.5, 10).tolist())
    assert same.low < 1.0 < same.high


def test_a_ratio_with_nothing_below_is_no_number() -> None:
    assert np.isnan(of_ratio([1.0, 2.0, 3.0], [0.0, -1.0, 0.0]).value)


def test_a_planted_difference_is_found() -> None:
    interval = of_difference([1.0, 1.1, 0.9, 1.0, 1.0], [0.0, 0.1, -0.1, 0.0, 0.0])
    assert interval.low > 0.5


def test_too_few_evolutions_have_no_interval_and_say_so() -> None:
    interval = of_median([1.0, 2.0, 1.0, 2.0])  # least to largest would hold the median 88 times in 100
    assert np.isnan(interval.low) and interval.text() == "1.50 (n = 4)"
    assert of_median([]).text() == "-"


def test_nothing_has_no_minus() -> None:
    assert of_median([-0.001] * 5).text() == "0.00 (0.00 to 0.00)"


def test_numbers_that_are_none_are_left_out() -> None:
    assert of_median([1.0, float("nan"), 3.0, 2.0]).n == 3


def test_the_same_samples_give_the_same_interval() -> None:
    assert of_median([1.0, 4.0, 2.0, 8.0, 3.0]) == of_median([1.0, 4.0, 2.0, 8.0, 3.0])
