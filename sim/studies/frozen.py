"""Frozen weights: do the rules adapt, or do the weights only settle?

Question: A reviewer of the 2020 paper asked whether the rules adapt at all, or encode one set of weights that every
random start relaxes into. How long must the weights change for the robot to walk on with what they have become? And
the control that matters: when the body is damaged in the middle of a life, does a network that goes on changing walk
better than one whose weights stopped at that very moment?

Source: The frozen-weight curve of Najarro & Risi 2020 (arXiv 2007.02686), where 30 to 80 steps suffice; the review of
that paper at NeurIPS 2020; the control at the moment of damage has not been published.

Protocol: realant, every evolution of `hebbian-dr`. Every speed here is along x, so that a robot that turns loses it
though it walks on. Curve: 4 lives of 600 steps, plasticity stopped at step 0, 10, 20, 30, 50, 80, 150, 300 or never;
figure: speed over the last 200 steps, as a share of never. Evolutions that make less than 0.05 m/s under never have not
learned to walk and have no share. Damage: 4 lives of 800 steps; at step 300 a leg locks or goes limp (both joints, to
the end; each of the four legs), the commands of a leg are late by 4 steps, all actuators saturate for 100 steps, or a
third of the weights is wiped. The same life is lived twice, plastic all along and with plasticity stopped at step 300:
up to that step the two are identical to the last bit. Plastic minus frozen: the difference in speed after damage, as a
share of the speed before (means over the lives that walked then; kinds of damage weigh alike); speed after damage is
measured from 100 steps after the onset (after its end, where it ends: 100 steps later than in the healthy lives; study
12 asks over the same steps), and a robot that fell stands from there on. The
gap of a wiped network is repair of weights, and is told apart. Stopping the weights can cost a healthy body speed along
x too, by a slower gait or by a turn: the same two lives without any damage say how much. What is an answer to the
damage: the share of its own healthy speed that the plastic network keeps, minus the share of theirs that frozen weights
keep; evolutions of which either keeps less than a tenth on a healthy body have no such share, and are named. Pace or
heading: these lives do not tell them apart, but long lives of study 8 do (5 evolutions, 2 lives each of 5,000 steps on
the intact body as the robot file says, plastic all along and with plasticity stopped at step 2,500). Frozen over
plastic is taken there of the pace over the ground (places 100 steps apart, whatever the heading) and of the speed along
x, over the second half and over the tenth after the stop (500 steps, nearest to the lives here), for evolutions that
make 0.05 m/s when plastic. A robot that keeps its pace and loses speed along x has turned. A third time the weights
stop at their mean over the 40 steps before step 300: is there one set of weights that walks? The 40 steps are the same
for all, whatever the cycle of the weights; how many cycles they are is said from the periods that study 8 finds, and
averaging over a part of a cycle works against such weights. ant: the shipped rulebook, one evolution, 10 lives; limp
legs and saturation alone. An ant that makes no progress for 30 steps is stopped by the benchmark, in lives with damage
before its onset alone, and counts as standing.
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from sim.studies.parts.adaptation import (
    AVERAGED,
    FROZEN,
    HEALTHY,
    WALKS,
    WIPE,
    answers,
    curve_names,
    curve_share,
    damage_kinds,
    gaps,
    hardly_walk,
    long_enough,
    plastic_and_stopped,
    pooled_gaps,
    sure,
)
from sim.studies.parts.frozen_figure import frozen_figure
from sim.studies.parts.frozen_heading import cycles_said, heading_said, heading_table
from sim.studies.parts.frozen_lives import ANT, AVERAGE_STEPS, REALANT, cells, of_study
from sim.study.headline import Headline, more_than_none
from sim.study.intervals import of_median
from sim.study.paired import of_paired_difference
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    own = of_study(records)
    for condition, robot in ((REALANT, "realant"), (ANT, "ant")):
        mine = where(own, condition=condition)
        if mine:
            answer += _after_damage(mine, robot, tables, figures)
            long = where(records, condition=condition)
            answer += [*heading_said(long, robot, figures), *cycles_said(long, robot, AVERAGE_STEPS, figures)]
            answer += _curve(mine, robot, tables, figures)
            tables += heading_table(long, robot, AVERAGE_STEPS)
    return Findings(tuple(answer), tuple(tables), figures)


def _curve(mine: Sequence[Record], robot: str, tables: list[Table], figures: Figures) -> list[str]:
    rows = []
    for name in curve_names(mine):
        share = of_median(list(curve_share(mine, name).values()))
        rows.append((name.removeprefix("curve "), share.text(), str(share.n)))
        figures[f"{robot} {name}"] = share
    n = len(curve_share(mine, "curve never"))
    if not n:
        return []
    title = f"{robot}: speed along x with plasticity stopped, as a share of never"
    tables.append(Table(title, ("stopped at step", "share", "n"), tuple(rows)))
    stop = long_enough(mine)
    if stop is None:
        return [f"{robot}, n = {n}: no stop up to step 300 leaves 90 % of the speed of weights that never stop."]
    return [
        f"{robot}, n = {n}: weights frozen at step {stop} already carry 90 % of the speed of those that never stop."
    ]


def _after_damage(mine: Sequence[Record], robot: str, tables: list[Table], figures: Figures) -> list[str]:
    rows = []
    for kind in damage_kinds(mine):
        both = list(plastic_and_stopped(mine, kind).values())
        plastic, frozen = (of_median([each[k] for each in both]) for k in (0, 1))
        averaged = of_median([each[1] for each in plastic_and_stopped(mine, kind, AVERAGED).values()])
        gap = of_median(list(gaps(mine, kind).values()))
        rows.append((kind, plastic.text(), frozen.text(), averaged.text(), gap.text(), str(gap.n)))
        figures[f"{robot} plastic minus frozen, {kind}"] = gap
    head = ("damage at step 300", "plastic", "frozen", "stopped at their mean", "plastic minus frozen", "n")
    tables.append(Table(f"{robot}: speed along x after damage as a share of that before", head, tuple(rows)))
    found = pooled_gaps(mine)
    gap, wiped = of_median(list(found.values())), of_median(list(gaps(mine, WIPE).values()))
    more = of_paired_difference(found, gaps(mine, HEALTHY))
    figures |= {f"{robot} plastic minus frozen": gap, f"{robot} plastic minus frozen, damaged minus healthy": more}
    said = [
        f"{robot}, n = {gap.n}: after damage to the actuators, plastic minus frozen is {gap.text()} of the speed along "
        f"x before ({sure(gap)}); a wiped third of the weights: {wiped.text()}."
    ]
    beside = f"; what it costs after damage less that is {more.text()} of the speed before ({sure(more)})"
    averaging = f"stopping them at their mean over {AVERAGE_STEPS} steps"
    for control, words in ((FROZEN, "stopping the weights"), (AVERAGED, averaging)):
        cost = of_median(list(gaps(mine, HEALTHY, control).values()))
        own = of_median(answers(mine, control))
        figures |= {f"{robot} cost{control}": cost, f"{robot} answer to damage{control}": own}
        if cost.n:
            said.append(
                f"{robot}: without any damage, {words} costs a healthy body {cost.text()} of its speed along x, by "
                f"pace or by heading ({sure(cost)}){beside if control == FROZEN else ''}. Share of their own healthy "
                f"speed that is kept after damage, plastic minus such weights: {own.text()} ({sure(own)}, n = "
                f"{own.n}{_left_out(mine, control)})."
            )
    return said


def _left_out(mine: Sequence[Record], control: str) -> str:
    """Return, in words, the evolutions that have no answer to damage because they hardly walk on a healthy body."""
    out = hardly_walk(mine, control)
    if not out:
        return ""
    whose = (
        "stopped weights" if all(stopped < WALKS for _, stopped in out.values()) else "weights, changing or stopped,"
    )
    numbers = " and ".join(str(seed) for seed in sorted(out))
    return f", without evolution{'s' * (len(out) > 1)} {numbers}, whose {whose} keep less than a tenth"


def draw(records: Sequence[Record]) -> Figure:
    """Draw the frozen-weight curve, and speed after damage, plastic beside frozen."""
    return frozen_figure(of_study(records), REALANT)


STUDY = Study(
    name="frozen",
    number=4,
    doc=__doc__ or "",
    needs={REALANT: 10, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
    borrows=("clock",),
    headlines=(
        Headline(
            "speed after damage, plastic minus frozen, as a share of that before",
            "realant plastic minus frozen",
            more_than_none,
        ),
        Headline("the same without any damage: what stopping costs", f"realant cost{FROZEN}", more_than_none),
        Headline(
            "share of the own healthy speed kept after damage, plastic minus frozen",
            f"realant answer to damage{FROZEN}",
            more_than_none,
        ),
    ),
)
