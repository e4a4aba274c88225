"""What evolution found, and what it cost.

Question: How steadily does the strategy find walking rules, and at what price beside the published budget? What do the
evolved coefficients look like, and how far are they from the random draw that the search began with? Do population,
noise and optimiser matter when all have the same number of control steps?

Source: the training curves of Najarro & Risi 2020 (arXiv 2007.02686); the budget of their code, 200 members x 300
generations x about 1,000 steps for the quadruped, and 500 x 500 in a co-author's later runs.

Protocol: nothing is lived: these are the logs and rules of the evolutions that the other studies stand on. realant
(1.5 M control steps an evolution): mean and best of a generation are over its members, whose lives grow from 200 to 360
steps; every tenth generation its mean is evaluated by 12 whole lives on each of the two training bodies. An evolution's
score is the last such evaluation, the two bodies weighing alike; the rules that the other studies use are those of the
best one. The score is the reward of a life, in no unit: 2 per metre along x, less for heading, drift from the line,
tilt, effort and a fall; it is therefore somewhat less than twice the metres of the 10 s that the other studies give.
The ant's score is the reward of its environment, as in the paper. Settings (64 members, noise of 0.1 and Adam, but for
what a name says; `optimiser-plain` has the 2020 release's learning rate too) are compared seed by seed, for the same
seed begins with the same draw: the median of the ratios over the seeds that both have.
Coefficients: mean and deviation over the synapses of a layer, correlation between terms, and distance from the first
draw, which the seed gives again (the ant's from the stage before). ant: one evolution in three stages, from the headers
of the shipped rulebooks; the first stage left none, its number is rounded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.evolution_files import named_evolutions
from sim.studies.parts.coefficient_table import coefficients_said
from sim.studies.parts.coefficients import RULES, rule_records
from sim.studies.parts.evolution_cost import (
    ANT,
    BASE,
    BUDGET,
    PUBLISHED,
    STATIC,
    budget_of,
    cost_said,
    million,
)
from sim.studies.parts.evolution_figure import SETTINGS, draw
from sim.studies.parts.training import CURVE, curve_records, curves_of, evaluated, first_at, heading, last_scores, score
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions, settings_of
from sim.study.figure import name_of
from sim.study.headline import Headline
from sim.study.intervals import of_median, verdict
from sim.study.paired import of_paired_ratio
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table
from sim.study.summaries import median_with_never

OTHERS = ("hebbian", "static", "gru-dr", "coevolve")
#: Scores that are waited for: on average over the two bodies somewhat more than 0.075 and 0.15 m/s, for a life of
#: 10 s scores 2 a metre and is charged for the way it is done.
LEVELS = (1.5, 3.0)


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return what this study reads."""
    conditions = [name.removeprefix("study/") for name in named_evolutions() if name.startswith("study/")]
    found = [(c, seed) for c in conditions for seed in evolutions.seeds(c)]
    asked = [Cell(condition, seed, CURVE, 1) for condition, seed in found]
    asked += [Cell(condition, seed, RULES, 1) for condition, seed in found if condition in (BASE, *SETTINGS)]
    asked += [Cell(condition, 0, treatment, 1) for condition in ANT for treatment in (BUDGET, RULES)]
    return asked


def look(cell: Cell, evolutions: Evolutions) -> list[Record]:
    """Return what an evolution's log, rules or header say."""
    if cell.treatment == CURVE:
        return curve_records(cell, evolutions)
    if cell.treatment == RULES:
        return rule_records(cell, evolutions)
    return [heading(cell, evolutions, 1) | budget_of(evolutions.book(cell.condition, cell.evolution))]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    if where(records, treatment=CURVE):
        answer += _curves(records, tables, figures)
        answer += _settings(records, tables, figures)
    for condition in (BASE, ANT[-1]):
        if where(records, condition=condition, treatment=RULES):
            answer += coefficients_said(records, condition, tables, figures)
    answer += cost_said(records, tables, figures)
    return Findings(tuple(answer), tuple(tables), figures)


def _curves(records: Sequence[Record], tables: list[Table], figures: Figures) -> list[str]:
    rows, answer = [], []
    for condition in dict.fromkeys((BASE, STATIC, *OTHERS, *(r["condition"] for r in where(records, treatment=CURVE)))):
        curves = curves_of(records, condition)
        scores = of_median(list(last_scores(records, condition).values()))
        if not scores.n:
            continue
        last = {seed: evaluated(curve)[-1] for seed, curve in curves.items() if evaluated(curve)}
        ends = [of_median([r["evaluation"].get(body, np.nan) for r in last.values()]).text() for body in PUBLISHED]
        best = of_median([max(map(score, evaluated(curve))) for curve in curves.values() if evaluated(curve)])
        waits = [waiting(curves, level, "steps") for level in LEVELS]
        minutes = of_median([curve[-1]["seconds"] / 60 for curve in curves.values()])
        steps = of_median([curve[-1]["steps"] / 1e6 for curve in curves.values()])
        # Who goes on from other rules begins where they stood: how long it takes from there is no wait.
        goes_on = bool(settings_of(condition, 1).warm_start)
        reached = ["-" if goes_on else f"{million(median)} ({k} of {len(curves)})" for k, median in waits]
        rows.append(
            (name_of(condition), scores.text(), *ends, best.text())
            + (f"{steps.value:.2f} M{' more' if goes_on else ''}", f"{minutes.value:.0f}", *reached, str(scores.n))
        )
        figures |= {f"{condition} score": scores, f"{condition} minutes": minutes}
        if condition in (BASE, STATIC):
            answer.append(
                f"{name_of(condition)}, n = {scores.n}: a score of {scores.text()} after {steps.value:.1f} M control "
                f"steps; {waits[-1][0]} of {len(curves)} evolutions reach {LEVELS[-1]}, the median one "
                f"{'never' if waits[-1][1] is None else 'after ' + million(waits[-1][1])}. An evolution takes "
                f"{minutes.value:.0f} minutes of one shared core."
            )
    head = ("condition", "score at the end", "intact", "seen damage", "best score", "control steps", "minutes")
    waits_head = (*(f"steps to {level}" for level in LEVELS), "n")
    title = "Score of a generation's mean over whole lives (2 per metre), medians over evolutions with 95 % interval"
    tables.append(Table(title, (*head, *waits_head), tuple(rows)))
    return answer


def waiting(curves: dict[int, list[Record]], level: float, field: str) -> tuple[int, float | None]:
    """Return how many evolutions reached a level, and the median of a field there; never is later than any number."""
    hits = [first_at(curve, level) for curve in curves.values()]
    return sum(hit is not None for hit in hits), median_with_never(
        [None if hit is None else hit[field] for hit in hits]
    )


def _settings(records: Sequence[Record], tables: list[Table], figures: Figures) -> list[str]:
    base = last_scores(records, BASE)
    rows, said = [], []
    for condition in SETTINGS:
        scores = last_scores(records, condition)
        ratio = of_paired_ratio(scores, base)
        rows.append((condition, of_median(list(scores.values())).text(), ratio.text(), str(len(scores))))
        figures[f"{condition} / {BASE}"] = ratio
        if ratio.n:
            said.append(f"{condition} {ratio.text()} ({verdict(ratio)}, n = {ratio.n})")
    missing = [condition for condition in SETTINGS if not last_scores(records, condition)]
    tables.append(
        Table("One setting changed, same number of control steps", ("setting", "score", "ratio", "n"), tuple(rows))
    )
    answer = [f"Settings, score as a share of {name_of(BASE)}: {'; '.join(said)}."] if said else []
    return answer + ([f"Settings not evolved yet: {', '.join(missing)}."] if missing else [])


STUDY = Study(
    name="evolution",
    number=11,
    doc=__doc__ or "",
    needs={BASE: 10, STATIC: 10, **dict.fromkeys((*SETTINGS, *OTHERS), 5), **dict.fromkeys(ANT, 1)},
    cells=cells,
    findings=findings,
    draw=draw,
    look=look,
    headlines=(
        Headline("score at the end of an evolution (2 a metre in 10 s), Hebbian", f"{BASE} score"),
        Headline("the same, static", f"{STATIC} score"),
    ),
)
