"""The seam between a line of servos and its owner, whatever protocol it speaks.

Implemented by `RegisterLine` (bus servos with registers), `HebbLine` (our own board), `OpenCatLine` and `RealAntLine`.
Angles are in the board's own counts here, in joint order; `JointMap` alone knows radians. A line judges nothing: gate,
health, limits and the right to move are its owner's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hebb_controller.signals import Vector


@dataclass(frozen=True, slots=True)
class TickScale:
    """What a board counts angles in.

    Attributes:
        lowest: smallest count that may be commanded.
        centre: count at mid-travel.
        highest: largest count that may be commanded.
        per_turn: counts in 2 pi.
    """

    lowest: int
    centre: int
    highest: int
    per_turn: float


@dataclass(frozen=True, slots=True)
class ServoReading:
    """What one servo told, or did not.

    Attributes:
        servo_id: the servo.
        time: when the answer was there, on the monotonic clock, in [s].
        error: its error byte; 0 where the board has none.
        values: `position` in counts, and `speed` [rad/s], `load` [share of full load], `voltage` [V], `temperature`
            [deg C] where the board tells them; None: it did not answer.
        alarm: what its error byte says of the servo's own state, in words; empty: nothing that needs an answer.
    """

    servo_id: int
    time: float
    error: int
    values: Mapping[str, float] | None
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class ImuReading:
    """Attitude and rates of the base.

    Attributes:
        time: when it came, on the monotonic clock, in [s].
        roll, pitch, yaw: in [rad].
        angular_velocity: in the base, shape `(3,)`, in [rad/s].
    """

    time: float
    roll: float
    pitch: float
    yaw: float
    angular_velocity: Vector


@dataclass(frozen=True)
class Handshake:
    """What the line told of itself.

    Attributes:
        model: what is on the line, such as `sts3215`.
        firmware: firmware number by id.
        offsets: homing offset in the servo's EEPROM by id, in counts; empty where servos have none.
        alarms: error byte by id, where it is not 0.
        goal_spans: smallest and largest goal that a servo takes by id, in counts; empty where servos have no such
            limits.
        warnings: what may be wrong, one line each.
        driving: servos whose torque is on already; none where the board does not tell.
    """

    model: str = ""
    firmware: Mapping[int, int] = field(default_factory=dict)
    offsets: Mapping[int, int] = field(default_factory=dict)
    alarms: Mapping[int, int] = field(default_factory=dict)
    goal_spans: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    driving: tuple[int, ...] = ()


@dataclass
class LineCounts:
    """How often what went wrong on a line; counts only grow.

    Attributes:
        missing: answers that did not come in time.
        corrupt: frames whose checksum was wrong.
        foreign: answers that nobody asked for: late, doubled, or of the wrong length.
    """

    missing: int = 0
    corrupt: int = 0
    foreign: int = 0


class BoardLine(Protocol):
    """An open line to the servos of one robot.

    Every method that talks may raise `LinkError`: the port is gone. Nothing else is raised by bad bytes.

    Attributes:
        path: of the port.
        baud: its rate, in [bit/s].
        ids: servo or channel of each joint, in joint order.
        scale: of its counts.
        measured: True if positions come from encoders, False if they repeat what was commanded.
        guards_itself: True if the board lets go by itself when the host falls silent, so that no supervisor process is
            needed.
        counts: what went wrong so far.
        imu: newest attitude that the board itself told; None where it has no IMU or has not spoken.
        resting: where the joints of a board that measures nothing lie while torque is off, in counts, in joint order;
            None where the board does not know, or measures.
    """

    path: str
    baud: int
    ids: tuple[int, ...]
    scale: TickScale
    measured: bool
    guards_itself: bool
    counts: LineCounts
    imu: ImuReading | None

    @property
    def resting(self) -> tuple[int, ...] | None:
        """See above."""

    def greet(self) -> Handshake:
        """Ask everybody who they are.

        Raises:
            LinkError: all that is wrong, in one line.
        """

    def feedback(self) -> list[ServoReading]:
        """Return what every servo tells now, in joint order: one that did not answer has no values."""

    def put_goals(self, ticks: Sequence[int]) -> None:
        """Send goals in counts, one per joint; they are neither checked nor clamped here."""

    def power_on(self, ticks: Sequence[int]) -> None:
        """Make `ticks`, the pose as it is, the goals; make sure that they arrived; then switch torque on.

        Raises:
            LinkError: a servo does not do as told; torque is off again.
        """

    def power_off(self) -> list[int]:
        """Switch torque off everywhere and return the ids that did not confirm. Never raises, never stops half-way."""

    def lost_power(self) -> str:
        """Look, cheaply and in turn, whether a servo still drives; return what is wrong, or nothing."""

    def limit_torque(self, share: float) -> None:
        """Leave the servos this share of what they are set to give, 0 to 1; nothing where the board cannot.

        Where servos can confirm it, `lost_power` asks them and tells those again that have not taken it.
        """

    def silencer(self) -> bytes:
        """Return the bytes that switch torque off, for a supervisor that knows no protocol."""

    def close(self) -> None:
        """Let go of the port; safe to call twice."""
