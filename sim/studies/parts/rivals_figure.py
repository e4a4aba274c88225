"""The picture of matched rivals: distances on intact, seen and unseen bodies, and the speed kept after damage."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.study.figure import (
    colour_of,
    empty_figure,
    legend_of,
    mark_of,
    medians_with_samples,
    name_of,
    reference,
)

RIVALS = ("hebbian-dr", "static-dr", "static-dr-fine", "gru-dr", "hebbian", "static", "gru")
Panels = dict[str, dict[str, list[float]]]


def rivals_figure(distances: Panels, shares: Panels) -> Figure:
    """Draw one panel for each title.

    Args:
        distances: title -> condition -> one number per evolution, in [m]; these panels share their scale.
        shares: the same, of the speed after damage in that before.
    """
    figure, panels = empty_figure(14.0, 5.0, columns=len(distances) + len(shares))
    walked, damaged = panels[: len(distances)], panels[len(distances) :]
    for axes, (title, found) in zip(walked, distances.items(), strict=True):
        _panel(axes, title, found)
    low, top = min(axes.get_ylim()[0] for axes in walked), max(axes.get_ylim()[1] for axes in walked)
    for axes in walked:
        axes.set_ylim(min(0.0, low), top)
        axes.set(ylabel="distance in 10 s [m]")
        axes.label_outer()
    for axes, (title, found) in zip(damaged, shares.items(), strict=True):
        _panel(axes, title, found)
        reference(axes, 1.0)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
        axes.set(ylabel="speed after / before")
    legend_of(figure, panels[0], 4)
    return figure


def _panel(axes: Any, title: str, found: dict[str, list[float]]) -> None:
    for place, (condition, values) in enumerate(found.items()):
        colour, mark = colour_of(condition), mark_of(condition)
        medians_with_samples(axes, [place], [values], colour, name_of(condition), mark=mark)
    axes.set_xticks(range(len(found)), [str(len(values)) for values in found.values()])
    axes.set_xlim(-0.6, max(len(found), 2) - 0.4)
    axes.set(xlabel="n, evolutions")
    axes.set_title(title)
    axes.grid(axis="y")
