"""The picture of the study of the actuators."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.actuator_faults import ANT, ANT_STEPS, END, KINDS, REALANT, SATURATED, of_kind
from sim.studies.parts.recoveries import (
    life_times,
    of_median_with_never,
    recovery_times,
    shares_recovered,
    speeds_kept,
    walking,
)
from sim.studies.parts.recovery_figure import time_axis, times
from sim.study.figure import colour_of, empty_figure, medians_with_samples, name_of
from sim.study.records import Record, where

ANT_COLOURS = dict(zip(ANT, ("#0072B2", "#5B2A86", "#56B4E9", "#D55E00"), strict=True))


def draw(records: Sequence[Record]) -> Figure:
    """Draw recovery after saturation, and for every kind of fault the lives that recover and the speed kept."""
    figure, (left, middle, right) = empty_figure(14.0, 5.4, columns=3)
    conditions = [c for c in (*REALANT, *ANT) if where(records, condition=c)]
    time_axis(left, ANT_STEPS - END, "steps to 90 % of the speed before")
    for place, condition in enumerate(conditions):
        lives = of_kind(where(records, condition=condition), SATURATED)
        found = recovery_times(lives)
        shown = life_times(lives) if condition in ANT else list(found.values())
        colour = ANT_COLOURS.get(condition, colour_of(condition))
        times(left, place, shown, of_median_with_never(list(found.values())), colour, ANT_STEPS - END)
    left.set_xticks(range(len(conditions)), [_tick(c, records) for c in conditions], fontsize=8)
    left.set_xlim(-0.6, max(len(conditions), 1) - 0.4)
    left.set_title("100 saturated steps: recovery")
    kinds = KINDS[::-1]
    for axes, measure in ((middle, shares_recovered), (right, speeds_kept)):
        for offset, condition in ((0.18, REALANT[0]), (-0.18, REALANT[1])):
            mine = where(records, condition=condition)
            found_by_kind = [list(measure(of_kind(mine, kind)).values()) for kind in kinds]
            places = [k + offset for k in range(len(kinds))]
            colour, label = colour_of(condition), f"{name_of(condition)}, n = {max(map(len, found_by_kind))}"
            medians_with_samples(axes, places, found_by_kind, colour, label, flat=True)
        axes.set_yticks(range(len(kinds)), kinds)
        axes.grid(axis="x")
    middle.set(xlabel="share of lives back at 90 % of their speed", xlim=(-0.05, 1.05))
    middle.set_title("realant: who recovers?")
    right.set(xlabel="speed after / before")
    right.axvline(1.0, color="#777777", lw=0.8)
    right.set_title("realant: what is kept")
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2, frameon=False)
    return figure


def _tick(condition: str, records: Sequence[Record]) -> str:
    lives = of_kind(where(records, condition=condition), SATURATED)
    robot, _, rules = name_of(condition).partition(", ") if condition in ANT else ("realant", "", name_of(condition))
    number = (
        f"{len(walking(lives))} of {len(lives)}\nlives walked"
        if condition in ANT
        else f"n = {len(recovery_times(lives))}"
    )
    return "\n".join((robot, *rules.split(", "), number)).replace(" weights", "")
