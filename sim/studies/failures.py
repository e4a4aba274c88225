"""Failures met in training: do rules that met failing legs keep more when a leg fails, and is it adaptation?

Question: The rules of the other studies never saw anything fail while they were evolved: what they keep after a failure
is what their gait happens to bear (studies 2 and 4). If every second training life loses a leg on the way, do the rules
keep more of their speed, also when a leg fails that never did, or all actuators at once? Does plasticity then do what
stopped weights cannot, or have static weights with the same training as much?

Source: training with damage is usual for policies trained by gradient (rapid motor adaptation, arXiv 2107.04034, draws
the motors' strength); for evolved Hebbian rules with failures in the middle of a life nothing has been published that
we know of.

Protocol: realant. `hebbian-faults` and `static-faults` share everything with `hebbian-dr` and `static-dr`, the control
steps too, but that in every second training life, from a moment that it draws, one leg (both joints) is limp, locked,
weak (half its torque) or late (4 steps) to the end: any leg but the left front one, never all actuators. That moment
lies within 0.3 and 0.7 of a training life of 200 to 358 steps; an evolution's rules are those that did best in
undisturbed lives, as everywhere. Asked as in study 2, whose lives are borrowed where there are any: 12 lives of 800
steps without a failure, 12 with all actuators saturated over steps 300 to 399, and 4 for each leg that is limp, locked,
weak or late from step 300 to the end; body and sensors drawn anew, the same draws for all. So the robots are older when
a leg fails than they ever were in training. Speed is along x, from step 400 to the end (saturated: from 500), 0 from a
fall on. What is kept is the speed after a failure over that of the same lives without one over the same steps, the four
kinds weighing alike; no life is left out, but an evolution that does not walk (0.05 m/s) in its 12 healthy lives has no
share. Recovery, as in study 2, is of the lives that walked before the onset. Hebbian rules live each of these lives a
second time with plasticity stopped at step 300; up to there the two are identical. Adaptation is what plasticity keeps
of its own healthy speed less what stopped weights keep of theirs, for evolutions that walk either way; the same in m/s,
for all that walk as long as they change: how much less speed the failure costs the plastic network. Conditions of one
network share the first draw of each seed, and are compared seed by seed; Hebbian and static rules are compared as
independent.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.studies.parts.actuator_faults import HEALTHY, ONSET, SATURATED, STAYING
from sim.studies.parts.adaptation import FROZEN
from sim.studies.parts.failure_figure import draw
from sim.studies.parts.failure_lives import GROUPS, HELD_OUT, MET, PLASTIC, TWINS, by_kind, cells, of_study
from sim.studies.parts.failure_measures import adaptation, cost_of_stopping, kept, left_out, saved, speed_after
from sim.studies.parts.recoveries import counted, recovery_time, shares_recovered, time_text
from sim.studies.parts.recovery_table import recovery_table
from sim.study.figure import name_of
from sim.study.headline import Headline, more_than_none
from sim.study.intervals import of_difference, of_median, with_verdict
from sim.study.paired import of_paired_difference
from sim.study.records import Record, where
from sim.study.study import Figures, Findings, Study, Table

#: The groups in words; a leg is the same for all rules, those too in whose training nothing failed.
WORDS = {
    HEALTHY: "nothing fails",
    SATURATED: "all actuators saturated for 100 steps",
    GROUPS[2]: f"one of the three legs other than the {HELD_OUT} one",
    GROUPS[3]: f"the {HELD_OUT} leg",
}

MORE = ("more than none", "less than none")


def findings(records: Sequence[Record]) -> Findings:
    """Say what the records say."""
    mine = of_study(records)
    there = [c for c in (*TWINS, *MET) if where(mine, condition=c)]
    if not set(there) & set(MET):
        return Findings((), (), {})
    figures: Figures = {}
    said = [_recovery(mine, there, figures)]
    said += [_kept(mine, there, group, figures) for group in GROUPS[1:]]
    said += [_bought(mine, figures), _plastic(mine, there, figures)]
    plastic = [r for r in mine if not r["treatment"].endswith(FROZEN)]
    groups = [(WORDS[g], [r for lives in by_kind(plastic, g) for r in lives]) for g in GROUPS]
    tables = [recovery_table(f"What a failure at step {ONSET} does", "failure", groups), _stopped(mine, there)]
    return Findings(tuple(said), tuple(tables), figures)


def _recovery(records: Sequence[Record], there: Sequence[str], figures: Figures) -> str:
    parts = []
    for condition in there:
        (lives,) = by_kind(where(records, condition=condition), SATURATED)
        back = recovery_time(lives)
        share = of_median(list(shares_recovered(lives).values()))
        figures[f"{condition} recovery after saturation [steps]"] = back
        figures[f"{condition} recovered after saturation, share"] = share
        parts.append(f"{name_of(condition)} {time_text(back)} steps, {counted(lives)} lives")
    return f"To 90 % of the speed after 100 saturated steps, which no training life had: {'; '.join(parts)}."


def _kept(records: Sequence[Record], there: Sequence[str], group: str, figures: Figures) -> str:
    shares = {c: kept(where(records, condition=c), group) for c in there}
    figures |= {f"{c} speed kept, {group}": of_median(list(v.values())) for c, v in shares.items()}
    parts = [f"{name_of(c)} keeps {of_median(list(v.values())).text()}" for c, v in shares.items()]
    with_and_without = of_paired_difference(shares.get(MET[0], {}), shares.get(TWINS[0], {}))
    hebbian_or_static = ("Hebbian keeps more", "Hebbian keeps less")
    compared = [(with_and_without, f"{name_of(MET[0])} minus {name_of(TWINS[0])}, seed by seed", ("more", "less"))]
    for rivals in (TWINS, MET):
        gap = of_difference(*(list(shares.get(c, {}).values()) for c in rivals))
        compared.append((gap, f"{name_of(rivals[0])} minus {name_of(rivals[1])}", hebbian_or_static))
    for more, words, told in compared:
        if more.n:
            figures[f"{words}, {group}"] = more
            parts.append(f"{words}, {with_verdict(more, *told)}")
    how = "" if group == SATURATED else f" {', '.join(STAYING)} to the end"
    return f"Of the speed of the same lives without a failure, {WORDS[group]}{how}: {'; '.join(parts)}."


def _bought(records: Sequence[Record], figures: Figures) -> str:
    """Say what such training costs on a healthy body and brings on a damaged one: no ratios, for some never walk."""
    parts = []
    for met, twin in zip(MET, TWINS, strict=True):
        found = []
        for group in GROUPS:
            more = of_paired_difference(*(speed_after(where(records, condition=c), group) for c in (met, twin)))
            figures[f"{met} minus {twin}, speed, {group} [m/s]"] = more
            found.append(f"{WORDS[group]} {with_verdict(more, 'faster', 'slower')}")
        parts.append(f"{name_of(met)} minus {name_of(twin)}: {', '.join(found)}")
    return f"Speed after in m/s, all lives, with such training minus without, seed by seed. {'. '.join(parts)}."


def _plastic(records: Sequence[Record], there: Sequence[str], figures: Figures) -> str:
    parts = []
    for condition in [c for c in PLASTIC if c in there]:
        mine = where(records, condition=condition)
        found = []
        for group in GROUPS[1:]:
            own = of_median(list(adaptation(mine, group).values()))
            figures[f"{condition} adaptation, {group}"] = own
            told = with_verdict(own, *MORE, more=left_out(mine, group))
            slower = of_median(list(saved(mine, group).values()))
            figures[f"{condition} speed saved, {group} [m/s]"] = slower
            found.append(f"{WORDS[group]} {told}, in m/s {with_verdict(slower, *MORE, '.3f')}")
        parts.append(f"{name_of(condition)}: {'; '.join(found)}")
    return (
        "Adaptation, share of their own healthy speed, plastic minus stopped; and in m/s, where a network that is "
        f"faster when healthy has more to lose. {'. '.join(parts)}."
    )


def _stopped(records: Sequence[Record], there: Sequence[str]) -> Table:
    rows: list[tuple[str, ...]] = []
    for condition in [c for c in PLASTIC if c in there]:
        mine = where(records, condition=condition)
        cost = of_median(list(cost_of_stopping(mine).values()))
        rows.append((WORDS[HEALTHY], name_of(condition), "1", cost.text() + " of plastic", "-", str(cost.n)))
        for group in GROUPS[1:]:
            shares = [kept(mine, group), kept(mine, group, frozen=True), adaptation(mine, group)]
            columns = [of_median(list(each.values())) for each in shares]
            rows.append((WORDS[group], name_of(condition), *(c.text() for c in columns), str(columns[2].n)))
    head = ("failure", "rules", "plastic keeps", "stopped at step 300 keeps", "adaptation", "n")
    return Table("Share of their own healthy speed that is kept after a failure", head, tuple(rows))


STUDY = Study(
    name="failures",
    number=12,
    doc=__doc__ or "",
    needs={**dict.fromkeys(TWINS, 10), **dict.fromkeys(MET, 5)},
    cells=cells,
    findings=findings,
    draw=draw,
    borrows=("actuators",),
    headlines=(
        Headline(
            "speed kept when a leg fails that never failed in training, met failing legs minus did not",
            f"{name_of(MET[0])} minus {name_of(TWINS[0])}, seed by seed, {GROUPS[3]}",
            more_than_none,
        ),
        Headline(
            "the same speed kept, plastic minus stopped, of Hebbian rules that did not",
            f"{TWINS[0]} adaptation, {GROUPS[3]}",
            more_than_none,
        ),
        Headline(
            "speed [m/s] that such a failure costs, stopped minus plastic weights (who is faster has more to lose)",
            f"{TWINS[0]} speed saved, {GROUPS[3]} [m/s]",
            more_than_none,
            ".3f",
        ),
    ),
)
