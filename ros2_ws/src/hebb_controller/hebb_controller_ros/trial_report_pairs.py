"""Differences between conditions within blocks, and between two trials: medians with bootstrap intervals.

Runs of one block share seed and hour, so that what a block has in common falls out of the difference. A block that
lacks a run of either condition, or its figure, says nothing about the two. Intervals are those of the studies: 95 %,
percentile bootstrap over blocks, none with fewer than five, and not corrected for how many of them there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller_ros.trial_report_figures import Number
from sim.study.intervals import FEWEST, Interval, of_difference, of_median

TOO_FEW = f"fewer than {FEWEST} blocks: no interval"


@dataclass(frozen=True)
class Row:
    """A run's numbers, and where it belongs.

    Attributes:
        condition: of the run.
        block: of the run.
        values: numbers by key.
    """

    condition: str
    block: int
    values: Mapping[str, Number]


@dataclass(frozen=True)
class Difference:
    """First condition minus second, of one figure.

    Attributes:
        first: a condition.
        second: another.
        figure: key.
        interval: median of the differences, over blocks.
        blocks: difference by block.
    """

    first: str
    second: str
    figure: str
    interval: Interval
    blocks: dict[int, float]

    @property
    def verdict(self) -> str:
        """Say on which side of nothing it lies."""
        if self.interval.n == 0:
            return "no block has both"
        return self.interval.told("more", "less", "not told from none", unsure=TOO_FEW)


def paired(rows: Sequence[Row], first: str, second: str, figure: str) -> Difference:
    """Return the difference of two conditions within blocks; several runs of one block count as their mean."""
    ones, others = by_block(rows, first, figure), by_block(rows, second, figure)
    blocks = {block: ones[block] - others[block] for block in sorted(ones.keys() & others.keys())}
    return Difference(first, second, figure, of_median(list(blocks.values())), blocks)


def unpaired(ones: Sequence[Number], others: Sequence[Number]) -> Interval:
    """Return the difference of the medians of two groups of runs that have nothing to do with each other."""
    return of_difference(*([float(value) for value in group if value is not None] for group in (ones, others)))


def by_block(rows: Sequence[Row], condition: str, figure: str) -> dict[int, float]:
    """Return a figure by block, over the runs that have it."""
    found: dict[int, list[float]] = {}
    for row in rows:
        value = row.values.get(figure)
        if row.condition == condition and value is not None:
            found.setdefault(row.block, []).append(float(value))
    return {block: float(np.mean(sorted(values))) for block, values in found.items()}
