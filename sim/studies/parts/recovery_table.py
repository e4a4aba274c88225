"""The table of what a treatment does to walking: speed before and after, recovery, falls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.recoveries import counted, recovery_time, speeds_kept, time_text, walking
from sim.study.figure import name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Table
from sim.study.summaries import conditions_of, per_evolution


def recovery_table(title: str, what: str, groups: Sequence[tuple[str, Sequence[Record]]]) -> Table:
    """Return one row for every group of lives and condition in it; speeds are those of the lives that walked before.

    Args:
        title: of the table.
        what: heading of the first column.
        groups: name and lives of each treatment; benchmark lives (with a reward) and others do not mix.
    """
    benchmark = any("reward" in r for _, lives in groups for r in lives)
    rows = [
        (name, *_row(where(lives, condition=condition), condition, benchmark))
        for name, lives in groups
        for condition in conditions_of(lives)
    ]
    head = (what, "rules", "speed before [m/s]", "after [m/s]", "after / before", "steps to 90 %", "lives that recover")
    last = "reward of the life" if benchmark else "distance of the life [m]"
    return Table(
        f"{title}; median over evolutions with 95 % interval",
        (*head, last, "falls", "evolutions that walked", "lives that walked"),
        tuple(rows),
    )


def _row(lives: Sequence[Record], condition: str, benchmark: bool) -> tuple[str, ...]:
    before, after = (
        of_median(list(per_evolution(walking(lives), field).values())) for field in ("speed_before", "speed_after")
    )
    far = of_median(list(per_evolution(lives, "reward" if benchmark else "distance").values()))
    return (
        name_of(condition),
        before.text(),
        after.text(),
        of_median(list(speeds_kept(lives).values())).text(),
        time_text(recovery_time(lives)),
        counted(lives),
        far.text(".0f" if benchmark else ".2f"),
        f"{100.0 * np.mean([r['fallen'] for r in lives]):.0f} %",
        f"{before.n} of {far.n}",
        f"{len(walking(lives))} of {len(lives)}",
    )
