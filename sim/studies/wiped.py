"""Wiped weights: are they written anew, and does the robot walk again?

Question: Najarro & Risi set a third of the weights to zero in the middle of a life, and the ant walks again some tens
of steps later. How long does it take, what if two thirds or a whole layer go, and do the weights themselves come back
to where they were, or to another place that walks as well?

Source: the zeroed weights of Najarro & Risi 2020 (arXiv 2007.02686); their release has no script for it. The distance
of the weights has not been published.

Protocol: realant, every evolution of `hebbian-dr`, and of `static-dr` as the control whose weights nothing repairs; 6
lives of 700 steps on the intact body for every treatment, the same bodies, starts and noise in all. At step 300 a
third or two thirds of all weights, chosen at random in every life, or all weights of the first, second or third layer,
become zero; or nothing happens. ant: the shipped rulebook, one evolution, 10 lives of 1000 steps. Recovery: steps
until 90 % of the speed of the last 100 steps before are reached again, to stay for 100 steps; the definition alone
costs 25. Distance of the weights: that to the nearest of the weights of the 50 steps before the wipe, as a
share of their size: weights that cycle with the gait are never still, a wipe may shift the cycle's phase, and neither
is a loss. A wiped third is a distance of about 0.58 at that moment, two thirds of 0.82. The yardstick is the same
life without the wipe, at the same step: what is left of the wipe is the distance beyond that. The weights count as back
after so many steps (of 1, 5, 10, 20, 30, 50, 100, 200) from which on no more than 0.05 are left. Weights that are not
back 200 steps after the wipe count as other weights only if what is left has settled: less than 0.02 apart at the last
two of these steps. Speed and weights are those of the same lives: that walked when the wipe came. The distance to the
one moment right before the wipe is given too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.recoveries import LEAST, counted, recovery_time, shares_recovered, time_text, walking
from sim.studies.parts.recovery_table import recovery_table
from sim.studies.parts.weight_return import LAGS, NOTHING, course, distances, left_over, weights_back
from sim.studies.parts.wiped_figure import draw
from sim.studies.parts.wipes import ANT, ANT_STEPS, HEBBIAN, ONSET, STATIC, STEPS, THIRD, WIPES
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.headline import Headline
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    chosen = (NOTHING, THIRD, "layer 1") if quick else tuple(WIPES)
    return [
        Cell(
            condition,
            seed,
            name,
            1 if quick else 10 if condition == ANT else 6,
            550 if quick else ANT_STEPS if condition == ANT else STEPS,
            wipes=WIPES[name],
            onset=None if WIPES[name] else ONSET,
            randomise=condition != ANT,
            probe=f"recovery:{ONSET}",
        )
        for condition in (HEBBIAN, STATIC, ANT)
        for seed in evolutions.seeds(condition)
        for name in chosen
    ]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    for condition, robot in ((HEBBIAN, "realant"), (ANT, "ant")):
        mine = walking(where(records, condition=condition))
        if not mine:
            continue
        answer += _regained(mine, robot, figures)
        tables += [
            _distance_table(
                mine, f"{robot}: distance of the weights from the nearest of the 50 steps before", "weight_gap"
            ),
            _distance_table(mine, f"{robot}: distance of the weights from the last step before", "weight_distance"),
        ]
    static = where(records, condition=STATIC)
    if where(static, treatment=THIRD):
        share = of_median(list(shares_recovered(where(static, treatment=THIRD)).values()))
        figures["static recovered, a third, share"] = share
        answer.append(
            f"Static weights, a third wiped for good: {counted(where(static, treatment=THIRD))} lives recover, "
            f"n = {share.n}."
        )
    nothing = recovery_time(where(records, condition=HEBBIAN, treatment=NOTHING))
    if nothing.n:
        answer.append(f"Of these steps the definition costs 25: with nothing wiped realant gets {time_text(nothing)}.")
    for robot, group in (("realant", (HEBBIAN, STATIC)), ("ant", (ANT,))):
        mine = [r for r in records if r["condition"] in group]
        if mine:
            groups = [(name, where(mine, treatment=name)) for name in WIPES]
            tables.append(recovery_table(f"{robot}: walking after a wipe at step {ONSET}", "wiped", groups))
    return Findings(tuple(answer), tuple(tables), figures)


def _regained(records: Sequence[Record], robot: str, figures: Figures) -> list[str]:
    """Say how soon walking and weights are back."""
    walk, weights = [], []
    courses: dict[str, list[str]] = {}
    n = 0
    for name in [n for n in WIPES if where(records, treatment=n)]:
        lives = where(records, treatment=name)
        back = recovery_time(lives)
        share = of_median(list(shares_recovered(lives).values()))
        figures[f"{robot} recovery, {name} [steps]"] = back
        if name == NOTHING or not back.n:
            continue
        n = max(n, back.n)
        walk.append(f"{name} {time_text(back)}, {counted(lives)} lives")
        home = of_median(list(weights_back(records, name).values()))
        left = {lag: of_median(list(left_over(records, name, lag).values())) for lag in (LAGS[0], *LAGS[-2:])}
        figures[f"{robot} weights back, {name} [steps]"] = home
        figures |= {f"{robot} left of the wipe after {lag}, {name}": each for lag, each in left.items()}
        home_text = time_text(home).replace("never", f"not within {LAGS[-1]}")
        weights.append(f"{name} {home_text} ({left[LAGS[0]].value:.2f} left after 1 step)")
        if share.value > 0.5 and back.value <= LAGS[-1] and np.isinf(home.value):
            earlier, last = (left[lag].value for lag in LAGS[-2:])
            courses.setdefault(course(earlier, last), []).append(f"{name} {earlier:.2f} and {last:.2f}")
    said = []
    if walk:
        said.append(f"{robot}, n = {n}, steps to 90 % of the speed, and lives that regain it: {'; '.join(walk)}.")
        said.append(f"{robot}, n = {n}, steps until the weights are back among those of before: {'; '.join(weights)}.")
    left_at = f"left {LAGS[-2]} and {LAGS[-1]} steps after the wipe"
    said += [f"{robot}, n = {n}: walks again {how}: {', '.join(names)} ({left_at})." for how, names in courses.items()]
    return said


def _distance_table(records: Sequence[Record], title: str, kind: str) -> Table:
    rows = [
        (name, *(of_median(list(distances(records, name, lag, kind).values())).text() for lag in LAGS))
        for name in WIPES
        if where(records, treatment=name)
    ]
    n = len(distances(records, NOTHING, LAGS[0]))
    return Table(f"{title}, by steps after the wipe, n = {n}", ("wiped", *map(str, LAGS)), tuple(rows))


STUDY = Study(
    name="wiped",
    number=3,
    doc=__doc__ or "",
    needs={HEBBIAN: 10, STATIC: 10, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
    headlines=(
        Headline(
            "steps to 90 % of the speed after a third of the weights was wiped, Hebbian",
            f"realant recovery, {THIRD} [steps]",
            LEAST,
            ".0f",
        ),
        Headline("share of lives that recover from that, static", "static recovered, a third, share"),
    ),
)
