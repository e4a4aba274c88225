"""The text that RealAnt's board and its host exchange. Nothing here does I/O.

To the board, each line ended by newline:

    s1 512 s2 300 ... s8 700         goals in AX-12A counts, any servos of 1 to 8
    attach_servos   detach_servos    torque on, off
    reset   standup                  poses of its own, unused here

From the board, each line ended by carriage return and newline:

    meas MS<TAB> 8 positions<TAB> 8 goals<TAB> 4 feet<TAB> 8 temperatures<TAB>[<TAB>free memory]
    - recv: ...                      what it heard, word for word
    - Failed to get present position 0x5       after a `meas` line: the positions of these servos, a bit each, are goals
    - Succeeded to change torque on  one per servo, in order; `Failed` where it did not; `off` likewise

No line has a checksum. So a `meas` line counts only if it has exactly the numbers it ought to have, each as the board
writes it and within what the servo can tell; a changed digit still passes: the owner's plausibility has to catch it.

Source: github.com/OteRobotics/realant, ant11_cmd_dxl (OpenCM9.04) and ant14_cmd_dxl_nano33iot (RealAnt board v1.2).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from firmware_bridge.servo_tables import TABLES
from hebb_controller.errors import BadInputError

BAUD = 115_200
#: Counts of the AX-12A: 1023 in 300 degrees.
SCALE = TABLES["dxl1"].scale
NB_SERVOS = 8
ATTACH = b"attach_servos\n"
DETACH = b"detach_servos\n"

_HIGHEST_TEMPERATURE = 120
_LONGEST = 400
_COUNT = r"(?:0|[1-9]\d*)"  # the board writes no sign and no leading zero
_HEAD = re.compile(rf"meas ({_COUNT})\t((?:{_COUNT}\t){{{2 * NB_SERVOS + 4}}})")
_TAIL = re.compile(rf"((?:{_COUNT}\t){{{NB_SERVOS}}})(?:\t(-?\d+))?")
#: Breaks a `meas` line in two when the servo whose turn it is does not tell its temperature.
_NO_TEMPERATURE = "- Failed to get present temperature"
_UNREAD = re.compile(r"- Failed to get present position 0x([0-9A-F]{1,2})")
_TORQUE = re.compile(r"- (Succee?d(?:ed)?|Failed) to change torque (on|off)")
_HELLO = re.compile(r"realant says hello - \w+ (\d{4})-(\d\d)-(\d\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Measured:
    """A `meas` line.

    Attributes:
        board_ms: the board's clock, in [ms] since it started.
        positions: of servos 1 to 8, in counts.
        goals: what the board last heard for them, in counts.
        temperatures: in [deg C]; 0 where it has not asked yet; None: the line broke before them.
    """

    board_ms: int
    positions: tuple[int, ...]
    goals: tuple[int, ...]
    temperatures: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Unread:
    """Servos whose positions in the line before were not read."""

    servo_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Heard:
    """What the board heard, without its newline."""

    text: str


@dataclass(frozen=True, slots=True)
class TorqueChanged:
    """One servo, in order, was told to change its torque."""

    on: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Hello:
    """The board has started; its firmware's date as yyyymmdd."""

    date: int


Report = Measured | Unread | Heard | TorqueChanged | Hello


def goals_line(goals: Mapping[int, int]) -> bytes:
    """Return the line that sends goals, in counts by servo.

    Raises:
        BadInputError: no servo, one that the board does not have, or a goal beyond the servo's range.
    """
    if not goals:
        raise BadInputError("RealAnt: goals for at least one servo are needed")
    for servo, tick in goals.items():
        if not 1 <= servo <= NB_SERVOS:
            raise BadInputError(f"RealAnt servo {servo}: servos are 1 to {NB_SERVOS}")
        if not SCALE.lowest <= tick <= SCALE.highest:
            raise BadInputError(f"RealAnt servo {servo}: goal {tick} lies beyond {SCALE.lowest} to {SCALE.highest}")
    return " ".join(f"s{servo} {int(tick)}" for servo, tick in goals.items()).encode() + b"\n"


class ReportParser:
    """Cuts bytes into lines and lines into reports.

    Attributes:
        nb_rejected: lines that are no text, too long, or `meas` lines that are not whole.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self.nb_rejected = 0

    def feed(self, data: bytes) -> list[Report]:
        """Take more bytes and return the reports that are now whole."""
        self._line += data
        *lines, rest = bytes(self._line).split(b"\n")
        if len(rest) > _LONGEST:
            rest = b""
            self.nb_rejected += 1
        self._line = bytearray(rest)
        reports = (self._read(line.removesuffix(b"\r")) for line in lines)
        return [report for report in reports if report is not None]

    def _read(self, line: bytes) -> Report | None:
        if not line:
            return None
        if len(line) > _LONGEST or not all(32 <= byte < 127 or byte == 9 for byte in line):
            self.nb_rejected += 1
            return None
        text = line.decode("ascii")
        if text.startswith("- recv: "):
            return Heard(text.removeprefix("- recv: "))
        unread = _UNREAD.fullmatch(text)
        if unread is not None:
            mask = int(unread[1], 16)
            return Unread(tuple(servo for servo in range(1, NB_SERVOS + 1) if mask >> (servo - 1) & 1))
        torque = _TORQUE.fullmatch(text)
        if torque is not None:
            return TorqueChanged(torque[2] == "on", torque[1] != "Failed")
        hello = _HELLO.fullmatch(text)
        if hello is not None:
            return Hello(int("".join(hello.groups())))
        if "meas" not in text and text.count("\t") < NB_SERVOS:
            return None  # what it says about its port and its baud rate
        report = _measured(text)
        # Temperatures after a broken line stand on a line of their own.
        self.nb_rejected += report is None and not (_TAIL.fullmatch(text) and text.count("\t") <= NB_SERVOS + 1)
        return report


def _measured(text: str) -> Measured | None:
    head = _HEAD.match(text)
    if head is None:
        return None
    numbers = [int(number) for number in head[2].split("\t")[:-1]]
    positions, goals, feet = numbers[:NB_SERVOS], numbers[NB_SERVOS : 2 * NB_SERVOS], numbers[2 * NB_SERVOS :]
    rest = text[head.end() :]
    temperatures: tuple[int, ...] | None = None
    if rest != _NO_TEMPERATURE:
        tail = _TAIL.fullmatch(rest)
        if tail is None:
            return None
        temperatures = tuple(int(number) for number in tail[1].split("\t")[:-1])
    plausible = max(positions + goals) <= SCALE.highest and max(feet) <= 1
    if not plausible or max(temperatures or (0,)) > _HIGHEST_TEMPERATURE:
        return None
    return Measured(int(head[1]), tuple(positions), tuple(goals), temperatures)
