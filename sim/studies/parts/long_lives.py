"""Paces in long lives, by tenths: how a robot walks on, and what it loses when plasticity stops half-way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.statistics import SLOWEST_WALK
from sim.study.records import Record, where
from sim.study.summaries import paired

BODY, LONG, FROZEN = "body", "long", "long frozen"
TENTHS = 10


def by_tenth(lives: Sequence[Record], field: str = "paces") -> dict[int, np.ndarray]:
    """Return `paces` or `speeds` of each tenth of a life, mean over the lives of each evolution; 0 after a fall.

    A pace goes over the ground, a speed along x, both in [m/s].
    """
    found: dict[int, list[np.ndarray]] = {}
    for record in lives:
        if record.get(field) is not None:
            speeds = np.array(record[field][:TENTHS], dtype=float)
            found.setdefault(record["evolution"], []).append(np.pad(speeds, (0, TENTHS - speeds.size)))
    return {seed: np.mean(speeds, axis=0) for seed, speeds in sorted(found.items())}


def kept_when_frozen(records: Sequence[Record], condition: str) -> dict[int, float]:
    """Return the pace over the second half, frozen as a share of plastic, for evolutions that walk there."""
    halves = [
        {
            seed: float(speeds[TENTHS // 2 :].mean())
            for seed, speeds in by_tenth(where(records, condition=condition, treatment=treatment)).items()
        }
        for treatment in (FROZEN, LONG)
    ]
    return {seed: frozen / plastic for seed, (frozen, plastic) in paired(*halves).items() if plastic > SLOWEST_WALK}


def going_forward(lives: Sequence[Record]) -> tuple[int, int]:
    """Return how many lives still get on along x in their last tenth, and how many there are."""
    last = [
        r["speeds"][TENTHS - 1] if len(r["speeds"]) >= TENTHS else 0.0 for r in lives if r.get("speeds") is not None
    ]
    return sum(speed > SLOWEST_WALK for speed in last), len(last)
