"""Turning vectors from the world into the robot's own axes."""

from __future__ import annotations

import numpy as np

from hebb_controller.signals import Vector


def into_base(turn: tuple[float, ...], vector: tuple[float, ...]) -> Vector:
    """Return a world vector in base axes, shape `(3,)`; `turn` is base to world, `(x, y, z, w)`."""
    x, y, z, w = turn
    vx, vy, vz = vector
    tx, ty, tz = 2.0 * (vy * z - vz * y), 2.0 * (vz * x - vx * z), 2.0 * (vx * y - vy * x)
    return np.array([vx + w * tx + (ty * z - tz * y), vy + w * ty + (tz * x - tx * z), vz + w * tz + (tx * y - ty * x)])
