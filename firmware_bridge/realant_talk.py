"""Talk with RealAnt's board: what it measured, when, and whether it heard what it was told.

It takes one line at a time: lines that arrive while it reads its servos are glued together, and of those only the first
counts. So the next goals wait until the board has repeated the last ones, and the newest go out then.
"""

from __future__ import annotations

import time

from firmware_bridge.board_line import LineCounts
from firmware_bridge.realant_clock import BoardClock
from firmware_bridge.realant_text import Heard, Hello, Measured, Report, ReportParser, TorqueChanged, Unread
from firmware_bridge.serial_port import SerialPort

#: The board reads its servos one by one, 20 ms and more, before it listens again; then it repeats the line, in [s].
_ECHO_TIME = 0.1
#: After a `meas` line the board says at once which positions it could not read, 42 bytes or 3.6 ms of its line: so long
#: a measurement is not final, in [s].
_SETTLE_TIME = 0.008


class RealAntTalk:
    """The board's side of the conversation.

    Args:
        port: the open port.

    Attributes:
        port: the open port.
        counts: what went wrong.
        clock: of the board.
        date: of its firmware, as yyyymmdd; 0 unless it started while we listened.
        measured: the newest final measurement, and when it was made, in [s]; None before.
        unread: servos whose positions in it were not read.
        restarted: the board has started anew since this was last cleared.
        heard: when anything intelligible came last, in [s].
    """

    def __init__(self, port: SerialPort) -> None:
        self.port = port
        self.counts = LineCounts()
        self.clock = BoardClock()
        self.date = 0
        self.measured: tuple[Measured, float] | None = None
        self.unread: tuple[int, ...] = ()
        self.restarted = False
        self.heard = 0.0
        self._parser = ReportParser()
        self._fresh: tuple[Measured, float, float] | None = None  # line, when measured, when it came
        self._fresh_unread: tuple[int, ...] = ()
        self._wanted: bytes | None = None
        self._sent: tuple[bytes, float] | None = None
        self._overdue = b""
        self._changes: list[TorqueChanged] = []
        self._nb_misheard = 0  # lines that were not repeated, or not as they were sent

    def put(self, line: bytes) -> None:
        """Send a line when the board is free; one that still waits is forgotten.

        Raises:
            LinkError: the port is gone.
        """
        self._wanted = line
        self.listen(0.0)

    def tell(self, line: bytes, timeout: float) -> bool:
        """Send a line and wait until the board has repeated it; return whether it did, within `timeout` [s].

        Raises:
            LinkError: the port is gone.
        """
        self._wanted = None
        self._finish(time.monotonic() + _ECHO_TIME)
        self._wanted = line
        self._changes.clear()
        misheard = self._nb_misheard
        self.listen(0.0)
        self._finish(time.monotonic() + timeout)
        return self._sent is None and self._nb_misheard == misheard

    def _finish(self, deadline: float) -> None:
        while self._sent is not None and time.monotonic() < deadline:
            self.listen(min(deadline, self._sent[1]))

    def torque_changes(self, on: bool, nb: int, timeout: float) -> list[bool]:
        """Return, servo by servo, whether the board could change the torque, as far as it says so in time.

        Raises:
            LinkError: the port is gone.
        """
        deadline = time.monotonic() + timeout
        while len(self._changes) < nb and time.monotonic() < deadline:
            self.listen(deadline)
        return [change.done and change.on == on for change in self._changes]

    def listen(self, deadline: float) -> None:
        """Take in what has come, waiting for the first byte until `deadline`, and send what is due.

        Raises:
            LinkError: the port is gone.
        """
        reports = self._parser.feed(self.port.read(deadline))
        now = time.monotonic()
        for report in reports:
            self.heard = now
            self._take(report, now)
        self.counts.corrupt += self._parser.nb_rejected
        self._parser.nb_rejected = 0
        if self._fresh is not None and now - self._fresh[2] > _SETTLE_TIME:
            self._settle()
        if self._sent is not None and now > self._sent[1]:
            self.counts.missing += 1
            self._nb_misheard += 1
            self._overdue = self._sent[0]
            self._sent = None
        if self._sent is None and self._wanted is not None:
            self.port.write(self._wanted)
            self._sent, self._wanted = (self._wanted, now + _ECHO_TIME), None

    def _settle(self) -> None:
        if self._fresh is not None:
            self.measured, self.unread = self._fresh[:2], self._fresh_unread
        self._fresh, self._fresh_unread = None, ()

    def _take(self, report: Report, now: float) -> None:
        if isinstance(report, Unread):
            self._fresh_unread = report.servo_ids if self._fresh is not None else ()
            return
        self._settle()
        if isinstance(report, Measured):
            restarts = self.clock.nb_restarts
            made = self.clock.time_of(report.board_ms, now)
            self.restarted |= self.clock.nb_restarts > restarts
            if made is None:
                self.counts.foreign += 1
            else:
                self._fresh = (report, made, now)
        elif isinstance(report, Heard):
            heard = report.text.encode() + b"\n"
            if self._sent is None or heard == self._overdue != self._sent[0]:
                self.counts.foreign += 1  # the answer to the line before, late
            else:
                wrong = heard != self._sent[0]
                self.counts.corrupt += wrong
                self._nb_misheard += wrong
                self._sent = None
        elif isinstance(report, TorqueChanged):
            self._changes.append(report)
        elif isinstance(report, Hello):
            self.date, self.restarted = report.date, True
