"""Rivals compared: distances, what randomisation buys each network, and whether the static one is tuned."""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.body_measures import REALANT, SEEN, distance_on, unseen_distance, walkers
from sim.studies.parts.rivals_figure import RIVALS
from sim.study.figure import name_of
from sim.study.intervals import Interval, of_ratio, verdict, with_verdict
from sim.study.paired import of_paired_ratio
from sim.study.records import Record, where
from sim.study.study import Figures, Table
from sim.study.summaries import per_evolution

#: Static weights as the rival is, and with noise and steps in proportion to their first draw.
STATICS = ("static-dr", "static-dr-fine")
BETTER = ("yes, better", "no, worse")
PLAIN = "plain"
BODY_KINDS = ("intact", "seen", "unseen")


def distances(records: Sequence[Record], condition: str, kind: str) -> list[float]:
    """Return the mean distance, one number per evolution: `intact`, `seen`, `unseen`, or `plain` (not randomised)."""
    return list(distances_by_seed(records, condition, kind).values())


def distances_by_seed(records: Sequence[Record], condition: str, kind: str) -> dict[int, float]:
    """Return `distances` with their seeds."""
    if kind == PLAIN:
        return per_evolution(where(records, condition=condition, treatment=PLAIN), "distance")
    if kind == "unseen":
        return unseen_distance(records, condition)
    body = SEEN[0] if kind == "intact" else SEEN[1]
    return distance_on(where(records, treatment=REALANT), condition, body)


def compared(records: Sequence[Record], first: str, second: str, kind: str) -> Interval:
    """Return the ratio of the distances of two conditions: seed by seed where both evolve the same network."""
    both = [distances_by_seed(records, condition, kind) for condition in (first, second)]
    alike = first.removesuffix("-dr") == second.removesuffix("-dr")
    return of_paired_ratio(*both) if alike else of_ratio(*(list(found.values()) for found in both))


def neither_walks(records: Sequence[Record], first: str, second: str) -> list[int]:
    """Return the seeds that both conditions have, and of which no evolution learned to walk in either."""
    lived = where(records, treatment=REALANT)
    there = [distance_on(lived, condition, "intact").keys() for condition in (first, second)]
    return sorted((there[0] & there[1]) - walkers(lived, first) - walkers(lived, second))


def randomisation_said(
    records: Sequence[Record], there: Sequence[str], figures: Figures, tables: list[Table]
) -> list[str]:
    """Say what randomised training lives buy every network, and add the table of it."""
    rows, said = [], []
    for condition in [c for c in RIVALS if c.endswith("-dr")]:
        without = condition.removesuffix("-dr")
        if condition not in there or without not in there:
            continue
        ratios = {kind: compared(records, condition, without, kind) for kind in (PLAIN, *BODY_KINDS)}
        figures |= {f"{condition} / {without}, {kind}": ratio for kind, ratio in ratios.items()}
        rows.append((name_of(without), *(ratio.text() for ratio in ratios.values()), str(ratios["unseen"].n)))
        unseen = ratios["unseen"]
        if unseen.n:
            said.append(
                f"Randomisation buys {name_of(without)} {unseen.text()} times the distance on unseen bodies "
                f"({verdict(unseen)}), and {ratios[PLAIN].text()} times on the intact body as the robot file says."
                + _without_the_lame(records, condition, without, figures)
            )
    if rows:
        head = ("network", "intact, as the robot file says", "intact", "seen damage", "unseen bodies", "n")
        tables.append(Table("What domain randomisation in training buys: ratio of distances", head, tuple(rows)))
    return said


def _without_the_lame(records: Sequence[Record], condition: str, without: str, figures: Figures) -> str:
    lame = neither_walks(records, condition, without)
    if not lame:
        return ""
    both = [distances_by_seed(records, c, "unseen") for c in (condition, without)]
    ratio = of_paired_ratio(*({s: metres for s, metres in each.items() if s not in lame} for each in both))
    figures[f"{condition} / {without}, unseen, seeds that walk"] = ratio
    named = f"seed{'s' * (len(lame) > 1)} {' and '.join(map(str, lame))}"
    return (
        f" Without {named}, which walk{'s' * (len(lame) == 1)} in neither: {with_verdict(ratio, *BETTER, level=1.0)}."
    )


def static_said(records: Sequence[Record], there: Sequence[str], figures: Figures) -> list[str]:
    """Say whether smaller steps would have made a better static rival."""
    if not set(STATICS) <= set(there):
        return []
    ratio = compared(records, *STATICS, "unseen")
    figures[f"{STATICS[0]} / {STATICS[1]}, unseen"] = ratio
    told = ratio.told("no, with smaller steps it gets less far", "yes, smaller steps suit it better", "not told", 1.0)
    names = " over ".join(map(name_of, STATICS))
    return [f"Is the static rival badly tuned? Unseen bodies, {names}: {ratio.text()} (n = {ratio.n}): {told}."]
