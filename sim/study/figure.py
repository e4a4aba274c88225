"""How the pictures of the studies look: one style, colours by condition, points with intervals."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.plots import STYLE
from sim.study.colours import colour_of, mark_of
from sim.study.intervals import Interval, of_median

__all__ = [
    "colour_of",
    "empty_figure",
    "figure_with_small_panels",
    "heading",
    "legend_below",
    "legend_of",
    "marks",
    "mark_of",
    "medians_with_samples",
    "name_of",
    "points_with_intervals",
    "reference",
    "samples",
    "styled",
]

#: How far to either side the samples at one place are spread.
SPREAD = 0.12
#: Lines that others are compared with.
LINE = "#777777"

#: What conditions are called in words.
NAMES = {
    "hebbian-dr": "Hebbian, randomised",
    "hebbian": "Hebbian",
    "static-dr": "static, randomised",
    "static": "static",
    "static-dr-fine": "static, randomised, small steps",
    "gru-dr": "GRU, randomised",
    "gru": "GRU",
    "coevolve": "Hebbian, co-evolved start",
    "hebbian-faults": "Hebbian, failing legs",
    "static-faults": "static, failing legs",
    "hebbian-practice": "Hebbian, practised",
    "static-practice": "static, practised",
    "hebbian-longer": "Hebbian, evolved on without",
    "shipped/ant": "ant, Hebbian",
    "shipped/ant-unbounded": "ant, Hebbian, unbounded weights",
    "shipped/ant-bodies": "ant, Hebbian, more bodies",
    "shipped/ant-faults": "ant, Hebbian, more bodies, failing legs",
    "shipped/ant-static": "ant, static",
    "shipped/sts12": "sts12, Hebbian, from both engines",
    "shipped/pwm12": "pwm12, Hebbian",
    "shipped/bittle": "bittle, Hebbian, from both engines",
    "shipped/realant": "shipped realant, Hebbian, from both engines",
    "shipped/realant-static": "shipped realant, static, from both engines",
}


def name_of(condition: str) -> str:
    """Return a condition in words."""
    return NAMES.get(condition, condition)


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Draw in the project's style."""
    with matplotlib.rc_context(STYLE):
        yield


def empty_figure(
    width: float = 9.0, height: float = 5.0, columns: int = 1, rows: int = 1, widths: Sequence[float] | None = None
) -> tuple[Figure, Any]:
    """Return a figure and its axes (an array where there are several), columns as wide as `widths` say."""
    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    return figure, figure.subplots(rows, columns, width_ratios=widths)


def figure_with_small_panels(width: float, height: float, number: int, below: int) -> tuple[Figure, Any, Any, Any]:
    """Return a figure, its upper part, a row of small panels in it that share their scales, and panels below."""
    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=(0.82, 1.0), hspace=0.04)
    upper, lower = parts
    small = upper.subplots(1, max(number, 1), sharex=True, sharey=True, squeeze=False)
    return figure, upper, small.ravel()[:number], lower.subplots(1, below)


def heading(part: Any, title: str, xlabel: str, ylabel: str) -> None:
    """Give panels that share their scales what they have in common."""
    part.suptitle(title, x=0.005, ha="left", fontsize=11, weight="bold")
    part.supxlabel(xlabel, fontsize=10)
    part.supylabel(ylabel, fontsize=10)


def points_with_intervals(
    axes: Any,
    places: Sequence[float],
    intervals: Sequence[Interval],
    colour: str,
    label: str = "",
    flat: bool = False,
    *,
    mark: str = "o",
    hollow: bool = False,
) -> None:
    """Draw intervals as points with bars: upright, or `flat` with the places on the vertical axis."""
    values = np.array([i.value for i in intervals])
    low = np.array([i.low if np.isfinite(i.low) else i.value for i in intervals])
    high = np.array([i.high if np.isfinite(i.high) else i.value for i in intervals])
    bars = np.abs(np.array([values - low, high - values]))
    style: Any = {"fmt": mark, "ms": 6, "color": colour, "elinewidth": 1.6, "capsize": 0, "label": label or None}
    # A rim in white where points lie on one another; a hollow one shows its colour there.
    style |= {"mfc": "white", "mew": 1.5} if hollow else {"mec": "white", "mew": 0.6}
    if flat:
        axes.errorbar(values, places, xerr=bars, zorder=3, **style)
    else:
        axes.errorbar(places, values, yerr=bars, zorder=3, **style)


def medians_with_samples(
    axes: Any,
    places: Sequence[float],
    found: Sequence[Sequence[float]],
    colour: str,
    label: str = "",
    flat: bool = False,
    *,
    mark: str = "o",
    hollow: bool = False,
    spread: float = SPREAD,
) -> None:
    """Draw the median of every place with its interval, and its samples, one an evolution, around it."""
    middles = [of_median(values) for values in found]
    points_with_intervals(axes, places, middles, colour, label, flat, mark=mark, hollow=hollow)
    for place, values in zip(places, found, strict=True):
        samples(axes, place, values, colour, flat, spread=spread)


def samples(
    axes: Any, place: float, values: Sequence[float], colour: str, flat: bool = False, *, spread: float = SPREAD
) -> None:
    """Draw one small mark per evolution, spread a little so that equal ones show."""
    across = place + (np.linspace(-spread, spread, len(values)) if len(values) > 1 else np.zeros(len(values)))
    x, y = (values, across) if flat else (across, values)
    axes.plot(x, y, "o", ms=3.5, color=colour, alpha=0.45, mew=0)


def reference(axes: Any, level: float, upright: bool = False) -> None:
    """Draw a thin line at the level that everything is compared with."""
    (axes.axvline if upright else axes.axhline)(level, color=LINE, lw=0.8, zorder=1.8)


def legend_below(axes: Any, columns: int, drop: float = -0.12, **more: Any) -> None:
    """Put the legend of a panel under it, `drop` of its height below its lower edge; none where nothing is named."""
    if axes.get_legend_handles_labels()[0]:
        style: Any = {"frameon": False, "fontsize": 9, "borderaxespad": 0.0, "columnspacing": 1.4} | more
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, drop), ncols=columns, **style)


def legend_of(figure: Figure, axes: Any, columns: int, place: Any = "outside lower center") -> None:
    """Put the legend of a panel beneath the whole figure; none where nothing is named."""
    handles = axes.get_legend_handles_labels()
    if handles[0]:
        figure.legend(*handles, loc=place, ncols=columns, frameon=False)


def marks(axes: Any, named: Mapping[str, tuple[str, bool]], **more: Any) -> None:
    """Explain marks that mean the same in every colour: words -> mark, hollow."""
    handles = [
        Line2D([], [], ls="", marker=mark, ms=6, color="#555555", mfc="white" if hollow else "#555555", label=words)
        for words, (mark, hollow) in named.items()
    ]
    axes.legend(handles=handles, **({"frameon": False, "fontsize": 8} | more))
