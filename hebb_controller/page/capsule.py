"""A capsule as a triangle mesh: a cylinder with a half ball on either end."""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.signals import Vector

ROUND, RINGS = 12, 3


def capsule(to: tuple[float, float, float], radius: float) -> tuple[Vector, Vector]:
    """Return vertices, shape `(n, 3)`, in [m], and faces, shape `(m, 3)`, of a capsule from the origin to `to`."""
    length = math.hypot(*to)
    latitude = [0.5 * math.pi * k / RINGS for k in range(RINGS)]
    lower = [(-radius * math.sin(a), radius * math.cos(a)) for a in reversed(latitude)]
    upper = [(length + radius * math.sin(a), radius * math.cos(a)) for a in latitude]
    profile = np.array([*lower, *upper])  # along the axis, away from it
    angle = np.linspace(0.0, 2.0 * math.pi, ROUND, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    body = np.concatenate(
        [np.column_stack([away * ring, np.full(ROUND, along)]) for along, away in profile]
        + [np.array([[0.0, 0.0, -radius], [0.0, 0.0, length + radius]])]
    )
    faces: list[tuple[int, int, int]] = []
    last = len(profile) - 1
    for k in range(last):
        for j in range(ROUND):
            a, b = k * ROUND + j, k * ROUND + (j + 1) % ROUND
            faces += [(a, b, a + ROUND), (b, b + ROUND, a + ROUND)]
    south, north = len(body) - 2, len(body) - 1
    for j in range(ROUND):
        following = (j + 1) % ROUND
        faces += [(south, following, j), (north, last * ROUND + j, last * ROUND + following)]
    return body @ _from_z(np.array(to), length).T, np.array(faces)


def _from_z(to: Vector, length: float) -> Vector:
    """Return a rotation that takes the z axis to the direction of `to`, shape `(3, 3)`."""
    if length == 0.0:
        return np.eye(3)
    z = to / length
    helper = np.eye(3)[int(np.argmin(np.abs(z)))]
    x = np.cross(helper, z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z], axis=1)
