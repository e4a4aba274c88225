"""When RealAnt's board measured what it tells, on the host's clock.

Each line carries the board's milliseconds. The line that came with the least delay so far ties the two clocks; any
other that took longer on its way was measured as long before it came. A line from before the last one is never new.
"""

from __future__ import annotations

#: Clocks of such boards drift apart by less than this share.
_DRIFT = 2e-4
#: A line whose milliseconds disagree with its arrival by more than this has a changed digit, in [s].
_MOST_LATE = 1.0
#: So many lines in a row that agree with each other are a board that started anew.
_INSIST = 3


class BoardClock:
    """Ties the board's clock to the host's.

    Attributes:
        nb_restarts: how often the board's clock began anew.
    """

    def __init__(self) -> None:
        self._offset: float | None = None  # host's time at the board's zero, as early as any line says
        self._last = (-1, 0.0)
        self._odd: list[tuple[int, float]] = []
        self.nb_restarts = 0

    def time_of(self, board_ms: int, arrival: float) -> float | None:
        """Return when a line was measured, or None if it is not new or its milliseconds cannot be.

        Args:
            board_ms: what the line says.
            arrival: when it came, on the monotonic clock, in [s].
        """
        offset = arrival - 1e-3 * board_ms
        if self._offset is None:
            self._accept(board_ms, arrival, offset)
            return arrival
        if abs(offset - self._offset) > _MOST_LATE:
            return self._strange(board_ms, arrival)
        self._odd.clear()
        if board_ms <= self._last[0]:
            return None
        drifted = self._offset + _DRIFT * (arrival - self._last[1])
        self._accept(board_ms, arrival, min(offset, drifted))
        assert self._offset is not None
        return min(self._offset + 1e-3 * board_ms, arrival)

    def _accept(self, board_ms: int, arrival: float, offset: float) -> None:
        self._offset, self._last = offset, (board_ms, arrival)

    def _strange(self, board_ms: int, arrival: float) -> float | None:
        agrees = self._odd and abs(1e-3 * (board_ms - self._odd[-1][0]) - (arrival - self._odd[-1][1])) < _MOST_LATE
        self._odd = [*self._odd, (board_ms, arrival)] if agrees else [(board_ms, arrival)]
        if len(self._odd) < _INSIST:
            return None
        self._odd.clear()
        self.nb_restarts += 1
        self._accept(board_ms, arrival, arrival - 1e-3 * board_ms)
        return arrival
