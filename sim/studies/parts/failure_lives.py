"""Which lives the study of failures met in training asks for, and what it calls the parts of a body."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from sim.studies.parts.actuator_faults import HEALTHY, ONSET, SATURATED, STAYING, fault_cells
from sim.studies.parts.adaptation import FROZEN
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.records import Record

#: Evolved with failing legs, and their twins evolved without: Hebbian, then static.
MET, TWINS = ("hebbian-faults", "static-faults"), ("hebbian-dr", "static-dr")
#: The leg that never failed in training.
HELD_OUT = "front_left"
#: Groups of treatments: none, a kind of failure that was never met, legs that failed in training, the one that did not.
GROUPS = (HEALTHY, SATURATED, "met legs", "unmet leg")
#: Those whose weights stop at the onset in a second life: conditions with weights to stop.
PLASTIC = (TWINS[0], MET[0])


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study; those of the twins whose weights change to the end are the actuator study's."""
    asked = []
    for condition in (*TWINS, *MET):
        for plastic in fault_cells(condition, evolutions.seeds(condition), quick):
            if not group_of(plastic.treatment):
                continue
            if condition in MET:
                asked.append(plastic)
            if condition in PLASTIC:
                asked.append(stopped(plastic))
    return asked


def stopped(plastic: Cell) -> Cell:
    """Return the same lives with weights that stop when the failure comes."""
    return dataclasses.replace(plastic, treatment=plastic.treatment + FROZEN, stop_plasticity=ONSET)


def group_of(treatment: str) -> str:
    """Return the group of a treatment; empty for one that is not of this study (single joints)."""
    words = treatment.removesuffix(FROZEN).split()
    if len(words) == 1:
        return words[0]
    return "" if words[1] != "leg" else GROUPS[3] if words[2] == HELD_OUT else GROUPS[2]


def of_study(records: Sequence[Record]) -> list[Record]:
    """Return the records that this study asks about, of its own and of those that it borrows."""
    return [r for r in records if r["condition"] in (*TWINS, *MET) and group_of(r["treatment"])]


def by_kind(records: Sequence[Record], group: str, frozen: bool = False) -> list[list[Record]]:
    """Return the lives of a group, one list for each kind of failure in it, plastic or with weights that stopped."""
    mine = [r for r in records if group_of(r["treatment"]) == group and str(r["treatment"]).endswith(FROZEN) == frozen]
    kinds = [*STAYING] if group.endswith(("legs", "leg")) else [group]
    return [[r for r in mine if r["treatment"].split()[0] == kind] for kind in kinds]
