"""Matched rivals: what do plastic, static and recurrent networks buy?

Question: Is it plasticity that carries over to other bodies, or would any network with the same training do? A gated
recurrent network also adapts without a gradient, in its state. And what does domain randomisation, the usual remedy,
buy each of them?

Source: the comparisons that reviewers of Najarro & Risi 2020 (arXiv 2007.02686) asked for; a recurrent rival as in
Leung and others 2025 (arXiv 2503.12406) and Dittrich and others 2026 (arXiv 2603.22512). Absent: a policy trained by
gradient (PPO) and an RMA-like encoder of the history (arXiv 2107.04034), which come later.

Protocol: realant; conditions that share strategy, control steps and training bodies: Hebbian rules, static weights of
the same widths, a gated recurrent network with as many evolved numbers as the rules have; each with domain
randomisation in training (`-dr`) and without. `static-dr-fine` is static weights once more, searched with noise and
steps in the same proportion to their first draw as the constant term of the rules: is the static rival badly tuned?
Every evolution lives 4 lives of 500 steps on each body of `hebb robots`, body and sensors drawn anew (lives and figures
are those of the study on bodies), 4 on the intact body as the robot file says, and 4 of 800 steps each in which all
actuators saturate over steps 300 to 400, or one leg locks at step 300 to the end, each of the four legs. Speed kept:
from 100 steps after the onset (after its end, where it ends), as a share of the speed before (means over lives); lives
that did not walk before are left out, a fallen robot stands from there on. Comparisons are ratios of medians over
evolutions; with and without randomisation, which share the first draw of each seed, the median over seeds of the ratio:
a seed of which neither evolution walks (0.5 m on the intact body) counts, and the ratio is given without it too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from hebb_controller.robot_file import load_robot
from sim.studies.bodies import body_cells
from sim.studies.parts.body_measures import (
    REALANT,
    SEEN,
    body_of,
    walkers,
)
from sim.studies.parts.legs import leg_joints
from sim.studies.parts.rivals_compared import (
    BODY_KINDS,
    PLAIN,
    compared,
    distances,
    randomisation_said,
    static_said,
)
from sim.studies.parts.rivals_damage import LOCK, SATURATE, damage_said, damage_table, kept
from sim.studies.parts.rivals_figure import RIVALS, rivals_figure
from sim.studies.parts.rivals_size import changing_numbers, evolved_numbers
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline
from sim.study.intervals import of_median, verdict
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table

#: Conditions whose lives on all bodies the study on bodies has.
BORROWED = ("hebbian-dr", "static-dr")
ONSET, END, STEPS = 300, 400, 800


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study that the study on bodies does not have."""
    asked = body_cells([c for c in RIVALS if c not in BORROWED], evolutions, quick)
    lives, steps = (1, 550) if quick else (4, STEPS)
    legs = leg_joints(load_robot("realant").joint_names)
    for condition in RIVALS:
        for seed in evolutions.seeds(condition):
            asked.append(Cell(condition, seed, PLAIN, lives, 100 if quick else 500, randomise=False))
            asked.append(Cell(condition, seed, SATURATE, lives, steps, faults=(f"saturate@{ONSET}:{END}",)))
            for leg in legs[: 1 if quick else None]:
                fault = f"lock@{ONSET}:@{','.join(leg)}"
                asked.append(Cell(condition, seed, LOCK, lives, steps, faults=(fault,)))
    return asked


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    there = [condition for condition in RIVALS if where(records, condition=condition)]
    if not there:
        return Findings((), (), {})
    figures: Figures = {}
    tables = [_distances(records, there, figures), damage_table(records, there, figures)]
    answer = [*_against(records, there, figures), *damage_said(records, there)]
    answer += static_said(records, there, figures)
    answer += randomisation_said(records, there, figures, tables)
    missing = [condition for condition in RIVALS if condition not in there]
    answer += [f"Not evolved yet: {', '.join(missing)}."] if missing else []
    answer.append("Absent: PPO, and an RMA-like encoder of the history.")
    return Findings(tuple(answer), tuple(tables), figures)


def _distances(records: Sequence[Record], there: Sequence[str], figures: Figures) -> Table:
    rows = []
    for condition in there:
        columns = [of_median(distances(records, condition, kind)) for kind in (PLAIN, *BODY_KINDS)]
        falls = [r["fallen"] for r in where(records, condition=condition, treatment=REALANT) if body_of(r) not in SEEN]
        figures |= {f"{condition} {kind} [m]": c for kind, c in zip(BODY_KINDS, columns[1:], strict=True)}
        numbers = (f"{evolved_numbers(condition):,}", changing_numbers(condition))
        share = f"{100 * np.mean(falls):.0f} %" if falls else "-"
        walking = f"{len(walkers(where(records, treatment=REALANT), condition))} of {columns[1].n}"
        rows.append((name_of(condition), *numbers, *(c.text() for c in columns), share, walking))
    head = ("network", "evolved numbers", "that change in a life", "intact, as the robot file says [m]", "intact [m]")
    title = "Distance in 10 s, median over evolutions with 95 % interval"
    return Table(
        title, (*head, "seen damage [m]", "unseen bodies [m]", "falls, unseen", "evolutions that walk"), tuple(rows)
    )


def _against(records: Sequence[Record], there: Sequence[str], figures: Figures) -> list[str]:
    mine = RIVALS[0]
    if mine not in there:
        return []
    said = []
    for kind, words in (("intact", "intact"), ("seen", "seen damage"), ("unseen", "unseen bodies")):
        parts = []
        for rival in [c for c in there if c != mine]:
            ratio = compared(records, mine, rival, kind)
            figures[f"{mine} / {rival}, {kind}"] = ratio
            if ratio.n:
                parts.append(f"{ratio.text()} times {name_of(rival)} ({verdict(ratio)}, n = {ratio.n})")
        if parts:
            said.append(f"{name_of(mine)}, {words}: {'; '.join(parts)}.")
    return said


def draw(records: Sequence[Record]) -> Figure:
    """Draw distances and the speed kept, for the rivals that there are."""
    there = [condition for condition in RIVALS if where(records, condition=condition)]
    kinds = {"intact": "Intact", "seen": "Seen damage", "unseen": "Unseen bodies"}
    damages = {SATURATE: "Saturated 2 s", LOCK: "A leg locked"}
    return rivals_figure(
        {title: {c: distances(records, c, kind) for c in there} for kind, title in kinds.items()},
        {title: {c: kept(records, c, treatment) for c in there} for treatment, title in damages.items()},
    )


STUDY = Study(
    name="rivals",
    number=7,
    doc=__doc__ or "",
    needs=dict.fromkeys(RIVALS, 10),
    cells=cells,
    findings=findings,
    draw=draw,
    borrows=("bodies",),
    headlines=(
        Headline(
            "distance on unseen bodies, randomised / plain training, Hebbian", "hebbian-dr / hebbian, unseen", verdict
        ),
        Headline("the same, GRU", "gru-dr / gru, unseen", verdict),
        Headline("the same, static", "static-dr / static, unseen", verdict),
        Headline("distance on unseen bodies, Hebbian / GRU, both randomised", "hebbian-dr / gru-dr, unseen", verdict),
    ),
)
