"""From lives to one number per evolution."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from sim.study.records import Record


def conditions_of(records: Iterable[Record]) -> list[str]:
    """Return the conditions in the records, in order of appearance."""
    return list(dict.fromkeys(record["condition"] for record in records))


def per_evolution(
    records: Iterable[Record],
    field: str,
    over_lives: Callable[[Sequence[float]], float] = lambda values: float(np.mean(values)),
) -> dict[int, float]:
    """Return one number per evolution, seed -> number: the mean of a field over its lives, or another statistic.

    Lives without the field, or with null in it, are left out; an evolution without any is missing.
    """
    values: dict[int, list[float]] = {}
    for record in records:
        if record.get(field) is not None:
            values.setdefault(record["evolution"], []).append(float(record[field]))
    return {seed: over_lives(found) for seed, found in sorted(values.items())}


def weighing_alike(found: Sequence[dict[int, float]]) -> dict[int, float]:
    """Return every evolution's mean over several figures, each weighing alike; those that it lacks are left out."""
    seeds = sorted({seed for each in found for seed in each})
    return {seed: float(np.mean([each[seed] for each in found if seed in each])) for seed in seeds}


def paired(first: Mapping[int, float], second: Mapping[int, float]) -> dict[int, tuple[float, float]]:
    """Return the two numbers of every evolution that has both."""
    return {seed: (value, second[seed]) for seed, value in first.items() if seed in second}


def differences(first: Mapping[int, float], second: Mapping[int, float]) -> dict[int, float]:
    """Return first minus second for every evolution that has both."""
    return {seed: a - b for seed, (a, b) in paired(first, second).items()}


def median_with_never(values: Sequence[float | None]) -> float | None:
    """Return the median where None counts as longer than any other; None if that is where the median lies."""
    if not values:
        return None
    median = float(np.median([np.inf if v is None else v for v in values]))
    return median if np.isfinite(median) else None
