"""How a board fares: what diagnostics, monitors and reports show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from firmware_bridge.health import Level


class Power(Enum):
    """Whether goals reach the servos."""

    DISARMED = "disarmed"
    ARMED = "armed"
    LOST = "lost"


@dataclass(frozen=True)
class BoardReport:
    """A snapshot; counters count from the start.

    Attributes:
        power: whether goals reach the servos.
        level: what health allows.
        reason: why it is not armed and well; empty otherwise.
        voltage: lowest supply, in [V]; NaN where nobody measures it.
        temperature: of the hottest servo, in [deg C]; NaN where nobody measures it.
        load: largest share of full load; NaN where nobody measures it.
        oldest: age of the oldest joint's reading, in [s].
        nb_cycles: reads of the whole line.
        nb_missing: answers that did not come in time.
        nb_corrupt: frames whose checksum was wrong.
        nb_foreign: answers that nobody asked for.
        nb_implausible: readings that were not believed.
        nb_limited: goals held within limits or slew.
        nb_refused: goals that were not finite or of the wrong length.
    """

    power: Power
    level: Level
    reason: str
    voltage: float
    temperature: float
    load: float
    oldest: float
    nb_cycles: int
    nb_missing: int
    nb_corrupt: int
    nb_foreign: int
    nb_implausible: int
    nb_limited: int
    nb_refused: int
