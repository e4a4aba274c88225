"""What stopping the weights costs in pace and what in heading, and how many of their cycles a mean of them is over.

The study of frozen weights records x alone; the long lives of the study of clocks have pace over the ground, speed
along x and the period of the weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.statistics import SLOWEST_WALK
from sim.studies.parts.adaptation import sure
from sim.studies.parts.long_lives import FROZEN, LONG, TENTHS, by_tenth
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Table
from sim.study.summaries import paired, per_evolution

#: What is compared in long lives whose plasticity stops half-way.
SPANS = {"second half": slice(TENTHS // 2, TENTHS), "tenth after the stop": slice(TENTHS // 2, TENTHS // 2 + 1)}


def long_kept(long: Sequence[Record], field: str, span: str) -> dict[int, float]:
    """Return what weights that stop half-way keep of the plastic `paces` or `speeds`, one number per evolution.

    Evolutions that do not get on in that span when plastic, over the ground or along x as the field says, have none;
    nor have those with a gap in their records.
    """
    plastic, stopped = (
        {seed: float(v[SPANS[span]].mean()) for seed, v in by_tenth(where(long, treatment=name), field).items()}
        for name in (LONG, FROZEN)
    )
    return {
        seed: late / whole
        for seed, (whole, late) in paired(plastic, stopped).items()
        if whole >= SLOWEST_WALK and np.isfinite(late)
    }


def periods(long: Sequence[Record]) -> dict[int, float]:
    """Return the period of the weights in [steps], over the plastic lives that run on a limit cycle."""
    return per_evolution(where(long, treatment=LONG, attractor="limit cycle"), "period")


def heading_said(long: Sequence[Record], robot: str, figures: Figures) -> list[str]:
    """Say what is kept of the pace and of the speed along x, over the evolutions that have both."""
    said = []
    for span in SPANS:
        both = list(paired(long_kept(long, "paces", span), long_kept(long, "speeds", span)).values())
        if not both:
            continue
        pace, along = (of_median([each[k] for each in both]) for k in (0, 1))
        more = of_median([p - x for p, x in both])
        for name, interval in (("pace", pace), ("along x", along), ("pace minus along x", more)):
            figures[f"{robot} long lives, frozen / plastic {name}, {span}"] = interval
        said.append(
            f"{robot}, long lives of study 8 that go along x when plastic, {span}: frozen weights keep {pace.text()} "
            f"of the pace over the ground and {along.text()} of the speed along x. Pace minus x is {more.text()} "
            f"({sure(more)}), positive in {sum(p > x for p, x in both)} of {len(both)}."
        )
    return said


def cycles_said(long: Sequence[Record], robot: str, steps: int, figures: Figures) -> list[str]:
    """Say how many cycles of the weights a mean over so many steps takes in."""
    cycles = [steps / period for period in periods(long).values()]
    if not cycles:
        return []
    low, high = min(cycles), max(cycles)
    figures |= {f"{robot} cycles in the mean, fewest": low, f"{robot} cycles in the mean, most": high}
    return [
        f"{robot}, n = {len(cycles)}: by the periods in the long lives of study 8, {steps} steps are {low:.1f} to "
        f"{high:.1f} cycles of the weights."
    ]


def heading_table(long: Sequence[Record], robot: str, steps: int) -> list[Table]:
    """Return the numbers of every evolution in the long lives; no table without any."""
    columns = {
        f"{name}, {span}": long_kept(long, field, span)
        for span in SPANS
        for field, name in (("paces", "pace"), ("speeds", "along x"))
    }
    cycle = periods(long)
    seeds = sorted({seed for column in (*columns.values(), cycle) for seed in column})
    if not seeds:
        return []
    rows = []
    for seed in seeds:
        kept = [_cell(column, seed, ".2f") for column in columns.values()]
        shares = _cell({s: steps / period for s, period in cycle.items()}, seed, ".1f")
        rows.append((str(seed), *kept, _cell(cycle, seed, ".0f"), shares))
    medians = [of_median(list(column.values())).text() for column in columns.values()]
    rows.append(("median", *medians, "", ""))
    head = ("evolution", *columns, "period of the weights [steps]", f"cycles in {steps} steps")
    return [Table(f"{robot}: frozen over plastic in the long lives of study 8", head, tuple(rows))]


def _cell(column: Mapping[int, float], seed: int, form: str) -> str:
    return format(column[seed], form) if seed in column else "-"
