"""A scrolling plot as SVG, small enough to be sent several times per second.

Drawn here and not by viser's uPlot, which shades no spans, writes nothing onto a plot, and takes so long to redraw on a
machine without a graphics card that the robots beside it stop moving.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.page import look
from hebb_controller.signals import Vector

WIDTH, HEIGHT = 300, 130
LEFT, RIGHT, TOP, BOTTOM = 34, 6, 18, 18
#: Points of one line at most: two per pixel tell nothing more.
POINTS = 220


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot.

    Attributes:
        name: for whoever cannot see colours.
        colour: of the line.
        values: one per time; NaN leaves a gap.
    """

    name: str
    colour: look.Colour
    values: Vector


@dataclass(frozen=True, slots=True)
class Span:
    """A time at which something befell the robots.

    Attributes:
        start: in [s].
        end: in [s]; None: it holds still.
        label: written at its top.
    """

    start: float
    end: float | None
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that belongs to one line.

    Attributes:
        at: in [s].
        colour: of the line.
        label: written beside it.
    """

    at: float
    colour: look.Colour
    label: str


def svg_plot(
    title: str, times: Vector, lines: Sequence[Line], spans: Sequence[Span], marks: Sequence[Mark], span: float
) -> str:
    """Return the plot of the last `span` seconds as an SVG element.

    Args:
        title: for screen readers.
        times: shape `(n,)`, rising, in [s].
        lines: each with `n` values.
        spans: shaded.
        marks: drawn as upright dashed lines.
        span: in [s].
    """
    newest = float(times[-1]) if times.size else 0.0
    first = max(newest - span, 0.0)
    low, high = _range([line.values[times >= first] for line in lines])

    def x_of(time: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (time - first) / max(span, 1e-9)

    def y_of(value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low)

    parts = [f'<text x="{LEFT}" y="{HEIGHT - 4}">{first:.0f} s</text>']
    parts.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 4}" text-anchor="end">{first + span:.0f} s</text>')
    for value in _ticks(low, high):
        y = y_of(value)
        parts.append(f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#ccc" stroke-width="0.6"/>')
        parts.append(f'<text x="{LEFT - 4}" y="{y + 3:.1f}" text-anchor="end">{value:g}</text>')
    for one in spans:
        end = newest if one.end is None else one.end
        if end < first:
            continue
        left, right = x_of(max(one.start, first)), x_of(end)
        parts.append(
            f'<rect class="hebb-shade" x="{left:.1f}" y="{TOP}" width="{max(right - left, 2.0):.1f}" '
            f'height="{HEIGHT - TOP - BOTTOM}" fill="{look.css(look.FAULTY)}" fill-opacity="0.18"/>'
            f'<text x="{min(left, WIDTH - 60):.1f}" y="{TOP - 8}" fill="{look.css(look.FAULTY)}">'
            f"{html.escape(one.label)}</text>"
        )
    for line in lines:
        path = _path(times, line.values, first, x_of, y_of)
        name = html.escape(line.name)
        parts.append(f'<path d="{path}" fill="none" stroke="{look.css(line.colour)}"><title>{name}</title></path>')
    for row, mark in enumerate([m for m in marks if m.at >= first]):
        x, colour = x_of(mark.at), look.css(mark.colour)
        y = TOP + 9 + 10 * (row % 6)
        near_the_end = x > WIDTH - 50
        parts.append(
            f'<path class="hebb-back" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="{colour}" stroke-dasharray="3 2"/>'
            f'<text x="{x + (-3 if near_the_end else 3):.1f}" y="{y}" fill="{colour}" font-weight="700" '
            'paint-order="stroke" stroke="#fff" stroke-width="3" '
            f'text-anchor="{"end" if near_the_end else "start"}">{html.escape(mark.label)}</text>'
        )
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(title)}" '
        'style="display:block;width:100%;font:9px system-ui,sans-serif" fill="#666" stroke-width="1.2">'
        f"{''.join(parts)}</svg>"
    )


def _path(times: Vector, values: Vector, first: float, x_of, y_of) -> str:  # type: ignore[no-untyped-def]
    shown = np.flatnonzero(times >= first)
    shown = shown[:: max(math.ceil(shown.size / POINTS), 1)]
    words, pen = [], "M"
    for k in shown:
        if not math.isfinite(values[k]):
            pen = "M"
            continue
        words.append(f"{pen}{x_of(float(times[k])):.1f} {y_of(float(values[k])):.1f}")
        pen = "L"
    return "".join(words)


def _range(columns: Sequence[Vector]) -> tuple[float, float]:
    """Return a range that holds 0 and all values, in round numbers so that it does not tremble."""
    finite = [column[np.isfinite(column)] for column in columns]
    low = min((float(c.min()) for c in finite if c.size), default=0.0)
    high = max((float(c.max()) for c in finite if c.size), default=0.0)
    step = _step(max(high, 0.0) - min(low, 0.0))
    bottom = min(math.floor(low / step), 0) * step
    return bottom, max(math.ceil(high / step) * step, bottom + step)


def _step(height: float) -> float:
    if height <= 0.0:
        return 1.0
    rough = 10.0 ** math.floor(math.log10(height))
    return next(rough * f for f in (0.2, 0.5, 1.0, 2.0) if height / (rough * f) <= 5.0)


def _ticks(low: float, high: float) -> list[float]:
    step = _step(high - low)
    return [round(k * step, 10) + 0.0 for k in range(math.ceil(low / step), math.floor(high / step) + 1)]
