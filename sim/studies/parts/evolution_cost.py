"""What an evolution costs, next to what was published."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebb_controller.rulebook import Rulebook
from sim.studies.parts.training import curves_of
from sim.study.figure import name_of
from sim.study.records import Record, where
from sim.study.study import Figures, Table

BASE, STATIC = "hebbian-dr", "static-dr"
ANT = ("shipped/ant-unbounded", "shipped/ant")
BUDGET = "budget"
#: The ant's first stage, before `ant-unbounded`; rounded, for its folder was not kept.
FIRST_STAGE_STEPS = 5_000_000
#: Control steps of the 2020 code's defaults, and of the later runs.
PUBLISHED_STEPS = (200 * 300 * 1000, 500 * 500 * 1000)
#: Published scores on the ant's two training bodies.
PUBLISHED = {"intact": 1051.0, "front_right_short": 1019.0}


def budget_of(book: Rulebook) -> Record:
    """Return what a rulebook's header says of its cost."""
    names = ("environment_steps", "wall_seconds", "generations", "population", "fitness")
    return {name: book.provenance[name] for name in names}


def cost_said(records: Sequence[Record], tables: list[Table], figures: Figures) -> list[str]:
    """Add the table of costs and its figures, and return what the ant cost."""
    stages = [r for condition in ANT for r in where(records, condition=condition, treatment=BUDGET)]
    if len(stages) < len(ANT):
        return []
    steps = FIRST_STAGE_STEPS + sum(r["environment_steps"] for r in stages)
    rows = [("2020 code, defaults", million(PUBLISHED_STEPS[0]), "not known", "1051 / 1019 in the paper")]
    rows += [("a co-author's later runs", million(PUBLISHED_STEPS[1]), "not known", "not known")]
    rows += [("ant, first stage", f"about {million(FIRST_STAGE_STEPS)}", "not kept", "not kept")]
    for r in stages:
        ends = " / ".join(f"{r['fitness'][body]:.0f}" for body in PUBLISHED)
        rows.append((r["condition"].removeprefix("shipped/"), million(r["environment_steps"]), _hours(r), ends))
    for condition in (BASE, STATIC):
        curves = [curve[-1] for curve in curves_of(records, condition).values()]
        if curves:
            cost = [float(np.median([r[f] for r in curves])) for f in ("steps", "seconds")]
            rows.append(
                (f"realant, {name_of(condition)}", million(cost[0]), f"{cost[1] / 3600:.2f} h", "another robot")
            )
    head = ("evolution", "control steps", "wall time", "score, intact / seen damage")
    tables.append(Table("Cost, next to what was published", head, tuple(rows)))
    fitness = stages[-1]["fitness"]
    reached = all(fitness[body] >= level for body, level in PUBLISHED.items())
    figures |= {"ant steps": steps, "ant steps / published": steps / PUBLISHED_STEPS[0]}
    return [
        f"ant, one evolution: {fitness['intact']:.0f} intact and {fitness['front_right_short']:.0f} on the seen damage "
        f"in its own last evaluation, after about {million(steps)} control steps and {_hours(*stages)} on two cores "
        f"without the first stage: the paper's 1051 and 1019 were {'reached' if reached else 'not reached'}, with "
        f"{steps / PUBLISHED_STEPS[0]:.1f} times the {million(PUBLISHED_STEPS[0])} of the published defaults."
    ]


def million(steps: float | None) -> str:
    """Return control steps in millions as text; `never` for None."""
    if steps is None:
        return "never"
    return f"{steps / 1e6:.0f} M" if steps >= 5e6 else f"{steps / 1e6:.2f} M"


def _hours(*records: Record) -> str:
    return f"{sum(r['wall_seconds'] for r in records) / 3600:.1f} h"
