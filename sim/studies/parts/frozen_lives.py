"""Which lives the study of frozen weights asks for, and how they are told from those that it borrows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from hebb_controller.robot_file import load_robot
from sim.studies.parts.adaptation import AVERAGED, FROZEN, HEALTHY, WIPE
from sim.studies.parts.legs import leg_joints
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.records import Record

REALANT, ANT = "hebbian-dr", "shipped/ant"
STOPS = (0, 10, 20, 30, 50, 80, 150, 300)
CURVE_STEPS = 600
ONSET = 300
#: Weights that stop at a mean stop at that of so many steps, whatever the period of their own cycle.
AVERAGE_STEPS = 40
DAMAGE_STEPS = 800
#: Faults of the actuators by the study's own word: kind, last step, one leg at a time.
DAMAGES = {
    "lock": ("lock", None, True),
    "limp": ("limp", None, True),
    "delay": ("delay=4", None, True),
    "saturate": ("saturate", ONSET + 100, False),
}
ANT_DAMAGES = ("limp", "saturate")


def cells(evolutions: Evolutions, quick: bool) -> list[Cell]:
    """Return the lives of this study."""
    asked = []
    stops: tuple[int | None, ...] = (30, None) if quick else (*STOPS, None)
    for condition, seed, episodes, randomise in _subjects(evolutions, quick):
        for stop in stops:
            name = "curve never" if stop is None else f"curve {stop}"
            length = 150 if quick else CURVE_STEPS
            asked.append(
                Cell(
                    condition,
                    seed,
                    name,
                    episodes,
                    length,
                    stop_plasticity=stop,
                    onset=length - 300,
                    randomise=randomise,
                )
            )
        for name, faults, wipes in _damages(condition, quick):
            plastic = Cell(
                condition,
                seed,
                name,
                episodes,
                550 if quick else DAMAGE_STEPS,
                faults=faults,
                wipes=wipes,
                onset=None if faults or wipes else ONSET,
                randomise=randomise,
            )
            frozen = dataclasses.replace(plastic, treatment=name + FROZEN, stop_plasticity=ONSET)
            asked += [plastic, frozen]
            if not wipes:  # the wipe and the mean would meet at the same step
                asked.append(dataclasses.replace(frozen, treatment=name + AVERAGED, average=AVERAGE_STEPS))
    return asked


def of_study(records: Sequence[Record]) -> list[Record]:
    """Return the records of this study's own lives, without those that it borrows."""
    own = ("curve", *DAMAGES, WIPE, HEALTHY)
    return [r for r in records if r["condition"] in (REALANT, ANT) and r["treatment"].split()[0] in own]


def _subjects(evolutions: Evolutions, quick: bool) -> list[tuple[str, int, int, bool]]:
    found = [(REALANT, seed, 1 if quick else 4, True) for seed in evolutions.seeds(REALANT)]
    return found if quick else [*found, (ANT, 0, 10, False)]


def _damages(condition: str, quick: bool) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    robot = load_robot("ant" if condition == ANT else "realant")
    legs = leg_joints(robot.joint_names)
    found = []
    for name, (kind, stop, one_leg) in DAMAGES.items():
        if condition == ANT and name not in ANT_DAMAGES:
            continue
        span = f"{ONSET}:{'' if stop is None else stop}"
        if not one_leg:
            found.append((name, (f"{kind}@{span}",), ()))
            continue
        for leg in legs[:1] if quick else legs:
            found.append((f"{name} {leg[0].rpartition('_')[0]}", (f"{kind}@{span}@{','.join(leg)}",), ()))
    return [*found, (WIPE, (), (f"0.333@{ONSET}",)), (HEALTHY, (), ())]
