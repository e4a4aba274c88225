"""What health lets be done with the servos: which goal, how much torque, when to let go.

    WELL     the wanted goal
    DERATE   the wanted goal, with less torque until torque comes on anew
    HOLD     the last goal
    SIT      a way down to the sitting pose, which nothing but LIMP ends before it is over
    LIMP     let go

No port, no thread and no clock here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.health import Level
from firmware_bridge.sit_down import Sinking
from hebb_controller.signals import Vector


@dataclass(frozen=True)
class Conduct:
    """What is done now.

    Attributes:
        level: what health allows.
        reason: why; empty while all is well.
        torque_share: that is left to the servos, 0 to 1.
        sinking: the way down; None before it has begun.
    """

    level: Level = Level.WELL
    reason: str = ""
    torque_share: float = 1.0
    sinking: Sinking | None = None

    def goal(self, wanted: Vector, last: Vector, now: float) -> Vector:
        """Return which goal [rad] may go on to the gate.

        Args:
            wanted: by the caller; anything, the gate judges it.
            last: that was written, shape `(nb_joints,)`, in [rad].
            now: in [s].
        """
        if self.sinking is not None:
            return self.sinking.goal(now)
        return last if self.level is Level.HOLD else wanted

    def over(self, now: float) -> bool:
        """Return whether it is time to let go."""
        return self.level is Level.LIMP or (self.sinking is not None and self.sinking.over(now))


def judged(
    before: Conduct, level: Level, reason: str, strain: str, derated_torque: float, sink: Callable[[], Sinking]
) -> Conduct:
    """Return what is to be done after a reading.

    Args:
        before: what was done until now.
        level: what the servos' health asks for.
        reason: why.
        strain: which joint has been kept from its goal too long, in words; empty: none.
        derated_torque: share of torque that is left to servos that are warm.
        sink: begins the way down.
    """
    if strain and level < Level.SIT:
        level, reason = Level.SIT, strain
    if before.level is Level.SIT and level < Level.SIT:
        level, reason = before.level, before.reason  # what has begun to sit does not jump up again
    share = min(before.torque_share, derated_torque) if level is Level.DERATE else before.torque_share
    sinking = before.sinking
    if level is Level.SIT and sinking is None:
        sinking = sink()
    return Conduct(level, reason, share, sinking)
