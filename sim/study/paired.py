"""Comparisons of two conditions over the seeds that both have: evolutions of one seed begin with the same first draw.

Conditions that share their network and rule family share, seed by seed, the first search point and the training lives:
a seed that begins badly does so in both. Two such groups are no independent samples; what is compared is each seed with
itself. Conditions of other networks (static weights, a GRU) draw something else, and are compared by `of_ratio`.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.study.intervals import Interval, of_median
from sim.study.summaries import differences, paired


def of_paired_difference(first: Mapping[int, float], second: Mapping[int, float]) -> Interval:
    """Return the median over seeds of first minus second."""
    return of_median(list(differences(first, second).values()))


def of_paired_ratio(first: Mapping[int, float], second: Mapping[int, float]) -> Interval:
    """Return the median over seeds of first over second."""
    return of_median(paired_ratios(first, second))


def paired_ratios(first: Mapping[int, float], second: Mapping[int, float]) -> list[float]:
    """Return first over second, seed by seed; seeds whose second is not above zero have no ratio."""
    return [a / b for a, b in paired(first, second).values() if b > 0.0]
