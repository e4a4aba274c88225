"""What the frames of our own servo board carry: who it is, how it fares, where it shall go.

Layouts as in `firmware/PROTOCOL.md`; all numbers are little-endian.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag

from firmware_bridge.board_line import TickScale
from hebb_controller.errors import BadInputError

PROTOCOL_VERSION, MODEL, NB_CHANNELS = 1, 0x480C, 12
#: Counts of 0.5 us; a servo that turns 270 degrees does so from 500 to 2500 us.
SCALE = TickScale(lowest=1000, centre=3000, highest=5000, per_turn=4000.0 * 360.0 / 270.0)
#: A goal that leaves its channel without a pulse, so that its servo stays limp.
NO_PULSE = 0
#: The first firmware that knows such goals: an older one takes them for its least count.
OLDEST_FIRMWARE = (1, 1)
#: The watchdog time may lie within these, in [ms].
WATCHDOG_SPAN = (20, 1000)
WATCHDOG_DEFAULT = 100


class Result(IntEnum):
    """Whether a request was obeyed."""

    DONE = 0
    NO_GOALS = 1
    OUT_OF_RANGE = 2


class State(IntEnum):
    """What the board does: pulses are on while ARMED or HOLDING."""

    DISARMED = 0
    ARMED = 1
    HOLDING = 2
    LAPSED = 3


class Flag(IntFlag):
    """Notes on a status."""

    FRESH_GOALS = 1
    CLAMPED = 2
    SUPPLY_TOLD = 4
    HELD = 8


class ResetCause(IntFlag):
    """Why the chip started, from its register MCUSR (ATmega328P datasheet, 11.9.1)."""

    POWER_ON = 1
    EXTERNAL = 2
    BROWN_OUT = 4
    WATCHDOG = 8


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the board is; counts in units of 0.5 us, times in [ms] except `frame_time` [us]."""

    protocol: int
    major: int
    minor: int
    nb_channels: int
    model: int
    lowest: int
    highest: int
    frame_time: int
    cause: int
    nb_resets: int
    uptime: int


@dataclass(frozen=True, slots=True)
class Status:
    """How the board fares.

    Attributes:
        result: whether the request that this answers was obeyed.
        state: what it does.
        flags: notes.
        cause: why the chip last started.
        nb_resets: how often it has started anew since power came.
        goals_sequence: sequence number of the newest goals.
        uptime: since the chip started, in [ms].
        supply: in [mV]; 0 where it is not wired.
        watchdog: time in [ms] without a good frame until it holds; after twice that pulses go off.
        longest_gap: longest time between good frames since it was armed, in [ms].
        nb_good: frames that were good; like the other counters, since the chip started and modulo 65536.
        nb_corrupt: frames whose CRC was wrong.
        nb_rubbish: bytes that belonged to no frame.
        nb_lost: bytes that the receiver lost.
        goals: in force, in counts of 0.5 us, one per channel; `NO_PULSE` for one that gets none.
    """

    result: int
    state: int
    flags: int
    cause: int
    nb_resets: int
    goals_sequence: int
    uptime: int
    supply: int
    watchdog: int
    longest_gap: int
    nb_good: int
    nb_corrupt: int
    nb_rubbish: int
    nb_lost: int
    goals: tuple[int, ...]


_IDENTITY = struct.Struct("<4B4HBHI")
_STATUS = struct.Struct("<4BHHIHHHHHHH")
_GOALS = struct.Struct("<12H")
IDENTITY_SIZE, STATUS_SIZE, GOALS_SIZE = _IDENTITY.size, _STATUS.size + _GOALS.size, _GOALS.size
_CAUSES: Mapping[ResetCause, str] = {
    ResetCause.POWER_ON: "power came",
    ResetCause.EXTERNAL: "its reset pin",
    ResetCause.BROWN_OUT: "brown-out",
    ResetCause.WATCHDOG: "its firmware hung",
}


def cause_text(cause: int) -> str:
    """Return why the chip started, in words."""
    return ", ".join(text for bit, text in _CAUSES.items() if cause & bit) or "a bootloader hides the cause"


def pack_goals(counts: Sequence[int]) -> bytes:
    """Return the body of a SET_GOALS request, from counts of 0.5 us.

    Raises:
        BadInputError: not one count per channel, or what 16 bits cannot hold; the board clamps the rest.
    """
    if len(counts) != NB_CHANNELS or not all(0 <= count <= 0xFFFF for count in counts):
        raise BadInputError(f"goals {list(counts)}: must be {NB_CHANNELS} counts within 0 and 65535")
    return _GOALS.pack(*counts)


def unpack_goals(body: bytes) -> tuple[int, ...]:
    """Return the counts in the body of a SET_GOALS request."""
    return _GOALS.unpack(body)


def pack_identity(identity: Identity) -> bytes:
    """Return the body of the reply to IDENTIFY."""
    i = identity
    versions = (i.protocol, i.major, i.minor, i.nb_channels)
    return _IDENTITY.pack(*versions, i.model, i.lowest, i.highest, i.frame_time, i.cause, i.nb_resets, i.uptime)


def unpack_identity(body: bytes) -> Identity:
    """Return what the reply to IDENTIFY tells."""
    return Identity(*_IDENTITY.unpack(body))


def pack_status(status: Status) -> bytes:
    """Return the body of every other reply."""
    s = status
    counters = (s.nb_good & 0xFFFF, s.nb_corrupt & 0xFFFF, s.nb_rubbish & 0xFFFF, s.nb_lost & 0xFFFF)
    first = (s.result, s.state, s.flags, s.cause, s.nb_resets, s.goals_sequence, s.uptime)
    return _STATUS.pack(*first, s.supply, s.watchdog, s.longest_gap, *counters) + _GOALS.pack(*s.goals)


def unpack_status(body: bytes) -> Status:
    """Return what a status tells."""
    return Status(*(*_STATUS.unpack_from(body), _GOALS.unpack_from(body, _STATUS.size)))
