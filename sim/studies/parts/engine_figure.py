"""The picture of the study of engines: what is kept in the other engine, and in one that is made worse there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from sim.study.figure import (
    colour_of,
    empty_figure,
    legend_of,
    mark_of,
    marks,
    medians_with_samples,
    name_of,
    points_with_intervals,
    reference,
)
from sim.study.intervals import Interval

#: How names of rules that were evolved in both engines end.
BOTH = ", from both engines"
#: Condition -> settings and the share of the distance at each.
Sweep = Mapping[str, Sequence[tuple[float, Interval]]]


def engine_figure(kept: Mapping[str, Sequence[float]], sweeps: Mapping[tuple[str, str], Sweep]) -> Figure:
    """Draw retention by condition, and the sweeps.

    Args:
        kept: condition -> distance in MuJoCo over that in Bullet, one number per evolution.
        sweeps: title, label of the settings -> what was found.
    """
    figure, axes = empty_figure(12.5, 8.6, columns=2, rows=2)
    _kept(axes[0, 0], kept)
    for panel, ((title, label), sweep) in zip(axes.ravel()[1:], sweeps.items(), strict=True):
        _sweep(panel, sweep)
        panel.set(xlabel=label, ylabel="distance / that in MuJoCo as it is")
        panel.set_title(f"In MuJoCo: {title}")
    for panel in axes.ravel():
        panel.grid(axis="y")
        reference(panel, 1.0)
    legend_of(figure, axes[0, 1], 4)
    return figure


def _kept(axes: Any, kept: Mapping[str, Sequence[float]]) -> None:
    labels = []
    for place, (condition, values) in enumerate(kept.items()):
        words = name_of(condition)
        colour, mark = colour_of(condition), mark_of(condition)
        medians_with_samples(axes, [place], [values], colour, mark=mark, hollow=words.endswith(BOTH))
        labels.append(f"{words.removesuffix(BOTH)} (n = {len(values)})")
    axes.set_xticks(range(len(kept)), labels, rotation=32, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_xlim(-0.6, max(len(kept), 2) - 0.4)
    axes.set(ylabel="distance in MuJoCo / in Bullet")
    axes.set_title("What is kept in MuJoCo")
    told = {"evolved in Bullet alone: never saw MuJoCo": ("o", False), "evolved in both engines": ("o", True)}
    marks(axes, told, loc="upper left")
    axes.set_ylim(top=axes.get_ylim()[1] + 0.2 * (axes.get_ylim()[1] - axes.get_ylim()[0]))


def _sweep(axes: Any, sweep: Sweep) -> None:
    """Draw every condition's shares, a little beside one another so that no interval hides another."""
    settings = sorted({value for found in sweep.values() for value, _ in found})
    step = 0.014 * (settings[-1] - settings[0]) if settings else 0.0
    for number, (condition, found) in enumerate(sweep.items()):
        if len(found) < 2:
            continue
        at = [value + step * (number - 0.5 * (len(sweep) - 1)) for value, _ in found]
        label = f"{name_of(condition)}, n = {min(share.n for _, share in found)}"
        colour, shares = colour_of(condition), [share for _, share in found]
        axes.plot(at, [share.value for share in shares], color=colour, lw=1.0, zorder=2)
        points_with_intervals(axes, at, shares, colour, label, mark=mark_of(condition))
    axes.set_xticks(settings)
