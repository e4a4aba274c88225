"""What the study of the actuators does to its lives and calls it, and the speed that is kept, kinds pooled."""

from __future__ import annotations

from collections.abc import Sequence

from hebb_controller.robot_file import load_robot
from sim.studies.parts.legs import leg_joints
from sim.studies.parts.recoveries import speeds_kept
from sim.study.cell import Cell
from sim.study.records import Record
from sim.study.summaries import weighing_alike

REALANT = ("hebbian-dr", "static-dr")
ANT = ("shipped/ant", "shipped/ant-faults", "shipped/ant-unbounded", "shipped/ant-static")
HEALTHY, SATURATED = "healthy", "saturated"
#: The healthy lives, their speed taken over the very steps over which that after saturation is.
AS_SATURATED = "healthy-as-saturated"
ONSET, END = 300, 400
STEPS, ANT_STEPS = 800, 1000
#: Faults that stay: the study's word -> how a schedule writes it.
STAYING = {"limp": "limp", "locked": "lock", "weak": "weak=0.5", "late": "delay=4"}
KINDS = (HEALTHY, SATURATED, *(f"{word} {part}" for part in ("leg", "joint") for word in STAYING))


def treatments(ant: bool, quick: bool) -> list[tuple[str, str | None, int]]:
    """Return name, fault and number of lives of every treatment."""
    legs = leg_joints(load_robot("ant" if ant else "realant").joint_names)
    found: list[tuple[str, str | None, int]] = [
        (HEALTHY, None, 20 if ant else 12),
        (SATURATED, f"saturate@{ONSET}:{END}", 20 if ant else 12),
        *([] if ant else [(AS_SATURATED, None, 12)]),
    ]
    for word, kind in STAYING.items():
        if ant and word != "limp":
            continue
        for number, joints in enumerate(legs, 1):
            place = str(number) if ant else joints[0].rpartition("_")[0]
            found.append((f"{word} leg {place}", f"{kind}@{ONSET}:@{','.join(joints)}", 5 if ant else 4))
        if not ant:
            found += [(f"{word} joint {j}", f"{kind}@{ONSET}:@{j}", 2) for leg in legs for j in leg]
    if quick:
        found = [
            (name, fault, 1)
            for name, fault, _ in found
            if name.split()[-1] in (HEALTHY, SATURATED, AS_SATURATED, "front_left", "1", "front_left_hip")
        ]
    return found


def fault_cells(condition: str, seeds: Sequence[int], quick: bool) -> list[Cell]:
    """Return every treatment's lives of a condition's evolutions: the same cells for every study that asks them."""
    ant = condition in ANT
    length = 550 if quick else ANT_STEPS if ant else STEPS
    found = []
    asked = treatments(ant, quick)
    for seed in seeds:
        for name, fault, lives in asked:
            onset = None if fault else END if name == AS_SATURATED else ONSET
            faults = () if fault is None else (fault,)
            found.append(Cell(condition, seed, name, lives, length, faults=faults, onset=onset, randomise=not ant))
    return found


def of_kind(records: Sequence[Record], kind: str) -> list[Record]:
    """Return the lives of one kind of fault, all legs or joints together."""
    return [r for r in records if r["treatment"] == kind or r["treatment"].startswith(f"{kind} ")]


def kept_by_kind(records: Sequence[Record], part: str) -> dict[int, float]:
    """Return the share of speed kept over all faults that stay, kinds weighing alike, one number per evolution."""
    return weighing_alike([speeds_kept(of_kind(records, f"{word} {part}")) for word in STAYING])
