"""The bootstrap distribution of a median, exactly: no draws, so that no verdict hangs on a seed.

Of n samples, n are drawn with replacement. For odd n the median of the draws is one of the samples, with probabilities
from the binomial distribution (Maritz & Jarrett 1978, J. Am. Stat. Assoc. 73, 194-196); for even n it is the mean of
the two in the middle, whose joint probabilities follow in the same way: half of the draws are the i-th sample or less
with the largest just there, the other half the j-th or more with the least just there.
"""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.signals import Vector

#: What is less probable than this is left out: ends of intervals of 95 % do not depend on it.
NEGLIGIBLE = 1e-12


def median_distribution(samples: Vector) -> tuple[Vector, Vector]:
    """Return the values that the median of a resample takes, and their probabilities.

    Args:
        samples: shape `(n,)`, n at least 1; `inf` is larger than any number.
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    n = ordered.size
    values, probabilities = _odd(ordered) if n % 2 else _even(ordered)
    kept = probabilities > NEGLIGIBLE
    return values[kept], probabilities[kept]


def _odd(ordered: Vector) -> tuple[Vector, Vector]:
    n = ordered.size
    return ordered, np.diff([0.0, *(_at_least(n // 2 + 1, n, k) for k in range(1, n + 1))])


def _even(ordered: Vector) -> tuple[Vector, Vector]:
    n, half = ordered.size, ordered.size // 2
    place = np.arange(1, n + 1)
    largest = (place / n) ** half - ((place - 1) / n) ** half  # of half of the draws is the i-th
    least = ((n - place + 1) / n) ** half - ((n - place) / n) ** half  # of the other half is the j-th
    pairs = np.triu(math.comb(n, half) * np.outer(largest, least), 1)
    # The lower of the two is the i-th sample, whichever the upper is; what is left of that, both are.
    lower = np.diff([0.0, *(_at_least(half, n, k) for k in range(1, n + 1))])
    pairs[np.diag_indices(n)] = np.maximum(lower - pairs.sum(axis=1), 0.0)
    i, j = np.triu_indices(n)
    return 0.5 * (ordered[i] + ordered[j]), pairs[i, j]


def _at_least(number: int, n: int, k: int) -> float:
    """Return the probability that `number` or more of n draws are among the k least samples."""
    return sum(math.comb(n, m) * (k / n) ** m * (1.0 - k / n) ** (n - m) for m in range(number, n + 1))
