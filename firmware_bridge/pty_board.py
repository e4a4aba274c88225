"""What all emulated boards share: bytes that become due, joints that keep up with a clock, and a wire hung on a pty."""

from __future__ import annotations

import heapq
import select
import time
from collections.abc import Callable, Iterator
from typing import Protocol

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.pty_line import PtyLine


class Outbox:
    """Bytes that a board will have said by some time."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, bytes]] = []
        self._nb_sent = 0

    def send(self, due: float, data: bytes) -> None:
        """Queue bytes that are on the line at `due` [s]; of equal times, the first stays the first."""
        self._nb_sent += 1
        heapq.heappush(self._due, (due, self._nb_sent, data))

    def take(self, now: float) -> list[bytes]:
        """Return what has become due by `now` [s]."""
        taken = []
        while self._due and self._due[0][0] <= now:
            taken.append(heapq.heappop(self._due)[2])
        return taken

    def wakes(self, latest: float) -> float:
        """Return when the next bytes are due, `latest` [s] if that comes first."""
        return min(latest, self._due[0][0]) if self._due else latest

    def clear(self) -> None:
        """Forget what has not been said yet."""
        self._due.clear()


class BodyClock:
    """When a body moves: one step after the other, never far behind.

    Args:
        body: the joints.
        now: time at the beginning, in [s].
        most_behind: behind by more than this, time is skipped instead of run after, in [s].

    Attributes:
        next: when the next step is due, in [s].
    """

    def __init__(self, body: JointBody, now: float, most_behind: float = 0.1) -> None:
        self._step, self._most_behind = body.step_time, most_behind
        self.next = now + self._step

    def steps(self, now: float) -> Iterator[float]:
        """Yield the times of the steps that are due by `now` [s]."""
        if now - self.next > self._most_behind:
            self.next = now
        while self.next <= now:
            yield self.next
            self.next += self._step


class Wire(Protocol):
    """Servos without a port: bytes in with a time, bytes out with a time. `EmulatedWire` and `EmulatedHebbWire`.

    Attributes:
        body: the joints.
        faults: what goes wrong; may be changed at any time.
    """

    body: JointBody
    faults: BoardFaults

    def hear(self, data: bytes, now: float) -> None:
        """Take bytes that arrived at `now` [s]."""

    def garble(self) -> None:
        """Bytes came at another rate."""

    def say(self, now: float) -> list[bytes]:
        """Return what has become due by `now` [s]."""

    def wakes(self) -> float:
        """Return when something happens next, in [s]."""

    def advance(self, now: float) -> None:
        """Let joints go on to `now` [s]."""

    def clear(self) -> None:
        """Forget what has not been said yet."""


class PtyBoard:
    """A wire on a pty and on a clock.

    Args:
        wire: what hangs on it.
        baud: the rate at which it hears, in [bit/s].
        clock: in [s].

    Attributes:
        line: the pty.
    """

    def __init__(self, wire: Wire, baud: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.line = PtyLine()
        self._hung, self._baud, self._clock = wire, baud, clock

    @property
    def body(self) -> JointBody:
        """The joints."""
        return self._hung.body

    @property
    def faults(self) -> BoardFaults:
        """What goes wrong; may be changed at any time."""
        return self._hung.faults

    @faults.setter
    def faults(self, faults: BoardFaults) -> None:
        self._hung.faults = faults

    def poll(self, timeout: float = 0.001) -> None:
        """Do what is due, and wait for bytes no longer than `timeout` [s]."""
        wait = self._hung.wakes() - self._clock()
        ready, _, _ = select.select([self.line], [], [], min(max(wait, 0.0), timeout))
        if ready:
            data = self.line.read()
            if self.line.rate_is(self._baud):
                self._hung.hear(data, self._clock())
            else:
                self._hung.garble()
        now = self._clock()
        for reply in self._hung.say(now):
            self.line.write(reply)
        self._hung.advance(now)

    def replug(self) -> str:
        """Pull the cable and put it back under another name, which is returned; the board keeps its supply."""
        name = self.line.replug()
        self._hung.clear()
        return name

    def close(self) -> None:
        """Hang up and free the body."""
        self.line.close()
        self.body.close()
