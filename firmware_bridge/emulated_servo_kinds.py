"""What tells emulated servos of different makers apart: memory, factory settings, operating modes.

Sources: Feetech's STS memory table; the e-manual's control tables of XL430-W250 and AX-12A.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

#: Registers below this address outlast a reboot: Feetech below 40, X series below 64, AX-12A below 24.
RAM_STARTS = {"sts": 40, "dxl2": 64, "dxl1": 24}
#: EEPROM as it leaves the factory: return delay 250 is 0.5 ms, answers to everything, goals are positions.
FACTORY: Mapping[str, Mapping[str, int]] = {
    "sts": {
        "return_delay": 0,
        "answers": 1,
        "goal_min": 0,
        "goal_max": 4095,
        "torque_max": 1000,
        "mode": 0,
        "firmware": 0x0903,
    },
    "dxl2": {"return_delay": 250, "goal_min": 0, "goal_max": 4095, "torque_max": 885, "mode": 3, "firmware": 45},
    "dxl1": {"return_delay": 250, "answers": 2, "goal_min": 0, "goal_max": 1023, "torque_max": 1023, "firmware": 24},
}
#: How the homing offset shifts what the servo tells: Feetech subtracts it, the X series adds it.
OFFSET_SIGN = {"sts": -1, "dxl2": 1}


class Way(Enum):
    """What a goal is to a servo."""

    POSITION = "where to go"
    STEPS = "how far to go on"
    NOTHING = "not looked at: it turns at a speed or a PWM"


#: By what the mode register holds: STS 33, X series 11 (4: many turns, 5: with a current limit).
_WAYS = {
    "sts": {0: Way.POSITION, 3: Way.STEPS},
    "dxl2": {3: Way.POSITION, 4: Way.POSITION, 5: Way.POSITION},
}


def way_of(protocol: str, mode: int | None, goal_min: int, goal_max: int) -> Way:
    """Return what a goal is to a servo in this mode; an AX-12A is a wheel where both angle limits are 0."""
    if mode is None:
        return Way.NOTHING if goal_min == goal_max == 0 else Way.POSITION
    return _WAYS[protocol].get(mode, Way.NOTHING)
