"""Whether the weights of two bodies have two centres: an unbiased distance, and its exact chance.

Every start on a body ends at a point, and points may scatter wider on one body than on the other: that alone sets two
points of different bodies further apart than two of one. The distance of the centres is told instead, by the squared
distance of two points of different bodies less half of that within each, which is right in the mean whatever the
scatter. Whether it could be chance is told by all ways to deal out the labels (exact permutation test, Fisher 1935).
Starts that both bodies share make that test the more careful: every deal but the true one parts some of them.
"""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np

#: Bodies are told apart if no more of all deals of the labels than this set them as far apart.
CHANCE = 0.05


def centres(gaps: np.ndarray, bodies: np.ndarray, first: str, second: str) -> tuple[float, float]:
    """Return how far the centres of the points on two bodies lie apart, and the chance of that.

    Args:
        gaps: between every two points, shape `(n, n)`.
        bodies: name of the body of each.
        first: name of a body.
        second: name of another.

    Returns:
        The distance, in the unit of `gaps`, 0 where scatter alone would set them further apart; and the share of all
        deals that set the centres as far apart. NaN with fewer than two points on either.
    """
    taken = np.flatnonzero(np.isin(bodies, (first, second)))
    true = bodies[taken] == second
    ours = int(true.sum())
    if min(ours, taken.size - ours) < 2:
        return np.nan, np.nan
    deals = [true, *(np.isin(np.arange(taken.size), some) for some in combinations(range(taken.size), ours))]
    labels = np.array(deals, dtype=float)
    others = 1.0 - labels
    squared = gaps[np.ix_(taken, taken)] ** 2
    across = ((labels @ squared) * others).sum(axis=1) / (ours * (taken.size - ours))
    found = across - 0.5 * (_within(labels, squared) + _within(others, squared))
    as_far = found[1:] >= found[0] - 1e-9 * np.abs(across[0])
    return float(np.sqrt(max(found[0], 0.0))), float(np.mean(as_far))


def more_than_chance(evolutions: int, bodies: int) -> int:
    """Return in how many evolutions a body must be told apart that no body of as many would be by chance.

    Each is with probability `CHANCE` in each evolution; that any of them is so often must be no likelier than that
    either. One more than there are evolutions where even all of them could be chance.
    """
    for least in range(evolutions + 1):
        tail = range(least, evolutions + 1)
        often = sum(comb(evolutions, k) * CHANCE**k * (1.0 - CHANCE) ** (evolutions - k) for k in tail)
        if bodies * often <= CHANCE:
            return least
    return evolutions + 1


def _within(labels: np.ndarray, squared: np.ndarray) -> np.ndarray:
    """Return the mean squared distance of two points of one label, for every deal."""
    number = labels.sum(axis=1)
    return np.asarray(((labels @ squared) * labels).sum(axis=1) / (number * (number - 1.0)))
