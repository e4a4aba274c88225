"""One joint of a board whose torque comes on at all joints at once: its neighbours are held meanwhile.

RealAnt's board knows one command for the torque of all servos, an OpenCat board drives its whole pose. What such a
board is not told of a neighbour it makes up: a stale goal.
"""

from __future__ import annotations

from collections.abc import Sequence

from firmware_bridge.board_line import BoardLine, Handshake, ImuReading, LineCounts, ServoReading
from firmware_bridge.power import measured_ticks


class HeldLine:
    """What a line with that one servo would be; see `BoardLine`.

    Args:
        line: with all servos of the robot, greeted.
        index: of the joint.
    """

    def __init__(self, line: BoardLine, index: int) -> None:
        self._line, self._index = line, index
        self.path, self.baud, self.scale = line.path, line.baud, line.scale
        self.measured, self.guards_itself = line.measured, line.guards_itself
        self.ids: tuple[int, ...] = (line.ids[index],)
        self.counts: LineCounts = line.counts
        self.imu: ImuReading | None = None
        self._held: list[int] = []

    @property
    def resting(self) -> tuple[int, ...] | None:
        """Where the joint lies, as far as the board knows."""
        return None if self._line.resting is None else (self._line.resting[self._index],)

    def warning(self, names: Sequence[str]) -> str:
        """Return what the neighbours will do when torque comes on, in one line.

        Args:
            names: of all joints, in joint order.

        Raises:
            LinkError: the board does not tell where they are.
        """
        what = "hold where they stand"
        if not self.measured:
            told = dict(zip(names, measured_ticks(self._line), strict=True))
            del told[names[self._index]]
            places = ", ".join(f"{name} to {tick}" for name, tick in told.items())
            if len(set(told.values())) == 1:
                places = f"all to {next(iter(told.values()))}"
            what = f"go to the counts that they were last told ({places}), so bring them near first"
        return f"this board gives torque to all joints at once: the other {len(names) - 1} {what}; hands off them"

    def greet(self) -> Handshake:
        """Ask everybody who they are."""
        return self._line.greet()

    def feedback(self) -> list[ServoReading]:
        """Return what the one servo tells now."""
        return [self._line.feedback()[self._index]]

    def put_goals(self, ticks: Sequence[int]) -> None:
        """Send the goal of the one servo; the neighbours get the goals that they have."""
        self._line.put_goals(self._with(ticks))

    def power_on(self, ticks: Sequence[int]) -> None:
        """Switch torque on where the one servo is, and its neighbours are: as measured now, or last commanded."""
        self._held = measured_ticks(self._line)
        self._line.power_on(self._with(ticks))

    def _with(self, ticks: Sequence[int]) -> list[int]:
        return [*self._held[: self._index], *ticks, *self._held[self._index + 1 :]]

    def power_off(self) -> list[int]:
        """Switch torque off everywhere and return the ids that did not confirm, neighbours too."""
        return self._line.power_off()

    def lost_power(self) -> str:
        """Return whether a servo does not drive any more."""
        return self._line.lost_power()

    def limit_torque(self, share: float) -> None:
        """Leave all servos this share of their torque."""
        self._line.limit_torque(share)

    def silencer(self) -> bytes:
        """Return the bytes that switch torque off."""
        return self._line.silencer()

    def close(self) -> None:
        """Let go of the port."""
        self._line.close()
