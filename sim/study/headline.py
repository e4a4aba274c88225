"""Headlines: the few figures of every study that stand in one table before all pages, and in the README."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.study.intervals import Interval

HEAD = ("asked", "found", "n", "that says", "study")


@dataclass(frozen=True)
class Headline:
    """One row.

    Attributes:
        asked: what, of what, in which unit, in a few words.
        figure: name of the figure in the study's findings.
        says: what the figure says, or how that is told from its interval.
        form: of its numbers.
    """

    asked: str
    figure: str
    says: str | Callable[[Interval], str] = ""
    form: str = ".2f"

    def row(self, figure: Interval | float | int) -> tuple[str, str, str, str]:
        """Return the cells of the row, without the study's."""
        interval = figure if isinstance(figure, Interval) else Interval(float(figure), np.nan, np.nan, 1)
        found = interval.text(self.form).removesuffix(f" (n = {interval.n})").replace("inf", "never")
        says = self.says if isinstance(self.says, str) else self.says(interval)
        return self.asked, found, str(interval.n), says


def more_than_none(difference: Interval) -> str:
    """Say whether a difference differs from 0."""
    return difference.told("more than none", "less than none")


def beside_one(ratio: Interval) -> str:
    """Say on which side of 1 a ratio is."""
    return ratio.told("more than 1", "less than 1", "not told from 1", 1.0)
