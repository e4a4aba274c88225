"""The shape of a servo's answer to a step, fitted to samples of it. Pure.

A step's answer is taken for: nothing for a dead time, then constant acceleration up to top speed, then top speed until
the goal comes near:

    moved(t) = 0                             t < latency
             = v (t - latency)^2 / (2 r)     for a rise time r
             = v (t - latency - r / 2)       afterwards

Extrapolating the steady slope back to zero alone would count half the rise time as latency, and a training servo that
has both a dead time and an armature would be slow twice. The dead time is fitted at all samples at once, so it is finer
than the interval between them: steps start at different phases of the sampling.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebb_controller.signals import Vector

#: Longest dead time and rise time that are searched, in [s].
MOST_LATENCY, MOST_RISE = 0.25, 0.12
#: A rise time has to lower the sum of squares by this factor against none.
_RISE_EXPLAINS = 1.5

#: Times since a step began [s], and how far the joint had moved by then [rad].
Samples = tuple[Vector, Vector]


def _shape(times: Vector, latency: Vector | float, rise: Vector | float) -> Vector:
    """Return the distance covered at a top speed of 1."""
    after = np.maximum(times - latency, 0.0)
    rising = after**2 / (2.0 * np.maximum(rise, 1e-9))
    return np.where(after < rise, rising, after - 0.5 * rise)


def fit_steps(samples: Sequence[Samples]) -> tuple[float, float, float]:
    """Return latency, rise and speed that suit all samples best: a grid that closes in, speed by least squares."""
    times = np.concatenate([t for t, _ in samples])
    moved = np.concatenate([m for _, m in samples])
    centre, reach = np.array([0.5 * MOST_LATENCY, 0.5 * MOST_RISE]), np.array([0.5 * MOST_LATENCY, 0.5 * MOST_RISE])
    for _ in range(7):
        late = np.clip(centre[0] + reach[0] * np.linspace(-1.0, 1.0, 21), 0.0, MOST_LATENCY)
        rise = np.clip(centre[1] + reach[1] * np.linspace(-1.0, 1.0, 15), 0.0, MOST_RISE)
        shapes = _shape(times, late[:, None, None], rise[None, :, None])
        power = np.maximum((shapes * shapes).sum(axis=-1), 1e-12)
        gain = np.maximum(shapes @ moved, 0.0) ** 2 / power  # what the fit takes off the sum of squares
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        centre, reach = np.array([late[i], rise[j]]), 0.35 * reach
    if centre[1] > 0.0:  # samples' noise alone asks for some rise: believe it only where it explains much
        late = np.linspace(0.0, MOST_LATENCY, 2001)
        shapes = _shape(times, late[:, None], 0.0)
        gain = np.maximum(shapes @ moved, 0.0) ** 2 / np.maximum((shapes * shapes).sum(axis=-1), 1e-12)
        abrupt, total = int(np.argmax(gain)), float(moved @ moved)
        if total - gain[abrupt] <= _RISE_EXPLAINS * (total - _gain(times, moved, centre)):
            centre = np.array([late[abrupt], 0.0])
    shape = _shape(times, float(centre[0]), float(centre[1]))
    return float(centre[0]), float(centre[1]), float(shape @ moved / max(float(shape @ shape), 1e-12))


def _gain(times: Vector, moved: Vector, found: Vector) -> float:
    """Return what a latency and a rise time take off the sum of squares."""
    shape = _shape(times, float(found[0]), float(found[1]))
    return max(float(shape @ moved), 0.0) ** 2 / max(float(shape @ shape), 1e-12)


def fit_one(samples: Samples, rise: float, latency: float) -> tuple[float, float]:
    """Return one step's own latency and speed, the rise time being known."""
    times, moved = samples
    late = np.clip(latency + np.linspace(-0.02, 0.02, 161), 0.0, None)
    shapes = _shape(times, late[:, None], rise)
    power = np.maximum((shapes * shapes).sum(axis=-1), 1e-12)
    product = shapes @ moved
    best = int(np.argmax(np.maximum(product, 0.0) ** 2 / power))
    return float(late[best]), float(product[best] / power[best])


def rms(samples: Samples, latency: float, rise: float, speed: float) -> float:
    """Return how far samples lie from the shape, in [rad]."""
    times, moved = samples
    return float(np.sqrt(np.mean((moved - speed * _shape(times, latency, rise)) ** 2)))
