"""What an evolution's log says: a record of every second generation, and the figures of such a curve.

The log counts reward per life. On a servo robot that is 2 a metre along x, less small penalties
(`sim.walk_reward`): somewhat less than twice the metres of a life of 10 s.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.records import Record, where

CURVE = "curve"
#: What a record keeps of a generation. `steps` and `seconds` are totals since the beginning.
FIELDS = ("generation", "mean", "max", "evaluation", "steps", "seconds")
#: Generations between records: a hundred evolutions make a file of a megabyte; evaluations fall on every tenth.
EVERY = 2


def curve_records(cell: Cell, evolutions: Evolutions) -> list[Record]:
    """Return the records of an evolution."""
    log = [e for e in evolutions.log(cell.condition, cell.evolution) if e["generation"] % EVERY == 0]
    head = heading(cell, evolutions, len(log))
    return [head | {"episode": k} | {f: entry[f] for f in FIELDS if f in entry} for k, entry in enumerate(log)]


def heading(cell: Cell, evolutions: Evolutions, number: int) -> Record:
    """Return what the `number` records of a cell that nobody lived have in common."""
    digest = evolutions.digest(cell.condition, cell.evolution)
    names = {"condition": cell.condition, "evolution": cell.evolution, "treatment": cell.treatment}
    return {"cell": cell.name, "of": number, "episode": 0, "digest": digest, **names}


def curves_of(records: Sequence[Record], condition: str) -> dict[int, list[Record]]:
    """Return each evolution's generations, in order."""
    curves: dict[int, list[Record]] = {}
    for record in where(records, condition=condition, treatment=CURVE):
        curves.setdefault(record["evolution"], []).append(record)
    return {seed: sorted(curve, key=lambda r: r["generation"]) for seed, curve in sorted(curves.items())}


def score(record: Record) -> float:
    """Return the evaluation of a generation's mean over whole lives, the training bodies weighing alike."""
    return float(np.mean(list(record["evaluation"].values())))


def evaluated(curve: Sequence[Record]) -> list[Record]:
    """Return the generations whose mean was evaluated."""
    return [record for record in curve if record.get("evaluation")]


def last_scores(records: Sequence[Record], condition: str) -> dict[int, float]:
    """Return the last evaluation of every evolution of a condition."""
    curves = curves_of(records, condition)
    return {seed: score(evaluated(curve)[-1]) for seed, curve in curves.items() if evaluated(curve)}


def first_at(curve: Sequence[Record], level: float) -> Record | None:
    """Return the first generation whose evaluation reached a level; None if none did."""
    return next((record for record in evaluated(curve) if score(record) >= level), None)
