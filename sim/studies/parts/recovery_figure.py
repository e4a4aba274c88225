"""Recovery times in pictures: an axis on which "never" has a place of its own, above all numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from sim.studies.parts.recoveries import FLOOR
from sim.study.figure import SPREAD, points_with_intervals, reference, samples
from sim.study.intervals import Interval


def time_axis(axes: Any, longest: int, ylabel: str, floor: float = FLOOR, least: str = "at full speed at once") -> None:
    """Prepare a vertical axis for times from `floor` to `longest` steps, which is where "never" begins.

    Args:
        axes: the panel.
        longest: time that a life can show.
        ylabel: what is counted.
        floor: what the definition of the time costs by itself, drawn as a line.
        least: the robot that gets no more than that.
    """
    never = place_of_never(longest)
    axes.set_yscale("log")
    ticks = [t for t in (25, 50, 100, 200, 400) if t < 0.9 * longest]
    axes.set_yticks([*ticks, never], [*map(str, ticks), "never"])
    axes.minorticks_off()
    axes.set_ylim(0.6 * floor, 1.25 * never)
    reference(axes, floor)
    said = f"line at {floor:g}: what a robot {least} gets"
    axes.text(0.99, 0.012, said, transform=axes.transAxes, ha="right", va="bottom", fontsize=8, color="#555555")
    axes.axhline(0.85 * never, color="#777777", lw=0.8, ls=":")
    axes.set(ylabel=ylabel)
    axes.grid(axis="y")


def place_of_never(longest: int) -> float:
    """Return where "never" stands on an axis of times up to `longest`."""
    return 1.5 * longest


def times(
    axes: Any,
    place: float,
    values: Sequence[float],
    middle: Interval,
    colour: str,
    longest: int,
    label: str = "",
    *,
    mark: str = "o",
    spread: float = SPREAD,
) -> None:
    """Draw recovery times as small marks, and their median with its interval."""
    never = place_of_never(longest)

    def shown(value: float) -> float:
        return never if np.isinf(value) else value

    samples(axes, place, [shown(v) for v in values], colour, spread=spread)
    if middle.n:
        drawn = Interval(shown(middle.value), shown(middle.low), shown(middle.high), middle.n)
        points_with_intervals(axes, [place], [drawn], colour, label, mark=mark)
