"""The picture of the study of bodies: every body of realant, plastic beside static, and the ant's rewards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.body_measures import REALANT, SEEN, body_of, distance_on
from sim.study.figure import colour_of, empty_figure, medians_with_samples, name_of, samples
from sim.study.records import Record, where


def bodies_figure(
    records: Sequence[Record], conditions: Sequence[str], ants: Sequence[str], ant_bodies: Sequence[str]
) -> Figure:
    """Draw every body's distance, and the ant's rewards."""
    figure, (left, right) = empty_figure(12.5, 10.5, columns=2)
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
        medians_with_samples(axes, places, found, colour_of(condition), name_of(condition), flat=True)
    axes.set_yticks(range(len(names)), [f"{b} (seen)" if b in SEEN else b for b in names], fontsize=8)
    axes.set(xlabel="distance in 10 s [m]: median over evolutions, 95 % interval", ylim=(-0.6, len(names) - 0.4))
    axes.set_title("realant, every body", pad=36)
    axes.axvline(0.0, color="#777777", lw=0.8)
    axes.grid(axis="x")
    if walked:
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 0.995), ncols=2, fontsize=9)


def _ant(axes: Any, records: Sequence[Record], ants: Sequence[str], bodies: Sequence[str]) -> None:
    # In the order of `body_findings.ANT`: plastic ones blue, green and violet, the static one red.
    colours = dict(zip(ants, ("#0072B2", "#009E73", "#5B2A86", "#56B4E9", "#D55E00"), strict=False))
    step = 0.8 / max(len(ants), 1)
    for k, condition in enumerate(ants):
        for place, body in enumerate(bodies):
            rewards = [r["reward"] for r in where(records, condition=condition) if body_of(r) == body]
            if not rewards:
                continue
            at = place + step * (k - 0.5 * (len(ants) - 1))
            samples(axes, at, rewards, colours[condition])
            label = name_of(condition) if place == 0 else None
            axes.plot([at], [np.mean(rewards)], "_", ms=14, mew=2.5, color=colours[condition], label=label)
    axes.set_xticks(range(len(bodies)), [b.replace("_", "\n") for b in bodies], fontsize=8)
    axes.set(ylabel="reward (metres / 0.0165 s): one mark a life, bar: mean", xlim=(-0.6, len(bodies) - 0.4))
    axes.set_title("ant, one evolution each", pad=36)
    axes.grid(axis="y")
    if ants:
        axes.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 0.995), ncols=2, fontsize=9)
