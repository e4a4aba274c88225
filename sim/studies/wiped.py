"""Wiped weights: do the rules write the weights anew, and does the robot walk again?

Question: Najarro & Risi set a third of the weights to zero in the middle of a life, and the ant walks again some tens
of steps later. How long does it take, what if two thirds or a whole layer go, and do the weights themselves come back
to where they were, or to another place that walks as well?

Source: the zeroed weights of Najarro & Risi 2020 (arXiv 2007.02686); their release has no script for it. The distance
of the weights has not been published.

Protocol: realant, every evolution of `hebbian-dr`, and of `static-dr` as the control whose weights nothing repairs; 6
lives of 700 steps on the intact body for every treatment, the same bodies, starts and noise in all. At step 300 a
third or two thirds of all weights, chosen at random in every life, or all weights of the first, second or third layer,
become zero; or nothing happens. ant: the shipped rulebook, one evolution, 10 lives of 1000 steps. Recovery: steps
until 90 % of the speed of the last 100 steps before are reached again, to stay for 100 steps; the definition alone
costs 25. Distance of the weights: that to the nearest of the weights of the 50 steps before the wipe, as a
share of their size: weights that cycle with the gait are never still, a wipe may shift the cycle's phase, and neither
is a loss. A wiped third is a distance of about 0.58 at that moment, two thirds of 0.82. The yardstick is the same
life without the wipe, at the same step: what is left of the wipe is the distance beyond that. The weights count as
back after so many steps (of 1, 5, 10, 20, 30, 50, 100, 200) from which on no more than 0.05 are left. The distance to
the one moment right before the wipe is given too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plot_panels import BLUE, GREEN, ORANGE, RED, SKY
from sim.studies.parts.recoveries import (
    figure_of,
    life_times,
    of_median_with_never,
    percent,
    recovery_times,
    shares_recovered,
    time_text,
)
from sim.studies.parts.recovery_figure import time_axis, times
from sim.studies.parts.recovery_table import recovery_table
from sim.studies.parts.weight_return import LAGS, NOTHING, distances, left_over, weights_back
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import colour_of, empty_figure, name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Findings, Study, Table

HEBBIAN, STATIC, ANT = "hebbian-dr", "static-dr", "shipped/ant"
ONSET = 300
STEPS, ANT_STEPS = 700, 1000
THIRD = "a third"
#: What is wiped: the study's word -> how a cell writes it.
WIPES = {
    NOTHING: (),
    THIRD: (f"0.333@{ONSET}",),
    "two thirds": (f"0.667@{ONSET}",),
    **{f"layer {k + 1}": (f"layer={k}@{ONSET}",) for k in range(3)},
}


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    chosen = (NOTHING, THIRD, "layer 1") if quick else tuple(WIPES)
    return [
        Cell(
            condition,
            seed,
            name,
            1 if quick else 10 if condition == ANT else 6,
            550 if quick else ANT_STEPS if condition == ANT else STEPS,
            wipes=WIPES[name],
            onset=None if WIPES[name] else ONSET,
            randomise=condition != ANT,
            probe=f"recovery:{ONSET}",
        )
        for condition in (HEBBIAN, STATIC, ANT)
        for seed in evolutions.seeds(condition)
        for name in chosen
    ]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: dict[str, float | int | str | None] = {}
    for condition, robot in ((HEBBIAN, "realant"), (ANT, "ant")):
        mine = where(records, condition=condition)
        if not mine:
            continue
        answer += _regained(mine, robot, figures)
        tables += [
            _distance_table(
                mine, f"{robot}: distance of the weights from the nearest of the 50 steps before", "weight_gap"
            ),
            _distance_table(mine, f"{robot}: distance of the weights from the last step before", "weight_distance"),
        ]
    static = where(records, condition=STATIC)
    if where(static, treatment=THIRD):
        share = of_median(list(shares_recovered(where(static, treatment=THIRD)).values()))
        figures["static recovered, a third, share"] = figure_of(share)
        answer.append(f"Static weights, a third wiped for good: {percent(share)} of lives recover, n = {share.n}.")
    nothing = of_median_with_never(list(recovery_times(where(records, condition=HEBBIAN, treatment=NOTHING)).values()))
    if nothing.n:
        answer.append(f"Of these steps the definition costs 25: with nothing wiped realant gets {time_text(nothing)}.")
    for robot, group in (("realant", (HEBBIAN, STATIC)), ("ant", (ANT,))):
        mine = [r for r in records if r["condition"] in group]
        if mine:
            groups = [(name, where(mine, treatment=name)) for name in WIPES]
            tables.append(recovery_table(f"{robot}: walking after a wipe at step {ONSET}", "wiped", groups))
    return Findings(tuple(answer), tuple(tables), figures)


def _regained(records: Sequence[Record], robot: str, figures: dict[str, float | int | str | None]) -> list[str]:
    """Say how soon walking and weights are back."""
    walk, weights, elsewhere = [], [], []
    n = 0
    for name in [n for n in WIPES if where(records, treatment=n)]:
        lives = where(records, treatment=name)
        back = of_median_with_never(list(recovery_times(lives).values()))
        share = of_median(list(shares_recovered(lives).values()))
        figures[f"{robot} recovery, {name} [steps]"] = figure_of(back)
        if name == NOTHING or not back.n:
            continue
        n = max(n, back.n)
        walk.append(f"{name} {time_text(back)}, {percent(share)} of lives")
        home = of_median_with_never(list(weights_back(records, name).values()))
        left = {lag: of_median(list(left_over(records, name, lag).values())) for lag in (LAGS[0], LAGS[-1])}
        figures[f"{robot} weights back, {name} [steps]"] = figure_of(home)
        figures |= {f"{robot} left of the wipe after {lag}, {name}": figure_of(each) for lag, each in left.items()}
        weights.append(f"{name} {time_text(home)} ({left[LAGS[0]].value:.2f} left after 1 step)")
        if share.value > 0.5 and np.isinf(home.value):
            elsewhere.append(f"{name} ({left[LAGS[-1]].value:.2f} left after {LAGS[-1]} steps)")
    said = [f"{robot}, n = {n}, steps to 90 % of the speed: {'; '.join(walk)}."] if walk else []
    said += (
        [f"{robot}, steps until the weights are back among those of before: {'; '.join(weights)}."] if weights else []
    )
    if elsewhere:
        said.append(f"{robot}: walks again on other weights than before after a wipe of {', '.join(elsewhere)}.")
    return said


def _distance_table(records: Sequence[Record], title: str, kind: str) -> Table:
    rows = [
        (name, *(of_median(list(distances(records, name, lag, kind).values())).text() for lag in LAGS))
        for name in WIPES
        if where(records, treatment=name)
    ]
    n = len(distances(records, NOTHING, LAGS[0]))
    return Table(f"{title}, by steps after the wipe, n = {n}", ("wiped", *map(str, LAGS)), tuple(rows))


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
        _distance_panel(panel, where(records, condition=condition), robot)
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


STUDY = Study(
    name="wiped",
    number=3,
    doc=__doc__ or "",
    needs={HEBBIAN: 10, STATIC: 10, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
)
