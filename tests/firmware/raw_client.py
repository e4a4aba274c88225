"""A client that knows frames and nothing else: sends any bytes, returns what comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_messages import Identity, Status
from firmware_bridge.serial_port import SerialPort

#: Patience with a busy machine, in [s]; not a claim about the board.
PATIENCE = 10.0


class RawClient:
    """Talks to a board.

    Args:
        path: of the line.
        now: time on the chip's clock, in [s]; a busy machine slows it down together with the chip.
    """

    def __init__(self, path: str, now: Callable[[], float]) -> None:
        self.port = SerialPort(path, hebb_frames.BAUD)
        self._now = now
        self._parser = hebb_frames.reply_parser()

    def wait(self, duration: float) -> None:
        """Let `duration` [s] of the chip's time pass."""
        begin, deadline = self._now(), time.monotonic() + PATIENCE
        while self._now() < begin + duration:
            assert time.monotonic() < deadline, "the chip's clock stands still"
            time.sleep(0.002)

    def replies(self, data: bytes) -> list[tuple[int, int, bytes]]:
        """Send bytes, let time enough for any answer pass; return kind, sequence and body of every reply."""
        self.port.write(data)
        self.wait(0.02 + len(data) * 50e-6)
        heard = b""
        while more := self.port.read(0.0):
            heard += more
        return self._parsed(heard)

    def _parsed(self, data: bytes) -> list[tuple[int, int, bytes]]:
        return [(frame.code, *hebb_frames.split(frame)) for frame in self._parser.feed(data)]

    def _reply(self, data: bytes) -> tuple[int, int, bytes]:
        self.port.write(data)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := self._parsed(self.port.read(deadline)):
                (reply,) = found
                return reply
        raise AssertionError("no reply")

    def ask(self, kind: Kind, sequence: int = 0, body: bytes = b"") -> Status:
        """Return the status that a request brings, after having checked whose reply it is."""
        code, answered, content = self._reply(hebb_frames.encode(kind, sequence, body))
        assert (code, answered) == (kind | REPLY, sequence)
        return hebb_messages.unpack_status(content)

    def identify(self) -> Identity:
        """Return who the board is."""
        code, _, content = self._reply(hebb_frames.encode(Kind.IDENTIFY, 77))
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
def client(path: str, now: Callable[[], float]) -> Iterator[RawClient]:
    talker = RawClient(path, now)
    try:
        yield talker
    finally:
        talker.port.close()
