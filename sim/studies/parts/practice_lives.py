"""Which lives the study of practice asks for, and what it calls them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sim.studies.parts.actuator_faults import AS_SATURATED, HEALTHY, ONSET, SATURATED, fault_cells
from sim.studies.parts.adaptation import FROZEN
from sim.studies.parts.failure_lives import stopped
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.records import Record, where

#: Evolved on with saturated actuators, what they began as, and the control: evolved on without.
PRACTISED, BEFORE = ("hebbian-practice", "static-practice"), ("hebbian-dr", "static-dr")
CONTROL = "hebbian-longer"
#: Condition -> the practised one of its network, whose seeds count; in the order of the page.
PRACTISED_OF = {
    BEFORE[0]: PRACTISED[0],
    PRACTISED[0]: PRACTISED[0],
    CONTROL: PRACTISED[0],
    BEFORE[1]: PRACTISED[1],
    PRACTISED[1]: PRACTISED[1],
}
CONDITIONS = tuple(PRACTISED_OF)
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
    for condition, practised in PRACTISED_OF.items():
        seeds = [seed for seed in evolutions.seeds(condition) if seed in evolutions.seeds(practised)]
        for cell in fault_cells(condition, seeds, quick):
            if cell.treatment == HEALTHY:
                asked += _unmet(cell)
            if cell.treatment in (HEALTHY, SATURATED, AS_SATURATED) and condition not in BEFORE:
                asked += [cell, stopped(cell)] if condition in PLASTIC else [cell]
    return asked


def _unmet(healthy: Cell) -> list[Cell]:
    """Return the healthy lives with what was never practised."""
    found = [
        dataclasses.replace(healthy, treatment=name, faults=(fault,), onset=None)
        for name, fault in UNMET_FAULTS.items()
    ]
    if healthy.condition in PLASTIC:
        found.append(dataclasses.replace(healthy, treatment=WIPED, wipes=(f"0.333@{ONSET}",), onset=None))
    return found


def of_study(records: Sequence[Record]) -> list[Record]:
    """Return the records that this study asks about, of its own and of those that it borrows.

    Of the rules before, only those count that were evolved on: two groups of unlike seeds would be no before and after.
    """
    seeds = {name: {r["evolution"] for r in where(records, condition=name)} for name in PRACTISED}
    return [
        r
        for r in records
        if r["treatment"].removesuffix(FROZEN) in (*WORDS, AS_SATURATED)
        and r["condition"] in PRACTISED_OF
        and r["evolution"] in seeds[PRACTISED_OF[r["condition"]]]
    ]
