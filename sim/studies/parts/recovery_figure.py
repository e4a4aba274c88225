"""Recovery times in pictures: an axis on which "never" has a place of its own, above all numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.studies.parts.recoveries import FLOOR
from sim.study.figure import points_with_intervals, samples
from sim.study.intervals import Interval


def time_axis(axes: Any, longest: int, ylabel: str, floor: float = FLOOR) -> None:
    """Prepare a vertical axis for times from `floor` to `longest` steps, which is where "never" begins."""
    never = place_of_never(longest)
    axes.set_yscale("log")
    ticks = [t for t in (25, 50, 100, 200, 400) if t < 0.9 * longest]
    axes.set_yticks([*ticks, never], [*map(str, ticks), "never"])
    axes.minorticks_off()
    axes.set_ylim(0.8 * floor, 1.25 * never)
    axes.axhline(floor, color="#777777", lw=0.8)
    axes.axhline(0.85 * never, color="#777777", lw=0.8, ls=":")
    axes.set(ylabel=ylabel)
    axes.grid(axis="y")


def place_of_never(longest: int) -> float:
    """Return where "never" stands on an axis of times up to `longest`."""
    return 1.5 * longest


def times(
    axes: Any, place: float, values: Sequence[float], middle: Interval, colour: str, longest: int, label: str = ""
) -> None:
    """Draw recovery times as small marks, and their median with its interval."""
    never = place_of_never(longest)

    def shown(value: float) -> float:
        return never if np.isinf(value) else value

    samples(axes, place, [shown(v) for v in values], colour)
    if middle.n:
        drawn = Interval(shown(middle.value), shown(middle.low), shown(middle.high), middle.n)
        points_with_intervals(axes, [place], [drawn], colour, label)
