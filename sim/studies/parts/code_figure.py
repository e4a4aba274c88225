"""The picture of the study of the rules' terms: what is left when they are changed, and simpler rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

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
from sim.studies.parts.recoveries import recovery_times, walking
from sim.studies.parts.recovery_figure import time_axis, times
from sim.study.figure import colour_of, empty_figure, marks, medians_with_samples, reference
from sim.study.intervals import of_median
from sim.study.records import Record, where

#: Bodies side by side: words, names, mark, hollow, place beside the middle.
GROUPS = (("intact body", ("intact",), "o", False, -0.18), ("unseen bodies", UNSEEN, "D", True, 0.18))
LONGEST = 400
SLANTED = {"rotation": 40, "ha": "right", "rotation_mode": "anchor", "fontsize": 9}


def draw(records: Sequence[Record]) -> Figure:
    """Draw what is left of the distance, recovery after saturation, and the rule variants."""
    figure, (left, middle, right) = empty_figure(13.5, 5.2, columns=3, widths=(1.25, 1.25, 1.0))
    mine = where(records, condition=WHOLE_RULE)
    changes = list(CHANGES)
    for change, place in zip(changes, range(len(changes)), strict=True):
        _column(left, place, [left_of(mine, change, bodies) for _, bodies, *_ in GROUPS], WHOLE_RULE)
    left.set_xticks(range(len(changes)), list(CHANGES.values()), **SLANTED)
    reference(left, 1.0)
    reference(left, 0.0)
    left.set(ylabel="distance / that with whole rules")
    left.set_title(f"realant, rules changed (n = {len(walkers(mine))} that walk)")
    explained = {words: (mark, hollow) for words, _, mark, hollow, _ in GROUPS}
    marks(left, explained, loc="upper right")
    _recovery(middle, mine, changes)
    _variants(right, records)
    for axes in (left, right):
        axes.grid(axis="y")
    return figure


def _recovery(axes: Any, mine: Sequence[Record], changes: Sequence[str]) -> None:
    time_axis(axes, LONGEST, "steps to 90 % of the speed before")
    labels = []
    for place, change in enumerate(changes):
        lives = where(mine, treatment=change + SATURATED)
        found = list(recovery_times(lives).values())
        times(axes, place, found, of_median(found), colour_of(WHOLE_RULE), LONGEST)
        walked = f" ({100 * len(walking(lives)) / len(lives):.0f} %)" if lives else ""
        labels.append(f"{CHANGES[change]}{walked}")
    axes.set_xticks(range(len(changes)), labels, **SLANTED)
    axes.set(xlabel="in brackets: lives that walked when it came", xlim=(-0.6, len(changes) - 0.4))
    axes.set_title("The same, 100 saturated steps: recovery")


def _variants(axes: Any, records: Sequence[Record]) -> None:
    labels = []
    for place, (condition, words) in enumerate(VARIANTS.items()):
        lives = where(records, condition=condition, treatment=WHOLE + WALK)
        found = [list(distances(lives, WHOLE, bodies).values()) for _, bodies, *_ in GROUPS]
        _column(axes, place, found, condition)
        labels.append(f"{words} ({f'n = {len(found[0])}' if found[0] else 'not evolved'})")
    axes.set_xticks(range(len(labels)), labels, **SLANTED)
    axes.set(ylabel="distance in 10 s [m]", xlim=(-0.6, len(labels) - 0.4))
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_title("realant, evolved with these terms")


def _column(axes: Any, place: float, columns: Sequence[Sequence[float]], condition: str) -> None:
    """Draw the bodies of `GROUPS` side by side."""
    for (_, _, mark, hollow, offset), values in zip(GROUPS, columns, strict=True):
        medians_with_samples(axes, [place + offset], [values], colour_of(condition), mark=mark, hollow=hollow)
