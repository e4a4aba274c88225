"""Starts by name, and how lives of one rulebook differ by the weights they began with, and by all the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.body_measures import walkers
from sim.study.records import Record, where
from sim.study.summaries import per_evolution

RANDOM, COEVOLVED, ANT = "hebbian-dr", "coevolve", "shipped/ant"
OWN, ONE_BODY = "own", "one body"
#: Starts by the study's own word, as cells write them.
STARTS = {
    OWN: "own",
    "zeros": "zeros",
    "normal": "normal",
    "wide": "wide",
    "after front_left_short": "life:front_left_short",
    "after short_legs": "life:short_legs",
    "after payload": "life:payload",
}


def of_walkers(records: Sequence[Record], condition: str) -> list[Record]:
    """Return the lives of a condition's evolutions that walk from their own start.

    One that stands gets a few centimetres from any start: shares of them are noise, and it has no cruising speed.
    """
    walk = walkers(where(records, treatment=OWN), condition)
    return [r for r in where(records, condition=condition) if r["evolution"] in walk]


def spread_over_starts(records: Sequence[Record]) -> tuple[dict[int, float], dict[int, float]]:
    """Return how distances differ by start in the same life, and by life over all starts, one number per evolution.

    Standard deviations as shares of the mean distance. Every treatment in the records is one start, and equal episodes
    are the same life; evolutions with fewer than two of either, or lives without a partner, are left out.
    """
    by_start: dict[int, float] = {}
    by_life: dict[int, float] = {}
    for seed in sorted({r["evolution"] for r in records}):
        mine = where(records, evolution=seed)
        rows = [[r["distance"] for r in where(mine, episode=k)] for k in sorted({r["episode"] for r in mine})]
        if len(rows) < 2 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1 or np.mean(rows) <= 0.0:
            continue
        table = np.array(rows)
        by_start[seed] = float(np.sqrt(np.mean(table.var(axis=1, ddof=1))) / table.mean())
        by_life[seed] = float(table.mean(axis=1).std(ddof=1) / table.mean())
    return by_start, by_life


def spread_of(records: Sequence[Record]) -> dict[int, float]:
    """Return the standard deviation of the distance over its mean, one number per evolution."""
    mean = per_evolution(records, "distance")
    deviation = per_evolution(records, "distance", lambda v: float(np.std(v, ddof=1)) if len(v) > 1 else float("nan"))
    return {s: d / mean[s] for s, d in deviation.items() if np.isfinite(d) and mean[s] > 0.0}
