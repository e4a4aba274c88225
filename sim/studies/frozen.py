"""Frozen weights: is it adaptation, or did the weights only relax into a set that would walk anyway?

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
and with plasticity stopped at step 300: up to that step the two are identical to the last bit. Adaptation = speed
after damage, plastic minus frozen, as a share of the speed before; speed after damage is measured from 100 steps after
the onset (after its end, where it ends), and a robot that fell has 0. A gap of a wiped network is repair of weights
rather than adaptation to a body, and is told apart. Weights on a limit cycle are part of the gait, so that stopping
them costs speed on a healthy body too: the same two lives without any damage say how much. What is an answer to the
damage: the share of its own healthy speed that the plastic network keeps, minus the share of theirs that frozen weights
keep. ant: the shipped rulebook, one evolution, 10 lives.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from hebb_controller.robot_file import load_robot
from sim.studies.parts.adaptation import (
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
from sim.studies.parts.legs import leg_joints
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.intervals import Interval, of_median
from sim.study.records import Record
from sim.study.study import Findings, Study, Table

REALANT, ANT = "hebbian-dr", "shipped/ant"
STOPS = (0, 10, 20, 30, 50, 80, 150, 300)
CURVE_STEPS = 600
ONSET = 300
DAMAGE_STEPS = 800
#: Faults of the actuators by the study's own word: kind, last step, one leg at a time.
DAMAGES = {
    "lock": ("lock", None, True),
    "limp": ("limp", None, True),
    "delay": ("delay=4", None, True),
    "saturate": ("saturate", ONSET + 100, False),
}
ANT_DAMAGES = ("limp", "saturate")


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = []
    stops: tuple[int | None, ...] = (30, None) if quick else (*STOPS, None)
    for condition, seed, episodes, randomise in _subjects(evolutions, quick):
        for stop in stops:
            name = "curve never" if stop is None else f"curve {stop}"
            length = 150 if quick else CURVE_STEPS
            asked.append(
                Cell(
                    condition,
                    seed,
                    name,
                    episodes,
                    length,
                    stop_plasticity=stop,
                    onset=length - 300,
                    randomise=randomise,
                )
            )
        for name, faults, wipes in _damages(condition, quick):
            for word, stop in (("", None), (FROZEN, ONSET)):
                asked.append(
                    Cell(
                        condition,
                        seed,
                        f"{name}{word}",
                        episodes,
                        550 if quick else DAMAGE_STEPS,
                        faults=faults,
                        wipes=wipes,
                        stop_plasticity=stop,
                        onset=None if faults or wipes else ONSET,
                        randomise=randomise,
                    )
                )
    return asked


def _subjects(evolutions: Evolutions, quick: bool) -> list[tuple[str, int, int, bool]]:
    found = [(REALANT, seed, 1 if quick else 4, True) for seed in evolutions.seeds(REALANT)]
    return found if quick else [*found, (ANT, 0, 10, False)]


def _damages(condition: str, quick: bool) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    robot = load_robot("ant" if condition == ANT else "realant")
    legs = leg_joints(robot.joint_names)
    found = []
    for name, (kind, stop, one_leg) in DAMAGES.items():
        if condition == ANT and name not in ANT_DAMAGES:
            continue
        span = f"{ONSET}:{'' if stop is None else stop}"
        if not one_leg:
            found.append((name, (f"{kind}@{span}",), ()))
            continue
        for leg in legs[:1] if quick else legs:
            found.append((f"{name} {leg[0].rpartition('_')[0]}", (f"{kind}@{span}@{','.join(leg)}",), ()))
    return [*found, (WIPE, (), (f"0.333@{ONSET}",)), (HEALTHY, (), ())]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: dict[str, float | int | str | None] = {}
    for condition, robot in ((REALANT, "realant"), (ANT, "ant")):
        mine = [r for r in records if r["condition"] == condition]
        if not mine:
            continue
        rows: list[tuple[str, ...]] = []
        for name in curve_names(mine):
            share = of_median(list(curve_share(mine, name).values()))
            rows.append((name.removeprefix("curve "), share.text(), str(share.n)))
            figures[f"{robot} {name}"] = share.value
        tables.append(
            Table(
                f"{robot}: speed with plasticity stopped, as a share of never",
                ("stopped at step", "share", "n"),
                tuple(rows),
            )
        )
        rows = []
        for name in damage_kinds(mine):
            both = list(adaptation(mine, name).values())
            plastic, frozen = (of_median([each[k] for each in both]) for k in (0, 1))
            gap = of_median(list(gaps(mine, name).values()))
            rows.append((name, plastic.text(), frozen.text(), gap.text(), str(gap.n)))
            figures[f"{robot} adaptation, {name}"] = gap.value
        title = f"{robot}: speed after damage as a share of the speed before"
        tables.append(
            Table(title, ("damage at step 300", "plastic", "frozen at 300", "plastic minus frozen", "n"), tuple(rows))
        )
        gap = of_median(pooled_gaps(mine))
        figures[f"{robot} adaptation"] = gap.value
        answer.append(
            f"{robot}, n = {gap.n}: after damage to the actuators, plastic minus frozen is {gap.text()} of the speed "
            f"before ({_sure(gap)}); a wiped third of the weights: {of_median(list(gaps(mine, WIPE).values())).text()}."
        )
        cost, own = of_median(list(gaps(mine, HEALTHY).values())), of_median(answers(mine))
        figures |= {f"{robot} cost of stopping, healthy": cost.value, f"{robot} answer to damage": own.value}
        if cost.n:
            answer.append(
                f"{robot}: stopping costs a healthy body {cost.text()} of its speed by itself. Of its own healthy "
                f"speed plasticity keeps {own.text()} more after damage than frozen weights of theirs ({_sure(own)})."
            )
        stop = long_enough(mine)
        answer.append(
            f"{robot}: weights frozen at step {stop} already carry 90 % of the speed of weights that never stop."
            if stop is not None
            else f"{robot}: no stop up to step 300 leaves 90 % of the speed of weights that never stop."
        )
    return Findings(tuple(answer), tuple(tables), figures)


def _sure(gap: Interval) -> str:
    if not np.isfinite(gap.low):
        return "too few evolutions for an interval"
    return "more than none" if gap.low > 0.0 else "less than none: harm" if gap.high < 0.0 else "not told from none"


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
