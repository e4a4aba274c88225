"""A control for evolved rules: as large, layer by layer and term by term, and drawn at random."""

from __future__ import annotations

import dataclasses

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import Rulebook


def random_rulebook(book: Rulebook, seed: int) -> Rulebook:
    """Return a rulebook like `book` whose coefficients are drawn from normal distributions.

    Every term of every layer keeps the mean square that evolution gave it, so that the weights change about as fast as
    under the evolved rules.

    Args:
        book: a plastic rulebook.
        seed: of the draw.

    Raises:
        BadInputError: a rulebook without plasticity.
    """
    if book.static:
        raise BadInputError("a random rule takes its size from a plastic rulebook, and this one is static")
    rng = np.random.default_rng(seed)
    drawn = []
    for layer in book.coefficients:
        size = np.sqrt(np.mean(np.square(layer, dtype=np.float64), axis=(1, 2), keepdims=True))
        drawn.append((size * rng.standard_normal(layer.shape)).astype(np.float32))
    provenance = {"random_rule": {"seed": seed, "size_of": book.digest}}
    return dataclasses.replace(book, coefficients=tuple(drawn), encoded=None, provenance=provenance)
