"""Normalisations and clocks: the tables of distances on bodies and of long lives, and the comparison seed by seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from sim.studies.parts.body_measures import SEEN, body_of, walkers
from sim.studies.parts.long_lives import BODY, LONG, by_tenth, going_forward
from sim.study.attractor import TYPES
from sim.study.figure import name_of
from sim.study.intervals import Interval, of_median
from sim.study.paired import of_paired_ratio
from sim.study.records import Record, where
from sim.study.study import Figures, Table
from sim.study.summaries import per_evolution

BASE = "hebbian-dr"
#: Condition -> normalisation, and what it is called by Dittrich and others with what they say it runs on.
CONDITIONS = {
    BASE: ("max", "B: limit cycle"),
    "norm-none": ("none", "A: unbounded"),
    "norm-var": ("var", "-"),
    "norm-clip": ("clip", "-"),
    "clock-4": ("max, every 4 steps", "C: limit cycle or fixed point"),
    "average-10": ("max, average of 10", "D: limit cycle or fixed point"),
    "clock-4-average-10": ("max, every 4 steps, average of 10", "E: limit cycle or fixed point"),
}
HANDFUL = (*SEEN, "front_left_short", "back_left_half", "payload", "slope", "low_friction", "rough")


def distances(records: Sequence[Record], condition: str, kind: str) -> dict[int, float]:
    """Return the mean distance on `intact`, `seen` damage or `unseen` bodies, one number per evolution."""
    chosen = {"intact": SEEN[:1], "seen": SEEN[1:], "unseen": HANDFUL[len(SEEN) :]}[kind]
    here = [r for r in where(records, condition=condition, treatment=BODY) if body_of(r) in chosen]
    return per_evolution(here, "distance")


def beside_base(records: Sequence[Record], condition: str) -> Interval:
    """Return the distance on the unseen bodies, over that of the same seeds of max normalisation at every step."""
    return of_paired_ratio(distances(records, condition, "unseen"), distances(records, BASE, "unseen"))


def bodies_table(records: Sequence[Record], there: Sequence[str], figures: Figures) -> Table:
    """Return one row for every condition: how far it gets in 10 s."""
    rows = []
    for condition in there:
        found = [distances(records, condition, kind) for kind in ("intact", "seen", "unseen")]
        columns = [of_median(list(each.values())) for each in found]
        ratio = beside_base(records, condition)
        figures[f"{condition} unseen [m]"] = columns[2]
        beside = "-" if condition == BASE else ratio.text()
        lives = where(records, condition=condition, treatment=BODY)
        share = f"{100 * np.mean([r['fallen'] for r in lives]):.0f} %" if lives else "-"
        number = f"{columns[0].n}, {len(walkers(lives, condition))}"
        rows.append((CONDITIONS[condition][0], *(c.text() for c in columns), beside, share, number))
    head = ("normalisation and clock", "intact [m]", "seen damage [m]", f"{len(HANDFUL) - 2} unseen bodies [m]")
    more = (f"unseen, over the same seeds of {name_of(BASE)}", "falls", "n, of them walk")
    return Table("Distance in 10 s, median over evolutions", (*head, *more), tuple(rows))


def long_table(records: Sequence[Record], there: Sequence[str], figures: Figures) -> Table:
    """Return one row for every condition: what its weights run on, and whether it still walks."""
    rows = []
    for condition in there:
        lives = where(records, condition=condition, treatment=LONG)
        numbers = [of_median(list(per_evolution(lives, f).values())) for f in ("period", "motion", "drift", "growth")]
        saturated = of_median(list(per_evolution(lives, "saturated").values()))
        counts = types_of(lives)
        figures[f"{condition} attractor"] = counts.most_common(1)[0][0] if counts else None
        tenths = by_tenth(lives)
        ends = [of_median([speeds[k] for speeds in tenths.values()]).text() for k in (0, -1)]
        falls = f"{sum(r['fallen'] for r in lives)} of {len(lives)}"
        forward = "{} of {}".format(*going_forward(lives))
        told = ", ".join(f"{kind} {counts[kind]}" for kind in TYPES if counts[kind]) or "-"
        row = (CONDITIONS[condition][0], CONDITIONS[condition][1], told, numbers[0].text(".0f"))
        rows.append((*row, *(n.text() for n in numbers[1:]), saturated.text(), *ends, forward, falls, str(len(tenths))))
    head = ("normalisation and clock", "as Dittrich and others name it", "lives by attractor", "period [steps]")
    more = ("motion", "drift", "growth", "saturated units", "pace, first tenth [m/s]", "last tenth [m/s]", "get on")
    title = "Lives of ten times the training horizon (100 s)"
    return Table(title, (*head, *more, "falls", "n"), tuple(rows))


def types_of(lives: Sequence[Record]) -> Counter[str]:
    """Return how many lives run on each type of attractor."""
    return Counter(r["attractor"] for r in lives if r.get("attractor"))
