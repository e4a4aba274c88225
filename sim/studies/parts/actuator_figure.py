"""The picture of the study of the actuators."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from sim.studies.parts.actuator_faults import ANT, ANT_STEPS, END, KINDS, REALANT, SATURATED, of_kind
from sim.studies.parts.recoveries import life_times, recovery_times, shares_recovered, speeds_kept, walking
from sim.studies.parts.recovery_figure import time_axis, times
from sim.study.figure import (
    colour_of,
    empty_figure,
    legend_of,
    mark_of,
    medians_with_samples,
    name_of,
    reference,
)
from sim.study.intervals import of_median
from sim.study.records import Record, where


def draw(records: Sequence[Record]) -> Figure:
    """Draw recovery after saturation, and for every kind of fault the lives that recover and the speed kept."""
    figure, (left, middle, right) = empty_figure(14.0, 5.6, columns=3, widths=(1.45, 1.0, 1.0))
    _recovery(left, records)
    kinds = KINDS[::-1]
    for axes, measure in ((middle, shares_recovered), (right, speeds_kept)):
        for offset, condition in ((0.18, REALANT[0]), (-0.18, REALANT[1])):
            mine = where(records, condition=condition)
            found = [list(measure(of_kind(mine, kind)).values()) for kind in kinds]
            places = [k + offset for k in range(len(kinds))]
            label = f"realant, {name_of(condition)}, n = {max(map(len, found))}"
            colour, mark = colour_of(condition), mark_of(condition)
            medians_with_samples(axes, places, found, colour, label, flat=True, mark=mark)
        axes.set_yticks(range(len(kinds)), kinds)
        axes.grid(axis="x")
    middle.set(xlabel="share of lives back at 90 % of their speed", xlim=(-0.05, 1.05))
    middle.set_title("realant: who recovers?")
    right.set(xlabel="speed after / before")
    reference(right, 1.0, upright=True)
    right.set_title("realant: what is kept")
    legend_of(figure, right, 2, "outside lower right")
    return figure


def _recovery(axes: Any, records: Sequence[Record]) -> None:
    conditions = [c for c in (*REALANT, *ANT) if where(records, condition=c)]
    time_axis(axes, ANT_STEPS - END, "steps to 90 % of the speed before")
    for place, condition in enumerate(conditions):
        lives = of_kind(where(records, condition=condition), SATURATED)
        found = list(recovery_times(lives).values())
        shown = life_times(lives) if condition in ANT else found
        colour, mark = colour_of(condition), mark_of(condition)
        times(axes, place, shown, of_median(found), colour, ANT_STEPS - END, mark=mark)
    axes.set_xticks(range(len(conditions)), [_tick(c, records) for c in conditions], fontsize=8)
    axes.set_xlim(-0.6, max(len(conditions), 1) - 0.4)
    axes.set(xlabel="small marks: an evolution of realant, a life of the ant")
    axes.set_title("100 saturated steps: recovery")


def _tick(condition: str, records: Sequence[Record]) -> str:
    lives = of_kind(where(records, condition=condition), SATURATED)
    if condition in ANT:
        robot, _, rules = name_of(condition).partition(", ")
        number = f"{len(walking(lives))} of {len(lives)}\nlives walked"
    else:
        robot, rules, number = "realant", name_of(condition), f"n = {len(recovery_times(lives))}"
    return "\n".join((robot, *rules.split(", "), number)).replace(" weights", "")
