"""Weights over a life: do starts end in one place, and bodies apart?

Question: The paper shows the weights of a life as a path in the plane of their first principal components: from any
start into one region, another one for another body. Is that so here: do starts end in one place per body? Are the
places of two bodies further apart than two starts on one body are, or than the weights wander in a gait? And do weights
wander further on rough ground, as Leung and others read it from one component, as wider adaptation?

Source: the figure of weights over a life of Najarro & Risi 2020 (arXiv 2007.02686); the components on even and uneven
ground of Leung and others 2025 (arXiv 2503.12406).

Protocol: realant, the first 5 evolutions of `hebbian-dr`, which all learned to walk (8 of all 10 did): 5 starts (drawn
weights) on each of 8 bodies, 500 steps, body and sensors as the robot file says, so that nothing differs but start and
body (and the bumps, which every start finds elsewhere). Weights are looked at every 10 steps, each layer divided by its
largest; one principal component analysis takes all lives of an evolution, from step 1 on. An end point is the mean over
a quarter of a life. Distances, as a share of the weights' size: between the end points of third and last quarter of one
life (nothing differs but time), between starts on one body, between bodies from one start, and the wander of the second
half around its mean. Bodies count as told apart in an evolution if their end points lie further apart, beside those of
one body, than 95 % of 999 shuffles of the labels set them. A robot that stands on a body has other weights there than
one that walks. So bodies are looked at without those on which the lives of an evolution get less than 0.5 m far in the
mean; and one by one, each beside the intact one: how far the centres of their end points lie apart (squared distances
between the two less half of those within each: starts that scatter wider on one body are no difference), and whether
95 % of all ways to deal out the labels set them less far apart. ant: the shipped rulebook, one evolution, 600 steps,
every 20; its weights grow all life, and only their proportions are looked at. Lives that end early have no end points.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebb_controller.rulebook import Rulebook
from sim.studies.parts.body_centres import CHANCE
from sim.studies.parts.body_findings import ANT_BODIES
from sim.studies.parts.life_figure import draw
from sim.studies.parts.weight_geometry import GEOMETRY, PATH, geometry_records
from sim.studies.parts.weight_paths import paths_of
from sim.studies.parts.weights_by_body import TOLD, beside_intact, where_it_walks
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline, beside_one
from sim.study.intervals import Interval, of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table
from sim.study.summaries import per_evolution

REALANT, ANT = "hebbian-dr", "shipped/ant"
BODIES = (
    *("intact", "front_right_short", "front_left_short", "payload"),
    *("slope", "rough", "low_friction", "swapped_sides"),
)
MOST = 5
#: Steps between two looks at the weights.
EVERY = {REALANT: 10, ANT: 20}
#: What the geometry says of distances, in words.
DISTANCES = {
    "within": "one life, a quarter later",
    "starts": "two starts, one body",
    "bodies": "two bodies, one start",
    "wander": "wander around the end point",
}


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study; bodies are listed in the treatment."""
    nb_bodies, starts = (2, 2) if quick else (None, 5)
    asked = [
        Cell(REALANT, seed, "+".join(BODIES[:nb_bodies]), starts, 200 if quick else 500, randomise=False)
        for seed in evolutions.seeds(REALANT)[:MOST]
    ]
    return [*asked, Cell(ANT, 0, "+".join(ANT_BODIES[:nb_bodies]), starts, 200 if quick else 600, randomise=False)]


def live(cell: Cell, book: Rulebook) -> list[Record]:
    """Live all bodies and starts of one evolution, and return one record per life and one of their geometry."""
    paths = paths_of(cell, book, tuple(cell.treatment.split("+")), EVERY[cell.condition])
    head = {"cell": cell.name, "digest": book.digest} | cell.as_dict()
    found = geometry_records(paths, cell.horizon)
    return [head | {"of": len(found), "episode": k} | each for k, each in enumerate(found)]


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    tables: list[Table] = []
    figures: Figures = {}
    for condition, robot in ((REALANT, "realant"), (ANT, "ant")):
        ours = where(records, condition=condition)
        mine = where(ours, treatment=GEOMETRY)
        if not mine:
            continue
        explained = [of_median([r["explained"][k] for r in mine]) for k in range(3)]
        figures |= {f"{robot} first component": explained[0]}
        rows = [(words, of_values(mine, name).text(".3f")) for name, words in DISTANCES.items()]
        gaps = {step: of_median(_at(mine, step)) for step in mine[0]["gap"]}
        rows += [(f"two starts at step {step}", gap.text(".3f")) for step, gap in gaps.items()]
        used = f"{sum(r['used'] for r in mine)} of {sum(r['lives'] for r in mine)} lives, n = {len(mine)}"
        title = f"{robot}: distances as a share of the weights' size ({used})"
        tables.append(Table(title, ("between", "distance"), tuple(rows)))
        shares = ", ".join(f"{100 * e.value:.0f}" for e in explained)
        answer.append(
            f"{robot}, n = {len(mine)}: the first three components hold {shares} % of the variance of the weights of "
            f"{name_of(condition)}."
        )
        said, beside = beside_intact(ours, robot, figures)
        answer += [_starts(mine, robot, figures), _bodies(mine, robot, figures), where_it_walks(ours, robot, figures)]
        answer += [said, _ground(mine, robot, figures)]
        tables += beside
        tables.append(_spread(mine, robot, where(ours, treatment=PATH)))
    return Findings(tuple(sentence for sentence in answer if sentence), tuple(tables), figures)


def of_values(records: Sequence[Record], name: str) -> Interval:
    """Return the median of a figure of the geometry over evolutions."""
    return of_median([r[name] for r in records if r.get(name) is not None])


def ratio_of(records: Sequence[Record], top: str, bottom: str) -> Interval:
    """Return the median over evolutions of the ratio of two figures of the geometry."""
    both = [(r[top], r[bottom]) for r in records if r.get(top) is not None and r.get(bottom)]
    return of_median([a / b for a, b in both])


def _starts(records: Sequence[Record], robot: str, figures: Figures) -> str:
    ratio = ratio_of(records, "starts", "within")
    figures[f"{robot} starts / one life"] = ratio
    if not ratio.n:
        return f"{robot}: too few lives lasted to compare starts."
    apart, near = "starts stay apart: not one set of weights per body", "nearer than a life is to itself"
    said = ratio.told(apart, near, "starts are not told from one place per body", 1.0)
    gaps = [(step, of_median(_at(records, step)).value) for step in ("0", "1", "50")]
    course = ", ".join(f"{gap:.2f} at step {step}" for step, gap in gaps if np.isfinite(gap))
    return (
        f"{robot}: two starts on one body are {course} of the weights' size apart; their end points lie "
        f"{ratio.text()} times as far apart as two moments of one life ({said})."
    )


def _bodies(records: Sequence[Record], robot: str, figures: Figures) -> str:
    ratio, wide = ratio_of(records, "bodies", "starts"), ratio_of(records, "bodies", "wander")
    figures |= {f"{robot} bodies / starts": ratio, f"{robot} bodies / wander": wide}
    if not ratio.n:
        return f"{robot}: too few lives lasted to compare bodies."
    chances = [r["chance"] for r in records if r.get("chance") is not None]
    told = sum(chance <= CHANCE for chance in chances)
    return (
        f"{robot}, over all bodies: end points on two bodies lie {ratio.text()} times as far apart as those of two "
        f"starts on one body ({ratio.told(*TOLD, 1.0)}; told apart in {told} of {len(chances)} evolutions), and "
        f"{wide.text()} times as far as the weights wander around an end point."
    )


def _ground(records: Sequence[Record], robot: str, figures: Figures) -> str:
    pairs = [(r["spread"]["rough"], r["spread"]["intact"]) for r in records if {"rough", "intact"} <= set(r["spread"])]
    if not pairs:
        return ""
    ratios = [of_median([rough[k] / even[k] for rough, even in pairs if even[k]]) for k in range(3)]
    wide = of_median([r["wander_of"]["rough"] / r["wander_of"]["intact"] for r in records if "rough" in r["wander_of"]])
    figures[f"{robot} wander rough / even"] = wide
    said = wide.told("further on rough ground", "less far on rough ground", "not told from even ground", 1.0)
    parts = ", ".join(r.text() for r in ratios)
    return (
        f"{robot}: on rough ground the spread of the first three components is {parts} of that on even ground; of all "
        f"weights, {wide.text()} ({said})."
    )


def _at(records: Sequence[Record], step: str) -> list[float]:
    return [r["gap"][step] for r in records if r["gap"].get(step) is not None]


def _spread(records: Sequence[Record], robot: str, lives: Sequence[Record]) -> Table:
    rows = []
    for body in records[0]["spread"]:
        here = [r for r in records if r["spread"].get(body)]
        columns = [of_median([r["spread"][body][k] for r in here]).text() for k in range(3)]
        wander = of_median([r["wander_of"][body] for r in here if body in r["wander_of"]]).text(".3f")
        walked = of_median(list(per_evolution(where(lives, body=body), "distance").values())).text()
        rows.append((body, *columns, wander, walked))
    head = ("body", "component 1", "component 2", "component 3", "wander / size of the weights", "walked [m]")
    return Table(f"{robot}: standard deviation over the second half of life", head, tuple(rows))


STUDY = Study(
    name="life",
    number=9,
    doc=__doc__ or "",
    needs={REALANT: MOST, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
    live=live,
    headlines=(Headline("end points of the weights: two bodies / two starts", "realant bodies / starts", beside_one),),
)
