"""The picture of the study of frozen weights."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.adaptation import AVERAGED, FROZEN, curve_names, curve_share, damage_kinds, plastic_and_stopped
from sim.study.figure import colour_of, empty_figure, legend_below, mark_of, medians_with_samples, reference
from sim.study.records import Record

#: Kinds of damage in the order of the picture, in words; others follow by their own names.
WORDS = {
    "healthy": "no damage",
    "saturate": "saturated\n100 steps",
    "delay": "a leg\nlate",
    "lock": "a leg\nlocked",
    "limp": "a leg\nlimp",
    "wipe": "a third of\nthe weights\nwiped",
}


def frozen_figure(records: Sequence[Record], condition: str) -> Figure:
    """Draw the frozen-weight curve, and speed after damage, plastic beside frozen, from the study's own records."""
    figure, (left, right) = empty_figure(12.5, 5.0, columns=2)
    mine = [r for r in records if r["condition"] == condition]
    names = curve_names(mine)
    shares = [list(curve_share(mine, name).values()) for name in names]
    medians_with_samples(left, range(len(names)), shares, colour_of(condition), mark=mark_of(condition))
    left.set_xticks(range(len(names)), [name.split()[1] for name in names])
    reference(left, 1.0)
    left.set(xlabel="plasticity stopped at step", ylabel="speed along x / that of never stopping")
    left.set_title(f"realant: how long must the weights change? (n = {max(map(len, shares), default=0)})")
    there = damage_kinds(mine)
    kinds = [kind for kind in WORDS if kind in there] + [kind for kind in there if kind not in WORDS]
    for offset, which, control, colour, mark, label in (
        (-0.24, 0, FROZEN, colour_of(condition), mark_of(condition), "plastic"),
        (0.0, 1, FROZEN, "#222222", "s", "frozen at the damage"),
        (0.24, 1, AVERAGED, "#8A8A8A", "D", "stopped at their mean"),
    ):
        found = [[each[which] for each in plastic_and_stopped(mine, kind, control).values()] for kind in kinds]
        places = [k + offset for k in range(len(kinds))]
        medians_with_samples(right, places, found, colour, label, mark=mark, spread=0.09)
    right.set_xticks(range(len(kinds)), [WORDS.get(kind, kind) for kind in kinds])
    reference(right, 1.0)
    right.set(ylabel="speed along x, after damage / before")
    n = max((len(plastic_and_stopped(mine, kind)) for kind in kinds), default=0)
    right.set_title(f"realant: damage at step 300 (n = {n})")
    legend_below(right, 3, -0.16)
    for axes in (left, right):
        axes.grid(axis="y")
    return figure
