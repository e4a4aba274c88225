"""Unseen bodies by kind: damaged legs, which the paper asks about, apart from loads, grounds, stances and wires."""

from __future__ import annotations

from collections.abc import Sequence

from sim.bodies import body_family
from sim.studies.parts.body_measures import DAMAGED, SEEN, body_of, share_of_intact, unseen_distance
from sim.study.intervals import of_difference, of_median
from sim.study.records import Record
from sim.study.study import Figures, Table

#: What a kind of body has, in words -> its families.
KINDS = {
    "one or two damaged legs": DAMAGED,
    "another load": ("payload", "heavy leg"),
    "another ground": ("ground",),
    "another stance, crossed wires, or other legs all round": ("stance", "wiring", "all legs"),
}


def kind_findings(walked: Sequence[Record], conditions: Sequence[str], figures: Figures) -> tuple[list[str], Table]:
    """Compare Hebbian with static on every kind of unseen bodies: sentences and table.

    Args:
        walked: lives on bodies.
        conditions: Hebbian, static.
        figures: gains the differences.
    """
    rows, said = [], []
    unseen = {body_of(r) for r in walked} - set(SEEN)
    for words, families in KINDS.items():
        nb = sum(body_family(body) in families for body in unseen)
        if not nb:
            continue
        metres = [list(unseen_distance(walked, c, families=families).values()) for c in conditions]
        shares = [list(share_of_intact(walked, c, families).values()) for c in conditions]
        further, more = of_difference(*metres), of_difference(*shares)
        columns = [column.text() for column in (*map(of_median, metres), further, *map(of_median, shares), more)]
        rows.append((f"{words} ({nb})", *columns, str(more.n)))
        figures[f"{words}, Hebbian minus static [m]"] = further
        figures[f"{words}, share of intact, Hebbian minus static"] = more
        said.append(
            f"realant, {nb} unseen bodies with {words}: Hebbian {columns[0]} m, static {columns[1]} m; of their own "
            f"intact distance those that walk keep {columns[3]} and {columns[4]}, difference {columns[5]}: "
            f"{more.told('Hebbian keeps more', 'Hebbian keeps less')}."
        )
    metres_head = ("unseen bodies", "Hebbian [m]", "static [m]", "difference [m]")
    shares_head = ("Hebbian / its intact", "static / its intact", "difference", "n that walk")
    return said, Table("realant: kinds of unseen bodies", (*metres_head, *shares_head), tuple(rows))
