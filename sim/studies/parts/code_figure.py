"""The picture of the study of the rules' terms: what is left when they are changed, and simpler rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from sim.plot_panels import BLUE, GREY, ORANGE
from sim.studies.parts.changed_rules import (
    CHANGES,
    SATURATED,
    UNSEEN,
    VARIANTS,
    WALK,
    WHOLE,
    WHOLE_RULE,
    distances,
    left_of,
    walkers,
)
from sim.studies.parts.recoveries import of_median_with_never, recovery_times, walking
from sim.studies.parts.recovery_figure import time_axis, times
from sim.study.figure import empty_figure, medians_with_samples
from sim.study.records import Record, where

#: Bodies side by side: words, names, colour, place beside the middle.
GROUPS = (("intact body", ("intact",), BLUE, -0.16), ("unseen bodies", UNSEEN, ORANGE, 0.16))
LONGEST = 400


def draw(records: Sequence[Record]) -> Figure:
    """Draw what is left of the distance, recovery after saturation, and the rule variants."""
    figure, (left, middle, right) = empty_figure(14.0, 5.2, columns=3)
    mine = where(records, condition=WHOLE_RULE)
    changes = list(CHANGES)
    _bars(left, [[left_of(mine, c, bodies) for c in changes] for _, bodies, _, _ in GROUPS])
    left.set_xticks(range(len(changes)), list(CHANGES.values()), rotation=40, ha="right")
    left.axhline(1.0, color=GREY, lw=0.8)
    left.axhline(0.0, color=GREY, lw=0.8)
    left.set(ylabel="distance / that with whole rules")
    left.set_title(f"realant, rules changed: walking, n = {len(walkers(mine))} that walk")
    time_axis(middle, LONGEST, "steps to 90 % of the speed before")
    for place, change in enumerate(changes):
        lives = where(mine, treatment=change + SATURATED)
        found = list(recovery_times(lives).values())
        times(middle, place, found, of_median_with_never(found), BLUE, LONGEST)
        if lives:
            walked = f"{100 * len(walking(lives)) / len(lives):.0f} %"
            middle.text(place, 0.01, walked, transform=middle.get_xaxis_transform(), ha="center", fontsize=7)
    middle.set_xticks(range(len(changes)), list(CHANGES.values()), rotation=40, ha="right")
    middle.set(xlabel="percentages: lives that walked when it came")
    middle.set_xlim(-0.6, len(changes) - 0.4)
    middle.set_title("100 saturated steps: recovery")
    rules = list(VARIANTS)
    found_of = {c: where(records, condition=c, treatment=WHOLE + WALK) for c in rules}
    _bars(right, [[list(distances(found_of[c], WHOLE, bodies).values()) for c in rules] for _, bodies, _, _ in GROUPS])
    numbers = [len(distances(found_of[c], WHOLE, ("intact",))) for c in rules]
    labels = [f"{VARIANTS[c]}\n{f'n = {n}' if n else 'not evolved'}" for c, n in zip(rules, numbers, strict=True)]
    right.set_xticks(range(len(rules)), labels, fontsize=8)
    right.set(ylabel="distance in 10 s [m]", xlim=(-0.6, len(rules) - 0.4))
    right.set_ylim(bottom=min(0.0, right.get_ylim()[0]))
    right.set_title("realant, rules evolved from the start")
    figure.legend(*left.get_legend_handles_labels(), loc="outside lower right", ncols=2, frameon=False)
    return figure


def _bars(axes: Any, groups: Sequence[Sequence[Sequence[float]]]) -> None:
    """Draw one column per entry, the bodies of `GROUPS` side by side."""
    for (words, _, colour, offset), columns in zip(GROUPS, groups, strict=True):
        places = [k + offset for k in range(len(columns))]
        medians_with_samples(axes, places, columns, colour, words)
    axes.grid(axis="y")
