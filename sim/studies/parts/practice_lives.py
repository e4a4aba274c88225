"""Which lives the study of practice asks for, and what it calls them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sim.studies.parts.actuator_faults import HEALTHY, ONSET, SATURATED, fault_cells
from sim.studies.parts.adaptation import FROZEN
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.records import Record

#: Evolved on with saturated actuators, what they began as, and the control: evolved on without.
PRACTISED, BEFORE = ("hebbian-practice", "static-practice"), ("hebbian-dr", "static-dr")
CONTROL = "hebbian-longer"
CONDITIONS = (BEFORE[0], PRACTISED[0], CONTROL, BEFORE[1], PRACTISED[1])
#: Conditions with weights to stop and to wipe.
PLASTIC = (BEFORE[0], PRACTISED[0], CONTROL)
#: Never met in training: the other end of every joint, twice as long, and a third of the weights.
REVERSED, LONGER, WIPED = "reversed", "longer", "wiped"
UNMET_FAULTS = {REVERSED: f"saturate=-1@{ONSET}:400", LONGER: f"saturate@{ONSET}:500"}
#: Treatments in words.
WORDS = {
    HEALTHY: "nothing fails",
    SATURATED: "saturated for 100 steps",
    REVERSED: "saturated the other way (never met)",
    LONGER: "saturated for 200 steps (never met)",
    WIPED: "a third of the weights wiped (never met)",
}
#: Those from whose end recovery is counted.
ENDING = (SATURATED, REVERSED, LONGER)


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study; what studies 2 and 12 ask of the rules before is theirs."""
    asked = []
    for condition in CONDITIONS:
        seeds = evolutions.seeds(PRACTISED[1] if condition.startswith("static") else PRACTISED[0])
        seeds = tuple(seed for seed in seeds if seed in evolutions.seeds(condition))
        for cell in fault_cells(condition, seeds, quick):
            if cell.treatment not in (HEALTHY, SATURATED):
                continue
            plastic = condition in PLASTIC
            if condition not in BEFORE:
                asked.append(cell)
                if plastic:
                    name = cell.treatment + FROZEN
                    asked.append(dataclasses.replace(cell, treatment=name, stop_plasticity=ONSET))
            if cell.treatment == HEALTHY:
                asked += [
                    dataclasses.replace(cell, treatment=name, faults=(fault,), onset=None)
                    for name, fault in UNMET_FAULTS.items()
                ]
                if plastic:
                    wipe = f"0.333@{ONSET}"
                    asked.append(dataclasses.replace(cell, treatment=WIPED, wipes=(wipe,), onset=None))
    return asked


def of_study(records: Sequence[Record]) -> list[Record]:
    """Return the records that this study asks about, of its own and of those that it borrows.

    Of the rules before, only those count that were evolved on: two groups of unlike seeds would be no before and after.
    """
    seeds = {condition: {r["evolution"] for r in records if r["condition"] == condition} for condition in PRACTISED}
    twins = {**dict(zip(BEFORE, PRACTISED, strict=True)), **{p: p for p in PRACTISED}, CONTROL: PRACTISED[0]}
    names = {name + end for name in WORDS for end in ("", FROZEN)}
    return [
        r
        for r in records
        if r["condition"] in twins and r["treatment"] in names and r["evolution"] in seeds[twins[r["condition"]]]
    ]


def lives_of(records: Sequence[Record], condition: str, treatment: str) -> list[Record]:
    """Return the lives of a condition under a treatment."""
    return [r for r in records if r["condition"] == condition and r["treatment"] == treatment]
