"""How an emulated OpenCat board takes commands off its serial line: as carelessly as the real one.

The first byte is the token. The board then takes whatever has arrived, and looks at the last byte only: the terminator
ends a command, and so does silence, finished or not. What arrived while it was busy is taken at one go, so that several
commands become one. Source: OpenCatEsp32, src/moduleManager.h, read_serial; the same on NyBoard with a shorter silence.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass

BYTE_TIME = 10.0 / 115_200
#: The board waits for so long after a token, in [s].
_AFTER_TOKEN = 0.001
#: Bytes that its UART keeps for a busy program (ESP32 Arduino core); what comes beyond is lost.
_FIFO = 256
#: Longest command (OpenCat.h, BUFF_LEN).
_BUFFER = 2507


@dataclass(frozen=True)
class Command:
    """A command as the firmware's memory holds it.

    Attributes:
        token: its first byte.
        length: bytes of its arguments.
        memory: the whole buffer, shape `(2509,)`: behind the arguments lies what older commands left.
        overflow: it was too long; the rest was thrown away.
    """

    token: str
    length: int
    memory: bytes
    overflow: bool = False

    @property
    def text(self) -> str:
        """The arguments as a C string."""
        return self.memory.split(b"\0", 1)[0].decode("latin-1")

    @property
    def bytes_signed(self) -> list[int]:
        """The memory as the signed bytes that binary arguments are."""
        return [byte - 256 if byte > 127 else byte for byte in self.memory]

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Joints and angles, binary or as text; one byte too few makes the terminator the last angle."""
        if "A" <= self.token <= "Z":
            numbers = self.bytes_signed[: self.length + self.length % 2]
        else:
            numbers = [atoi(word) for word in re.split(r"[ ,\t]+", self.text) if word]
        return list(zip(numbers[::2], numbers[1::2], strict=False))


class CommandReader:
    """The serial line and the reading half of the board's loop.

    Args:
        silence: how long a command may pause before it counts as whole, in [s].
    """

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._fifo: deque[tuple[float, int]] = deque()
        self._memory = bytearray(_BUFFER + 2)
        self._wire_free = 0.0
        self.clear()

    def clear(self) -> None:
        """Start anew, as after a reset."""
        self._fifo.clear()
        self._token, self._terminator, self._binary = "", 10, False
        self._heard, self._first_look = 0.0, False
        self._length = 0

    def arrive(self, data: bytes, now: float) -> None:
        """Take bytes that a client writes at `now` [s]; they arrive one after the other, as the wire carries them."""
        for byte in data:
            self._wire_free = max(self._wire_free, now) + BYTE_TIME
            self._fifo.append((self._wire_free, byte))

    def next(self, now: float, free_since: float) -> Command | None:
        """Return the command that a board free since `free_since` has read by `now`, both in [s], or None."""
        if not self._token:
            if not self._fifo or self._fifo[0][0] > now:
                return None
            arrived, byte = self._fifo.popleft()
            self._begin(chr(byte), max(arrived, free_since) + _AFTER_TOKEN)
            self._first_look = True
        while True:
            arrival = self._fifo[0][0] if self._fifo else math.inf
            look = self._heard if self._first_look else min(arrival, self._heard + self._silence)
            if look > now:
                return None
            self._first_look = False
            nb_taken = 0
            while self._fifo and self._fifo[0][0] <= look:
                if self._length > _BUFFER:
                    return self._overflow(look)
                byte = self._fifo.popleft()[1]
                nb_taken += 1
                if nb_taken < _FIFO:
                    self._memory[self._length] = byte
                    self._length += 1
                self._heard = look
            ended = self._length > 0 and self._memory[self._length - 1] == self._terminator
            if ended or look - self._heard >= self._silence - 1e-9:
                return self._finish()

    def _begin(self, token: str, heard: float) -> None:
        self._token, self._heard, self._first_look = token, heard, False
        self._binary = "A" <= token <= "Z"
        self._terminator = 126 if self._binary else 10
        self._length = 0

    def _finish(self) -> Command:
        memory, length = self._memory, self._length
        if self._binary and self._token not in "XRW":
            length -= length > 0 and memory[length - 1] == self._terminator
            memory[length : length + 2] = b"~\0"
        else:
            words = bytes(memory[:length]).lstrip(b" ")
            length = len(words) - words.count(b"\n") - words.count(b"\r")
            # A newline within becomes the end of the string; the length forgets only that it was there.
            memory[: len(words)] = words.replace(b"\n", b"\0").replace(b"\r", b"\0")
            memory[length] = 0
        command = Command(self._token, length, bytes(memory))
        memory[0] = 0
        self._begin("", 0.0)
        return command

    def _overflow(self, look: float) -> Command:
        while self._fifo and self._fifo[0][0] <= look:
            self._fifo.popleft()
        command = Command(self._token, self._length, b"", overflow=True)
        self._begin("", 0.0)
        return command


def atoi(text: str) -> int:
    """Return the number that a text begins with, or 0, as C does."""
    found = re.match(r"\s*[+-]?\d+", text)
    return int(found[0]) if found else 0
