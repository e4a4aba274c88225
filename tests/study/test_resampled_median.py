"""The exact bootstrap of a median: against all resamples, one by one, and against draws."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from sim.study.intervals import of_difference, of_median, of_ratio
from sim.study.resampled_median import median_distribution


@pytest.mark.parametrize(
    "samples", [[3.0], [1.0, 2.0], [5.0, 1.0, 2.5], [1.0, 2.0, 4.0, 8.0], [2.0, 1.0, 7.0, 3.0, 5.0]]
)
def test_it_is_what_all_resamples_come_to(samples: list[float]) -> None:
    counted = Counter(float(np.median(drawn)) for drawn in itertools.product(samples, repeat=len(samples)))
    ours: Counter[float] = Counter()
    for value, chance in zip(*median_distribution(np.array(samples)), strict=True):
        ours[float(value)] += chance
    assert ours.keys() == counted.keys()
    for value, number in counted.items():
        assert ours[value] == pytest.approx(number / len(samples) ** len(samples), rel=1e-9)


@pytest.mark.parametrize("n", [7, 8, 9, 10, 25, 40])
def test_it_is_what_many_draws_come_to(n: int) -> None:
    rng = np.random.default_rng(n)
    samples = rng.standard_normal(n)
    values, chances = median_distribution(samples)
    drawn = np.median(samples[rng.integers(n, size=(100_000, n))], axis=1)
    assert chances.sum() == pytest.approx(1.0, abs=1e-9)
    for level in np.quantile(samples, [0.3, 0.45, 0.5, 0.6]):
        assert chances[values <= level].sum() == pytest.approx(np.mean(drawn <= level), abs=0.01)


def test_never_in_the_middle_is_never() -> None:
    values, chances = median_distribution(np.array([1.0, np.inf]))
    assert chances[np.isinf(values)].sum() == pytest.approx(0.75)


def test_ends_of_two_groups_are_quantiles_of_many_draws() -> None:
    rng = np.random.default_rng(3)
    one, other = rng.normal(2.0, 0.4, 8), rng.normal(1.5, 0.3, 9)
    tops = np.median(one[rng.integers(8, size=(200_000, 8))], axis=1)
    bottoms = np.median(other[rng.integers(9, size=(200_000, 9))], axis=1)
    for ours, drawn in ((of_difference(one, other), tops - bottoms), (of_ratio(one, other), tops / bottoms)):
        # Half a step of the distribution at most, which has thousands of values.
        assert (ours.low, ours.high) == pytest.approx(tuple(np.quantile(drawn, [0.025, 0.975])), abs=0.01)


def test_the_order_of_samples_does_not_matter() -> None:
    assert of_median([1.0, 4.0, 2.0, 8.0, 3.0]) == of_median([8.0, 3.0, 1.0, 2.0, 4.0])
