"""How a board fares: what diagnostics, monitors and reports show."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum

from firmware_bridge.board_line import LineCounts
from firmware_bridge.conduct import Conduct
from firmware_bridge.goal_gate import GoalGate
from firmware_bridge.health import Level
from firmware_bridge.line_watch import LineWatch


class Power(Enum):
    """Whether goals reach the servos, and whether torque is known to be off where they do not."""

    DISARMED = "disarmed"
    ARMED = "armed"
    UNCONFIRMED = "unconfirmed"
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


def report_of(power: Power, conduct: Conduct, watch: LineWatch, counts: LineCounts, gate: GoalGate) -> BoardReport:
    """Return the snapshot of an owner's line.

    Args:
        power: whether goals reach the servos.
        conduct: what is done, and why.
        watch: what was read.
        counts: what went wrong on the line.
        gate: what was asked for.
    """
    return BoardReport(
        power=power,
        level=conduct.level,
        reason=conduct.reason,
        voltage=watch.voltage,
        temperature=watch.temperature,
        load=watch.load,
        oldest=time.monotonic() - float(watch.seen.min()),
        nb_cycles=watch.nb_cycles,
        nb_missing=counts.missing,
        nb_corrupt=counts.corrupt,
        nb_foreign=counts.foreign,
        nb_implausible=watch.nb_implausible,
        nb_limited=gate.nb_limited,
        nb_refused=gate.nb_refused,
    )
