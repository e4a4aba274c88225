"""The terminal view of a running life: one block redrawn in place on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import math
import os
import re
import shutil
import sys
import time
from collections import deque
from collections.abc import Callable
from typing import Protocol, TextIO

from hebb_controller.safety import Mode
from sim.run_recording import LEARNING, PERTURBED, RECOVERING, WALKING, Moment

_COLOURS = {LEARNING: "36", WALKING: "32", PERTURBED: "1;31", RECOVERING: "33"}
_COLOUR = re.compile(r"(\x1b\[[0-9;]*m)")
_BLOCKS = " ▁▂▃▄▅▆▇█"
_REDRAWS_PER_SECOND = 20.0


class View(Protocol):
    """Shows the moments of a life."""

    def show(self, moment: Moment) -> None:
        """Take a moment; it may be skipped."""

    def close(self) -> None:
        """Show the last moment and leave the terminal as it was."""


def make_view(title: str, steps: int, control_period: float, stream: TextIO | None = None) -> View:
    """Return the view that suits `stream`: in place on a terminal, plain lines elsewhere.

    Args:
        title: one line about the run.
        steps: control steps planned.
        control_period: in [s].
        stream: where to write; standard output by default.
    """
    stream = sys.stdout if stream is None else stream
    if stream.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        return TerminalView(title, steps, control_period, stream)
    return PlainView(title, steps, control_period, stream)


class PlainView:
    """Lines for logs: the title, every change of phase, and every hundredth step."""

    def __init__(self, title: str, steps: int, control_period: float, stream: TextIO) -> None:
        self._steps, self._dt, self._stream = steps, control_period, stream
        self._phase = ""
        self._mode = Mode.NOMINAL
        print(title, file=stream, flush=True)

    def show(self, moment: Moment) -> None:
        """Write a line if there is something to say."""
        step = moment.record.step + 1
        changed = moment.phase != self._phase or moment.record.mode is not self._mode
        if changed or step % 100 == 0:
            self._phase, self._mode = moment.phase, moment.record.mode
            print(
                f"  step {step:4d}/{self._steps}  {step * self._dt:5.1f} s  speed {moment.speed:5.2f} m/s  "
                f"forward {moment.position[0]:6.2f} m  tilt {math.degrees(moment.tilt):3.0f} deg  "
                f"{moment.phase:10s}  safety {safety_text(moment)}",
                file=self._stream,
                flush=True,
            )

    def close(self) -> None:
        """Nothing to leave behind."""


class TerminalView:
    """A block of lines redrawn in place, at most 20 times a second."""

    def __init__(
        self,
        title: str,
        steps: int,
        control_period: float,
        stream: TextIO,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._title, self._steps, self._dt = title, steps, control_period
        self._stream, self._clock = stream, clock
        self._colour = "NO_COLOR" not in os.environ
        self._fastest = 0.1
        self._speeds: deque[tuple[float, str]] = deque(maxlen=4 * 1024)
        self._drawn_at = -math.inf
        self._nb_lines = 0
        self._last: Moment | None = None
        stream.write("\x1b[?25l")

    def show(self, moment: Moment) -> None:
        """Take a moment and redraw if it is time."""
        self._last = moment
        self._fastest = max(self._fastest, abs(moment.speed))
        self._speeds.append((moment.speed, moment.phase))
        if self._clock() - self._drawn_at >= 1.0 / _REDRAWS_PER_SECOND:
            self._draw(moment)

    def close(self) -> None:
        """Show the last moment and give the cursor back."""
        if self._last is not None:
            self._draw(self._last)
        self._stream.write("\x1b[?25h")
        self._stream.flush()

    def _draw(self, moment: Moment) -> None:
        self._drawn_at = self._clock()
        columns = min(shutil.get_terminal_size().columns, 100)
        lines = [_cut(line, columns) for line in self._lines(moment, max(columns, 40))]
        up = f"\x1b[{self._nb_lines}A" if self._nb_lines else ""
        self._stream.write(up + "".join(f"\x1b[2K{line}\n" for line in lines))
        self._stream.flush()
        self._nb_lines = len(lines)

    def _lines(self, moment: Moment, width: int) -> list[str]:
        step = moment.record.step + 1
        clock = f"step {step}/{self._steps}   {step * self._dt:.1f} s"
        bar = max(width - 52, 8)
        upright = math.cos(moment.tilt)
        changes = "   ".join(f"layer {k + 1} {_block(c)} {100 * c:.2g} %" for k, c in enumerate(moment.weight_change))
        return [
            f"{self._title[: width - len(clock) - 2]:{width - len(clock) - 1}s} {clock}",
            f"  speed    {_bar(moment.speed / self._fastest, bar)} {moment.speed:6.2f} m/s   "
            f"forward {moment.position[0]:6.2f} m",
            f"  upright  {_bar(upright, bar)} {100 * upright:6.0f} %     tilt {math.degrees(moment.tilt):6.0f} deg",
            f"  history  {self._history(width - 12)}",
            f"  weights  {changes}   change per step"[:width],
            f"  phase    {self._paint(moment.phase, _COLOURS[moment.phase])}",
            f"  safety   {self._paint(safety_text(moment), '32' if moment.record.mode is Mode.NOMINAL else '1;31')}",
        ]

    def _history(self, columns: int) -> str:
        """The speed of the whole life so far, squeezed into a line of blocks and coloured by phase."""
        per_column = max(math.ceil(self._steps / columns), 1)
        speeds = list(self._speeds)
        cells = []
        for k in range(0, len(speeds), per_column):
            speed, phase = speeds[min(k + per_column, len(speeds)) - 1]
            level = round(8 * max(min(speed / self._fastest, 1.0), 0.0))
            cells.append(self._paint(_BLOCKS[level], _COLOURS[phase]))
        return "".join(cells)

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


def safety_text(moment: Moment) -> str:
    """Return the gate's mode, with its reason when there is one."""
    reason = moment.record.reason
    return f"{moment.record.mode.value}: {reason}" if reason else moment.record.mode.value


def _cut(line: str, width: int) -> str:
    """Cut a line to `width` columns, its colours aside: a line that wraps is not drawn over."""
    left, kept = width, []
    for part in _COLOUR.split(line):
        if _COLOUR.fullmatch(part):
            kept.append(part)
        else:
            kept.append(part[:left])
            left -= len(kept[-1])
    return "".join(kept)


def _bar(share: float, width: int) -> str:
    full = round(width * max(min(share, 1.0), 0.0))
    return "█" * full + "░" * (width - full)


def _block(change: float) -> str:
    """One block for a share of weight change, four decades from 0.01 % to all."""
    if change <= 0.0:
        return _BLOCKS[0]
    return _BLOCKS[max(min(round(2.0 * (math.log10(change) + 4.0)), 8), 1)]
