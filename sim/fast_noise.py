"""Numpy's normal numbers, bit for bit, drawn in less than half the time.

Drawing noise is nearly all that the master of an evolution does. Numpy calls its bit generator through a pointer for
every number; here the bits are taken in one go, and a compiled loop turns them into the same numbers by the same
method, the ziggurat of Marsaglia & Tsang (2000, Journal of Statistical Software 5(8)) with 256 layers. Only the order
in which bits are used is numpy's own choice.

Numpy stays the definition. `standard_normal` compares itself with numpy once in each process and leaves the drawing to
numpy where the two differ, or on a processor where numpy's compiled code may round its last bit in another way.
"""

from __future__ import annotations

import functools
import math
import platform
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from hebb_controller.rules import FloatArray

#: Where the tail begins, and the area of every layer, for 256 layers under exp(-x^2 / 2).
EDGE, AREA = 3.654152885361009, 0.004928673233974655
LAYERS = 256
#: Numbers compared with numpy's: some 140 of them lie in a layer's wedge, and 5 in the tail.
COMPARED = 20_000

Tables = tuple[npt.NDArray[np.uint32], FloatArray, FloatArray]


def standard_normal(seed: list[int], size: int) -> FloatArray:
    """Return what `numpy.random.default_rng(seed).standard_normal(size, dtype=float32)` returns, shape `(size,)`."""
    if size and _agrees():
        values = _drawn(seed, size)
        if values is not None:
            return values
    return _by_numpy(seed, size)


def _by_numpy(seed: list[int], size: int) -> FloatArray:
    return np.random.default_rng(seed).standard_normal(size, dtype=np.float32)


def _drawn(seed: list[int], size: int) -> FloatArray | None:
    """Return the numbers; None in the rare case that they need more bits than were taken."""
    # Two numbers to 64 bits, the lower half first; about one in 140 needs more than its own.
    words = np.random.PCG64(seed).random_raw(size // 2 + size // 64 + 32).view(np.uint32)
    values = np.empty(size, dtype=np.float32)
    return values if _fill(words, values, *_tables()) else None


@functools.cache
def _agrees() -> bool:
    # Elsewhere numpy is compiled with fused multiply-add, which rounds the edge of a wedge differently.
    if platform.machine() not in ("x86_64", "AMD64"):
        return False
    seed = [1, 2, 3]
    ours = _drawn(seed, COMPARED)
    return ours is not None and ours.tobytes() == _by_numpy(seed, COMPARED).tobytes()


@functools.cache
def _tables() -> Tables:
    """Return of each layer the share that lies wholly under the curve and the width, both per 2^23, and the height."""
    inside, width, height = np.zeros(LAYERS), np.zeros(LAYERS), np.zeros(LAYERS)
    x = above = EDGE
    base = AREA / math.exp(-0.5 * x * x)
    inside[0], width[0], height[0] = x / base, base, 1.0
    width[-1], height[-1] = x, math.exp(-0.5 * x * x)
    for layer in range(LAYERS - 2, 0, -1):
        x = math.sqrt(-2.0 * math.log(AREA / x + math.exp(-0.5 * x * x)))
        inside[layer + 1] = x / above
        width[layer], height[layer] = x, math.exp(-0.5 * x * x)
        above = x
    per = 2.0**23
    return np.rint(inside * per).astype(np.uint32), (width / per).astype(np.float32), height.astype(np.float32)


def _compiled(function: Callable[..., Any]) -> Any:
    # Without fast mathematics, which would round otherwise than numpy does.
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:  # nowhere to write the cache: each process compiles for itself
        return njit(nogil=True)(function)


@_compiled
def _fill(words, values, inside, width, height):  # type: ignore[no-untyped-def]
    """Write normal numbers into `values`; return False if `words`, 32 bits each, do not suffice."""
    nb_words = words.size
    edge, per_edge = np.float32(EDGE), np.float32(1.0 / EDGE)
    unit = np.float32(1.0 / 16777216.0)
    k = 0
    for i in range(values.size):
        while True:
            if k + 2 > nb_words:
                return False
            word = words[k]
            k += 1
            layer = word & np.uint32(0xFF)
            place = (word >> np.uint32(9)) & np.uint32(0x7FFFFF)
            x = np.float32(place) * width[layer]
            if word & np.uint32(0x100):
                x = -x
            if place < inside[layer]:
                break
            if layer == 0:
                while True:
                    if k + 2 > nb_words:
                        return False
                    beyond = -per_edge * np.float32(math.log1p(-np.float32(words[k] >> np.uint32(8)) * unit))
                    y = -np.float32(math.log1p(-np.float32(words[k + 1] >> np.uint32(8)) * unit))
                    k += 2
                    if y + y > beyond * beyond:
                        break
                x = edge + beyond
                if (place >> np.uint32(8)) & np.uint32(1):
                    x = -x
                break
            share = np.float32(words[k] >> np.uint32(8)) * unit
            k += 1
            under = (height[layer - 1] - height[layer]) * share + height[layer]
            if np.float64(under) < math.exp(-0.5 * np.float64(x) * np.float64(x)):
                break
        values[i] = x
    return True
