"""A client that knows frames and nothing else: sends any bytes, returns what comes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_messages import Identity, Status
from firmware_bridge.serial_port import SerialPort

#: Patience with a busy machine, in [s]; not a claim about the board.
PATIENCE = 2.0


class RawClient:
    """Talks to a board.

    Args:
        path: of the line.
    """

    def __init__(self, path: str) -> None:
        self.port = SerialPort(path, hebb_frames.BAUD)
        self._parser = hebb_frames.reply_parser()

    def replies(self, data: bytes, expected: int = 1, quiet: float = 0.0) -> list[tuple[int, int, bytes]]:
        """Send bytes; return kind, sequence and body of `expected` replies, or of all until `quiet` [s] pass."""
        self.port.write(data)
        found: list[tuple[int, int, bytes]] = []
        deadline = time.monotonic() + PATIENCE
        while (quiet or len(found) < expected) and time.monotonic() < deadline:
            heard = self.port.read(time.monotonic() + (quiet or 0.05))
            if quiet and not heard:
                break
            for frame in self._parser.feed(heard):
                found.append((frame.code, *hebb_frames.split(frame)))
        return found

    def ask(self, kind: Kind, sequence: int = 0, body: bytes = b"") -> Status:
        """Return the status that a request brings, after having checked whose reply it is."""
        ((code, answered, content),) = self.replies(hebb_frames.encode(kind, sequence, body))
        assert (code, answered) == (kind | REPLY, sequence)
        return hebb_messages.unpack_status(content)

    def identify(self) -> Identity:
        """Return who the board is."""
        ((code, _, content),) = self.replies(hebb_frames.encode(Kind.IDENTIFY, 77))
        assert code == Kind.IDENTIFY | REPLY
        return hebb_messages.unpack_identity(content)

    def set_goals(self, counts: list[int], sequence: int = 0) -> Status:
        """Set goals, in counts."""
        return self.ask(Kind.SET_GOALS, sequence, hebb_messages.pack_goals(counts))

    def arm(self, counts: list[int], watchdog: int = 1000) -> None:
        """Arm, with a watchdog time [ms] that a busy machine does not exceed."""
        self.ask(Kind.SET_WATCHDOG, 1, watchdog.to_bytes(2, "little"))
        self.set_goals(counts)
        assert self.ask(Kind.ARM).state == hebb_messages.State.ARMED


@contextmanager
def client(path: str) -> Iterator[RawClient]:
    talker = RawClient(path)
    try:
        yield talker
    finally:
        talker.port.close()
