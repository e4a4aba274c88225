"""The picture of wiped weights: steps to regain speed, and the weights' distance from where they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from sim.plot_panels import BLUE, GREEN, ORANGE, RED, SKY
from sim.studies.parts.recoveries import life_times, of_median_with_never, recovery_times, walking
from sim.studies.parts.recovery_figure import time_axis, times
from sim.studies.parts.weight_return import LAGS, NOTHING, distances
from sim.studies.parts.wipes import ANT, ANT_STEPS, HEBBIAN, ONSET, STATIC, WIPES
from sim.study.figure import colour_of, empty_figure, name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where


def draw(records: Sequence[Record]) -> Figure:
    """Draw steps to regain speed, and what is left of the wipe in the weights."""
    figure, axes = empty_figure(14.0, 4.8, columns=3)
    longest = ANT_STEPS - ONSET
    time_axis(axes[0], longest, "steps to 90 % of the speed before")
    names = list(WIPES)
    for offset, condition in ((-0.26, HEBBIAN), (0.0, STATIC), (0.26, ANT)):
        mine = where(records, condition=condition)
        colour = "#222222" if condition == ANT else colour_of(condition)
        label = f"{'realant, ' if condition != ANT else ''}{name_of(condition)}"
        for place, name in enumerate(names):
            lives = where(mine, treatment=name)
            found = recovery_times(lives)
            shown = life_times(lives) if condition == ANT else list(found.values())
            middle = of_median_with_never(list(found.values()))
            times(axes[0], place + offset, shown, middle, colour, longest, label if place == 0 else "")
    axes[0].set_xticks(range(len(names)), [n.replace(" ", "\n") for n in names])
    axes[0].set_xlim(-0.6, len(names) - 0.4)
    axes[0].set_title(f"wiped at step {ONSET}: walking")
    for panel, condition, robot in ((axes[1], HEBBIAN, "realant"), (axes[2], ANT, "ant")):
        _distance_panel(panel, walking(where(records, condition=condition)), robot)
    handles = axes[0].get_legend_handles_labels()
    if handles[0]:
        figure.legend(*handles, loc="outside lower left", ncols=3, frameon=False)
    return figure


def _distance_panel(axes: Any, records: Sequence[Record], robot: str) -> None:
    for name, colour in zip(WIPES, ("#222222", BLUE, SKY, RED, ORANGE, GREEN), strict=True):
        found = [of_median(list(distances(records, name, lag).values())) for lag in LAGS]
        if not found[0].n:
            continue
        axes.plot(
            LAGS, [f.value for f in found], "o-", ms=4, color=colour, lw=2.4 if name == NOTHING else 1.4, label=name
        )
        axes.fill_between(LAGS, [f.low for f in found], [f.high for f in found], color=colour, alpha=0.1, lw=0)
    axes.set_xscale("log")
    axes.set_xticks(LAGS, list(map(str, LAGS)))
    axes.minorticks_off()
    axes.set_ylim(bottom=0.0)
    axes.set(xlabel="steps after the wipe", ylabel="distance from the weights before / their size")
    axes.set_title(f"{robot}: the weights, n = {len(distances(records, NOTHING, 1))}")
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, title="wiped", loc="upper right", fontsize=8)
