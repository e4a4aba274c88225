"""Questions to our own servo board and its answers, each against a deadline."""

from __future__ import annotations

import time

from firmware_bridge.board_line import LineCounts
from firmware_bridge.errors import LinkError
from firmware_bridge.hebb_frames import BAUD, OVERHEAD, REPLY, REPLY_SIZES, Kind, encode, reply_parser, split
from firmware_bridge.serial_port import SerialPort


class HebbTalk:
    """Asks one question at a time.

    Args:
        port: the open port.
        margin: time beyond one and a half times the wire's until a reply counts as missing, in [s].

    Attributes:
        port: the port.
        counts: what went wrong so far.
    """

    def __init__(self, port: SerialPort, margin: float) -> None:
        self.port, self.counts = port, LineCounts()
        self._margin = margin
        self._parser = reply_parser()
        # Not 0: replies to a program that had the port before must not fit ours.
        self._sequence = time.monotonic_ns() >> 10 & 0xFFFF

    def ask(self, kind: Kind, body: bytes = b"") -> bytes | None:
        """Return the body of the reply that carries the sequence number of this request, or None if none comes in time.

        Raises:
            LinkError: the port is gone.
        """
        self._sequence = (self._sequence + 1) & 0xFFFF
        request = encode(kind, self._sequence, body)
        self.port.discard()
        self._parser.clear()
        self.port.write(request)
        nb_bytes = len(request) + OVERHEAD + REPLY_SIZES[kind | REPLY]
        deadline = self.port.now() + 15.0 * nb_bytes / BAUD + self._margin
        answer: bytes | None = None
        while answer is None:
            data = self.port.read(deadline)
            frames = self._parser.feed(data) if data else self._parser.finish()
            for frame in frames:
                sequence, content = split(frame)
                if answer is None and (frame.code, sequence) == (kind | REPLY, self._sequence):
                    answer = content
                else:
                    self.counts.foreign += 1
            if not data or self.port.now() > deadline:  # a flood has no end
                break
        self.counts.missing += answer is None
        self.counts.corrupt = self._parser.nb_corrupt
        return answer

    def wait_for_silence(self) -> None:
        """Let what was said to somebody else go by.

        Raises:
            LinkError: it never ends, or the port is gone.
        """
        give_up = self.port.now() + 1.0
        while self.port.read(self.port.now() + 0.02):
            if self.port.now() > give_up:
                raise LinkError(f"port {self.port.path}: somebody talks without being asked")
