"""The picture of wiped weights: steps to regain speed, and the weights' distance from where they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from sim.studies.parts.recoveries import life_times, recovery_times, walking
from sim.studies.parts.recovery_figure import time_axis, times
from sim.studies.parts.weight_return import LAGS, NOTHING, distances
from sim.studies.parts.wipes import ANT, ANT_STEPS, HEBBIAN, ONSET, STATIC, WIPES
from sim.study.colours import MARKS, MUTED
from sim.study.figure import colour_of, empty_figure, legend_of, mark_of, name_of, points_with_intervals
from sim.study.intervals import of_median
from sim.study.records import Record, where


def draw(records: Sequence[Record]) -> Figure:
    """Draw steps to regain speed, and what is left of the wipe in the weights."""
    figure, axes = empty_figure(14.0, 5.2, columns=3, widths=(1.2, 1.0, 1.0))
    _walking(axes[0], records)
    for panel, condition, robot in ((axes[1], HEBBIAN, "realant"), (axes[2], ANT, "ant")):
        _distances(panel, walking(where(records, condition=condition)), robot)
    legend_of(figure, axes[0], 3, "outside lower left")
    return figure


def _walking(axes: Any, records: Sequence[Record]) -> None:
    longest = ANT_STEPS - ONSET
    time_axis(axes, longest, "steps to 90 % of the speed before")
    names = list(WIPES)
    for offset, condition in ((-0.27, HEBBIAN), (0.0, STATIC), (0.27, ANT)):
        mine = where(records, condition=condition)
        for place, name in enumerate(names):
            lives = where(mine, treatment=name)
            found = list(recovery_times(lives).values())
            shown = life_times(lives) if condition == ANT else found
            robot = "" if condition == ANT else "realant, "
            number = f"{len(shown)} lives" if condition == ANT else f"n = {len(found)}"
            label = f"{robot}{name_of(condition)}, {number}" if place == 0 else ""
            look: Any = {"mark": mark_of(condition), "spread": 0.1}
            times(axes, place + offset, shown, of_median(found), colour_of(condition), longest, label, **look)
    axes.set_xticks(range(len(names)), [n.replace(" ", "\n") for n in names])
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set(xlabel="small marks: an evolution of realant, a life of the ant")
    axes.set_title(f"Wiped at step {ONSET}: walking")


def _distances(axes: Any, records: Sequence[Record], robot: str) -> None:
    """Draw the weights' distance after every wipe, a little beside one another so that no interval hides another."""
    for number, name in enumerate(WIPES):
        colour = "#222222" if name == NOTHING else MUTED[number - 1]
        found = [of_median(list(distances(records, name, lag).values())) for lag in LAGS]
        if not found[0].n:
            continue
        at = [lag * 1.04 ** (number - 0.5 * (len(WIPES) - 1)) for lag in LAGS]
        axes.plot(at, [f.value for f in found], color=colour, lw=2.4 if name == NOTHING else 1.4, zorder=2)
        points_with_intervals(axes, at, found, colour, name, mark=MARKS[number])
    axes.set_xscale("log")
    axes.set_xticks(LAGS, list(map(str, LAGS)))
    axes.minorticks_off()
    axes.set_ylim(bottom=0.0)
    axes.set(xlabel="steps after the wipe", ylabel="distance from the weights before / their size")
    axes.set_title(f"{robot}: the weights, n = {len(distances(records, NOTHING, 1))}")
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, title="wiped", loc="upper right", fontsize=9)
