"""Actuators: does the robot walk again when its motors fail?

Question: Najarro & Risi show an ant whose actuators are saturated for 100 steps and that walks again some tens of
steps later. How long does it take, how often does it fail, and does a network of static weights, which has nothing to
recover, do the same? And what of faults as servos have them, that stay: limp, locked, weak and late joints?

Source: the saturated actuators of Najarro & Risi 2020 (arXiv 2007.02686), steps 300 to 400; their release has no
script for it. The faults that stay have no counterpart there.

Protocol: realant, every evolution of `hebbian-dr` and `static-dr`, lives of 800 steps on the intact body, body and
sensors drawn anew in every life, the same draws for all. All actuators saturated (the command of action +1) for steps
300 to 399, 12 lives. From step 300 to the end, one leg (both joints; 4 lives for each of the four legs) or one joint (2
lives for each of the eight) is limp (no torque), locked at its angle, weak (half its torque), or its commands are late
by 4 steps (80 ms). Healthy: 12 lives without a fault, step 300 treated as if there were one, and the same lives a
second time with their speed taken over the very steps over which it is taken after saturation (from 500): of that,
saturated lives keep a share. ant: shipped rulebooks (`ant`, `ant-faults`, `ant-unbounded`, `ant-static`), one evolution
each, lives of 1000 steps: saturated (20 lives), each leg limp (5 lives), healthy (20). Recovery: steps until 90 % of
the speed of the last 100 steps before the onset are reached again, to stay for 100 steps; counted from the end of a
fault that ends and from the onset of one that stays. The definition alone costs at least 25 steps: its speed is a mean
over 25 steps that lie wholly behind that moment. A life that never gets there, or too late to be seen to stay, counts
as longer than any other: an evolution's time is the median over its lives that made 0.05 m/s before the onset (those
that recover are counted among them), and without such lives it has none. Speed after: from 100 steps after that moment
to the end of the life; a robot that fell stands from there on.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.actuator_compared import KEPT, saturation_said, staying_said
from sim.studies.parts.actuator_faults import (
    ANT,
    HEALTHY,
    KINDS,
    ONSET,
    REALANT,
    SATURATED,
    STAYING,
    fault_cells,
    kept_by_kind,
    of_kind,
)
from sim.studies.parts.actuator_figure import draw
from sim.studies.parts.recoveries import FLOOR, LEAST, counted, recovery_time, shares_recovered, speeds_kept, time_text
from sim.studies.parts.recovery_table import recovery_table
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline, more_than_none
from sim.study.intervals import of_difference, of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    conditions = (*REALANT, *(ANT[:1] if quick else ANT))
    return [cell for name in conditions for cell in fault_cells(name, evolutions.seeds(name), quick)]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    for robot, group in (("realant", REALANT), ("ant", ANT)):
        present = [c for c in group if where(records, condition=c)]
        if not present:
            continue
        said = []
        for condition in present:
            lives = of_kind(where(records, condition=condition), SATURATED)
            back = recovery_time(lives)
            share = of_median(list(shares_recovered(lives).values()))
            figures[f"{condition} recovery after saturation [steps]"] = back
            figures[f"{condition} recovered after saturation, share"] = share
            reward = [r["reward"] for r in lives if "reward" in r]
            earned = f", mean reward of all {len(reward)} lives {np.mean(reward):.0f}" if reward else ""
            said.append(f"{name_of(condition)} {time_text(back)} steps, {counted(lives)} lives{earned}")
        answer.append(
            f"{robot}, to 90 % of its speed after 100 saturated steps, and lives that get there: {'; '.join(said)}."
        )
        mine = [r for r in records if r["condition"] in group]
        groups = [(kind, of_kind(mine, kind)) for kind in KINDS]
        tables.append(recovery_table(f"{robot}: what a fault at step {ONSET} does", "fault", groups))
    hebbian, static = (where(records, condition=c) for c in REALANT)
    if hebbian and static:
        answer += saturation_said(hebbian, static, figures)
        answer += [staying_said(hebbian, static, part, figures) for part in ("leg", "joint")]
    for part in ("leg", "joint") if hebbian else ():
        kept = [list(kept_by_kind(each, part).values()) for each in (hebbian, static)]
        words = [f"{n} keeps {of_median(k).text()}" for n, k in zip(("Hebbian", "static"), kept, strict=True) if k]
        figures |= {f"{c} speed kept, {part} faults": of_median(k) for c, k in zip(REALANT, kept, strict=True)}
        gap = of_difference(*kept)
        figures[f"speed kept, {part} faults, Hebbian minus static"] = gap
        answer.append(
            f"realant, one {part} limp, locked, weak or late to the end: {', '.join(words)} of the speed before; "
            f"Hebbian minus static {gap.text()}, n = {gap.n}: "
            f"{gap.told('Hebbian keeps more', 'Hebbian keeps less')}."
        )
    if hebbian:
        healthy = recovery_time(of_kind(hebbian, HEALTHY))
        kept_whole = of_median(list(speeds_kept(of_kind(hebbian, HEALTHY)).values()))
        figures |= {"healthy, recovery [steps]": healthy, "healthy, speed kept": kept_whole}
        answer.append(
            f"The definition of recovery costs at least {FLOOR} of these steps; a healthy life of a Hebbian realant, "
            f"judged from step {ONSET} as if something had failed there, gets {time_text(healthy)} and keeps "
            f"{kept_whole.text()} of its speed."
        )
        tables.append(_by_place([*hebbian, *static]))
    return Findings(tuple(answer), tuple(tables), figures)


def _by_place(records: Sequence[Record]) -> Table:
    places = [r["treatment"].split(" ", 1)[1] for r in records if " " in r["treatment"]]
    rows = []
    for place in sorted(dict.fromkeys(places), reverse=True):
        row = []
        for word in STAYING:
            lives = [where(records, condition=c, treatment=f"{word} {place}") for c in REALANT]
            kept = [of_median(list(speeds_kept(each).values())) for each in lives]
            row.append(" / ".join(f"{k.value:.2f}" if k.n else "-" for k in kept))
        rows.append((place, *row))
    title = "realant: speed after / before by place, Hebbian / static, medians over evolutions"
    return Table(title, ("fault to the end", *STAYING), tuple(rows))


STUDY = Study(
    name="actuators",
    number=2,
    doc=__doc__ or "",
    needs={**dict.fromkeys(REALANT, 10), **dict.fromkeys(ANT, 1)},
    cells=cells,
    findings=findings,
    draw=draw,
    headlines=(
        Headline(
            "steps to 90 % of the speed after 100 saturated steps, Hebbian",
            "hebbian-dr recovery after saturation [steps]",
            LEAST,
            ".0f",
        ),
        Headline("the same, static", "static-dr recovery after saturation [steps]", LEAST, ".0f"),
        Headline(
            "speed kept after saturation, Hebbian minus static",
            f"after saturation, Hebbian minus static, {KEPT}",
            more_than_none,
            ".3f",
        ),
        Headline(
            "share of lives that recover with a leg that fails for good, Hebbian minus static",
            "recovered, leg faults, Hebbian minus static",
            more_than_none,
        ),
    ),
)
