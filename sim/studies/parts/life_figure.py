"""The picture of weights over a life: paths on the first components, distances, and the spread on each body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.weight_geometry import GEOMETRY, PATH
from sim.study.colours import MARKS, MUTED
from sim.study.figure import (
    colour_of,
    empty_figure,
    legend_below,
    mark_of,
    medians_with_samples,
    points_with_intervals,
)
from sim.study.intervals import of_median
from sim.study.records import Record, where

REALANT, ANT = "hebbian-dr", "shipped/ant"
KINDS = (
    ("within", "one life,\nlater"),
    ("starts", "two\nstarts"),
    ("bodies", "two\nbodies"),
    ("wander", "wander\naround it"),
)


def draw(records: Sequence[Record]) -> Figure:
    """Draw the six panels; what has no records stays empty."""
    figure, ((plane, side, ant), (gaps, kinds, spread)) = empty_figure(13.5, 9.6, columns=3, rows=2)
    # A body keeps its colour on both robots.
    bodies = dict.fromkeys(r["body"] for c in (REALANT, ANT) for r in where(records, condition=c) if "path" in r)
    colours = {body: MUTED[k % len(MUTED)] for k, body in enumerate(bodies)}
    one = _first_evolution(where(records, condition=REALANT))
    _paths(plane, one, "realant, one evolution, from step 1 on", (0, 1), colours)
    _paths(side, one, "The same lives, components 2 and 3", (1, 2), colours)
    _paths(ant, _first_evolution(where(records, condition=ANT)), "ant, one evolution", (0, 1), colours, lines=True)
    for axes, scale in ((plane, 2.0), (ant, 1.0)):
        legend_below(axes, 3, -0.15, fontsize=8, handletextpad=0.2, markerscale=scale)
    geometry = where(records, treatment=GEOMETRY)
    _gaps(gaps, geometry)
    _kinds(kinds, geometry)
    _spread(spread, where(geometry, condition=REALANT))
    return figure


def _first_evolution(records: Sequence[Record]) -> list[Record]:
    first = min((r["evolution"] for r in records), default=0)
    return where(records, evolution=first)


def _paths(
    axes: Any,
    records: Sequence[Record],
    title: str,
    components: tuple[int, int],
    colours: Mapping[str, str],
    lines: bool = False,
) -> None:
    """Draw lives on two components: as lines, or as dots where a look every few steps would cut across a cycle."""
    a, b = components
    explained = next((r["explained"] for r in records if r["treatment"] == GEOMETRY), None)
    for life in [r for r in where(records, treatment=PATH) if "path" in r]:
        colour = colours[life["body"]]
        points = np.array(life["path"], dtype=float).reshape(-1, 3)
        label = life["body"].replace("_", " ") if life["start"] == 0 else None
        if lines:
            axes.plot(points[:, a], points[:, b], color=colour, lw=0.9, alpha=0.7)
            axes.plot(points[:1, a], points[:1, b], "x", color="#222222", ms=6, zorder=3)
            axes.plot(points[-1:, a], points[-1:, b], "o", color=colour, ms=6, label=label)
        else:
            axes.plot(points[:, a], points[:, b], "o", color=colour, ms=3.0, mew=0, alpha=0.6, label=label)
    share = ["" if explained is None else f" ({100 * explained[k]:.0f} % of the variance)" for k in components]
    axes.set(xlabel=f"component {a + 1}{share[0]}", ylabel=f"component {b + 1}{share[1]}")
    axes.set_title(f"{title} (x: step 1, o: end)" if lines else title)


def _gaps(axes: Any, records: Sequence[Record]) -> None:
    for condition, robot in ((REALANT, "realant"), (ANT, "ant")):
        mine = where(records, condition=condition)
        for k, record in enumerate(mine):
            steps = [max(int(step), 0.5) for step in record["gap"]]
            style: Any = {"ms": 4, "lw": 1.2, "alpha": 0.8, "color": colour_of(condition), "marker": mark_of(condition)}
            label = f"{robot} (n = {len(mine)})" if k == 0 else None
            axes.plot(steps, list(record["gap"].values()), label=label, **style)
    axes.set_xscale("log")
    axes.set_xticks([0.5, 1, 10, 100], ["0", "1", "10", "100"])
    axes.minorticks_off()
    axes.set(xlabel="control step", ylabel="distance / size of the weights", ylim=(0.0, None))
    axes.set_title("Two starts, intact body: how far apart")
    _finish(axes)


def _kinds(axes: Any, records: Sequence[Record]) -> None:
    for offset, condition, robot in ((-0.15, REALANT, "realant"), (0.15, ANT, "ant")):
        mine = where(records, condition=condition)
        if not mine:
            continue
        found = [[r[name] for r in mine if r.get(name) is not None] for name, _ in KINDS]
        places = (np.arange(len(KINDS)) + offset).tolist()
        label, colour = f"{robot} (n = {len(mine)})", colour_of(condition)
        medians_with_samples(axes, places, found, colour, label, mark=mark_of(condition))
    axes.set_xticks(range(len(KINDS)), [words for _, words in KINDS])
    axes.set(ylabel="distance / size of the weights", ylim=(0.0, None))
    axes.set_title("End points, all bodies: how far apart")
    _finish(axes)


def _spread(axes: Any, records: Sequence[Record]) -> None:
    bodies = list(dict.fromkeys(body for r in records for body in r["spread"]))
    for k in range(3):
        found = [[r["spread"][body][k] for r in records if body in r["spread"]] for body in bodies]
        places = (np.arange(len(bodies)) + 0.2 * (k - 1)).tolist()
        middles = [of_median(f) for f in found]
        points_with_intervals(axes, places, middles, MUTED[k], f"component {k + 1}", flat=True, mark=MARKS[k])
    axes.set_yticks(range(len(bodies)), [body.replace("_", " ") for body in bodies], fontsize=9)
    axes.set(xlabel="standard deviation over the second half of life")
    axes.set_title(f"realant: spread on each body (n = {len(records)})")
    axes.set_xlim(left=0.0)
    legend_below(axes, 3, -0.15)
    axes.grid(axis="x")


def _finish(axes: Any) -> None:
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, fontsize=9)
