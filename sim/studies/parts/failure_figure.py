"""The picture of the study of failures met in training."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.actuator_faults import HEALTHY, SATURATED
from sim.studies.parts.failure_lives import GROUPS, MET, PLASTIC, TWINS, of_study
from sim.studies.parts.failure_measures import adaptation, kept, speed_after
from sim.study.figure import colour_of, empty_figure, medians_with_samples, name_of
from sim.study.records import Record, where

LABELS = {
    HEALTHY: "nothing\nfails",
    SATURATED: "saturated\n(never met)",
    GROUPS[2]: "a leg that\nfailed",
    GROUPS[3]: "the leg that\nnever did",
}


def draw(records: Sequence[Record]) -> Figure:
    """Draw speed after, speed kept, and plastic minus stopped, by group of failures."""
    figure, (left, middle, right) = empty_figure(15.0, 5.0, columns=3)
    mine = of_study(records)
    for axes, measure, conditions, groups in (
        (left, speed_after, (*TWINS, *MET), GROUPS),
        (middle, kept, (*TWINS, *MET), GROUPS[1:]),
        (right, adaptation, PLASTIC, GROUPS[1:]),
    ):
        there = [c for c in conditions if where(mine, condition=c)]
        for number, condition in enumerate(there):
            found = [list(measure(where(mine, condition=condition), group).values()) for group in groups]
            places = [k + 0.2 * (number - 0.5 * (len(there) - 1)) for k in range(len(groups))]
            label = f"{name_of(condition)}, n = {max(map(len, found))}"
            medians_with_samples(axes, places, found, colour_of(condition), label)
        axes.set_xticks(range(len(groups)), [LABELS[group] for group in groups])
        axes.grid(axis="y")
    left.set(ylabel="speed after [m/s]")
    left.set_title("How fast does it walk then?")
    middle.set(ylabel="speed after / that of the same lives without a failure")
    middle.axhline(1.0, color="#777777", lw=0.8)
    middle.set_title("What is kept?")
    right.set(ylabel="share kept, plastic minus stopped weights")
    right.axhline(0.0, color="#777777", lw=0.8)
    right.set_title("What does plasticity do?")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False)
    return figure
