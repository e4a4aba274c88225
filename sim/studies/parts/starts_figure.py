"""The picture of the study of starts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.recoveries import median_times
from sim.studies.parts.recovery_figure import time_axis, times
from sim.studies.parts.start_spread import COEVOLVED, ONE_BODY, RANDOM, STARTS, of_walkers
from sim.studies.parts.training import curves_of, evaluated, score
from sim.study.figure import colour_of, empty_figure, legend_of, mark_of, medians_with_samples, name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.summaries import per_evolution

LONGEST = 500
#: What the definition of steps to 90 % costs: 90 % of a window of 25 steps.
COST = 23


def draw(records: Sequence[Record]) -> Figure:
    """Draw distance and steps to 90 % by start, and the training curves."""
    figure, (left, middle, right) = empty_figure(14.0, 5.4, columns=3)
    time_axis(middle, LONGEST, "steps to 90 % of the cruising speed", COST, "at cruising speed from step 0")
    names = (*STARTS, ONE_BODY)
    walk = []
    for offset, condition in ((-0.18, RANDOM), (0.18, COEVOLVED)):
        mine, able = where(records, condition=condition), of_walkers(records, condition)
        walk.append(str(len({r["evolution"] for r in able})))
        colour, mark = colour_of(condition), mark_of(condition)
        found = [list(per_evolution(where(mine, treatment=n), "distance").values()) for n in names]
        label = f"realant, {name_of(condition)}, n = {max(map(len, found))}" if any(found) else ""
        medians_with_samples(left, [k + offset for k in range(len(names))], found, colour, label, mark=mark)
        for place, name in enumerate(names):
            soon = list(median_times(where(able, treatment=name), "steps_to_90").values())
            times(middle, place + offset, soon, of_median(soon), colour, LONGEST, mark=mark)
        _curves(right, records, condition)
    labels = [name.replace("_", " ") for name in names]
    for axes in (left, middle):
        axes.set_xticks(range(len(names)), labels, rotation=35, ha="right", rotation_mode="anchor")
        axes.set_xlim(-0.6, len(names) - 0.4)
    left.set(ylabel="distance in 10 s [m]")
    left.set_title("How far, by start")
    left.set_ylim(min(0.0, left.get_ylim()[0]), 1.05 * left.get_ylim()[1])
    left.grid(axis="y")
    middle.set_title(f"How soon, by start: those that walk (n = {', '.join(walk)})")
    right.set(xlabel="control steps in training [millions]", ylabel="score: reward of a whole life, 2 a metre")
    right.set_title("Training curves (thick: median)")
    right.grid(axis="y")
    legend_of(figure, left, 2, "outside lower right")
    return figure


def _curves(axes: Any, records: Sequence[Record], condition: str) -> None:
    """Draw the evaluations of every evolution, and the median of those that have them all."""
    curves = [evaluated(curve) for curve in curves_of(records, condition).values()]
    colour = colour_of(condition)
    for curve in curves:
        axes.plot([r["steps"] / 1e6 for r in curve], [score(r) for r in curve], color=colour, lw=0.8, alpha=0.5)
    if curves and len({len(curve) for curve in curves}) == 1:
        steps, scores = (np.median([[f(r) for r in c] for c in curves], axis=0) for f in (lambda r: r["steps"], score))
        axes.plot(steps / 1e6, scores, marker=mark_of(condition), ms=5, mec="white", color=colour, lw=2.4, zorder=3)
