"""Practice: do rules that went on evolving with saturated actuators walk again sooner, and is it plasticity?

Question: Rules of the other studies take some fifty steps to walk again after saturated actuators, of which 25 are the
definition's, and no training life had punished that: over a life of 500 steps it is little. If evolution goes on for a
while in short lives in which it is much, how soon do they walk again? Does it carry over to what was not practised,
what does it cost, do static weights gain as much, and do weights that stop before the fault gain the less?

Source: recovery as one figure to be met is this project's; the saturated actuators are those of Najarro & Risi 2020
(arXiv 2007.02686), whose rules never met them in training.

Protocol: realant. `hebbian-practice` and `static-practice` go on from the rules of the same seed of `hebbian-dr` and
`static-dr` for 50 generations (1.0 M control steps after 1.5 M): lives of 300 steps whose first 60 do not count, in
three of four of which all actuators saturate for 40, 60 or 80 steps from a moment between 90 and 210.
`hebbian-longer` is the control: as many steps more, nothing saturates. Rules are the last mean, not the best of
several. Asked as in study 2, whose lives are borrowed where there are any: 12 lives of 800 steps each, healthy and with
all actuators saturated (the command of action +1) over steps 300 to 399; then saturated at the other end of every joint
(action -1), over steps 300 to 499, and with a third of the weights wiped at step 300: none of that was practised. Body
and sensors are drawn anew, the same draws for all. Hebbian rules live the healthy and the saturated lives a second time
with plasticity stopped at step 300. Recovery: steps until 90 % of the speed of the last 100 steps before the onset are
reached again, to stay for 100 steps; a life that never gets there counts as longer than any other, an evolution's time
is the median over its lives that made 0.05 m/s before the onset, and without such lives it has none. Before and after
are compared seed by seed, in speed where the rules before walk (0.05 m/s); Hebbian and static as independent.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.statistics import SLOWEST_WALK
from sim.studies.parts.actuator_faults import HEALTHY, SATURATED
from sim.studies.parts.adaptation import FROZEN
from sim.studies.parts.failure_measures import adaptation, left_out, speed_after
from sim.studies.parts.practice_figure import draw
from sim.studies.parts.practice_lives import (
    BEFORE,
    CONDITIONS,
    CONTROL,
    ENDING,
    PLASTIC,
    PRACTISED,
    WIPED,
    WORDS,
    cells,
    of_study,
)
from sim.studies.parts.recoveries import FLOOR, counted, recovery_time, recovery_times, shares_recovered, time_text
from sim.studies.parts.recovery_table import recovery_table
from sim.study.figure import name_of
from sim.study.headline import Headline, more_than_none
from sim.study.intervals import of_difference, of_median, with_verdict
from sim.study.paired import of_paired_difference, of_paired_ratio
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    mine = of_study(records)
    if not mine:
        return Findings((), (), {})
    figures: Figures = {}
    said = [_times(mine, treatment, figures) for treatment in (*ENDING, WIPED)]
    said += [_sooner(mine, figures), _cost(mine, figures), _plasticity(mine, figures)]
    groups = [
        (words, [r for c in CONDITIONS for r in where(mine, condition=c, treatment=name)])
        for name, words in WORDS.items()
    ]
    table = recovery_table("What befalls lives at step 300", "what", groups)
    return Findings(tuple(filter(None, said)), (table,), figures)


def _times(mine: Sequence[Record], treatment: str, figures: Figures) -> str:
    parts = []
    for condition in CONDITIONS:
        lives = where(mine, condition=condition, treatment=treatment)
        if lives:
            back = recovery_time(lives)
            figures[f"{condition} recovery, {treatment} [steps]"] = back
            parts.append(f"{name_of(condition)} {time_text(back)} steps, {counted(lives)} lives")
    told = f"To 90 % of the speed, {WORDS[treatment]}, {FLOOR} steps being the least: {'; '.join(parts)}."
    return told if parts else ""


def _sooner(mine: Sequence[Record], figures: Figures) -> str:
    times = {c: recovery_times(where(mine, condition=c, treatment=SATURATED)) for c in CONDITIONS}
    found = [
        ("practised minus before, Hebbian", of_paired_difference(times[PRACTISED[0]], times[BEFORE[0]])),
        ("practised minus before, static", of_paired_difference(times[PRACTISED[1]], times[BEFORE[1]])),
        ("control minus before, Hebbian", of_paired_difference(times[CONTROL], times[BEFORE[0]])),
        ("practised minus control, Hebbian", of_paired_difference(times[PRACTISED[0]], times[CONTROL])),
        ("practised, Hebbian minus static", of_difference(*(list(times[c].values()) for c in PRACTISED))),
    ]
    figures |= {f"steps, {words}": more for words, more in found if more.n}
    parts = [f"{words} {with_verdict(more, 'later', 'sooner', '.0f')}" for words, more in found if more.n]
    return f"Saturated for 100 steps, difference of these steps: {'; '.join(parts)}." if parts else ""


def _cost(mine: Sequence[Record], figures: Figures) -> str:
    parts = []
    for after, before in ((PRACTISED[0], BEFORE[0]), (CONTROL, BEFORE[0]), (PRACTISED[1], BEFORE[1])):
        later, earlier = (speed_after(where(mine, condition=c), HEALTHY) for c in (after, before))
        ratio = of_paired_ratio(later, {seed: speed for seed, speed in earlier.items() if speed >= SLOWEST_WALK})
        if ratio.n:
            figures[f"{after} over {before}, healthy speed"] = ratio
            parts.append(f"{name_of(after)} {with_verdict(ratio, 'faster', 'slower', level=1.0)}")
    told = f"Speed of lives in which nothing fails, over that of the rules before, seed by seed: {'; '.join(parts)}."
    return told if parts else ""


def _plasticity(mine: Sequence[Record], figures: Figures) -> str:
    parts = []
    for condition in PLASTIC:
        stopped = where(mine, condition=condition, treatment=SATURATED + FROZEN)
        if not stopped:
            continue
        back, unhurt = recovery_time(stopped), where(mine, condition=condition, treatment=HEALTHY + FROZEN)
        changing = where(mine, condition=condition)
        own = of_median(list(adaptation(changing, SATURATED).values()))
        less = of_paired_difference(shares_recovered(stopped), shares_recovered(unhurt))
        figures[f"{condition} recovery with stopped weights [steps]"] = back
        figures[f"{condition} adaptation, saturated"] = own
        figures[f"{condition} stopped weights, share that recovers, saturated minus healthy"] = less
        told = with_verdict(own, "more than none", "less than none", more=left_out(changing, SATURATED))
        parts.append(
            f"{name_of(condition)} {time_text(back)} steps, {counted(stopped)} lives, {counted(unhurt)} where nothing "
            f"saturates (difference by evolution {with_verdict(less, 'more', 'fewer')}); share of the own healthy "
            f"speed that is kept, plastic minus stopped, {told}"
        )
    if not parts:
        return ""
    return (
        "The same with weights that stopped when the actuators saturated; lives that lose their speed without any "
        f"saturation were stopped by the stop: {'; '.join(parts)}."
    )


STUDY = Study(
    name="practice",
    number=13,
    doc=__doc__ or "",
    needs={**dict.fromkeys(BEFORE, 10), **dict.fromkeys(PRACTISED, 5), CONTROL: 5},
    cells=cells,
    findings=findings,
    draw=draw,
    borrows=("actuators", "failures"),
    headlines=(
        Headline(
            "steps to 90 % of the speed after saturation, practised minus before, Hebbian",
            "steps, practised minus before, Hebbian",
            more_than_none,
            ".0f",
        ),
    ),
)
