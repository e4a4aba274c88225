"""How the pictures of the studies look: one style, colours by condition, points with intervals."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib.figure import Figure

from sim.plot_panels import BLUE, GREEN, GREY, ORANGE, RED, SKY
from sim.plots import STYLE
from sim.study.intervals import Interval, of_median

#: Conditions keep their colour in every picture (Okabe and Ito's palette).
COLOURS = {
    "hebbian-dr": BLUE,
    "hebbian": SKY,
    "static-dr": RED,
    "static": ORANGE,
    "static-dr-fine": "#8C3B00",
    "gru-dr": GREEN,
    "gru": "#7FCDBB",
    "coevolve": "#CC79A7",
    "hebbian-faults": "#5B2A86",
    "static-faults": "#E377A2",
    "hebbian-practice": "#009E73",
    "static-practice": "#E69F00",
    "hebbian-longer": "#777777",
    "shipped/ant": BLUE,
    "shipped/ant-static": RED,
    "shipped/sts12": BLUE,
}
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


def colour_of(condition: str) -> str:
    """Return a condition's colour."""
    return COLOURS.get(condition, GREY)


@contextlib.contextmanager
def styled() -> Iterator[None]:
    """Draw in the project's style."""
    with matplotlib.rc_context(STYLE):
        yield


def empty_figure(width: float = 9.0, height: float = 5.0, columns: int = 1, rows: int = 1) -> tuple[Figure, Any]:
    """Return a figure and its axes (an array where there are several)."""
    figure = Figure(figsize=(width, height), facecolor="white", layout="constrained")
    return figure, figure.subplots(rows, columns)


def points_with_intervals(
    axes: Any, places: Sequence[float], intervals: Sequence[Interval], colour: str, label: str = "", flat: bool = False
) -> None:
    """Draw intervals as points with bars: upright, or `flat` with the places on the vertical axis."""
    values = np.array([i.value for i in intervals])
    low = np.array([i.low if np.isfinite(i.low) else i.value for i in intervals])
    high = np.array([i.high if np.isfinite(i.high) else i.value for i in intervals])
    bars = np.abs(np.array([values - low, high - values]))
    style: Any = {"fmt": "o", "ms": 5, "color": colour, "elinewidth": 1.6, "capsize": 0, "label": label or None}
    if flat:
        axes.errorbar(values, places, xerr=bars, **style)
    else:
        axes.errorbar(places, values, yerr=bars, **style)


def medians_with_samples(
    axes: Any,
    places: Sequence[float],
    found: Sequence[Sequence[float]],
    colour: str,
    label: str = "",
    flat: bool = False,
) -> None:
    """Draw the median of every place with its interval, and its samples, one an evolution, around it."""
    points_with_intervals(axes, places, [of_median(values) for values in found], colour, label, flat)
    for place, values in zip(places, found, strict=True):
        samples(axes, place, values, colour, flat)


def samples(axes: Any, place: float, values: Sequence[float], colour: str, flat: bool = False) -> None:
    """Draw one small mark per evolution, spread a little so that equal ones show."""
    spread = np.linspace(-0.12, 0.12, len(values)) if len(values) > 1 else np.zeros(len(values))
    across = place + spread
    x, y = (values, across) if flat else (across, values)
    axes.plot(x, y, "o", ms=3.5, color=colour, alpha=0.45, mew=0)
