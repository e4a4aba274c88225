"""Evolved rules, changed: the table of what they still do."""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.body_measures import SEEN
from sim.studies.parts.changed_rules import CHANGES, SATURATED, UNSEEN, WALK, distances, left_of, walkers
from sim.studies.parts.recoveries import counted, recovery_time, time_text, walking
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Table


def changes_table(robot: str, records: Sequence[Record]) -> Table:
    """Return one row for every change of the rules: distance, what is left of it, and recovery."""
    rows = []
    for change, words in CHANGES.items():
        saturated = where(records, treatment=change + SATURATED)
        if not saturated and not where(records, treatment=change + WALK):
            continue
        places = (("intact",), SEEN[1:], UNSEEN)
        columns = [of_median(left_of(records, change, bodies)).text() for bodies in places]
        back = recovery_time(saturated)
        metres = of_median(list(distances(records, change, ("intact",)).values()))
        walked = f"{len(walking(saturated))} of {len(saturated)}"
        of = f"{metres.n}, {len(walkers(records))}"
        rows.append((words, metres.text(), *columns, walked, counted(saturated), time_text(back), of))
    head = ("rules", "intact [m]", "left, intact", "left, seen damage", "left, unseen bodies", "lives that walk at 300")
    title = f"{robot}: evolved rules, changed; medians over evolutions (left: over those that walk) with 95 % interval"
    return Table(title, (*head, "that recover", "steps to 90 %", "n, of them walk"), tuple(rows))
