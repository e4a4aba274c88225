"""The picture of the study of bodies: every body of realant, plastic beside static, and the ant's rewards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.body_measures import REALANT, SEEN, body_of, distance_on
from sim.study.figure import (
    colour_of,
    empty_figure,
    legend_below,
    mark_of,
    medians_with_samples,
    name_of,
    reference,
    samples,
)
from sim.study.records import Record, where


def bodies_figure(
    records: Sequence[Record], conditions: Sequence[str], ants: Sequence[str], ant_bodies: Sequence[str]
) -> Figure:
    """Draw every body's distance, and the ant's rewards."""
    figure, (left, right) = empty_figure(12.5, 10.8, columns=2)
    _realant(left, where(records, treatment=REALANT), conditions)
    _ant(right, records, [c for c in ants if where(records, condition=c)], ant_bodies)
    return figure


def _realant(axes: Any, walked: Sequence[Record], conditions: Sequence[str]) -> None:
    def middle(body: str) -> float:
        return float(np.median(list(distance_on(walked, conditions[0], body).values()) or [0.0]))

    names = sorted({body_of(r) for r in walked}, key=middle)
    for offset, condition in zip((0.18, -0.18), conditions, strict=True):
        found = [list(distance_on(walked, condition, body).values()) for body in names]
        places = [k + offset for k in range(len(names))]
        label = f"{name_of(condition)}, n = {max(map(len, found), default=0)}"
        colour, mark = colour_of(condition), mark_of(condition)
        medians_with_samples(axes, places, found, colour, label if walked else "", flat=True, mark=mark)
    words = [body.replace("_", " ") + (" (seen)" if body in SEEN else "") for body in names]
    axes.set_yticks(range(len(names)), words, fontsize=8)
    axes.set(xlabel="distance in 10 s [m]: median over evolutions, 95 % interval", ylim=(-0.6, len(names) - 0.4))
    axes.set_title("realant, every body")
    reference(axes, 0.0, upright=True)
    axes.grid(axis="x")
    legend_below(axes, 2, -0.055)


def _ant(axes: Any, records: Sequence[Record], ants: Sequence[str], bodies: Sequence[str]) -> None:
    step = 0.84 / max(len(ants), 1)
    for k, condition in enumerate(ants):
        for place, body in enumerate(bodies):
            rewards = [r["reward"] for r in where(records, condition=condition) if body_of(r) == body]
            if not rewards:
                continue
            at = place + step * (k - 0.5 * (len(ants) - 1))
            samples(axes, at, rewards, colour_of(condition), spread=0.42 * step)
            label = name_of(condition) if place == 0 else None
            style: Any = {"ms": 9, "mec": "white", "mew": 1.0, "color": colour_of(condition), "zorder": 3}
            axes.plot([at], [np.mean(rewards)], mark_of(condition), label=label, **style)
    axes.set_xticks(range(len(bodies)), [b.replace("_", "\n") for b in bodies])
    axes.set(ylabel="reward (metres / 0.0165 s): a dot a life, large mark: mean", xlim=(-0.6, len(bodies) - 0.4))
    axes.set_title("ant, one evolution each")
    axes.grid(axis="y")
    legend_below(axes, 2, -0.07)
