"""Bodies: does a rule walk on bodies that it was not evolved on, and better than static weights do?

Question: Najarro & Risi report that evolved Hebbian rules keep 43 % of their distance on a damaged body that they
never met, where static weights evolved the same way keep 4 %, at the price of a third of the distance on the intact
body. Does that hold for the benchmark's ant here, and for a servo robot on more than thirty bodies?

Source: the quadruped table of Najarro & Risi 2020 (arXiv 2007.02686); thirty unseen bodies after Pedersen & Risi 2021
(arXiv 2104.07959).

Protocol: realant: every evolution of `hebbian-dr` and `static-dr` (intact and front_right_short in training, equal
budget) lives 4 lives of 500 steps on each body of `hebb robots`, body and sensors drawn anew in every life, the same
draws for all. An evolution's figure on a body is its mean distance; on unseen bodies, the median over the bodies (one
body walks backwards: crossed wires of front and back). The comparison is the ratio of the medians over evolutions.
ant: the shipped rulebooks, one evolution each, 20 lives on each body; reward as in the paper (metres / 0.0165 s), back
legs unseen too. sts12: the shipped rulebook, one evolution, without a static rival, which has not been evolved yet.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from hebb_controller.robot_file import load_robot
from sim.bodies import body_names
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import colour_of, empty_figure, name_of, points_with_intervals, samples
from sim.study.intervals import Interval, of_median, of_ratio
from sim.study.records import Record, where
from sim.study.study import Findings, Study, Table
from sim.study.summaries import conditions_of, per_evolution

CONDITIONS = ("hebbian-dr", "static-dr")
SEEN = ("intact", "front_right_short")
ANT = ("shipped/ant", "shipped/ant-unbounded", "shipped/ant-static")
ANT_BODIES = ("intact", "front_right_short", "front_left_short", "back_left_short", "back_right_short")
DOG = "shipped/sts12"


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = body_cells(CONDITIONS, evolutions, quick)
    names = body_names(load_robot("sts12"))
    asked += [
        Cell(DOG, 0, "sts12", 1 if quick else 8, 200 if quick else 500, body) for body in names[: 4 if quick else None]
    ]
    for condition in ANT[:1] if quick else ANT:
        asked += [
            Cell(condition, 0, "ant", 1 if quick else 20, 200 if quick else 0, body, randomise=False)
            for body in ANT_BODIES[: 3 if quick else None]
        ]
    return asked


def body_cells(conditions: Sequence[str], evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return lives of every evolution of these conditions on every body of realant."""
    names = body_names(load_robot("realant"))
    bodies = names[:4] if quick else names
    episodes, horizon = (1, 100) if quick else (4, 500)
    return [
        Cell(condition, seed, "body", episodes, horizon, body)
        for condition in conditions
        for seed in evolutions.seeds(condition)
        for body in bodies
    ]


def unseen_of(records: Sequence[Record], condition: str) -> list[float]:
    """Return the median over all unseen bodies of the mean distance on each, one number per evolution."""
    unseen = [r for r in where(records, condition=condition, treatment="body") if body_of(r) not in SEEN]
    return [float(np.median(list(bodies.values()))) for bodies in distances(unseen).values()]


def distances(records: Sequence[Record]) -> dict[int, dict[str, float]]:
    """Return the mean distance of every evolution on every body, evolution -> body -> [m]."""
    found: dict[int, dict[str, float]] = {}
    for body in dict.fromkeys(body_of(r) for r in records):
        for seed, mean in per_evolution([r for r in records if body_of(r) == body], "distance").items():
            found.setdefault(seed, {})[body] = mean
    return dict(sorted(found.items()))


def body_of(record: Record) -> str:
    """Return the body of a record."""
    return str(record.get("body", "intact"))


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    figures: dict[str, float | int | str | None] = {}
    tables: list[Table] = []
    walked = [r for r in records if r["treatment"] == "body"]
    if walked:
        nb_unseen = len({body_of(r) for r in walked} - set(SEEN))
        rows = []
        for condition in conditions_of(walked):
            mine = where(walked, condition=condition)
            columns = [of_median(_on(mine, body)) for body in SEEN]
            unseen = unseen_of(records, condition)
            columns.append(of_median(unseen))
            kept = of_median([u / i for u, i in zip(unseen, _on(mine, "intact"), strict=True) if i > 0.0])
            falls = np.mean([r["fallen"] for r in mine if body_of(r) not in SEEN])
            rows.append(
                (name_of(condition), *(c.text() for c in columns), kept.text(), f"{100 * falls:.0f} %", str(kept.n))
            )
            figures |= {f"{condition} unseen [m]": columns[2].value, f"{condition} unseen / intact": kept.value}
        head = ("condition", "intact [m]", "seen damage [m]", f"{nb_unseen} unseen bodies [m]", "unseen / intact")
        title = "realant: distance in 10 s, median over evolutions with 95 % interval"
        tables.append(Table(title, (*head, "falls, unseen", "n"), tuple(rows)))
        if {"hebbian-dr", "static-dr"} <= set(conditions_of(walked)):
            ratio = of_ratio(unseen_of(records, "hebbian-dr"), unseen_of(records, "static-dr"))
            intact = of_ratio(*(_on(where(walked, condition=c), "intact") for c in CONDITIONS))
            figures |= {"unseen Hebbian / static": ratio.value, "evolutions": ratio.n, "unseen bodies": nb_unseen}
            figures |= {
                "unseen Hebbian / static, low": _number(ratio.low),
                "unseen Hebbian / static, high": _number(ratio.high),
            }
            answer.append(
                f"realant, {nb_unseen} unseen bodies: Hebbian over static distance {ratio.text()}, n = {ratio.n} "
                f"evolutions each: {verdict(ratio)}. On the intact body {intact.text()}."
            )
        tables.append(_by_body(walked))
    answer += _ant(records, figures, tables)
    return Findings(tuple(answer), tuple(tables), figures)


def verdict(ratio: Interval) -> str:
    """Say whether a ratio differs from 1."""
    if not np.isfinite(ratio.low):
        return "too few evolutions to say"
    if ratio.low > 1.0:
        return "yes, better"
    return "no, worse" if ratio.high < 1.0 else "no difference that the interval does not cover"


def draw(records: Sequence[Record]) -> Figure:
    """Draw every body's distance, Hebbian beside static, and the ant's."""
    walked = [r for r in records if r["treatment"] == "body"]
    figure, (left, right) = empty_figure(12.5, 9.0, columns=2)
    names = sorted(
        {body_of(r) for r in walked}, key=lambda b: np.median(_on(where(walked, condition=CONDITIONS[0]), b) or [0])
    )
    for offset, condition in ((0.18, CONDITIONS[0]), (-0.18, CONDITIONS[1])):
        mine = where(walked, condition=condition)
        found = [_on(mine, body) for body in names]
        places = [k + offset for k in range(len(names))]
        points_with_intervals(
            left, places, [of_median(f) for f in found], colour_of(condition), name_of(condition), flat=True
        )
        for place, values in zip(places, found, strict=True):
            samples(left, place, values, colour_of(condition), flat=True)
    left.set_yticks(range(len(names)), [f"{b} (seen)" if b in SEEN else b for b in names], fontsize=8)
    left.set(xlabel="distance in 10 s [m]")
    left.set_title("realant, every body")
    left.axvline(0.0, color="#777777", lw=0.8)
    left.grid(axis="x")
    left.legend(frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    left.set_ylim(-0.6, len(names) - 0.4)
    ants = [c for c in ANT if where(records, condition=c)]
    for k, condition in enumerate(ants):
        for place, body in enumerate(ANT_BODIES):
            rewards = [r["reward"] for r in where(records, condition=condition) if body_of(r) == body]
            if rewards:
                samples(right, place + 0.28 * (k - 1), rewards, ("#0072B2", "#56B4E9", "#D55E00")[k])
                label = name_of(condition) if place == 0 else None
                right.plot(
                    [place + 0.28 * (k - 1)],
                    [np.mean(rewards)],
                    "_",
                    ms=14,
                    mew=2.5,
                    color=("#0072B2", "#56B4E9", "#D55E00")[k],
                    label=label,
                )
    right.set_xticks(range(len(ANT_BODIES)), [b.replace("_", "\n") for b in ANT_BODIES], fontsize=8)
    right.set(ylabel="reward (metres / 0.0165 s), one mark a life, bar: mean")
    right.set_title("ant, one evolution each")
    right.legend(frameon=False)
    right.grid(axis="y")
    return figure


def _on(records: Sequence[Record], body: str) -> list[float]:
    return list(per_evolution([r for r in records if body_of(r) == body], "distance").values())


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _by_body(walked: Sequence[Record]) -> Table:
    rows = []
    for body in dict.fromkeys(body_of(r) for r in walked):
        found = {c: _on(where(walked, condition=c), body) for c in CONDITIONS}
        ratio = of_ratio(*found.values())
        cells = tuple(of_median(found[c]).text() for c in CONDITIONS)
        rows.append((body + (" (seen)" if body in SEEN else ""), *cells, ratio.text()))
    rows.sort()
    return Table("realant, every body: distance in 10 s [m]", ("body", *map(name_of, CONDITIONS), "ratio"), tuple(rows))


def _ant(records: Sequence[Record], figures: dict[str, float | int | str | None], tables: list[Table]) -> list[str]:
    rows, answer = [], []
    for condition in ANT:
        mine = where(records, condition=condition)
        if not mine:
            continue
        rewards = {b: [r["reward"] for r in mine if body_of(r) == b] for b in ANT_BODIES}
        means = {b: float(np.mean(v)) for b, v in rewards.items() if v}
        rows.append(
            (
                name_of(condition),
                *(f"{np.mean(v):.0f} +- {np.std(v, ddof=1):.0f}" if len(v) > 1 else "-" for v in rewards.values()),
            )
        )
        if condition == ANT[0]:
            kept = means["front_left_short"] / means["intact"]
            figures |= {
                "ant intact": means["intact"],
                "ant unseen": means["front_left_short"],
                "ant unseen / intact": kept,
            }
            answer.append(
                f"ant, one evolution: {means['front_left_short']:.0f} on the unseen body, {means['intact']:.0f} "
                f"intact, a share of {kept:.2f} (the paper: 452 / 1051 = 0.43)."
            )
    if rows:
        tables.append(
            Table(
                "ant: mean reward +- deviation over lives; one evolution each", ("rulebook", *ANT_BODIES), tuple(rows)
            )
        )
    return answer


STUDY = Study(
    name="bodies",
    number=1,
    doc=__doc__ or "",
    needs={**dict.fromkeys(CONDITIONS, 10), **dict.fromkeys((*ANT, DOG), 1)},
    cells=cells,
    findings=findings,
    draw=draw,
)
