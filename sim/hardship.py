"""What befalls training lives: written like `hebb evaluate`'s perturbations, but at a time that each life draws anew.

none                                an undisturbed life
wipe=SHARE                          that share of all weights becomes zero
KIND[=NUMBER]:[STEPS][@JOINT,JOINT] a fault for so many control steps, to the life's end without them, of all
actuators or of these joints' alone: saturate:100, limp:@hip_2,ankle_2
ONE|ANOTHER                         one of them, drawn anew in each life
"""

from __future__ import annotations

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule, parse_ablation, parse_fault

NO_HARDSHIP = "none"
#: The hardship begins between these shares of the life's horizon: after the gait is found, with time left to recover.
EARLIEST, LATEST = 0.3, 0.7
_OR = "|"


def alternatives(hardship: str) -> list[str]:
    """Return the hardships of which each life draws one."""
    return [text.strip() for text in hardship.split(_OR)]


def schedule_of(hardship: str, onset: int) -> FaultSchedule:
    """Return what befalls a life whose hardship, a single one, begins at step `onset`.

    Raises:
        BadInputError: it cannot be read; the message says how to write it.
    """
    if hardship == NO_HARDSHIP:
        return FaultSchedule()
    name, _, share = hardship.partition("wipe=")
    if not name and share:
        return FaultSchedule(ablations=(parse_ablation(f"{share}@{onset}"),))
    span, at, joints = hardship.partition("@")
    kind, colon, steps = span.partition(":")
    ends = steps.isdecimal() and int(steps) > 0
    if not kind or not colon or not (ends or not steps) or bool(at) != bool(joints):
        raise BadInputError(
            f"bad hardship {hardship!r}: write none, wipe=SHARE or KIND[=NUMBER]:[STEPS][@JOINT,JOINT] (saturate:100), "
            f"with {_OR} between those that a life draws one of"
        )
    stop = str(onset + int(steps)) if ends else ""
    return FaultSchedule(faults=(parse_fault(f"{kind}@{onset}:{stop}{at}{joints}"),))


def draw_onset(rng: np.random.Generator, horizon: int) -> int:
    """Draw the step at which a life's hardship begins."""
    return int(rng.integers(int(EARLIEST * horizon), int(LATEST * horizon) + 1))


def draw_schedule(hardship: str, rng: np.random.Generator, horizon: int) -> FaultSchedule:
    """Draw what befalls a life of so many steps: when it begins and, where there are several, which one it is.

    Raises:
        BadInputError: it cannot be read.
    """
    onset = draw_onset(rng, horizon)
    choices = alternatives(hardship)
    return schedule_of(choices[int(rng.integers(len(choices)))] if len(choices) > 1 else choices[0], onset)
