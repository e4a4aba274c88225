"""One question to servos on a line, and its answers, against a deadline.

What makes an answer ours: it came after the question, from a servo that was asked, with as many bytes as were asked
for, and no older question can have asked for as many (`OwedReplies`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from firmware_bridge.board_line import LineCounts
from firmware_bridge.frames import Frame, Reply
from firmware_bridge.owed_replies import OwedReplies
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort

#: No deadline but the answers' own.
NEVER = float("inf")
#: What questions that no cycle waits for are given more: a host that has to do with something else, in [s].
UNHURRIED = 0.012
#: Reads of up to 4096 bytes before a question.
_MOST_READS = 4


class Exchange:
    """Asks and listens.

    Args:
        port: the open port.
        table: the model.
        ids: the servos, in joint order.
        margin: time beyond one and a half times the wire's until an answer counts as missing, in [s]; questions that no
            cycle waits for get more.

    Attributes:
        echo: the adapter sends our own bytes back.
        margin: as above; may be changed.
        answer_delay: how long a servo waits before it answers, in [s]; the handshake reads it.
        counts: what went wrong so far.
        nb_noise: bytes that belonged to no frame among the answers to the last question.
        owed: answers that may still come.
        heard_at: when the last answer of each servo was there, in [s].
        caps: torque that each servo's EEPROM allows it, by id, in counts; the handshake reads them.
    """

    def __init__(self, port: SerialPort, table: ServoTable, ids: Sequence[int], margin: float = 0.003) -> None:
        self.port, self.table, self.ids = port, table, tuple(ids)
        self.echo = False
        self.answer_delay = 0.0005  # a Dynamixel's when it leaves the factory
        self.counts = LineCounts()
        self.nb_noise = 0
        self.heard_at: dict[int, float] = {}
        self.caps: dict[int, int] = {}
        self.margin = margin
        self._parser = table.dialect.reply_parser()
        self.owed = OwedReplies()

    def exchange(
        self, request: bytes, asked: Sequence[int], size: int | None, give_up: float = NEVER
    ) -> dict[int, Reply]:
        """Ask, and return the answers that came in time, by id.

        Args:
            request: the bytes to send.
            asked: ids that will answer, in this order.
            size: bytes of data that each answer carries; None: any.
            give_up: when to have done at the latest, in [s].

        Raises:
            LinkError: the port is gone.
        """
        self._hear_out(asked, size, request)
        dialect, replies = self.table.dialect, dict[int, Reply]()
        corrupt_before, noise_before = self._parser.nb_corrupt, self._parser.nb_rubbish
        echo = self.table.dialect.parser().feed(request) if self.echo else []
        sent = self.port.now()
        self.port.write(request)
        deadline = min(sent + self.patience(len(request), len(asked), size), give_up)
        if give_up == NEVER:
            deadline += UNHURRIED
        if len(asked) > 1:  # nothing to be done before the last answer can be there: one waking instead of many
            self.port.wait(min(sent + self._wire_time(len(request), len(asked), size), deadline))
        while len(replies) < len(asked) and asked[-1] not in replies:  # answers come in order: the last one closes
            data = self.port.read(deadline)
            self._keep(self._parser.feed(data), asked, size, replies, echo)
            if not data or self.port.now() >= deadline:
                break
        if len(replies) < len(asked):
            self._keep(self._parser.finish(), asked, size, replies, echo)
        for servo_id in replies:  # a host that slept beyond the deadline finds answers that came before it
            self.heard_at[servo_id] = min(self.heard_at[servo_id], deadline)
        for servo_id in asked:
            if servo_id not in replies:
                self.counts.missing += 1
                self.owed.note(servo_id, size, request, sent)
        for frame in echo:  # not even that came back yet, and it looks like an answer
            if dialect.reply_of(frame) is not None:
                self.owed.note(frame.servo_id, len(frame.body), request, sent)
        self.counts.corrupt += self._parser.nb_corrupt - corrupt_before
        self.nb_noise = self._parser.nb_rubbish - noise_before
        return replies

    def _keep(
        self,
        frames: Iterable[Frame],
        asked: Sequence[int],
        size: int | None,
        replies: dict[int, Reply],
        echo: list[Frame],
    ) -> None:
        for frame in frames:
            if frame in echo:
                echo.remove(frame)
                continue
            reply = self.table.dialect.reply_of(frame)
            if reply is None:
                continue
            if reply.servo_id in asked and reply.servo_id not in replies and size in (None, len(reply.data)):
                replies[reply.servo_id] = reply
                self.heard_at[reply.servo_id] = self.port.now()
            else:
                self.counts.foreign += 1
                self.owed.settle(reply.servo_id, len(reply.data))

    def _hear_out(self, asked: Sequence[int], size: int | None, request: bytes) -> None:
        """Take what has come unasked, and wait as long as an owed answer could be taken for the next one."""
        for k in itertools.count():
            now = self.port.now()
            until = self.owed.wait_until(asked, size, request, now)
            data = self.port.read(until)
            self._keep(self._parser.feed(data), (), None, {}, [])
            if until <= now and (not data or k >= _MOST_READS):  # a line that never falls silent must not hold us here
                break
        self._parser.clear()

    def patience(self, nb_sent: int, nb_asked: int, size: int | None) -> float:
        """Return how long the answers to a question of `nb_sent` bytes may take, in [s]."""
        return 1.5 * self._wire_time(nb_sent, nb_asked, size) + nb_asked * self.answer_delay + self.margin

    def _wire_time(self, nb_sent: int, nb_asked: int, size: int | None) -> float:
        reply = self.table.dialect.reply_overhead + (3 if size is None else size)
        return 10.0 * (nb_sent + nb_asked * reply) / self.port.baud
