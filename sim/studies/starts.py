"""Starts: does it matter which weights a life begins with?

Question: the rules of Najarro & Risi start every life from random weights. Do all starts end in the same walk, and as
soon: zeros, other distributions, weights ten times as large, the last weights of a life on another body? How much do
lives of one rulebook differ by their start alone? And does evolution find better rules if it may choose the start too?

Source: random against co-evolved start weights, and their training curves, in Najarro & Risi 2020 (arXiv 2007.02686);
the other starts have not been published.

Protocol: realant, every evolution of `hebbian-dr`; 12 lives of 500 steps on the intact body for every start: random
(U(-0.1, 0.1), as in evolution), zeros, normal (N(0, 0.024)), wide (U(-1, 1)), and the last weights of a life of 500
steps on front_left_short, short_legs or payload. Life k meets the same body, ground, servos and noise under every
start. One body: 12 random starts on the nominal body without noise, so that only the start differs. `coevolve`, where
the start is evolved along with the rules: the same with its own start, and with that taken away (zeros, normal, wide).
Its rules of one seed begin with the same draw as those of `hebbian-dr`: the two are compared seed by seed, as the
median of the ratios over the seeds that both have. Shares of the distance from the own start, steps to 90 % and spreads
are of walkers: evolutions that get 0.5 m from their own start. Distances are of all. Steps to 90 %: until 90 % of the
cruising speed (median over the second half of the life of the mean speed of 100 steps) are reached, to stay; the
definition alone costs 23 steps, and a life that never gets there counts as longer than any other. Spread: standard
deviation of the distance as a share of its mean; over starts of the same life (root mean square over lives) and over
lives of the mean of all starts. Training curves: the evaluations in the evolutions' logs, 12 whole lives on each
training body. ant: the shipped rulebook, one evolution, 12 lives of 1000 steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.recoveries import median_times, time_text
from sim.studies.parts.several_intervals import excluding
from sim.studies.parts.start_spread import (
    ANT,
    COEVOLVED,
    ONE_BODY,
    OWN,
    RANDOM,
    STARTS,
    of_walkers,
    spread_of,
    spread_over_starts,
)
from sim.studies.parts.starts_figure import draw
from sim.studies.parts.training import last_scores
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline, beside_one
from sim.study.intervals import of_median
from sim.study.paired import of_paired_ratio
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table
from sim.study.summaries import paired, per_evolution

STARTS_OF = {
    RANDOM: tuple(STARTS),
    COEVOLVED: (OWN, "zeros", "normal", "wide"),
    ANT: (OWN, "zeros", "normal", "wide", "after front_left_short"),
}
LIVES, STEPS, ANT_STEPS = 12, 500, 1000


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = []
    for condition, starts in STARTS_OF.items():
        ant = condition == ANT
        lives, length = (1, 150) if quick else (LIVES, ANT_STEPS if ant else STEPS)
        for seed in evolutions.seeds(condition):
            for name in starts[:: 4 if quick else 1]:
                asked.append(Cell(condition, seed, name, lives, length, start=STARTS[name], randomise=not ant))
            if condition == RANDOM:
                asked.append(Cell(condition, seed, ONE_BODY, 2 if quick else LIVES, length, randomise=False))
    return asked


def against_own(records: Sequence[Record], name: str) -> list[float]:
    """Return the distance under a start over that under the evolution's own, one number per evolution."""
    both = paired(*(per_evolution(where(records, treatment=each), "distance") for each in (name, OWN)))
    return [other / own for other, own in both.values() if own > 0.0]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    for condition, starts in STARTS_OF.items():
        mine = [r for r in where(records, condition=condition) if r["treatment"] in (*starts, ONE_BODY)]
        if not mine:
            continue
        words = name_of(condition) if condition == ANT else f"realant, {name_of(condition)}"
        able = of_walkers(mine, condition)
        answer += _standing(words, where(mine, treatment=OWN), able)
        ratios = {name: of_median(against_own(able, name)) for name in starts if name != OWN}
        ratios = {name: ratio for name, ratio in ratios.items() if ratio.n}
        figures |= {f"{condition} {name} / own": ratio for name, ratio in ratios.items()}
        if ratios:
            said = "; ".join(f"{name} {ratio.text()}" for name, ratio in ratios.items())
            n = min(ratio.n for ratio in ratios.values())
            answer.append(f"{words}, n = {n}, distance over that from the own start: {said}: {excluding(ratios, 1.0)}.")
        soon = of_median(list(median_times(where(able, treatment=OWN), "steps_to_90").values()))
        figures[f"{condition} steps to 90 %, own"] = soon
        if soon.n:
            when = f"90 % of the cruising speed after {time_text(soon)} steps from the own start"
            answer.append(f"{words}, n = {soon.n}: {when}.")
        answer += _spread(words, condition, able, figures)
        tables.append(_table(words, mine, able, starts))
    answer += _coevolved(records, figures)
    return Findings(tuple(answer), tuple(tables), figures)


def _standing(words: str, own: Sequence[Record], able: Sequence[Record]) -> list[str]:
    """Say how many evolutions do not walk."""
    evolutions, walk = ({r["evolution"] for r in some} for some in (own, able))
    if evolutions == walk:
        return []
    standing = f"{len(evolutions - walk)} of {len(evolutions)} evolutions never learned to walk"
    return [f"{words}: {standing}. Shares, times and spreads are of the others."]


def _spread(words: str, condition: str, records: Sequence[Record], figures: Figures) -> list[str]:
    started = [r for r in records if r["treatment"] != ONE_BODY]
    by_start, by_life = (of_median(list(found.values())) for found in spread_over_starts(started))
    alone = of_median(list(spread_of(where(records, treatment=ONE_BODY)).values()))
    figures |= {
        f"{condition} spread over starts": by_start,
        f"{condition} spread over lives": by_life,
        f"{condition} spread over random starts, one body": alone,
    }
    said = [f"{by_start.text()} over starts of the same life, {by_life.text()} over lives"] if by_start.n else []
    said += [f"{alone.text()} over random starts on one body without noise"] if alone.n else []
    n = max(by_start.n, alone.n)
    return [f"{words}, n = {n}, spread of the distance as a share of its mean: {'; '.join(said)}."] if said else []


def _table(words: str, records: Sequence[Record], able: Sequence[Record], starts: Sequence[str]) -> Table:
    rows = []
    for name in (*starts, ONE_BODY):
        lives, walked = where(records, treatment=name), where(able, treatment=name)
        if not lives:
            continue
        metres = of_median(list(per_evolution(lives, "distance").values()))
        ratio = of_median(against_own(able, name)).text() if name not in (OWN, ONE_BODY) else "-"
        soon = time_text(of_median(list(median_times(walked, "steps_to_90").values())))
        spread = of_median(list(spread_of(walked).values())).text()
        falls = f"{100.0 * np.mean([r['fallen'] for r in lives]):.0f} %"
        number = f"{metres.n}, {len({r['evolution'] for r in walked})}, {len(lives)}"
        rows.append((name, metres.text(), ratio, soon, spread, falls, number))
    head = ("start", "distance [m]", "over own start", "steps to 90 %", "deviation / mean, lives", "falls")
    return Table(f"{words}: lives by their start", (*head, "evolutions, of them walk, lives"), tuple(rows))


def _coevolved(records: Sequence[Record], figures: Figures) -> list[str]:
    """Say what evolving the start brings, seed by seed; who does not walk counts, for evolution failed there."""
    pair = (COEVOLVED, RANDOM)
    walked = [per_evolution(where(records, condition=c, treatment=OWN), "distance") for c in pair]
    if not walked[0]:
        missing = f"The co-evolved start is missing: no evolution of `{COEVOLVED}` is here yet."
        return [missing] if records else []
    ratio = of_paired_ratio(*walked)
    figures["coevolved / random start, distance"] = ratio
    curves = of_paired_ratio(*(last_scores(records, c) for c in pair))
    figures["coevolved / random start, last evaluation"] = curves
    trained = (
        f" At the end of training, the ratio of the last evaluations (scores): {curves.text()}." if curves.n else ""
    )
    pays = ratio.told("evolving the start pays", "evolving the start does harm", "not told from 1", 1.0)
    pairs = f"the same {ratio.n} seeds compared one by one"
    return [f"Co-evolved over random start, distance, {pairs}: {ratio.text()}: {pays}.{trained}"]


STUDY = Study(
    name="starts",
    number=5,
    doc=__doc__ or "",
    needs={RANDOM: 10, COEVOLVED: 5, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
    borrows=("evolution",),
    headlines=(
        Headline("distance from all-zero weights / from random ones", f"{RANDOM} zeros / own", beside_one),
        Headline(
            "distance from evolved start weights / from random ones", "coevolved / random start, distance", beside_one
        ),
    ),
)
