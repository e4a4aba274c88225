"""Which joints belong to one leg."""

from __future__ import annotations

from collections.abc import Sequence


def leg_joints(names: Sequence[str], nb_legs: int = 4) -> list[tuple[str, ...]]:
    """Return the joints of each leg: joint order goes leg by leg."""
    size = len(names) // nb_legs
    return [tuple(names[k : k + size]) for k in range(0, len(names), size)]
