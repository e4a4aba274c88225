"""Questions and answers on one line of servos, each against a deadline.

What makes an answer ours: it came after the question, from a servo that was asked, with as many bytes as were asked
for. A late answer from the right servo would still fit the next question; so after every miss the next block read asks
for another number of bytes, and the late one no longer fits.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge.errors import LinkError
from firmware_bridge.frames import Reply
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort

#: Lengths that block reads take in turn after a miss, in bytes beyond the block.
_VARIANTS = 3


@dataclass(frozen=True, slots=True)
class ServoReading:
    """What one servo told, or did not.

    Attributes:
        servo_id: the servo.
        time: when the answer was there, on the monotonic clock, in [s].
        error: its error byte.
        values: `position` in ticks and the table's other feedback in SI units; None: it did not answer.
    """

    servo_id: int
    time: float
    error: int
    values: Mapping[str, float] | None


class ServoBus:
    """A line of servos of one model.

    Args:
        port: the open port.
        table: the model.
        ids: the servos, in joint order.
        margin: time beyond one and a half times the wire's until an answer counts as missing, in [s].

    Attributes:
        echo: the adapter sends our own bytes back, which are taken out.
        nb_foreign: answers that nobody asked for: late, doubled, or of the wrong length.
        nb_missing: answers that did not come in time.
    """

    def __init__(self, port: SerialPort, table: ServoTable, ids: Sequence[int], margin: float = 0.003) -> None:
        self.port, self.table, self.ids = port, table, tuple(ids)
        self.echo = False
        self.nb_foreign = self.nb_missing = 0
        self._margin = margin
        self._parser = table.dialect.parser()
        self._variant = 0

    @property
    def nb_corrupt(self) -> int:
        """Frames whose checksum was wrong."""
        return self._parser.nb_corrupt

    def exchange(self, request: bytes, asked: Sequence[int], size: int | None) -> dict[int, Reply]:
        """Ask, and return the answers that came in time, by id.

        Args:
            request: the bytes to send.
            asked: ids that will answer.
            size: bytes of data that each answer carries; None: any.

        Raises:
            LinkError: the port is gone.
        """
        dialect = self.table.dialect
        self.port.discard()
        self._parser.clear()
        self.port.write(request)
        nb_bytes = len(request) + len(asked) * (dialect.reply_overhead + (size or 3))
        deadline = time.monotonic() + 15.0 * nb_bytes / dialect.baud + self._margin
        to_skip = len(request) if self.echo else 0
        replies: dict[int, Reply] = {}
        while len(replies) < len(asked):
            data = self.port.read(deadline)
            if not data:
                break
            skipped = min(to_skip, len(data))
            to_skip -= skipped
            for frame in self._parser.feed(data[skipped:]):
                self._keep(dialect.reply_of(frame), asked, size, replies)
        if len(replies) < len(asked):
            for frame in self._parser.finish():
                self._keep(dialect.reply_of(frame), asked, size, replies)
            self.nb_missing += len(asked) - len(replies)
        return replies

    def _keep(self, reply: Reply | None, asked: Sequence[int], size: int | None, replies: dict[int, Reply]) -> None:
        if reply is None:
            return
        fits = reply.servo_id in asked and reply.servo_id not in replies and size in (None, len(reply.data))
        if fits:
            replies[reply.servo_id] = reply
        else:
            self.nb_foreign += 1

    def ping(self, servo_id: int) -> Reply | None:
        """Return the servo's sign of life, or None."""
        return self.exchange(self.table.dialect.ping(servo_id), [servo_id], None).get(servo_id)

    def get(self, servo_id: int, name: str) -> int | None:
        """Return a register's value in counts, or None if no answer came."""
        register = self.table.registers[name]
        request = self.table.dialect.read(servo_id, register.address, register.size)
        reply = self.exchange(request, [servo_id], register.size).get(servo_id)
        return None if reply is None else register.decode(reply.data)

    def put(self, servo_id: int, name: str, value: int) -> Reply | None:
        """Write a register and return the servo's acknowledgement, or None."""
        register = self.table.registers[name]
        request = self.table.dialect.write(servo_id, register.address, register.encode(value))
        return self.exchange(request, [servo_id], 0).get(servo_id)

    def put_all(self, name: str, values: Mapping[int, int]) -> None:
        """Write a register of many servos in one frame, which they do not acknowledge."""
        register = self.table.registers[name]
        data = {servo_id: register.encode(value) for servo_id, value in values.items()}
        request = self.table.dialect.sync_write(register.address, data)
        self.port.write(request)
        if self.echo:
            time.sleep(10.0 * len(request) / self.table.dialect.baud)

    def feedback(self) -> list[ServoReading]:
        """Return what every servo tells now, in joint order: an answer that did not come has no values."""
        dialect = self.table.dialect
        address, size = self.table.feedback_block
        asked_size = size + self._variant
        if dialect.sync_read is not None:
            replies = self.exchange(dialect.sync_read(address, asked_size, self.ids), self.ids, asked_size)
        else:
            replies = {}
            for servo_id in self.ids:
                replies |= self.exchange(dialect.read(servo_id, address, asked_size), [servo_id], asked_size)
        if len(replies) < len(self.ids):
            self._variant = (self._variant + 1) % _VARIANTS
        now = time.monotonic()
        return [self._reading(servo_id, replies.get(servo_id), now) for servo_id in self.ids]

    def _reading(self, servo_id: int, reply: Reply | None, now: float) -> ServoReading:
        if reply is None:
            return ServoReading(servo_id, now, 0, None)
        return ServoReading(servo_id, now, reply.error, self.table.decode_feedback(reply.data))

    def cycle_time(self) -> float:
        """Return the time that goals and feedback of all servos take on the wire, in [s]."""
        dialect = self.table.dialect
        _, size = self.table.feedback_block
        goal = self.table.registers["goal"].size
        nb = len(self.ids)
        asking = nb * dialect.reply_overhead if dialect.sync_read is None else dialect.reply_overhead + nb
        nb_bytes = dialect.reply_overhead + 2 + nb * (1 + goal) + asking + nb * (dialect.reply_overhead + size)
        return 10.0 * nb_bytes / dialect.baud


def silence(bus: ServoBus, duration: float) -> None:
    """Wait until the line has been quiet for `duration` [s].

    Raises:
        LinkError: it never is, or the port is gone.
    """
    give_up = time.monotonic() + 1.0
    while bus.port.read(time.monotonic() + duration):
        if time.monotonic() > give_up:
            raise LinkError(f"port {bus.port.path}: somebody talks without being asked")
