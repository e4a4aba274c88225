"""Simpler rules, each evolved from the start, beside the whole one."""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.body_measures import SEEN
from sim.studies.parts.changed_rules import SATURATED, UNSEEN, VARIANTS, WHOLE, WHOLE_RULE, distances
from sim.studies.parts.recoveries import counted, recovery_time, time_text
from sim.study.intervals import of_median, of_ratio
from sim.study.records import Record, where
from sim.study.study import Figures, Table


def variant_words(records: Sequence[Record], figures: Figures) -> list[str]:
    """Say how far simpler rules walk beside the whole one, and note the ratios in `figures`."""
    whole = where(records, condition=WHOLE_RULE)
    said = []
    for condition, rule in VARIANTS.items():
        mine = where(records, condition=condition)
        if not mine or condition == WHOLE_RULE or not whole:
            continue
        ratios = [
            of_ratio(*(list(distances(each, WHOLE, bodies).values()) for each in (mine, whole)))
            for bodies in (("intact",), UNSEEN)
        ]
        figures |= {
            f"{rule} / ABCD_lr, intact": ratios[0],
            f"{rule} / ABCD_lr, unseen": ratios[1],
        }
        said.append(f"{rule} {ratios[0].text()} intact, {ratios[1].text()} unseen, n = {ratios[0].n}")
    if not said:
        return []
    listed = "; ".join(said)
    return [
        f"realant, simpler rules evolved from the start, distance over that of ABCD_lr: {listed}. The settings are "
        "those found for ABCD_lr, whose first D is ten times as wide as A, B and C: what lacks D begins small."
    ]


def variant_table(records: Sequence[Record]) -> Table:
    """Return one row for every rule that has been evolved."""
    rows = []
    for condition, rule in VARIANTS.items():
        mine = where(records, condition=condition)
        if not mine:
            continue
        metres = [list(distances(mine, WHOLE, bodies).values()) for bodies in (("intact",), SEEN[1:], UNSEEN)]
        saturated = where(mine, treatment=WHOLE + SATURATED)
        back = recovery_time(saturated)
        rows.append(
            (rule, *(of_median(m).text() for m in metres), counted(saturated), time_text(back), str(len(metres[0])))
        )
    head = (
        "rule",
        "intact [m]",
        "seen damage [m]",
        "unseen bodies [m]",
        "lives that recover from saturation",
        "steps to 90 %",
        "n",
    )
    return Table("realant: rule variants, each evolved from the start; distance in 10 s", head, tuple(rows))
