"""Answers that are still owed: questions whose time ran out, but whose answer may yet come.

A servo's answer names the servo, but not the question. So a late answer to the last question would pass for the answer
to the next one, if that asks the same servo for as many bytes: a voltage becomes a temperature, an old position a new
one. As long as an answer is owed, nobody may ask that servo for that many bytes.
"""

from __future__ import annotations

from collections.abc import Collection

#: Later than this no answer comes, in [s]: three times the 16 ms for which FTDI adapters hold bytes back by default.
LATEST = 0.05


class OwedReplies:
    """The ledger of one line.

    Args:
        latest: an answer that has not come by then never comes, in [s].
    """

    def __init__(self, latest: float = LATEST) -> None:
        self._latest = latest
        self._owed: list[tuple[float, int, int | None, bytes]] = []

    def note(self, servo_id: int, size: int | None, request: bytes, now: float) -> None:
        """Write down that a servo owes `size` bytes of data (None: any number) for a request, at `now` [s]."""
        self._owed.append((now + self._latest, servo_id, size, request))

    def settle(self, servo_id: int, size: int) -> None:
        """Strike out one debt: its answer came after all."""
        for debt in self._owed:
            if debt[1] == servo_id and debt[2] == size:
                self._owed.remove(debt)
                return

    def is_free(self, asked: Collection[int], size: int | None, now: float) -> bool:
        """Return whether these servos can be asked for `size` bytes without taking an old answer for a new one."""
        return not self._in_the_way(asked, size, now)

    def wait_until(self, asked: Collection[int], size: int | None, request: bytes, now: float) -> float:
        """Return when this request may go out, in [s]: `now`, or when the last debt in its way has run out.

        A debt for the very same bytes is in nobody's way: who acknowledges a write late has still done it.
        """
        ends = [until for until, earlier in self._in_the_way(asked, size, now) if earlier != request]
        return max(ends, default=now)

    def _in_the_way(self, asked: Collection[int], size: int | None, now: float) -> list[tuple[float, bytes]]:
        """Forget old debts, and return those that an answer of `size` bytes could be, by end and request."""
        if self._owed:
            self._owed = [debt for debt in self._owed if debt[0] > now]
        return [
            (until, request)
            for until, servo_id, owed, request in self._owed
            if servo_id in asked and (size is None or owed is None or owed == size)
        ]
