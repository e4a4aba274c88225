"""The picture of normalisations and clocks: distances, long lives by tenths, types of attractor, frozen half-way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.long_lives import BODY, LONG, by_tenth, kept_when_frozen
from sim.study.attractor import TYPES
from sim.study.figure import (
    colour_of,
    figure_with_small_panels,
    heading,
    marks,
    medians_with_samples,
    reference,
)
from sim.study.records import Record, where
from sim.study.summaries import conditions_of, per_evolution

#: Condition -> what it is called here.
WORDS = {
    "hebbian-dr": "max",
    "norm-none": "none",
    "norm-var": "var",
    "norm-clip": "clip",
    "clock-4": "max, clock 4",
    "average-10": "max, average 10",
    "clock-4-average-10": "max, clock 4,\naverage 10",
}
SEEN = ("intact", "front_right_short")
#: Bodies side by side: kind -> words, mark, hollow, place beside the middle.
KINDS: dict[str, tuple[str, str, bool, float]] = {
    "intact": ("intact", "o", False, -0.24),
    "seen": ("seen damage", "s", False, 0.0),
    "unseen": ("unseen bodies", "D", True, 0.24),
}


def draw(records: Sequence[Record]) -> Figure:
    """Draw the four panels for the conditions that there are."""
    there = [condition for condition in WORDS if condition in conditions_of(records)]
    figure, upper, small, (bodies, types, frozen) = figure_with_small_panels(13.0, 8.4, len(there), 3)
    _tenths(upper, small, records, there)
    numbers = {
        bodies: _bodies(bodies, records, there),
        types: _types(types, records, there),
        frozen: _frozen(frozen, records, there),
    }
    for axes, number in numbers.items():
        labels = [f"{WORDS[c]} ({'n = ' if k == 0 else ''}{number[c]})" for k, c in enumerate(there)]
        axes.set_xticks(range(len(there)), labels, rotation=40, ha="right", rotation_mode="anchor", fontsize=9)
        axes.set_xlim(-0.6, max(len(there), 3) - 0.4)
        axes.grid(axis="y")
        axes.set_axisbelow(True)
    return figure


def _tenths(part: Any, small: Sequence[Any], records: Sequence[Record], there: Sequence[str]) -> None:
    """Draw every evolution's paces and their median, one panel a condition, the first one's median in all."""
    title = "Ten times the training horizon, intact body (thin: an evolution, thick: median, dashed: median of max)"
    heading(part, title, "tenth of a life of 100 s", "pace over the ground [m/s]")
    compared: np.ndarray | None = None
    for axes, condition in zip(small, there, strict=True):
        paces = list(by_tenth(where(records, condition=condition, treatment=LONG)).values())
        tenths, colour = np.arange(1, 11), colour_of(condition)
        for each in paces if len(paces) > 1 else ():
            axes.plot(tenths, each, color=colour, lw=0.8, alpha=0.6)
        if compared is not None:
            axes.plot(tenths, compared, color="#777777", lw=1.2, ls="--", zorder=1)
        if paces:
            middle = np.median(paces, axis=0)
            compared = middle if compared is None else compared
            axes.plot(tenths, middle, "o-", ms=3.5, lw=2.0, color=colour)
        axes.set_title(f"{WORDS[condition]}\nn = {len(paces)}", weight="normal", fontsize=9)
        axes.set_xticks((1, 5, 10))
        axes.grid(axis="y")
    for axes in small[:1]:  # they share their scale, which has grown with every panel
        axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))


def _bodies(axes: Any, records: Sequence[Record], there: Sequence[str]) -> Mapping[str, int]:
    numbers: dict[str, int] = {}
    for place, condition in enumerate(there):
        walked = where(records, condition=condition, treatment=BODY)
        for kind, (_, mark, hollow, offset) in KINDS.items():
            here = [r for r in walked if _kind(str(r.get("body", "intact"))) == kind]
            found = list(per_evolution(here, "distance").values())
            numbers[condition] = max(numbers.get(condition, 0), len(found))
            style: Any = {"mark": mark, "hollow": hollow, "spread": 0.08}
            medians_with_samples(axes, [place + offset], [found], colour_of(condition), **style)
    reference(axes, 0.0)
    axes.set(ylabel="distance in 10 s [m]", ylim=(axes.get_ylim()[0], 1.1 * axes.get_ylim()[1]))
    axes.set_title("Distance on bodies")
    marks(axes, {words: (mark, hollow) for words, mark, hollow, _ in KINDS.values()}, ncols=3, loc="upper left")
    return numbers


def _kind(body: str) -> str:
    return {SEEN[0]: "intact", SEEN[1]: "seen"}.get(body, "unseen")


def _types(axes: Any, records: Sequence[Record], there: Sequence[str]) -> Mapping[str, int]:
    """Draw one mark an evolution at the type of its lives; where they differ, small ones at each, joined."""
    numbers = {}
    for place, condition in enumerate(there):
        lives = [r for r in where(records, condition=condition, treatment=LONG) if r.get("attractor")]
        seeds = sorted({r["evolution"] for r in lives})
        numbers[condition] = len(seeds)
        spread = 0.15 * (np.arange(len(seeds)) - 0.5 * (len(seeds) - 1))
        for seed, beside in zip(seeds, spread, strict=True):
            rows = sorted({TYPES.index(r["attractor"]) for r in where(lives, evolution=seed)})
            style: Any = {"ms": 6.5 if len(rows) == 1 else 4.5, "color": colour_of(condition), "alpha": 0.75, "mew": 0}
            axes.plot([place + beside] * len(rows), rows, "o-", lw=1.0, **style)
    axes.set_yticks(range(len(TYPES)), TYPES)
    axes.set(ylim=(-0.6, len(TYPES) - 0.4), xlabel="a mark: an evolution; joined: its lives differ")
    axes.set_title("What the weights run on")
    return numbers


def _frozen(axes: Any, records: Sequence[Record], there: Sequence[str]) -> Mapping[str, int]:
    numbers = {}
    for place, condition in enumerate(there):
        values = list(kept_when_frozen(records, condition).values())
        numbers[condition] = len(values)
        medians_with_samples(axes, [place], [values], colour_of(condition))
    reference(axes, 1.0)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set(ylabel="pace in the second half, frozen / plastic")
    axes.set_title("Plasticity stopped half-way")
    return numbers
