"""The picture of the study of failures met in training."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.actuator_faults import HEALTHY, SATURATED
from sim.studies.parts.failure_lives import GROUPS, MET, PLASTIC, TWINS, of_study
from sim.studies.parts.failure_measures import adaptation, kept, speed_after
from sim.study.figure import (
    colour_of,
    empty_figure,
    legend_of,
    mark_of,
    medians_with_samples,
    name_of,
    reference,
)
from sim.study.records import Record, where

LABELS = {
    HEALTHY: "nothing\nfails",
    SATURATED: "saturated\n100 steps",
    GROUPS[2]: "another leg\nfails",
    GROUPS[3]: "front left\nleg fails",
}
STEP = 0.2


def draw(records: Sequence[Record]) -> Figure:
    """Draw speed after, speed kept, and plastic minus stopped, by group of failures."""
    figure, (left, middle, right) = empty_figure(14.0, 5.2, columns=3, widths=(1.2, 1.0, 0.8))
    mine = of_study(records)
    for axes, measure, conditions, groups in (
        (left, speed_after, (*TWINS, *MET), GROUPS),
        (middle, kept, (*TWINS, *MET), GROUPS[1:]),
        (right, adaptation, PLASTIC, GROUPS[1:]),
    ):
        there = [c for c in conditions if where(mine, condition=c)]
        numbers = []
        for number, condition in enumerate(there):
            found = [list(measure(where(mine, condition=condition), group).values()) for group in groups]
            places = [k + STEP * (number - 0.5 * (len(there) - 1)) for k in range(len(groups))]
            numbers.append(max(map(len, found)))
            colour, mark = colour_of(condition), mark_of(condition)
            medians_with_samples(axes, places, found, colour, name_of(condition), mark=mark, spread=0.35 * STEP)
        axes.set_xticks(range(len(groups)), [LABELS[group] for group in groups])
        axes.set_xlim(-0.5, len(groups) - 0.5)
        if numbers:
            axes.set(xlabel=f"n = {', '.join(map(str, numbers))}, from left to right")
        axes.grid(axis="y")
    left.set(ylabel="speed after [m/s]")
    left.set_title("How fast does it walk then?")
    middle.set(ylabel="speed after / that of the same lives without a failure")
    reference(middle, 1.0)
    middle.set_ylim(bottom=min(0.0, middle.get_ylim()[0]))
    middle.set_title("What is kept?")
    right.set(ylabel="share kept, plastic minus stopped weights")
    reference(right, 0.0)
    right.set_title("What does plasticity do?")
    legend_of(figure, left, 4)
    return figure
