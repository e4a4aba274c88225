"""The picture of normalisations and clocks: distances, long lives by tenths, types of attractor, frozen half-way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plot_panels import BLACK, BLUE, GREEN, ORANGE, RED, SKY
from sim.studies.parts.long_lives import BODY, LONG, by_tenth, kept_when_frozen
from sim.study.attractor import TYPES
from sim.study.figure import empty_figure, medians_with_samples
from sim.study.records import Record, where
from sim.study.summaries import conditions_of, per_evolution

#: Condition -> colour, label of two lines.
LOOKS = {
    "hebbian-dr": (BLUE, "max"),
    "norm-none": (RED, "none"),
    "norm-var": (ORANGE, "var"),
    "norm-clip": (GREEN, "clip"),
    "clock-4": (SKY, "max\nclock 4"),
    "average-10": ("#CC79A7", "max\naverage 10"),
    "clock-4-average-10": (BLACK, "max, clock 4\naverage 10"),
}
SEEN = ("intact", "front_right_short")
TYPE_COLOURS = dict(zip(TYPES, (GREEN, SKY, ORANGE, RED), strict=True))


def draw(records: Sequence[Record]) -> Figure:
    """Draw the four panels for the conditions that there are."""
    figure, ((bodies, tenths), (types, frozen)) = empty_figure(12.5, 8.6, columns=2, rows=2)
    there = [condition for condition in LOOKS if condition in conditions_of(records)]
    _bodies(bodies, records, there)
    _tenths(tenths, records, there)
    _types(types, records, there)
    _frozen(frozen, records, there)
    for axes in (bodies, types, frozen):
        axes.set_xticks(range(len(there)), [LOOKS[c][1] for c in there], fontsize=8)
        axes.set_xlim(-0.6, max(len(there), 3) - 0.4)
        axes.grid(axis="y")
    return figure


def _bodies(axes: Any, records: Sequence[Record], there: Sequence[str]) -> None:
    kinds = (("intact", BLUE, "intact"), ("seen", ORANGE, "seen damage"), ("unseen", BLACK, "unseen bodies"))
    for k, (kind, colour, label) in enumerate(kinds):
        found = []
        for condition in there:
            walked = where(records, condition=condition, treatment=BODY)
            here = [r for r in walked if _kind(str(r.get("body", "intact"))) == kind]
            found.append(list(per_evolution(here, "distance").values()))
        places = (np.arange(len(there)) + 0.22 * (k - 1)).tolist()
        medians_with_samples(axes, places, found, colour, label)
    axes.axhline(0.0, color="#777777", lw=0.8)
    axes.set(ylabel="distance in 10 s [m]")
    axes.set_title("Distance on bodies, one mark an evolution")
    if there:
        _room_above(axes, 1.12)
        axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper left")


def _kind(body: str) -> str:
    return {SEEN[0]: "intact", SEEN[1]: "seen"}.get(body, "unseen")


def _tenths(axes: Any, records: Sequence[Record], there: Sequence[str]) -> None:
    for condition in there:
        colour, label = LOOKS[condition]
        speeds = list(by_tenth(where(records, condition=condition, treatment=LONG)).values())
        if not speeds:
            continue
        for each in speeds:
            axes.plot(np.arange(1, len(each) + 1), each, color=colour, lw=0.6, alpha=0.35)
        label = f"{label.replace(chr(10), ', ')} (n = {len(speeds)})"
        middle = np.median(speeds, axis=0)
        axes.plot(np.arange(1, len(middle) + 1), middle, "o-", ms=4, lw=2.0, color=colour, label=label)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set(xlabel="tenth of a life of 100 s", ylabel="pace over the ground [m/s]", xticks=range(1, 11))
    axes.set_title("Ten times the training horizon, intact body")
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        _room_above(axes, 1.4)
        axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper left")


def _room_above(axes: Any, factor: float) -> None:
    """Leave room for a legend above what is drawn."""
    axes.set_ylim(top=factor * axes.get_ylim()[1])


def _types(axes: Any, records: Sequence[Record], there: Sequence[str]) -> None:
    bottom = np.zeros(len(there))
    for kind in TYPES:
        shares = []
        for condition in there:
            lives = [r for r in where(records, condition=condition, treatment=LONG) if r.get("attractor")]
            shares.append(np.mean([r["attractor"] == kind for r in lives]) if lives else 0.0)
        axes.bar(range(len(there)), shares, 0.6, bottom=bottom, color=TYPE_COLOURS[kind], label=kind)
        bottom += np.array(shares)
    axes.set(ylabel="share of lives", ylim=(0.0, 1.25))
    axes.set_title("What the weights run on, second half of the long life")
    axes.set_axisbelow(True)
    axes.legend(frameon=False, fontsize=8, ncols=4, loc="upper left")


def _frozen(axes: Any, records: Sequence[Record], there: Sequence[str]) -> None:
    for place, condition in enumerate(there):
        values = list(kept_when_frozen(records, condition).values())
        medians_with_samples(axes, [place], [values], LOOKS[condition][0])
    axes.axhline(1.0, color="#777777", lw=0.8)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set(ylabel="pace, frozen / plastic")
    axes.set_title("Plasticity stopped half-way: pace in the second half")
