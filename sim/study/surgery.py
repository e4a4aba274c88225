"""Changes to evolved rules before a life: which part of a rule carries the behaviour?

only_D        A, B and C are zero: every synapse follows a constant of its own (with max normalisation, a weight code)
no_A ... no_D one term is zero
shuffled      within each layer the rules trade places among synapses, whole rules together
mean_rule     every synapse of a layer has the layer's mean coefficients: one rule a layer
random        coefficients drawn anew from normal distributions with each layer's and term's mean and deviation
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray, Rule

Surgeon = Callable[[FloatArray, tuple[str, ...], np.random.Generator], FloatArray]


def _without(*terms: str) -> Surgeon:
    def cut(layer: FloatArray, names: tuple[str, ...], rng: np.random.Generator) -> FloatArray:
        kept = layer.copy()
        for k, name in enumerate(names):
            if name in terms:
                kept[k] = 0.0
        return kept

    return cut


def _shuffled(layer: FloatArray, names: tuple[str, ...], rng: np.random.Generator) -> FloatArray:
    flat = layer.reshape(len(layer), -1)
    return np.ascontiguousarray(flat[:, rng.permutation(flat.shape[1])].reshape(layer.shape))


def _mean_rule(layer: FloatArray, names: tuple[str, ...], rng: np.random.Generator) -> FloatArray:
    return np.broadcast_to(layer.mean(axis=(1, 2), keepdims=True), layer.shape).astype(np.float32)


def _random(layer: FloatArray, names: tuple[str, ...], rng: np.random.Generator) -> FloatArray:
    mean, std = layer.mean(axis=(1, 2), keepdims=True), layer.std(axis=(1, 2), keepdims=True)
    return (mean + std * rng.standard_normal(layer.shape)).astype(np.float32)


SURGERIES: dict[str, Surgeon] = {
    "only_D": _without("A", "B", "C"),
    "no_A": _without("A"),
    "no_B": _without("B"),
    "no_C": _without("C"),
    "no_D": _without("D"),
    "shuffled": _shuffled,
    "mean_rule": _mean_rule,
    "random": _random,
}


def operate(book: Rulebook, surgery: str, rng: np.random.Generator) -> Rulebook:
    """Return the rulebook after a change to its coefficients; an empty name changes nothing.

    Raises:
        BadInputError: no such change, or rules that have none to change.
    """
    if not surgery:
        return book
    if surgery not in SURGERIES:
        raise unknown("surgery", surgery, SURGERIES)
    if not book.coefficients:
        raise BadInputError(f"surgery {surgery}: a {book.rule} rulebook has no coefficients")
    terms = Rule.named(book.rule).terms
    changed = tuple(SURGERIES[surgery](layer, terms, rng) for layer in book.coefficients)
    return dataclasses.replace(book, coefficients=changed, encoded=None)
