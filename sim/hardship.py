"""What befalls training lives: written like `hebb evaluate`'s perturbations, but at a time that each life draws anew.

`none` is an undisturbed life; `wipe=SHARE`: that share of all weights becomes zero; `KIND[=NUMBER]:STEPS`: a fault of
all actuators that lasts so many control steps, such as `saturate:100`.
"""

from __future__ import annotations

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule, parse_ablation, parse_fault

NO_HARDSHIP = "none"
#: The hardship begins between these shares of the life's horizon: after the gait is found, with time left to recover.
EARLIEST, LATEST = 0.3, 0.7


def schedule_of(hardship: str, onset: int) -> FaultSchedule:
    """Return what befalls a life whose hardship begins at step `onset`.

    Raises:
        BadInputError: it cannot be read; the message says how to write it.
    """
    if hardship == NO_HARDSHIP:
        return FaultSchedule()
    name, _, share = hardship.partition("wipe=")
    if not name and share:
        return FaultSchedule(ablations=(parse_ablation(f"{share}@{onset}"),))
    kind, colon, steps = hardship.partition(":")
    if not colon or not steps.isdigit() or int(steps) < 1:
        raise BadInputError(f"bad hardship {hardship!r}: write none, wipe=SHARE or KIND[=NUMBER]:STEPS (saturate:100)")
    return FaultSchedule(faults=(parse_fault(f"{kind}@{onset}:{onset + int(steps)}"),))


def draw_onset(rng: np.random.Generator, horizon: int) -> int:
    """Draw the step at which a life's hardship begins."""
    return int(rng.integers(int(EARLIEST * horizon), int(LATEST * horizon) + 1))
