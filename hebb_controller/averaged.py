"""The mean of several rulebooks of one evolution: the search point wanders between generations, its mean less.

Averaging the iterates of a stochastic search is Polyak & Juditsky 1992 (SIAM J. Control Optim. 30); it needs iterates
near each other, such as the late generations of one run. Rulebooks of two runs have nothing to average.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray

#: What differs between rulebooks of one evolution.
_OWN = {"coefficients", "start_weights", "provenance"}


def average(books: Sequence[Rulebook]) -> Rulebook:
    """Return the mean of all coefficients and start weights, summed in double precision.

    The provenance is that of the last, without its fitness and its command, and with the digests of all.

    Raises:
        BadInputError: fewer than two, the same twice, rules that are not one per synapse, rulebooks that differ in more
            than numbers.
    """
    if len(books) < 2:
        raise BadInputError("nothing to average: pass two rulebooks or more, of one evolution")
    first = books[0]
    if first.parts:
        raise BadInputError(f"rules with {', '.join(first.parts)} cannot be averaged: only one rule per synapse can")
    for number, book in enumerate(books[1:], 2):
        differing = [
            f.name
            for f in dataclasses.fields(Rulebook)
            if f.name not in _OWN and getattr(book, f.name) != getattr(first, f.name)
        ]
        if differing:
            raise BadInputError(
                f"rulebook {number} differs from the first in {', '.join(differing)}: average those of one evolution"
            )
    digests = [book.digest for book in books]
    for number, digest in enumerate(digests):
        if digest in digests[:number]:
            raise BadInputError(f"rulebooks {digests.index(digest) + 1} and {number + 1} are the same: name each once")
    provenance = {k: v for k, v in books[-1].provenance.items() if k not in ("fitness", "command")}
    return dataclasses.replace(
        books[-1],
        coefficients=_means([book.coefficients for book in books]),
        start_weights=_means([book.start_weights for book in books]),
        provenance=provenance | {"averaged": digests},
    )


def _means(found: Sequence[tuple[FloatArray, ...]]) -> tuple[FloatArray, ...]:
    """Return the mean of each layer."""
    return tuple(
        np.asarray(np.mean(layers, axis=0, dtype=np.float64), np.float32) for layers in zip(*found, strict=True)
    )
