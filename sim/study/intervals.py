"""Medians and bootstrap intervals over evolutions: an evolution is one sample, however many lives it was measured by.

Lives of one evolution share its rules, so that a thousand of them say little about the next evolution. A figure is
therefore computed per evolution first (mean or median over its lives), and the interval comes from drawing evolutions
with replacement (percentile bootstrap, Efron & Tibshirani 1993; all possible draws, weighed by their probability: no
end depends on chance). With fewer than five evolutions there is none: the
widest that such an interval of a median can be is from the least sample to the largest, which holds the true median
75 times in 100 with three samples, 88 with four and 94 with five. Nor are more quite what they are called: the interval
of one median holds the true one `COVERAGE` times in 100 (normal samples, simulated). A recovery that never came is
`inf`: later than any number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.signals import Vector
from sim.study.resampled_median import median_distribution

LEVEL = 0.95
#: Fewer samples than this give no interval of 95 %.
FEWEST = 5
#: How often the interval of one median holds the true one, in 100, by number of evolutions.
COVERAGE = {5: 94, 6: 95, 7: 88, 8: 93, 9: 95, 10: 94}


@dataclass(frozen=True)
class Interval:
    """A figure with its interval.

    Attributes:
        value: the figure; NaN without any sample.
        low: lower end; NaN where there are too few samples.
        high: upper end.
        n: number of evolutions (of the smaller group, for a comparison).
        span: least and largest sample of one group of evolutions.
    """

    value: float
    low: float
    high: float
    n: int
    span: tuple[float, float] = (np.nan, np.nan)

    @property
    def figure(self) -> float | None:
        """The figure for a page's numbers: None for never, and where there is none."""
        return float(self.value) if np.isfinite(self.value) else None

    def told(
        self,
        above: str,
        below: str,
        neither: str = "not told from none",
        level: float = 0.0,
        unsure: str = "too few evolutions to say",
    ) -> str:
        """Say on which side of a level the interval lies: one that holds the level shows no equality."""
        if np.isnan(self.low):
            return unsure if self.n < FEWEST else "no interval: not a number for every draw of evolutions"
        return above if self.low > level else below if self.high < level else neither

    def text(self, form: str = ".2f") -> str:
        """Return `value (low to high)`, or `value` with what is missing said.

        An interval without width says how far the evolutions lie apart: most of them tie, no more is known.
        """
        if np.isnan(self.value):
            return "-"
        if np.isnan(self.low):
            return f"{_plain(self.value, form)} (n = {self.n})"
        low, high = _plain(self.low, form), _plain(self.high, form)
        least, largest = (_plain(end, form) for end in self.span)
        tied = low == high and not np.isnan(self.span).any() and (least, largest) != (low, high)
        spread = f"; evolutions from {least} to {largest}" if tied else ""
        return f"{_plain(self.value, form)} ({low} to {high}{spread})"


def of_median(samples: Sequence[float]) -> Interval:
    """Return the median of one number per evolution, with its interval."""
    return of_medians([samples], lambda medians: medians[0])


def of_ratio(numerator: Sequence[float], denominator: Sequence[float]) -> Interval:
    """Return the ratio of two medians, over evolutions that have nothing to do with each other."""

    def ratio(medians: Sequence[Vector]) -> Vector:
        top, bottom = np.broadcast_arrays(*medians)
        return np.asarray(np.divide(top, bottom, out=np.full(bottom.shape, np.nan), where=bottom > 0.0))

    return of_medians([numerator, denominator], ratio)


def of_difference(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Return the difference of two medians, over evolutions that have nothing to do with each other."""
    return of_medians([first, second], lambda medians: np.asarray(medians[0] - medians[1]))


def with_verdict(
    interval: Interval, above: str, below: str, form: str = ".2f", level: float = 0.0, more: str = ""
) -> str:
    """Return a figure with what it says and its n, which `Interval.text` names by itself where there are few."""
    number = f", n = {interval.n}" if interval.n >= FEWEST else ""
    neither = f"not told from {level:g}" if level else "not told from none"
    return f"{interval.text(form)} ({interval.told(above, below, neither, level)}{number}{more})"


def verdict(ratio: Interval) -> str:
    """Say whether a ratio differs from 1."""
    return ratio.told("yes, better", "no, worse", "no clear difference", 1.0)


def of_medians(groups: Sequence[Sequence[float]], combined: Callable[[Sequence[Vector]], Vector]) -> Interval:
    """Return what the medians of one or two independent groups of evolutions come to, with its interval.

    Args:
        groups: one number per evolution each, `inf` for never; NaN is left out.
        combined: takes the medians, arrays that broadcast against each other.
    """
    arrays = [each[~np.isnan(each)] for each in (np.asarray(group, dtype=float) for group in groups)]
    n = min(each.size for each in arrays)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0)
    span = (float(arrays[0].min()), float(arrays[0].max())) if len(arrays) == 1 else (np.nan, np.nan)
    with np.errstate(invalid="ignore"):  # never less never is no number
        value = float(combined([np.array(np.median(each)) for each in arrays]))
        if n < FEWEST:
            return Interval(value, np.nan, np.nan, n, span)
        medians, chances = zip(*map(median_distribution, arrays), strict=True)
        # Every median of the first group with every one of the second.
        values = combined(np.ix_(*medians)).ravel()
        weights = np.prod(np.broadcast_arrays(*np.ix_(*chances)), axis=0).ravel()
    if np.isnan(values).any():
        return Interval(value, np.nan, np.nan, n, span)
    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    low, high = values[order][np.searchsorted(below, [0.5 * (1.0 - LEVEL), 0.5 * (1.0 + LEVEL)])]
    return Interval(value, float(low), float(high), n, span)


def _plain(value: float, form: str) -> str:
    """Return a number in a form such as `.2f`, without a minus before a zero (Python 3.10 has no `z` for that)."""
    return format(float(format(value, form)) + 0.0, form)
