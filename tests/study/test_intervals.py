"""Intervals over evolutions: against closed forms and planted effects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.study.intervals import COVERAGE, Interval, of_difference, of_median, of_ratio, with_verdict


@pytest.mark.parametrize("n", COVERAGE)
def test_an_interval_holds_the_median_as_often_as_it_says(n: int) -> None:
    rng = np.random.default_rng(1)
    intervals = [of_median(rng.normal(3.0, 1.0, n).tolist()) for _ in range(300)]
    held = np.mean([each.low <= 3.0 <= each.high for each in intervals])
    share = COVERAGE[n] / 100
    assert abs(held - share) < 3.0 * np.sqrt(share * (1.0 - share) / len(intervals))


def test_with_seven_the_interval_goes_from_the_second_to_the_sixth() -> None:
    # Between those lies the true median unless at most one of seven is on a side of it: 1 - 2 (1 + 7) / 2^7 = 0.875.
    interval = of_median([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    assert (interval.low, interval.high) == (2.0, 6.0) and COVERAGE[7] == round(100 * (1.0 - 16 / 128))


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


def test_a_verdict_names_the_level_that_it_is_told_from() -> None:
    around = Interval(1.0, -0.5, 2.0, 5)
    assert with_verdict(around, "more", "less") == "1.00 (-0.50 to 2.00) (not told from none, n = 5)"
    assert with_verdict(around, "more", "less", level=1.0) == "1.00 (-0.50 to 2.00) (not told from 1, n = 5)"
    assert with_verdict(Interval(3.0, 2.0, 4.0, 5), "more", "less", ".0f", 1.0) == "3 (2 to 4) (more, n = 5)"


def test_nothing_has_no_minus() -> None:
    assert of_median([-0.001] * 5).text() == "0.00 (0.00 to 0.00)"


def test_an_interval_without_width_says_how_far_evolutions_lie_apart() -> None:
    tied = of_median([0.17, -0.08, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    assert tied.text() == "0.00 (0.00 to 0.00; evolutions from -0.08 to 0.17)"


def test_numbers_that_are_none_are_left_out() -> None:
    assert of_median([1.0, float("nan"), 3.0, 2.0]).n == 3


def test_never_is_later_than_any_number_and_not_left_out() -> None:
    late = of_difference([np.inf] * 4 + [50.0] * 3, [60.0] * 9)
    assert late.value == np.inf and late.low == -10.0 and late.n == 7
    assert late.told("later", "sooner") == "not told from none"
    assert of_median([30.0, 40.0, 50.0, np.inf, np.inf]) == Interval(50.0, 30.0, np.inf, 5, (30.0, np.inf))


def test_a_ratio_that_some_draws_do_not_have_says_so() -> None:
    ratio = of_ratio([1.0] * 10, [1.0] * 6 + [-1.0] * 5)
    assert ratio.value == 1.0 and ratio.n == 10
    assert "too few" not in ratio.told("more", "less") and "no interval" in ratio.told("more", "less")
