"""A capsule as a triangle mesh: a cylinder with a half ball on either end."""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.signals import Vector

ROUND, RINGS = 12, 3


def capsule(
    to: tuple[float, float, float], radius: float, around: int = ROUND, rings: int = RINGS
) -> tuple[Vector, Vector]:
    """Return vertices, shape `(n, 3)`, in [m], and faces, shape `(m, 3)`, of a capsule from the origin to `to`.

    Every vertex is there once: a browser without a graphics card computes each of them anew for every picture.

    Args:
        to: other end of its axis; the origin itself makes it a ball.
        radius: in [m].
        around: corners of a ring.
        rings: rings of a half ball, its rim with them.
    """
    length = math.hypot(*to)
    latitude = [0.5 * math.pi * k / rings for k in range(rings)]
    lower = [(-radius * math.sin(a), radius * math.cos(a)) for a in reversed(latitude)]
    upper = [(length + radius * math.sin(a), radius * math.cos(a)) for a in latitude]
    # Along the axis, away from it; a ball has one rim and not two.
    profile = np.array([*lower, *(upper if length > 0.0 else upper[1:])])
    angle = np.linspace(0.0, 2.0 * math.pi, around, endpoint=False)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    body = np.concatenate(
        [np.column_stack([away * ring, np.full(around, along)]) for along, away in profile]
        + [np.array([[0.0, 0.0, -radius], [0.0, 0.0, length + radius]])]
    )
    faces: list[tuple[int, int, int]] = []
    last = len(profile) - 1
    for k in range(last):
        for j in range(around):
            a, b = k * around + j, k * around + (j + 1) % around
            faces += [(a, b, a + around), (b, b + around, a + around)]
    south, north = len(body) - 2, len(body) - 1
    for j in range(around):
        following = (j + 1) % around
        faces += [(south, following, j), (north, last * around + j, last * around + following)]
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
