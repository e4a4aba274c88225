"""Filled polygons with anti-aliased edges, to the byte as pygame's gfxdraw draws them, a quarter of its time.

A picture is a uint32 array of shape `(height, width)`, 0xRRGGBB. Rows are counted from the bottom: the scene is written
upside down, which saves Gymnasium's flip of the whole picture. The oracle is pygame itself: `tests/car/test_raster.py`.

gfxdraw works on whole pixels: corners are truncated. Its fill crosses each row with each edge in 16.16 fixed point; its
edges are Wu's lines (1991) with an 8-bit weight that is taken twice, through the colour's own alpha and the blend.
"""

from __future__ import annotations

import numpy as np
from numba import njit

#: What may be seen of a polygon beyond its corners, in pixels: an edge's second row, and truncation.
_MARGIN = 2.0
_WORD = 0xFFFFFFFF


@njit(cache=True)
def draw_polygons(picture, corners, colours, cosine, sine, zoom, shift_x, shift_y):  # type: ignore[no-untyped-def]
    """Draw quadrilaterals one over the other, turned, zoomed and shifted, and skip those out of sight.

    Args:
        picture: shape `(height, width)`, uint32, changed.
        corners: in the world, float64, shape `(n, 4, 2)`.
        colours: red, green, blue, 0 to 255, float64, shape `(n, 3)`; truncated.
        cosine: of the angle that the world is turned by.
        sine: of that angle.
        zoom: pixels per unit.
        shift_x: where the world's origin lies in the picture, in pixels.
        shift_y: the same, upwards.
    """
    height, width = picture.shape
    screen_x, screen_y = np.empty(4), np.empty(4)
    x, y = np.empty(4, dtype=np.int64), np.empty(4, dtype=np.int64)
    for k in range(corners.shape[0]):
        for i in range(4):
            screen_x[i] = (corners[k, i, 0] * cosine - corners[k, i, 1] * sine) * zoom + shift_x
            screen_y[i] = (corners[k, i, 0] * sine + corners[k, i, 1] * cosine) * zoom + shift_y
        if screen_x.max() < -_MARGIN or screen_x.min() > width + _MARGIN:
            continue
        if screen_y.max() < -_MARGIN or screen_y.min() > height + _MARGIN:
            continue
        for i in range(4):
            x[i], y[i] = int(screen_x[i]), int(screen_y[i])
        colour = (int(colours[k, 0]) << 16) | (int(colours[k, 1]) << 8) | int(colours[k, 2])
        for i in range(4):
            _edge(picture, x[i], y[i], x[(i + 1) % 4], y[(i + 1) % 4], colour)
        _fill(picture, x, y, colour)


@njit(cache=True)
def _fill(picture, x, y, colour):  # type: ignore[no-untyped-def]
    height = picture.shape[0]
    lowest, highest = y.min(), y.max()
    crossings = np.empty(4, dtype=np.int64)
    for row in range(max(lowest, 0), min(highest, height - 1) + 1):
        found = 0
        for i in range(4):
            # The edge from its lower end a to its upper end b; an edge along the row crosses nothing.
            a, b = i - 1, i
            if y[a] > y[b]:
                a, b = b, a
            if y[a] == y[b]:
                continue
            if y[a] <= row < y[b] or (row == highest and y[b] == highest):
                crossing = (65536 * (row - y[a])) // (y[b] - y[a]) * (x[b] - x[a]) + 65536 * x[a]
                place = found
                while place > 0 and crossings[place - 1] > crossing:
                    crossings[place] = crossings[place - 1]
                    place -= 1
                crossings[place] = crossing
                found += 1
        for i in range(0, found - 1, 2):
            _run(picture, row, _rounded(crossings[i] + 1), _rounded(crossings[i + 1] - 1), colour)


@njit(cache=True)
def _rounded(fixed):  # type: ignore[no-untyped-def]
    return (fixed >> 16) + ((fixed >> 15) & 1)


@njit(cache=True)
def _run(picture, row, first, last, colour):  # type: ignore[no-untyped-def]
    """Colour the pixels from `first` to `last`, in either order, of a row that need not be in the picture."""
    height, width = picture.shape
    if not 0 <= row < height:
        return
    if first > last:
        first, last = last, first
    line = picture[height - 1 - row]
    for column in range(max(first, 0), min(last, width - 1) + 1):
        line[column] = colour


@njit(cache=True)
def _edge(picture, x1, y1, x2, y2, colour):  # type: ignore[no-untyped-def]
    """Draw an anti-aliased line without its last pixel."""
    seen, x1, y1, x2, y2 = _clipped(x1, y1, x2, y2, picture.shape[1] - 1, picture.shape[0] - 1)
    if not seen:
        return
    if y1 == y2:
        _run(picture, y1, x1, x2, colour)
        return
    if x1 == x2:
        for row in range(min(y1, y2), max(y1, y2) + 1):
            _run(picture, row, x1, x1, colour)
        return
    _run(picture, y1, x1, x1, colour)
    if y1 > y2:
        x1, y1, x2, y2 = x2, y2, x1, y1
    across = 1 if x2 > x1 else -1
    dx, dy = abs(x2 - x1), y2 - y1
    steep = dy > dx
    long, short = (dy, dx) if steep else (dx, dy)
    advance = (((short << 16) // long) << 16) & _WORD  # of a 32-bit word, whose overflow is a step sideways
    part = 0
    for _ in range(long - 1):
        before = part
        part = (part + advance) & _WORD
        sideways = part <= before
        if steep:
            y1 += 1
            x1 += across if sideways else 0
        else:
            x1 += across
            y1 += 1 if sideways else 0
        weight = part >> 24
        _blend(picture, x1, y1, colour, 255 - weight)
        if steep:
            _blend(picture, x1 + across, y1, colour, weight)
        else:
            _blend(picture, x1, y1 + 1, colour, weight)


@njit(cache=True)
def _blend(picture, x, y, colour, weight):  # type: ignore[no-untyped-def]
    height, width = picture.shape
    if not (0 <= x < width and 0 <= y < height):
        return
    alpha = (255 * weight) >> 8
    # old + (new - old) alpha / 256, rounded down; red and blue in one word, whose products cannot meet.
    line = picture[height - 1 - y]
    old = np.int64(line[x])
    rest = 256 - alpha
    red_blue = ((old & 0xFF00FF) * rest + (colour & 0xFF00FF) * alpha) >> 8
    green = ((old & 0xFF00) * rest + (colour & 0xFF00) * alpha) >> 8
    line[x] = (red_blue & 0xFF00FF) | (green & 0xFF00)


@njit(cache=True)
def _clipped(x1, y1, x2, y2, right, top):  # type: ignore[no-untyped-def]
    """Return whether a line is in the picture at all, and its ends pulled to the border along a float32 slope."""
    while True:
        out1 = (x1 < 0) | ((x1 > right) << 1) | ((y1 < 0) << 2) | ((y1 > top) << 3)
        out2 = (x2 < 0) | ((x2 > right) << 1) | ((y2 < 0) << 2) | ((y2 > top) << 3)
        if out1 & out2:
            return False, x1, y1, x2, y2
        if not out1 | out2:
            return True, x1, y1, x2, y2
        if not out1:
            x1, y1, x2, y2, out1 = x2, y2, x1, y1, out2
        slope = np.float32(y2 - y1) / np.float32(x2 - x1) if x1 != x2 else np.float32(1.0)
        if out1 & 3:
            border = 0 if out1 & 1 else right
            y1 += int(np.float32(border - x1) * slope)
            x1 = border
        else:
            border = 0 if out1 & 4 else top
            x1 += int(np.float32(border - y1) / slope) if x1 != x2 else 0
            y1 = border
