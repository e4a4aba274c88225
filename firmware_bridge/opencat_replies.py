"""What an OpenCat board says: lines of text, parsed strictly, since nothing on this line has a checksum.

    X                                    token of a command that is done: the only acknowledgement there is
    0<TAB>1<TAB>...                      head of a table; its values: sixteen of  75,<TAB>
    ICM:  0.01 -0.12 10.06 1791.8 -0.3 -0.9      acceleration [m/s^2], yaw, pitch, roll [deg]; MCU on another chip;
                                         without the colon there is no acceleration
    Voltage: 7.85 V
    anything else                        told as it is: errors, exceptions, versions, what a starting board says

The numbers of an IMU line are padded to six or seven places and run together when they need more. Yaw counts on beyond
half a turn. Source: OpenCatEsp32, src/imu.h (print6Axis), src/tools.h, src/reaction.h, src/OpenCat.h (initRobot), and
transcripts of a real board, github.com/mike-grayhat/bittlejuice, measurements/*/probe_transcript.txt.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from firmware_bridge.opencat_frames import NB_JOINTS

#: A longer line is rubbish: that of a whole table has about 100 bytes.
_LONGEST = 400
_NUMBER = r"\s*-?\d+\.\d{1,2}"
_ATTITUDE = re.compile(rf"(?:ICM|MCU)(?::(?:{_NUMBER}){{3}})?((?:{_NUMBER}){{3}})\s*")
_NUMBERS = re.compile(r"-?\d+\.\d{1,2}")
_ROW = re.compile(rf"(?:-?\d{{1,3}},\t){{{NB_JOINTS}}}")
_HEAD = "".join(f"{joint}\t" for joint in range(NB_JOINTS))
_VOLTAGE = re.compile(r"Voltage: (\d{1,2}\.\d{1,2}) V")
_VERSION = re.compile(r"([BN])\w*_(\d{6})")


@dataclass(frozen=True, slots=True)
class Echo:
    """A command is done; for a toggle the token's case tells what it has become."""

    token: str


@dataclass(frozen=True, slots=True)
class CommandedAngles:
    """What the board's joints are commanded to, 16 whole degrees. Not measured."""

    angles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Attitude:
    """Of the IMU, in [rad]; yaw is not wrapped."""

    roll: float
    pitch: float
    yaw: float


@dataclass(frozen=True, slots=True)
class Voltage:
    """Of the battery, in [V]."""

    volts: float


@dataclass(frozen=True, slots=True)
class Remark:
    """Any other line."""

    text: str


Reply = Echo | CommandedAngles | Attitude | Voltage | Remark


class ReplyParser:
    """Cuts bytes into lines and lines into replies.

    Attributes:
        nb_rubbish: lines that are no text, too long, or an IMU line or table that is not whole.
    """

    def __init__(self) -> None:
        self._line = bytearray()
        self.nb_rubbish = 0

    def feed(self, data: bytes) -> list[Reply]:
        """Take more bytes and return the replies that are now whole."""
        self._line += data
        *lines, rest = bytes(self._line).split(b"\n")
        if len(rest) > _LONGEST:
            rest = b""
            self.nb_rubbish += 1
        self._line = bytearray(rest)
        replies = []
        for line in lines:
            reply = self._read(line.rstrip(b"\r"))
            if reply is not None:
                replies.append(reply)
        return replies

    def clear(self) -> None:
        """Forget what has not become a line."""
        self._line.clear()

    def _read(self, line: bytes) -> Reply | None:
        if not line.strip() or line == b"=":
            return None  # what goes before a table
        if len(line) > _LONGEST or not all(32 <= byte < 127 or byte == 9 for byte in line):
            self.nb_rubbish += 1
            return None
        text = line.decode("ascii")
        if len(text) == 1:
            return Echo(text)
        if text.startswith(("ICM", "MCU")):
            return self._attitude(text)
        if text == _HEAD:
            return None
        if _ROW.fullmatch(text):
            angles = tuple(int(number) for number in text.split(",\t")[:-1])
            return CommandedAngles(angles)
        if text.count(",\t") > 1:
            self.nb_rubbish += 1  # a table that has lost a byte
            return None
        voltage = _VOLTAGE.fullmatch(text)
        return Voltage(float(voltage[1])) if voltage else Remark(text.strip())

    def _attitude(self, text: str) -> Attitude | None:
        found = _ATTITUDE.fullmatch(text)
        angles = [] if found is None else [float(number) for number in _NUMBERS.findall(found[1])]
        if len(angles) != 3 or max(abs(angles[1]), abs(angles[2])) > 180.0:
            self.nb_rubbish += 1
            return None
        yaw, pitch, roll = (math.radians(angle) for angle in angles)
        return Attitude(roll, pitch, yaw)


def firmware_of(text: str) -> tuple[str, int] | None:
    """Return the kind of board, `B` (BiBoard) or `N` (NyBoard), and its firmware's date as yymmdd; None: no version."""
    found = _VERSION.fullmatch(text)
    return None if found is None else (found[1], int(found[2]))
