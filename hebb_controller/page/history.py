"""What the plots of the page show: the last seconds of every lane, and when something befell them."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from hebb_controller.page import look
from hebb_controller.page.frames import Disturbance, Frame
from hebb_controller.page.svg_plot import Line, Mark, Span, svg_plot
from hebb_controller.signals import Vector

#: Length of the plots, in [s], and time between two points.
SPAN, SPACING = 30.0, 0.1


class History:
    """The last seconds of several lanes, evenly thinned.

    Args:
        names: of the lanes.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._rows: deque[tuple[float, ...]] = deque(maxlen=int(SPAN / SPACING) + 1)
        self._names = names

    def add(self, frame: Frame) -> bool:
        """Take down a frame; return False if it comes too soon after the last one."""
        if self._rows and frame.time < self._rows[-1][0]:  # another run has begun
            self._rows.clear()
        if self._rows and frame.time < self._rows[-1][0] + SPACING * 0.99:
            return False
        speeds, changes = (lane.speed for lane in frame.lanes), (100.0 * lane.change for lane in frame.lanes)
        self._rows.append((frame.time, *speeds, *changes))
        return True

    @property
    def table(self) -> Vector:
        """Shape `(n, 1 + 2 * nb_lanes)`: time [s], speeds [m/s], changes of weights [%]."""
        return np.array(self._rows, dtype=float).reshape(-1, 1 + 2 * len(self._names))

    def plots(self, disturbances: Sequence[Disturbance]) -> tuple[str, str]:
        """Return the plots of speeds, recoveries marked, and of changes, as SVG."""
        table, n = self.table, len(self._names)
        spans = [Span(one.start, one.end, one.label) for one in disturbances]
        lines = [
            [Line(name, look.lane_colour(k), table[:, first + k]) for k, name in enumerate(self._names)]
            for first in (1, 1 + n)
        ]
        times = table[:, 0]
        return (
            svg_plot("forward speed in m/s", times, lines[0], spans, recoveries(disturbances), SPAN),
            svg_plot("change of the weights per step in per cent", times, lines[1], spans, (), SPAN),
        )


def recoveries(disturbances: Sequence[Disturbance]) -> list[Mark]:
    """Return when lanes have recovered, each with how long it took."""
    return [
        Mark(one.end + outcome.seconds, look.lane_colour(k), f"{outcome.seconds:.1f} s")
        for one in disturbances
        for k, outcome in enumerate(one.outcomes)
        if outcome.seconds is not None and one.end is not None
    ]
