"""Which bodies show in the weights: end points on each beside those on the intact one, and without bodies it stands on.

Distances are those of all weights, between the end points of all starts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from sim.studies.parts.body_centres import CHANCE, centres, more_than_chance
from sim.studies.parts.body_measures import WALKS
from sim.studies.parts.weight_geometry import GEOMETRY, PATH
from sim.studies.parts.weight_paths import apart_and_together, label_chance
from sim.study.intervals import Interval, of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Table
from sim.study.summaries import per_evolution

INTACT = "intact"
TOLD = ("further than starts", "nearer than starts", "not told from starts")


@dataclass(frozen=True)
class Ends:
    """The end points of one evolution.

    Attributes:
        gaps: between every two of them, as a share of the weights' size, shape `(n, n)`.
        bodies: name of the body of each.
        starts: number of the start of each.
        stood: bodies on which its lives get less far than `WALKS` in the mean.
    """

    gaps: np.ndarray
    bodies: np.ndarray
    starts: np.ndarray
    stood: frozenset[str]


def ends_of(records: Sequence[Record]) -> list[Ends]:
    """Return the end points of every evolution in the records of one condition, without lives that ended early."""
    found = []
    for geometry in where(records, treatment=GEOMETRY):
        lives = where(records, treatment=PATH, evolution=geometry["evolution"])
        bodies, starts = np.array(geometry.get("end_bodies", [])), np.array(geometry.get("end_starts", []))
        gaps = np.zeros((bodies.size, bodies.size))
        gaps[np.triu_indices(bodies.size, 1)] = geometry.get("end_gaps", [])
        walked = {body: np.mean([r["distance"] for r in where(lives, body=body)]) for body in _bodies(lives)}
        stood = frozenset(body for body, metres in walked.items() if metres < WALKS)
        found.append(Ends(gaps + gaps.T, bodies, starts, stood))
    return found


def apart(ends: Ends, leave: Collection[str] = ()) -> tuple[float, float]:
    """Return how far bodies lie apart from one start, over two starts on one body, and the chance of the labels.

    NaN where there are too few end points.

    Args:
        ends: of one evolution.
        leave: bodies left out.
    """
    taken = np.array([body not in leave for body in ends.bodies.tolist()], dtype=bool)
    bodies, starts = ends.bodies[taken], ends.starts[taken]
    if len(set(bodies.tolist())) < 2:
        return np.nan, np.nan
    gaps = ends.gaps[np.ix_(taken, taken)]
    between_bodies, between_starts = apart_and_together(gaps, starts)[1], apart_and_together(gaps, bodies)[1]
    if not between_starts > 0.0:
        return np.nan, np.nan
    return between_bodies / between_starts, label_chance(gaps, bodies, np.random.default_rng(0))


def where_it_walks(records: Sequence[Record], robot: str, figures: Figures) -> str:
    """Say how far bodies lie apart without those on which the robot stands."""
    ends = ends_of(records)
    ratio, told = _over(ends, [e.stood for e in ends])
    stood = Counter(body for e in ends for body in sorted(e.stood))
    if not stood:
        return f"{robot}: it gets {WALKS} m or further on each of these bodies." if ratio.n else ""
    figures[f"{robot} bodies / starts, where it walks"] = ratio
    out = ", ".join(f"{body} in {times} of {len(ends)}" for body, times in stood.most_common())
    return (
        f"{robot}, the same ratio without bodies on which it gets less than {WALKS} m far ({out}): {ratio.text()} "
        f"({ratio.told(*TOLD, 1.0)}; told apart in {told} evolutions)."
    )


def beside_intact(records: Sequence[Record], robot: str, figures: Figures) -> tuple[str, list[Table]]:
    """Say which bodies show beside the intact one: a sentence, and the table of all bodies."""
    ends, lives = ends_of(records), where(records, treatment=PATH)
    # Who stands on a body has other weights there than one that walks: such an evolution is not asked about it.
    pairs = {
        body: [centres(e.gaps, e.bodies, INTACT, body) for e in ends if not {body, INTACT} & e.stood]
        for body in _bodies(lives)
        if body != INTACT
    }
    pairs = {body: [p for p in each if np.isfinite(p[0])] for body, each in pairs.items()}
    asked = sum(map(bool, pairs.values()))
    if not asked:
        return "", []
    told = {body: sum(chance <= CHANCE for _, chance in found) for body, found in pairs.items()}
    gaps = {body: of_median([gap for gap, _ in found]) for body, found in pairs.items()}
    known = sorted(pairs, key=lambda body: (-told[body], -np.nan_to_num(gaps[body].value)))
    words: dict[str, list[str]] = {}
    rows = []
    for body in known:
        figures[f"{robot} {body} told from intact, evolutions"] = told[body]
        share = f"{told[body]} of {len(pairs[body])}"
        if pairs[body]:
            words.setdefault(share, []).append(body)
        walked = of_median(list(per_evolution(where(lives, body=body), "distance").values()))
        walks = f"{sum(body not in e.stood for e in ends)} of {len(ends)}"
        rows.append((body, gaps[body].text(".3f"), share, walked.text(), walks))
    title = (
        f"{robot}: centres of the end points on a body and on the intact one, as a share of the weights' size "
        f"(all weights, n = {len(ends)})"
    )
    head = ("body", "centres apart", "told apart in", "walked [m]", f"walks {WALKS} m or further in")
    said = "; ".join(f"{', '.join(bodies)} in {share}" for share, bodies in words.items())
    sure = [body for body in known if told[body] >= more_than_chance(len(pairs[body]), asked)]
    return (
        f"{robot}, evolutions in which the centres of the end points on a body and on the intact one are told apart, "
        f"of those that walk {WALKS} m on both: {said}. With {asked} bodies asked, more than chance: "
        f"{', '.join(sure) or 'none'}.",
        [Table(title, head, tuple(rows))],
    )


def _over(ends: Sequence[Ends], leave: Sequence[Collection[str]]) -> tuple[Interval, str]:
    """Return the ratio over evolutions, and in how many of those that have one the bodies are told apart."""
    found = [apart(e, leave=each) for e, each in zip(ends, leave, strict=True)]
    chances = [chance for _, chance in found if np.isfinite(chance)]
    told = sum(chance <= CHANCE for chance in chances)
    return of_median([ratio for ratio, _ in found]), f"{told} of {len(chances)}"


def _bodies(lives: Sequence[Record]) -> list[str]:
    return list(dict.fromkeys(str(r["body"]) for r in lives))
