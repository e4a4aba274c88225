"""What `hebb board find` found: servos, boards."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FoundServo:
    """One servo that answered.

    Attributes:
        servo_id: its id.
        model: number in its model register.
        name: of the model.
        firmware: its version, as the register holds it.
        alarm: what it complains of, in words; empty if of nothing.
    """

    servo_id: int
    model: int
    name: str
    firmware: int
    alarm: str = ""


@dataclass(frozen=True)
class FoundBoard:
    """What speaks on a port, at one rate.

    Attributes:
        protocol: such as `sts`; `imu` for one that only talks.
        baud: in [bit/s].
        what: what it is, in words.
        servos: on a bus, in order of their ids.
        clashes: ids on a bus that answer garbled: two servos have them.
    """

    protocol: str
    baud: int
    what: str
    servos: tuple[FoundServo, ...] = ()
    clashes: tuple[int, ...] = ()
