"""Distances on bodies: which were seen, how far an evolution gets on each, and on those that it never met."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from sim.bodies import body_family
from sim.study.records import Record, where
from sim.study.summaries import per_evolution

#: Treatment of the lives of realant and of the dog on bodies.
REALANT, DOG = "body", "sts12"
#: Bodies of realant's training; the dog's was the intact one alone.
SEEN = ("intact", "front_right_short")
#: Families of bodies whose legs are damaged or changed one or two at a time, which is what the paper asks about.
DAMAGED = ("short leg", "half leg", "long leg", "lost foot", "two short legs")
#: An evolution whose rules get less far than this on the intact body in 10 s never learned to walk, in [m].
WALKS = 0.5


def body_of(record: Record) -> str:
    """Return the body of a record."""
    return str(record.get("body", "intact"))


def distances(records: Sequence[Record]) -> dict[int, dict[str, float]]:
    """Return the mean distance of every evolution on every body, evolution -> body -> [m]."""
    found: dict[int, dict[str, float]] = {}
    for body in dict.fromkeys(body_of(r) for r in records):
        for seed, mean in per_evolution([r for r in records if body_of(r) == body], "distance").items():
            found.setdefault(seed, {})[body] = mean
    return dict(sorted(found.items()))


def distance_on(records: Sequence[Record], condition: str, body: str) -> dict[int, float]:
    """Return the mean distance on one body, one number per evolution."""
    return per_evolution([r for r in where(records, condition=condition) if body_of(r) == body], "distance")


def unseen_distance(
    records: Sequence[Record],
    condition: str,
    treatment: str = REALANT,
    seen: Sequence[str] = SEEN,
    families: Collection[str] | None = None,
) -> dict[int, float]:
    """Return the median over all unseen bodies of the mean distance on each, one number per evolution.

    Args:
        records: of the study of bodies.
        condition: of the evolutions.
        treatment: of the lives.
        seen: bodies that were met in training.
        families: only bodies of these; None: all.
    """
    unseen = [r for r in where(records, condition=condition, treatment=treatment) if body_of(r) not in seen]
    if families is not None:
        unseen = [r for r in unseen if body_family(body_of(r)) in families]
    return {seed: float(np.median(list(bodies.values()))) for seed, bodies in distances(unseen).items()}


def walkers(records: Sequence[Record], condition: str) -> set[int]:
    """Return the evolutions that learned to walk on the intact body."""
    return {seed for seed, metres in distance_on(records, condition, "intact").items() if metres >= WALKS}


def share_of_intact(
    records: Sequence[Record], condition: str, families: Collection[str] | None = None
) -> dict[int, float]:
    """Return `unseen_distance` over the intact distance, one number per evolution that learned to walk."""
    intact, unseen = distance_on(records, condition, "intact"), unseen_distance(records, condition, families=families)
    walk = walkers(records, condition)
    return {seed: unseen[seed] / intact[seed] for seed in unseen if seed in walk}
