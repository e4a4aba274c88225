"""The picture of the study of starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.recoveries import median_times, of_median_with_never
from sim.studies.parts.recovery_figure import time_axis, times
from sim.studies.parts.start_spread import COEVOLVED, ONE_BODY, RANDOM, STARTS, of_walkers
from sim.studies.parts.training import curves_of, evaluated, score
from sim.study.figure import colour_of, empty_figure, name_of, points_with_intervals, samples
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.summaries import per_evolution

LONGEST = 500
#: What the definition of steps to 90 % costs: 90 % of a window of 25 steps.
COST = 23


def draw(records: Sequence[Record]) -> Figure:
    """Draw distance and steps to 90 % by start, and the training curves."""
    figure, (left, middle, right) = empty_figure(14.0, 5.2, columns=3)
    time_axis(middle, LONGEST, "steps to 90 % of the cruising speed", COST)
    names = (*STARTS, ONE_BODY)
    for offset, condition in ((-0.16, RANDOM), (0.16, COEVOLVED)):
        mine, able = where(records, condition=condition), of_walkers(records, condition)
        colour = colour_of(condition)
        found = [list(per_evolution(where(mine, treatment=n), "distance").values()) for n in names]
        places = [k + offset for k in range(len(names))]
        if any(found):
            label = f"realant, {name_of(condition)}, n = {max(map(len, found))}"
            points_with_intervals(left, places, [of_median(f) for f in found], colour, label)
        for place, name, values in zip(places, names, found, strict=True):
            samples(left, place, values, colour)
            soon = list(median_times(where(able, treatment=name), "steps_to_90").values())
            times(middle, place, soon, of_median_with_never(soon), colour, LONGEST)
        _curves(right, records, condition, colour)
    for axes in (left, middle):
        axes.set_xticks(range(len(names)), names, rotation=35, ha="right")
        axes.set_xlim(-0.6, len(names) - 0.4)
    left.set(ylabel="distance in 10 s [m]")
    left.set_title("how far, by start")
    left.set_ylim(min(0.0, left.get_ylim()[0]), 1.05 * left.get_ylim()[1])
    left.grid(axis="y")
    middle.set_title("how soon, by start, of those that walk")
    right.set(xlabel="control steps in training [million]", ylabel="reward of the mean, whole lives, 2 a metre")
    right.set_title("training curves (thick: median)")
    right.grid(axis="y")
    if left.get_legend_handles_labels()[0]:
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower right", ncols=2, frameon=False)
    return figure


def _curves(axes: Any, records: Sequence[Record], condition: str, colour: str) -> None:
    """Draw the evaluations of every evolution, and the median of those that have them all."""
    curves = [evaluated(curve) for curve in curves_of(records, condition).values()]
    for curve in curves:
        axes.plot([r["steps"] / 1e6 for r in curve], [score(r) for r in curve], color=colour, lw=0.8, alpha=0.5)
    if curves and len({len(curve) for curve in curves}) == 1:
        steps, scores = (np.median([[f(r) for r in c] for c in curves], axis=0) for f in (lambda r: r["steps"], score))
        axes.plot(steps / 1e6, scores, "o-", ms=4, color=colour, lw=2.2)
