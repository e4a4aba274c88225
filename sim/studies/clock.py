"""Normalisation and clock: what do the weights do in the long run?

Question: Leung and others divide each layer by its largest weight; the 2020 quadruped had no normalisation at all.
Hebbian Attractor Networks add a slower clock for the weights and averaged activations, and report unbounded drift,
limit cycles or fixed points, and gaits that need the plasticity to go on. What does each choice do to speed, on seen
and unseen bodies? What do the weights run on over ten times the training horizon, and does the robot still walk then?
And if plasticity stops in the middle of that?

Source: conditions A to E of Dittrich and others 2026 (arXiv 2603.22512); the normalisations of Leung and others 2025
(arXiv 2503.12406). That cycling gaits collapse when frozen and settled ones survive is a later author's statement about
single runs.

Protocol: realant, up to 5 evolutions of each condition, same settings but for the one that its name says; `hebbian-dr`
is max normalisation, a clock of 1 and no average. Of its ten evolutions these are the first five seeds, as for the
others: they all walk, while two of the other five never did (study 1), which its row does not show. Evolutions of one
seed begin with the same draw of the rules: conditions are compared seed by seed, as the median of the ratios over the
seeds that both have. Bodies: 4 lives of 500 steps on each of 8 bodies, 6 of them unseen, everything drawn anew; the
figure on unseen bodies is their mean. An evolution walks if it gets 0.5 m on the intact body. Normalisations, after
every change of the weights: max divides a layer by its largest weight, var takes off its mean and divides by its
deviation, clip cuts weights at 1. "Every 4 steps": weights change at every fourth control step alone; "average of 10":
by the activations' mean over the last ten. Long lives: 2 of 5,000 steps on the intact body as the robot file says, once
plastic all along and once with plasticity stopped at step 2,500; up to there the two are the same. The pace is the
distance between places 100 steps apart, whatever the heading (evolution saw 360 steps, and whoever turns round later
walks on all the same); means over tenths, 0 after a fall. A life gets on if it makes 0.05 m/s along x in its last
tenth. The attractor is judged by rule over the second half, from 64 weights: unbounded, fixed point, limit cycle or
irregular (`sim/study/attractor.py`). Motion is how far the weights move around their mean (RMS) and drift how far that
mean moves from the third quarter of a life to the last, both as a share of the weights' RMS; growth is the size of the
layer that grows most, last tenth of that half over its first; saturated units are beyond 0.95 of their range, as a
share of all. Frozen: pace over the second half, as a share of the pace with plasticity. Shares are of evolutions that
make 0.05 m/s where they are compared with.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.statistics import SLOWEST_WALK
from sim.studies.parts.clock_figure import draw
from sim.studies.parts.clock_tables import (
    BASE,
    CONDITIONS,
    HANDFUL,
    beside_base,
    bodies_table,
    long_table,
    types_of,
)
from sim.studies.parts.long_lives import BODY, FROZEN, LONG, by_tenth, going_forward, kept_when_frozen
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.figure import name_of
from sim.study.headline import Headline, beside_one
from sim.study.intervals import Interval, of_median, with_verdict
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study

MOST = 5


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = []
    long = 400 if quick else 5000
    for condition in CONDITIONS:
        for seed in evolutions.seeds(condition)[:MOST]:
            asked += [
                Cell(condition, seed, BODY, 1 if quick else 4, 100 if quick else 500, body)
                for body in HANDFUL[: 3 if quick else None]
            ]
            for treatment, stop in ((LONG, None), (FROZEN, long // 2)):
                probe = f"attractor:{long // 10}"
                lives, plain = 1 if quick else 2, False
                asked.append(
                    Cell(condition, seed, treatment, lives, long, stop_plasticity=stop, probe=probe, randomise=plain)
                )
    return asked


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    there = [condition for condition in CONDITIONS if where(records, condition=condition)]
    if not there:
        return Findings((), (), {})
    figures: Figures = {}
    tables = [bodies_table(records, there, figures), long_table(records, there, figures)]
    answer = [sentence for condition in there for sentence in _said(records, condition, figures)]
    answer += _compared(records, there, figures)
    missing = [condition for condition in CONDITIONS if condition not in there]
    if missing:
        answer.append(f"Not evolved yet: {', '.join(missing)}.")
    return Findings(tuple(answer), tuple(tables), figures)


def _said(records: Sequence[Record], condition: str, figures: Figures) -> list[str]:
    name = f"{name_of(condition)} ({CONDITIONS[condition][0]})"
    lives = where(records, condition=condition, treatment=LONG)
    tenths = by_tenth(lives)
    if not tenths:
        return []
    last = of_median([speeds[-1] / speeds[0] for speeds in tenths.values() if speeds[0] > SLOWEST_WALK])
    kept = of_median(list(kept_when_frozen(records, condition).values()))
    figures |= {f"{condition} last tenth / first": last, f"{condition} frozen / plastic": kept}
    counts = types_of(lives)
    forward, total = going_forward(lives)
    kind, number = counts.most_common(1)[0] if counts else ("none", 0)
    return [
        f"{name}, n = {len(tenths)}: {kind} in {number} of {len(lives)} long lives. In the last 10 of 100 s it has "
        f"{last.text()} of the pace of the first 10 ({walks_on(last)}), and {forward} of {total} lives still get on "
        f"along x; with plasticity stopped half-way, {kept.text()} of the pace with it ({collapses(kept)})."
    ]


def _compared(records: Sequence[Record], there: Sequence[str], figures: Figures) -> list[str]:
    """Say how far every other condition gets on the unseen bodies, seed by seed."""
    told = []
    for condition in there:
        ratio = beside_base(records, condition)
        if condition != BASE and ratio.n:
            figures[f"{condition} unseen / {BASE}"] = ratio
            told.append(f"{CONDITIONS[condition][0]} {with_verdict(ratio, 'further', 'less far', level=1.0)}")
    whose = f"over the same seeds of {name_of(BASE)} ({CONDITIONS[BASE][0]})"
    return [f"Distance on the unseen bodies, {whose}: {'; '.join(told)}."] if told else []


def walks_on(last: Interval) -> str:
    """Say whether the last tenth is slower than the first."""
    if not np.isfinite(last.low):
        return "too few evolutions to say"
    if last.high < 0.5:
        return "it all but stops"
    return "it slows down" if last.high < 1.0 else "it walks on" if last.low > 0.8 else "undecided"


def collapses(kept: Interval) -> str:
    """Say whether a frozen gait keeps the speed of a plastic one."""
    if not np.isfinite(kept.low):
        return "too few evolutions to say"
    if kept.high < 0.5:
        return "frozen gaits collapse"
    if kept.low > 0.8:
        return "frozen gaits survive"
    return "frozen gaits are slower" if kept.high < 1.0 else "undecided"


STUDY = Study(
    name="clock",
    number=8,
    doc=__doc__ or "",
    needs=dict.fromkeys(CONDITIONS, MOST),
    cells=cells,
    findings=findings,
    draw=draw,
    headlines=(
        Headline("pace in the last 10 of 100 s / in the first 10", f"{BASE} last tenth / first", beside_one),
        Headline("pace in 50 to 100 s, stopped half-way / plastic", f"{BASE} frozen / plastic", beside_one),
        Headline("distance on unseen bodies, not normalised / max", f"norm-none unseen / {BASE}", beside_one),
        Headline("the same, weights change every 4th step / every step", f"clock-4 unseen / {BASE}", beside_one),
    ),
)
