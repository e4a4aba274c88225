"""The picture of weights over a life: paths on the first components, distances, and the spread on each body."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plot_panels import BLACK, BLUE, GREEN, GREY, ORANGE, RED, SKY
from sim.studies.parts.weight_geometry import GEOMETRY, PATH
from sim.study.figure import colour_of, empty_figure, points_with_intervals, samples
from sim.study.intervals import of_median
from sim.study.records import Record, where

REALANT, ANT = "hebbian-dr", "shipped/ant"
#: One colour a body, in order of appearance; the last is not of Okabe and Ito's palette, which ends before.
PALETTE = (BLUE, RED, ORANGE, GREEN, SKY, BLACK, "#CC79A7", GREY)
KINDS = (("within", "one life,\nlater"), ("starts", "two\nstarts"), ("bodies", "two\nbodies"), ("wander", "wander"))


def draw(records: Sequence[Record]) -> Figure:
    """Draw the six panels; what has no records stays empty."""
    figure, ((plane, side, ant), (gaps, kinds, spread)) = empty_figure(15.0, 9.0, columns=3, rows=2)
    one = _first_evolution(where(records, condition=REALANT))
    _paths(plane, one, "realant, one evolution, from step 1 on", (0, 1), lines=False)
    _paths(side, one, "The same lives on two further components", (1, 2), lines=False)
    _beside(side, "body")
    _paths(ant, _first_evolution(where(records, condition=ANT)), "ant, one evolution", (0, 1), lines=True)
    _beside(ant, "x step 1, o end")
    geometry = where(records, treatment=GEOMETRY)
    _gaps(gaps, geometry)
    _kinds(kinds, geometry)
    _spread(spread, where(geometry, condition=REALANT))
    return figure


def _first_evolution(records: Sequence[Record]) -> list[Record]:
    first = min((r["evolution"] for r in records), default=0)
    return where(records, evolution=first)


def _paths(axes: Any, records: Sequence[Record], title: str, components: tuple[int, int], lines: bool) -> None:
    """Draw lives on two components: as lines, or as dots where a look every few steps would cut across a cycle."""
    a, b = components
    explained = next((r["explained"] for r in records if r["treatment"] == GEOMETRY), None)
    lives = [r for r in where(records, treatment=PATH) if "path" in r]
    bodies = list(dict.fromkeys(r["body"] for r in lives))
    for life in lives:
        colour = PALETTE[bodies.index(life["body"]) % len(PALETTE)]
        points = np.array(life["path"], dtype=float).reshape(-1, 3)
        label = life["body"] if life["start"] == 0 else None
        if lines:
            axes.plot(points[:, a], points[:, b], color=colour, lw=0.9, alpha=0.7)
            axes.plot(points[:1, a], points[:1, b], "x", color=colour, ms=5)
            axes.plot(points[-1:, a], points[-1:, b], "o", color=colour, ms=5, label=label)
        else:
            axes.plot(points[:, a], points[:, b], "o", color=colour, ms=3.0, mew=0, alpha=0.6, label=label)
    share = ["" if explained is None else f" ({100 * explained[k]:.0f} %)" for k in components]
    axes.set(xlabel=f"component {a + 1}{share[0]}", ylabel=f"component {b + 1}{share[1]}")
    axes.set_title(title)


def _beside(axes: Any, title: str) -> None:
    """Put the legend beside a panel that is full."""
    if axes.get_legend_handles_labels()[0]:
        place: Any = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0), "borderaxespad": 0.0}
        axes.legend(frameon=False, fontsize=8, title=title, title_fontsize=8, handletextpad=0.3, **place)


def _gaps(axes: Any, records: Sequence[Record]) -> None:
    for condition, robot in ((REALANT, "realant"), (ANT, "ant")):
        mine = where(records, condition=condition)
        for k, record in enumerate(mine):
            steps = [max(int(step), 0.5) for step in record["gap"]]
            label = f"{robot} (n = {len(mine)})" if k == 0 else None
            axes.plot(steps, list(record["gap"].values()), "o-", ms=3, lw=1.2, color=_colour(condition), label=label)
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 10, 100], ["0", "1", "10", "100"])
    axes.minorticks_off()
    axes.set(xlabel="control step", ylabel="distance / size of the weights", ylim=(0.0, None))
    axes.set_title("How far two starts are apart, intact body")
    _finish(axes)


def _kinds(axes: Any, records: Sequence[Record]) -> None:
    for offset, condition, robot in ((-0.15, REALANT, "realant"), (0.15, ANT, "ant")):
        mine = where(records, condition=condition)
        if not mine:
            continue
        found = [[r[name] for r in mine if r.get(name) is not None] for name, _ in KINDS]
        places = (np.arange(len(KINDS)) + offset).tolist()
        label = f"{robot} (n = {len(mine)})"
        points_with_intervals(axes, places, [of_median(f) for f in found], _colour(condition), label)
        for place, values in zip(places, found, strict=True):
            samples(axes, place, values, _colour(condition))
    axes.set_xticks(range(len(KINDS)), [words for _, words in KINDS])
    axes.set(ylabel="distance / size of the weights", ylim=(0.0, None))
    axes.set_title("How far end points are apart, all bodies")
    _finish(axes)


def _colour(condition: str) -> str:
    return RED if condition == ANT else colour_of(condition)


def _spread(axes: Any, records: Sequence[Record]) -> None:
    bodies = list(dict.fromkeys(body for r in records for body in r["spread"]))
    for k, colour in enumerate((BLUE, ORANGE, GREEN)):
        found = [[r["spread"][body][k] for r in records if body in r["spread"]] for body in bodies]
        places = (np.arange(len(bodies)) + 0.2 * (k - 1)).tolist()
        points_with_intervals(axes, places, [of_median(f) for f in found], colour, f"component {k + 1}", flat=True)
    axes.set_yticks(range(len(bodies)), bodies, fontsize=8)
    axes.set(xlabel="standard deviation over the second half of life")
    axes.set_title(f"realant: spread on each body (n = {len(records)})")
    axes.set_xlim(left=0.0)
    _beside(axes, "")
    axes.grid(axis="x")


def _finish(axes: Any) -> None:
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=9)
