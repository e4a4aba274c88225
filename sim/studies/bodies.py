"""Bodies: do the rules walk on bodies that they never met?

Question: Najarro & Risi report that evolved Hebbian rules keep 43 % of their distance on a damaged body that they
never met, where static weights evolved the same way keep 4 %, at the price of a third of the distance on the intact
body. Does that hold for the benchmark's ant here, and for a servo robot on more than thirty bodies?

Source: the quadruped table of Najarro & Risi 2020 (arXiv 2007.02686); thirty unseen bodies after Pedersen & Risi 2021
(arXiv 2104.07959).

Protocol: realant: every evolution of `hebbian-dr` and `static-dr` (intact and front_right_short in training, equal
budget) lives 4 lives of 500 steps on each body of `hebb robots`, body and sensors drawn anew in every life, the same
draws for all. An evolution's figure on a body is its mean distance; on unseen bodies, the median over the bodies (one
body walks backwards: crossed wires of front and back). The comparison is the ratio of the medians over evolutions.
Bodies with one or two damaged or changed legs, the paper's question, are far harder than the rest, and the median over
all lies between: damaged legs, loads (a heavy leg is one), grounds, and the rest are given apart.
ant: the shipped rulebooks, one evolution each, 100 lives on each body; reward as in the paper (metres / 0.0165 s), back
legs unseen too, but for `ant-bodies`, which was evolved on from `ant` with each of the three other legs short, and
`ant-faults`, evolved on from there with limp and weak legs, the left front one among them, which is never short. What
the candidates for `ant-faults` earn on that body was known when one of them was chosen: so all ants are judged by one
damage more, half of that leg's outer segment, at which nobody had looked. sts12: the shipped rulebook, one evolution, 8
lives on each body, without a static rival, which has not been evolved yet. An evolution that gets less than 0.5 m far
on the intact body never learned to walk: it counts, and the comparison is given without such evolutions too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from hebb_controller.robot_file import load_robot
from sim.bodies import body_names
from sim.studies.parts.bodies_figure import bodies_figure
from sim.studies.parts.body_findings import ANT, ANT_BODIES, ANT_LATER, DOG_RULES, ant_findings, dog_findings
from sim.studies.parts.body_kinds import kind_findings
from sim.studies.parts.body_measures import (
    DOG,
    REALANT,
    SEEN,
    body_of,
    distance_on,
    share_of_intact,
    unseen_distance,
    walkers,
)
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline
from sim.study.intervals import of_difference, of_median, of_ratio, verdict
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table
from sim.study.summaries import conditions_of

CONDITIONS = ("hebbian-dr", "static-dr")


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = body_cells(CONDITIONS, evolutions, quick)
    names = body_names(load_robot("sts12"))[: 4 if quick else None]
    asked += [Cell(DOG_RULES, 0, DOG, 1 if quick else 8, 200 if quick else 500, body) for body in names]
    for condition in ANT[:1] if quick else ANT:
        asked += [
            Cell(condition, 0, "ant", 1 if quick else 100, 200 if quick else 0, body, randomise=False)
            for body in (*ANT_BODIES, ANT_LATER)[: 3 if quick else None]
        ]
    return asked


def body_cells(conditions: Sequence[str], evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return lives of every evolution of these conditions on every body of realant."""
    names = body_names(load_robot("realant"))
    bodies = names[:4] if quick else names
    episodes, horizon = (1, 100) if quick else (4, 500)
    return [
        Cell(condition, seed, REALANT, episodes, horizon, body)
        for condition in conditions
        for seed in evolutions.seeds(condition)
        for body in bodies
    ]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    figures: Figures = {}
    walked = where(records, treatment=REALANT)
    tables = [_by_condition(walked, figures)] if walked else []
    if set(CONDITIONS) <= set(conditions_of(walked)):
        said, by_kind = kind_findings(walked, CONDITIONS, figures)
        answer += [*_compared(walked, figures), *said]
        tables += [by_kind]
    tables += [_by_body(walked)] if walked else []
    for said, table in (dog_findings(records, figures), ant_findings(records, figures)):
        answer += said
        tables += [table] if table else []
    return Findings(tuple(answer), tuple(tables), figures)


def _compared(walked: Sequence[Record], figures: Figures) -> list[str]:
    hebbian, static = (unseen_distance(walked, c) for c in CONDITIONS)
    ratio = of_ratio(list(hebbian.values()), list(static.values()))
    intact = of_ratio(*(list(distance_on(walked, c, "intact").values()) for c in CONDITIONS))
    seen = of_ratio(*(list(distance_on(walked, c, SEEN[1]).values()) for c in CONDITIONS))
    nb_unseen = len({body_of(r) for r in walked} - set(SEEN))
    figures |= {"unseen bodies": nb_unseen, "unseen Hebbian / static": ratio}
    said = [
        f"realant, {nb_unseen} unseen bodies: Hebbian over static distance {ratio.text()}, n = {ratio.n} evolutions "
        f"each: {verdict(ratio)}. Intact {intact.text()}, seen damage {seen.text()}."
    ]
    sure = [walkers(walked, c) for c in CONDITIONS]
    stuck = [len(found) - len(kept) for found, kept in zip((hebbian, static), sure, strict=True)]
    if any(stuck):
        without = of_ratio(*([f[s] for s in f if s in kept] for f, kept in zip((hebbian, static), sure, strict=True)))
        figures |= {"never walked, Hebbian": stuck[0], "never walked, static": stuck[1]}
        figures |= {"unseen Hebbian / static, walkers": without}
        said.append(
            f"Never learned to walk: {stuck[0]} of {len(hebbian)} Hebbian and {stuck[1]} of {len(static)} static "
            f"evolutions. Without them the ratio on unseen bodies is {without.text()}: {verdict(without)}."
        )
    return said


def _by_condition(walked: Sequence[Record], figures: Figures) -> Table:
    rows = []
    nb_unseen = len({body_of(r) for r in walked} - set(SEEN))
    for condition in conditions_of(walked):
        mine = where(walked, condition=condition)
        intact, unseen = distance_on(mine, condition, "intact"), unseen_distance(mine, condition)
        columns = [of_median(list(distance_on(mine, condition, body).values())) for body in SEEN]
        columns.append(of_median(list(unseen.values())))
        walking = walkers(mine, condition)
        kept = of_median(list(share_of_intact(mine, condition).values()))
        falls = np.mean([r["fallen"] for r in mine if body_of(r) not in SEEN])
        texts = (*(column.text() for column in columns), kept.text(), f"{100 * falls:.0f} %")
        rows.append((name_of(condition), *texts, f"{len(walking)} of {len(intact)}"))
        figures |= {f"{condition} unseen [m]": columns[2], f"{condition} unseen / intact": kept}
    head = ("condition", "intact [m]", "seen damage [m]", f"{nb_unseen} unseen bodies [m]")
    more = ("unseen / intact, of those that walk", "falls, unseen", "evolutions that walk")
    return Table("realant: distance in 10 s, median over evolutions with 95 % interval", (*head, *more), tuple(rows))


def _by_body(walked: Sequence[Record]) -> Table:
    rows = []
    for body in sorted({body_of(r) for r in walked}):
        found = [list(distance_on(walked, c, body).values()) for c in CONDITIONS]
        texts = (*(of_median(values).text() for values in found), of_difference(*found).text())
        rows.append((f"{body} (seen)" if body in SEEN else body, *texts))
    head = ("body", *map(name_of, CONDITIONS), "difference")
    return Table("realant, every body: distance in 10 s [m]", head, tuple(rows))


def draw(records: Sequence[Record]) -> Figure:
    """Draw every body's distance, Hebbian beside static, and the ant's."""
    return bodies_figure(records, CONDITIONS, ANT, ANT_BODIES)


STUDY = Study(
    name="bodies",
    number=1,
    doc=__doc__ or "",
    needs={**dict.fromkeys(CONDITIONS, 10), **dict.fromkeys((*ANT, DOG_RULES), 1)},
    cells=cells,
    findings=findings,
    draw=draw,
    headlines=(
        Headline("distance on unseen bodies, Hebbian / static", "unseen Hebbian / static", verdict),
        Headline(
            "ant: reward with the unseen leg short / intact (paper: 0.43)",
            "ant-faults unseen / intact",
            "chosen with that body known",
        ),
        Headline(
            "ant: the same with half a leg, at which nobody had looked",
            f"ant-faults {ANT_LATER} / intact",
            "one evolution",
        ),
    ),
)
