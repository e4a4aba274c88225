"""The picture of the study of frozen weights."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.adaptation import AVERAGED, FROZEN, curve_names, curve_share, damage_kinds, plastic_and_stopped
from sim.study.figure import colour_of, empty_figure, medians_with_samples
from sim.study.records import Record


def frozen_figure(records: Sequence[Record], condition: str) -> Figure:
    """Draw the frozen-weight curve, and speed after damage, plastic beside frozen, from the study's own records."""
    figure, (left, right) = empty_figure(12.5, 4.8, columns=2)
    mine = [r for r in records if r["condition"] == condition]
    names = curve_names(mine)
    shares = [list(curve_share(mine, name).values()) for name in names]
    medians_with_samples(left, range(len(names)), shares, colour_of(condition))
    left.set_xticks(range(len(names)), [name.split()[1] for name in names])
    left.axhline(1.0, color="#777777", lw=0.8)
    left.set(xlabel="plasticity stopped at step", ylabel="speed along x, as a share of never stopping")
    left.set_title("realant: how long must the weights change?", pad=30)
    kinds = damage_kinds(mine)
    for offset, which, control, colour, label in (
        (-0.22, 0, FROZEN, colour_of(condition), "plastic"),
        (0.0, 1, FROZEN, "#222222", "frozen at the damage"),
        (0.22, 1, AVERAGED, "#777777", "stopped at their mean"),
    ):
        found = [[each[which] for each in plastic_and_stopped(mine, kind, control).values()] for kind in kinds]
        places = [k + offset for k in range(len(kinds))]
        medians_with_samples(right, places, found, colour, label)
    right.set_xticks(range(len(kinds)), [{"wipe": "a third\nwiped"}.get(k, k) for k in kinds])
    right.set(ylabel="speed along x, after damage / before")
    right.set_title("realant: damage at step 300", pad=30)
    right.legend(frameon=False, loc="lower left", bbox_to_anchor=(0.0, 0.99), ncols=3, fontsize=9)
    for axes in (left, right):
        axes.grid(axis="y")
    return figure
