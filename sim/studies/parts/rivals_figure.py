"""The picture of matched rivals: distances on intact, seen and unseen bodies, and the speed kept after damage."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from sim.study.figure import colour_of, empty_figure, medians_with_samples, name_of

RIVALS = ("hebbian-dr", "static-dr", "static-dr-fine", "gru-dr", "hebbian", "static", "gru")
Panels = dict[str, dict[str, list[float]]]


def rivals_figure(distances: Panels, shares: Panels) -> Figure:
    """Draw one panel for each title.

    Args:
        distances: title -> condition -> one number per evolution, in [m]; these panels share their scale.
        shares: the same, of the speed after damage in that before.
    """
    figure, panels = empty_figure(15.0, 4.8, columns=len(distances) + len(shares))
    walked, damaged = panels[: len(distances)], panels[len(distances) :]
    for axes, (title, found) in zip(walked, distances.items(), strict=True):
        _panel(axes, title, found)
    low, top = min(axes.get_ylim()[0] for axes in walked), max(axes.get_ylim()[1] for axes in walked)
    for axes in walked:
        axes.set_ylim(min(0.0, low), top)
    walked[0].set(ylabel="distance in 10 s [m]")
    for axes, (title, found) in zip(damaged, shares.items(), strict=True):
        _panel(axes, title, found)
        axes.axhline(1.0, color="#777777", lw=0.8)
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    damaged[0].set(ylabel="speed after / before")
    return figure


def _panel(axes: Any, title: str, found: dict[str, list[float]]) -> None:
    for place, (condition, values) in enumerate(found.items()):
        medians_with_samples(axes, [place], [values], colour_of(condition))
    labels = [f"{name_of(c)} (n = {len(v)})" for c, v in found.items()]
    axes.set_xticks(range(len(found)), labels, rotation=50, ha="right", rotation_mode="anchor", fontsize=8)
    axes.set_xlim(-0.6, max(len(found), 2) - 0.4)
    axes.set_title(title)
    axes.grid(axis="y")
