"""Frozen weights: do the rules adapt, or do the weights only settle?

Question: A reviewer of the 2020 paper asked whether the rules adapt at all, or encode one set of weights that every
random start relaxes into. How long must the weights change for the robot to walk on with what they have become? And
the control that matters: when the body is damaged in the middle of a life, does a network that goes on changing walk
better than one whose weights stopped at that very moment?

Source: The frozen-weight curve of Najarro & Risi 2020 (arXiv 2007.02686), where 30 to 80 steps suffice; the review of
that paper at NeurIPS 2020; the control at the moment of damage has not been published.

Protocol: realant, every evolution of `hebbian-dr`. Curve: 4 lives of 600 steps, plasticity stopped at step 0, 10, 20,
30, 50, 80, 150, 300 or never; figure: speed over the last 200 steps. Damage: 4 lives of 800 steps; at step 300 a leg
locks or goes limp (both joints, to the end; each of the four legs), the commands of a leg are late by 4 steps, all
actuators saturate for 100 steps, or a third of the weights is wiped. The same life is lived twice, plastic all along
and with plasticity stopped at step 300: up to that step the two are identical to the last bit. Adaptation = speed after
damage, plastic minus frozen, as a share of the speed before (means over the lives that walked then; kinds of damage
weigh alike); speed after damage is measured from 100 steps after the onset (after its end, where it ends), and a robot
that fell stands from there on. A gap of a wiped network is repair of weights rather than adaptation to a body, and is
told apart. Weights on a limit cycle are part of the gait, so that stopping them costs speed on a healthy body too: the
same two lives without any damage say how much. What is an answer to the damage: the share of its own healthy speed that
the plastic network keeps, minus the share of theirs that frozen weights keep; evolutions whose frozen weights keep less
than a tenth on a healthy body have no such share, and n is without them. A third time the weights stop at their mean
over the 40 steps before step 300, two strides: is there one set of weights that walks? ant: the shipped rulebook, one
evolution, 10 lives; limp legs and saturation alone. An ant that makes no progress for 30 steps is stopped by the
benchmark before any damage, and counts as standing.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.adaptation import (
    AVERAGED,
    FROZEN,
    HEALTHY,
    WIPE,
    adaptation,
    answers,
    curve_names,
    curve_share,
    damage_kinds,
    gaps,
    long_enough,
    pooled_gaps,
)
from sim.studies.parts.frozen_figure import frozen_figure
from sim.studies.parts.frozen_lives import ANT, REALANT, cells
from sim.study.intervals import Interval, of_median
from sim.study.records import Record
from sim.study.study import Figures, Findings, Study, Table


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    for condition, robot in ((REALANT, "realant"), (ANT, "ant")):
        mine = [r for r in records if r["condition"] == condition]
        if mine:
            answer += [*_after_damage(mine, robot, tables, figures), _curve(mine, robot, tables, figures)]
    return Findings(tuple(answer), tuple(tables), figures)


def _curve(mine: Sequence[Record], robot: str, tables: list[Table], figures: Figures) -> str:
    rows = []
    for name in curve_names(mine):
        share = of_median(list(curve_share(mine, name).values()))
        rows.append((name.removeprefix("curve "), share.text(), str(share.n)))
        figures[f"{robot} {name}"] = share.value
    title = f"{robot}: speed with plasticity stopped, as a share of never"
    tables.append(Table(title, ("stopped at step", "share", "n"), tuple(rows)))
    stop = long_enough(mine)
    if stop is None:
        return f"{robot}: no stop up to step 300 leaves 90 % of the speed of weights that never stop."
    return f"{robot}: weights frozen at step {stop} already carry 90 % of the speed of weights that never stop."


def _after_damage(mine: Sequence[Record], robot: str, tables: list[Table], figures: Figures) -> list[str]:
    rows = []
    for kind in damage_kinds(mine):
        both = list(adaptation(mine, kind).values())
        plastic, frozen = (of_median([each[k] for each in both]) for k in (0, 1))
        averaged = of_median([each[1] for each in adaptation(mine, kind, AVERAGED).values()])
        gap = of_median(list(gaps(mine, kind).values()))
        rows.append((kind, plastic.text(), frozen.text(), averaged.text(), gap.text(), str(gap.n)))
        figures[f"{robot} adaptation, {kind}"] = gap.value
    head = ("damage at step 300", "plastic", "frozen", "stopped at their mean", "plastic minus frozen", "n")
    tables.append(Table(f"{robot}: speed after damage as a share of the speed before", head, tuple(rows)))
    gap, wiped = of_median(pooled_gaps(mine)), of_median(list(gaps(mine, WIPE).values()))
    figures |= {f"{robot} adaptation": gap.value, f"{robot} adaptation, low": gap.low}
    said = [
        f"{robot}, n = {gap.n}: after damage to the actuators, plastic minus frozen is {gap.text()} of the speed "
        f"before ({_sure(gap)}); a wiped third of the weights: {wiped.text()}."
    ]
    for control, words in ((FROZEN, "stopping the weights"), (AVERAGED, "stopping them at their two-stride mean")):
        cost = of_median(list(gaps(mine, HEALTHY, control).values()))
        own = of_median(answers(mine, control))
        figures |= {f"{robot} cost{control}": cost.value, f"{robot} answer to damage{control}": own.value}
        if cost.n:
            said.append(
                f"{robot}: without any damage, {words} costs a healthy body {cost.text()} of its speed "
                f"({_sure(cost)}). Share of their own healthy speed that is kept after damage, plastic minus such "
                f"weights: {own.text()} ({_sure(own)}, n = {own.n})."
            )
    return said


def _sure(gap: Interval) -> str:
    return gap.told("more than none", "less than none", unsure="too few evolutions for an interval")


def draw(records: Sequence[Record]) -> Figure:
    """Draw the frozen-weight curve, and speed after damage, plastic beside frozen."""
    return frozen_figure(records, REALANT)


STUDY = Study(
    name="frozen",
    number=4,
    doc=__doc__ or "",
    needs={REALANT: 10, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
)
