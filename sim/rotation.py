"""Rotations: quaternions `(x, y, z, w)` from base to world, angles and vectors."""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.signals import Vector


def into_base(turn: tuple[float, ...], vector: tuple[float, ...]) -> Vector:
    """Return a world vector in base axes, shape `(3,)`; `turn` is base to world, `(x, y, z, w)`."""
    x, y, z, w = turn
    vx, vy, vz = vector
    tx, ty, tz = 2.0 * (vy * z - vz * y), 2.0 * (vz * x - vx * z), 2.0 * (vx * y - vy * x)
    return np.array([vx + w * tx + (ty * z - tz * y), vy + w * ty + (tz * x - tx * z), vz + w * tz + (tx * y - ty * x)])


def quaternion(roll: float, pitch: float, yaw: float) -> tuple[float, float, float, float]:
    """Return the rotation by roll about x, then pitch about y, then yaw about z, all of the world, in [rad]."""
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(0.5 * a), math.sin(0.5 * a)) for a in (roll, pitch, yaw))
    return (
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    )


def roll_pitch_yaw(turn: tuple[float, ...]) -> tuple[float, float, float]:
    """Return roll, pitch and yaw of a quaternion, in [rad]; the same numbers as PyBullet's, to the bit.

    With the nose straight up or down only the sum of roll and yaw is known, and roll is said to be 0.
    """
    x, y, z, w = turn
    xx, yy, zz, ww = x * x, y * y, z * z, w * w
    sine = -2.0 * (x * z - w * y)
    if sine <= -0.99999:
        return 0.0, -0.5 * math.pi, 2.0 * math.atan2(x, -y)
    if sine >= 0.99999:
        return 0.0, 0.5 * math.pi, 2.0 * math.atan2(-x, y)
    return (
        math.atan2(2.0 * (y * z + w * x), ww - xx - yy + zz),
        math.asin(sine),
        math.atan2(2.0 * (x * y + w * z), ww + xx - yy - zz),
    )
