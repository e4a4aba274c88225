"""Weight code: which terms of the rules carry the walking?

Question: With one rule per synapse the constants D alone could spell out a fixed set of weights that every start
relaxes into, which is what a reviewer of the 2020 paper suspected. Does the robot still walk with D alone, without any
one term, with the rules of a layer traded among its synapses, or with one rule per layer? And do simpler rules, evolved
from the start, walk as far as the whole one?

Source: the rule variants of the code released with Najarro & Risi 2020 (arXiv 2007.02686) and the review of that paper
at NeurIPS 2020. The changes to evolved rules have not been published.

Protocol: realant. Changes: every evolution of `hebbian-dr` (rule ABCD_lr) lives with its rules changed and not evolved
any further: D alone (A, B and C zero), without A, B, C or D, rules shuffled within each layer, every synapse with its
layer's mean rule, and coefficients drawn from normal distributions with each layer's and term's mean and deviation;
shuffled and random anew in every life. Lives of 500 steps: 6 on the intact body, 3 with the seen damage, 2 on each of
five unseen bodies; 6 lives of 800 steps with all actuators saturated for steps 300 to 399, judged as in the study of
the actuators, and the same 6 without saturation, judged from step 300: rules that cannot keep their speed lose it
without any fault. What is left is the mean distance as a share of that of the same evolution's whole rules, asked only
of walkers: evolutions whose whole rules get 0.5 m on the intact body. D alone is called a code of the weights if the
interval of what it leaves is above one half. What saturation costs in lives that recover, changed minus whole of the
same evolution, is asked of D alone and of each term taken away. Variants: every evolution of `rule-A`, `rule-AD_lr`,
`rule-ABC_lr` and `rule-ABCD` lives the same lives, unchanged; they stand beside ABCD_lr as ratios of medians over
evolutions. All begin by the settings that were found for ABCD_lr, in which the first D is drawn ten times as wide as A,
B and C: rules without D begin small, and settings of their own might help them. ant: the shipped rulebook, one
evolution, the same changes; 4 lives of 1000 steps on the intact body, 4 saturated and 4 not: too few for a recovery
time, which study 2 tells from 20.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.studies.parts.body_measures import SEEN
from sim.studies.parts.changed_rules import (
    ALONE,
    ANT,
    CHANGES,
    HEALTHY,
    SATURATED,
    UNSEEN,
    VARIANTS,
    WALK,
    WHOLE,
    WHOLE_RULE,
    distances,
    left_of,
    rarer_with,
)
from sim.studies.parts.changes_table import changes_table
from sim.studies.parts.code_figure import draw
from sim.studies.parts.recoveries import counted, recovery_time, time_text, walking
from sim.studies.parts.rule_variants import variant_table, variant_words
from sim.studies.parts.several_intervals import excluding
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.headline import Headline, beside_one
from sim.study.intervals import Interval, of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table

ONSET, END, STEPS, ANT_STEPS = 300, 400, 800, 1000
#: D alone that leaves more of the distance than this counts as a code of the weights.
HALF = 0.5
LIVES = dict.fromkeys(UNSEEN, 2) | dict(zip(SEEN, (6, 3), strict=True))


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = []
    for condition in (*VARIANTS, ANT):
        ant = condition == ANT
        changes = list(CHANGES) if condition in (WHOLE_RULE, ANT) else [WHOLE]
        lives = {"intact": 4} if ant else LIVES
        if quick:
            changes = changes[: 2 if ant else 4]
            lives = {} if ant else dict.fromkeys(("intact", UNSEEN[0]), 1)
        for seed in evolutions.seeds(condition):
            for change in changes:
                surgery = "" if change == WHOLE else change
                same: dict[str, Any] = {"surgery": surgery, "randomise": not ant}
                for body, number in lives.items():
                    length = 150 if quick else ANT_STEPS if ant else 500
                    asked.append(Cell(condition, seed, change + WALK, number, length, body, **same))
                number = 1 if quick else 4 if ant else 6
                length = 550 if quick else ANT_STEPS if ant else STEPS
                fault = (f"saturate@{ONSET}:{END}",)
                asked.append(Cell(condition, seed, change + SATURATED, number, length, faults=fault, **same))
                if condition in (WHOLE_RULE, ANT):
                    asked.append(Cell(condition, seed, change + HEALTHY, number, length, onset=ONSET, **same))
    return asked


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    answer: list[str] = []
    figures: Figures = {}
    tables: list[Table] = []
    for condition, robot in ((WHOLE_RULE, "realant"), (ANT, "ant")):
        mine = where(records, condition=condition)
        if not mine:
            continue
        left = {c: of_median(left_of(mine, c, ("intact",))) for c in CHANGES if c != WHOLE}
        figures |= {f"{robot} left of the distance, {CHANGES[c]}": share for c, share in left.items()}
        answer += _walking(robot, left, len(distances(mine, WHOLE, SEEN[:1])))
        places = {"with the seen damage": SEEN[1:], "on unseen bodies": UNSEEN}
        elsewhere = {words: of_median(left_of(mine, ALONE, bodies)) for words, bodies in places.items()}
        if said := [f"{share.text()} {words}" for words, share in elsewhere.items() if share.n]:
            n = min(share.n for share in elsewhere.values() if share.n)
            answer.append(f"{robot}, n = {n}, of the distance there, D alone leaves {' and '.join(said)}.")
        answer += _recovering(robot, mine)
        tables.append(changes_table(robot, mine))
    absent = [c for c in VARIANTS if not where(records, condition=c)]
    if len(absent) < len(VARIANTS):
        answer += variant_words(records, figures)
        tables.append(variant_table(records))
    if absent and records:
        answer.append(f"Not evolved yet, so that nothing is said about them: {', '.join(absent)}.")
    return Findings(tuple(answer), tuple(tables), figures)


def _walking(robot: str, left: dict[str, Interval], evolutions: int) -> list[str]:
    """Say what is left of the walking, and of how many evolutions, where not all of them walk."""
    left = {change: share for change, share in left.items() if share.n}
    if ALONE not in left:
        return []
    alone = left[ALONE]
    walk = f" that walk, of {evolutions}" if alone.n < evolutions else ""
    said = alone.told(
        "most of the walking is in D, as in a code of the weights",
        "less than half of the walking is in D alone: it is no code of constants",
        "evolutions differ, and the interval holds one half",
        HALF,
    )
    rest = "; ".join(f"{CHANGES[c]} {share.text()}" for c, share in left.items() if c != ALONE)
    least = min((c for c in left if c.startswith("no_")), key=lambda c: left[c].value, default=None)
    dearest = f" Least is left without {least.removeprefix('no_')}." if least else ""
    return [
        f"{robot}, n = {alone.n}{walk}: D alone leaves {alone.text()} of the distance on the intact body: {said}.",
        f"{robot}, left of that distance otherwise: {rest}.{dearest}",
    ]


def _recovering(robot: str, records: Sequence[Record]) -> list[str]:
    """Say how those recover that still walk when the actuators saturate."""
    said, lame = [], []
    for change, words in CHANGES.items():
        lives = where(records, treatment=change + SATURATED)
        if not lives:
            continue
        if 2 * len(walking(lives)) < len(lives):
            lame.append(words)
            continue
        back = recovery_time(lives)
        healthy = where(records, treatment=change + HEALTHY)
        without = f" ({counted(healthy)} where nothing saturates)" if healthy else ""
        said.append(f"{words} {time_text(back)} steps, {counted(lives)} lives{without}")
    if not said:
        return [f"{robot}: no rules walk well enough at step {ONSET} to ask about recovery."] if lame else []
    rest = f" Too few lives walk at step {ONSET} to ask: {', '.join(lame)}." if lame else ""
    answer = [f"{robot}, to 90 % of the speed after saturation, and lives that get there: {'; '.join(said)}.{rest}"]
    asked = {CHANGES[c]: rarer_with(records, c) for c in CHANGES if c == ALONE or c.startswith("no_")}
    asked = {words: rarer for words, rarer in asked.items() if rarer.n}
    if asked:
        n = min(rarer.n for rarer in asked.values())
        listed = "; ".join(f"{words} {rarer.text()}" for words, rarer in asked.items())
        told = (
            f"n = {n}, share of lives that recover less that of the same lives without saturation, changed minus whole "
            f"rules: {listed}: {excluding(asked, 0.0)}"
        )
        answer.append(f"{robot}, {told}.")
    return answer


STUDY = Study(
    name="code",
    number=6,
    doc=__doc__ or "",
    needs={**dict.fromkeys(VARIANTS, 5), WHOLE_RULE: 10, ANT: 1},
    cells=cells,
    findings=findings,
    draw=draw,
    headlines=(
        Headline("distance left with the term D alone", "realant left of the distance, D alone", beside_one),
        Headline("distance left without D", "realant left of the distance, without D", beside_one),
        Headline("rule A, D, eta evolved from the start / whole rule", "AD_lr / ABCD_lr, intact", beside_one),
        Headline("rule A, B, C, eta evolved from the start / whole rule", "ABC_lr / ABCD_lr, intact", beside_one),
    ),
)
