"""A chart as SVG text: axes with round ticks, lines, dots, bars and bands, coloured by the page's style sheet.

Drawn by hand and not by matplotlib, because a robot has none, and because a picture that is part of the page follows
its light and dark. Classes `c0` to `c7` are the colours of conditions; see `trial_report_style`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

import numpy as np

from hebb_controller.signals import Vector

#: In the picture's own units, of which a phone shows one in less than a pixel.
WIDTH, FONT = 460, 12
#: Width of a letter of the small print, on average.
LETTER = 5.8
MARKS = ("circle", "square", "triangle", "diamond", "cross", "down")
NB_COLOURS = 8


class Chart:
    """One chart.

    Args:
        label: what it shows, for who cannot see it.
        x: from and to, in the data's units.
        y: from and to.
        x_title: under the axis.
        y_title: over the axis.
        height: of the whole, in the picture's units.
        left: room for the labels of the y axis.
        y_ticks: False: none, for charts that label their rows themselves.
        x_ticks: False: none, for charts that label their columns themselves.
        y_ticks_to: none above.
    """

    def __init__(
        self,
        label: str,
        x: tuple[float, float],
        y: tuple[float, float],
        x_title: str = "",
        y_title: str = "",
        height: int = 270,
        left: int = 44,
        y_ticks: bool = True,
        x_ticks: bool = True,
        y_ticks_to: float = math.inf,
    ) -> None:
        self._label, self.height = label, height
        self._x, self._y = _wide(x), _wide(y)
        self._box = (left, 24 if y_title else 10, WIDTH - 10, height - 38)
        self._parts: list[str] = []
        self._frame(x_title, y_title, y_ticks_to if y_ticks else -math.inf, x_ticks)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the data lies in the picture."""
        x0, y0, x1, y1 = self._box
        (xa, xb), (ya, yb) = self._x, self._y
        return x0 + (x - xa) / (xb - xa) * (x1 - x0), y1 - (y - ya) / (yb - ya) * (y1 - y0)

    def band(self, start: float, end: float, name: str, title: str) -> None:
        """Shade a stretch of x."""
        x0, x1 = (self.at(min(max(v, self._x[0]), self._x[1]), 0.0)[0] for v in (start, end))
        top, bottom = self._box[1], self._box[3]
        self._parts.append(
            f'<rect class="{name}" x="{x0:.1f}" y="{top}" width="{max(x1 - x0, 1.5):.1f}" height="{bottom - top}">'
            f"<title>{escape(title)}</title></rect>"
        )

    def bar(self, start: float, end: float, row: float, thickness: float, name: str, title: str = "") -> None:
        """Draw a bar along x at a row, as far as it lies within the axes; `thickness` in the data's units."""
        start, end = (min(max(value, self._x[0]), self._x[1]) for value in (start, end))
        (x0, y0), (x1, y1) = self.at(start, row + thickness / 2), self.at(end, row - thickness / 2)
        told = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(
            f'<rect class="{name}" x="{x0:.1f}" y="{y0:.1f}" width="{max(x1 - x0, 0.8):.1f}" '
            f'height="{y1 - y0:.1f}">{told}</rect>'
        )

    def line(self, x: Vector | Sequence[float], y: Vector | Sequence[float], name: str, title: str = "") -> None:
        """Draw a line, thinned to what can be seen; gaps where it is not finite."""
        xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        keep = np.isfinite(xs) & np.isfinite(ys)
        xs, ys = xs[keep], ys[keep]
        if xs.size > 2 * WIDTH:
            thin = np.linspace(0, xs.size - 1, WIDTH).round().astype(int)
            xs, ys = xs[thin], ys[thin]
        points = " ".join("{:.1f},{:.1f}".format(*self.at(a, b)) for a, b in zip(xs, ys, strict=True))
        told = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<polyline class="line {name}" points="{points}">{told}</polyline>')

    def dot(self, x: float, y: float, name: str, mark: str = "circle", title: str = "") -> None:
        """Draw a mark of one of `MARKS`."""
        px, py = self.at(x, y)
        told = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<path class="dot {name}" d="{_mark(mark, px, py)}">{told}</path>')

    def text(self, x: float, y: float, words: str, name: str = "", anchor: str = "middle", dy: float = 0.0) -> None:
        """Write at a point of the data."""
        px, py = self.at(x, y)
        self._write(px, py + dy, words, name, anchor)

    def row_label(self, row: float, words: str) -> None:
        """Write to the left of the axes, cut to the room that is there."""
        x = self._box[0] - 6
        self._write(x, self.at(0.0, row)[1] + FONT / 3, words, "tick", "end", room=x)

    def column_labels(self, names: Sequence[str]) -> None:
        """Write under the axes at 0, 1, 2 and so on; every second one lower where they would touch."""
        room = (self._box[2] - self._box[0]) / max(len(names), 1)
        rows = 1 if all(LETTER * len(name) <= room for name in names) else 2
        for k, name in enumerate(names):
            y = self._box[3] + FONT + 2 + (k % rows) * (FONT + 1)
            self._write(self.at(k, 0.0)[0], y, name, "tick", "middle", room=rows * room)

    def level(self, y: float, name: str = "zero") -> None:
        """Draw a line across at a height."""
        (x0, _, x1, _), (_, py) = self._box, self.at(0.0, y)
        self._parts.append(f'<line class="{name}" x1="{x0}" y1="{py:.1f}" x2="{x1}" y2="{py:.1f}"/>')

    def svg(self) -> str:
        """Return the picture."""
        return (
            f'<svg viewBox="0 0 {WIDTH} {self.height}" role="img" aria-label="{escape(self._label, quote=True)}">'
            + "".join(self._parts)
            + "</svg>"
        )

    def _frame(self, x_title: str, y_title: str, y_ticks_to: float, x_ticks: bool) -> None:
        x0, _, x1, y1 = self._box
        for value in [tick for tick in ticks(*self._y) if tick <= y_ticks_to]:
            self.level(value, "grid")
            self._write(x0 - 5, self.at(0.0, value)[1] + FONT / 3, _number(value), "tick", "end")
        if x_ticks:
            for value in ticks(*self._x):
                self._write(self.at(value, 0.0)[0], y1 + FONT + 3, _number(value), "tick", "middle")
        self._parts.append(f'<line class="axis" x1="{x0}" y1="{y1}" x2="{x1}" y2="{y1}"/>')
        self._write((x0 + x1) / 2, self.height - 5, x_title, "title", "middle")
        self._write(2, 13, y_title, "title", "start")

    def _write(self, x: float, y: float, words: str, name: str, anchor: str, room: float = math.inf) -> None:
        if words:
            fits = words if LETTER * len(words) <= room else words[: max(int(room / LETTER) - 1, 1)] + "\u2026"
            told = escape(fits) if fits == words else f"{escape(fits)}<title>{escape(words)}</title>"
            self._parts.append(f'<text class="{name}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{told}</text>')


def sample(colour: str, dash: str, mark: str) -> str:
    """Return a short line with a mark on it, for a key."""
    return (
        f'<svg viewBox="0 0 32 18" aria-hidden="true"><path class="line {colour} {dash}" d="M1 9h30"/>'
        f'<path class="dot {colour}" d="{_mark(mark, 16.0, 9.0)}"/></svg>'
    )


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return round numbers within a range, about as many as wanted."""
    raw = (high - low) / max(wanted, 1)
    scale = 10.0 ** math.floor(math.log10(raw))
    step = next(s * scale for s in (1.0, 2.0, 2.5, 5.0, 10.0) if s * scale >= raw * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [k * step for k in range(first, last + 1)]


def _wide(span: tuple[float, float]) -> tuple[float, float]:
    low, high = span
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _number(value: float) -> str:
    return f"{value:.6g}".replace("-", "\u2212")


def _mark(mark: str, x: float, y: float) -> str:
    r = 4.2
    if mark == "circle":
        return f"M{x - r:.1f} {y:.1f}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"
    if mark == "cross":
        return f"M{x - r:.1f} {y - r:.1f}l{2 * r} {2 * r}m0 {-2 * r}l{-2 * r} {2 * r}"
    corners = {
        "square": [(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)],
        "triangle": [(0.0, -1.2), (1.1, 0.9), (-1.1, 0.9)],
        "down": [(0.0, 1.2), (1.1, -0.9), (-1.1, -0.9)],
        "diamond": [(0.0, -1.3), (1.1, 0.0), (0.0, 1.3), (-1.1, 0.0)],
    }[mark]
    return "M" + "L".join(f"{x + a * r:.1f} {y + b * r:.1f}" for a, b in corners) + "z"
