"""One step of the plastic network in plain numpy: the definition that every engine is tested against.

Pure functions, written for reading. They compute in the precision of what they are given: float64 arrays give the
reference that the float32 engines are measured by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import unknown
from hebb_controller.kernel import CAP_BOUND, LIMIT, NORMALISATIONS, TINY, VARIANCE_EPSILON
from hebb_controller.rules import Rule, weight_change

Floats = npt.NDArray[np.floating[Any]]


def held(values: Floats) -> Floats:
    """Return `values` with NaN as 0 and the rest within +-1e6."""
    return np.clip(np.where(np.isnan(values), values.dtype.type(0), values), -LIMIT, LIMIT)


def finite_input(x: Floats) -> Floats:
    """Return an observation as the network sees it: what is not finite is 0, the rest within +-1e6."""
    return held(np.where(np.isfinite(x), x, x.dtype.type(0)))


def forward(weights: Sequence[Floats], x: Floats) -> list[Floats]:
    """Return the activations of every layer, inputs first: o_j = tanh(sum_i w_ji o_i).

    Args:
        weights: per layer, shape `(post, pre)`.
        x: observation, shape `(layer_sizes[0],)`.
    """
    activations = [finite_input(x)]
    for w in weights:
        activations.append(np.tanh(w @ activations[-1]))
    return activations


def normalise(w: Floats, normalisation: str) -> Floats:
    """Return one layer's weights after an update, held within +-1e6 and normalised.

    Args:
        w: shape `(post, pre)`.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.

    Raises:
        BadInputError: no such normalisation.
    """
    if normalisation not in NORMALISATIONS:
        raise unknown("normalisation", normalisation, NORMALISATIONS)
    w = held(w)
    if normalisation == "clip":
        return np.clip(w, -1, 1)
    if normalisation == "max":
        largest = np.abs(w).max()
        return w / largest if largest > TINY else w
    if normalisation == "cap":
        largest = np.abs(w).max()
        return w * (CAP_BOUND / largest) if largest > CAP_BOUND else w
    if normalisation == "var":
        exact = w.astype(np.float64)
        variance = exact.var(ddof=1) if w.size > 1 else 0.0
        standard: Floats = ((exact - exact.mean()) / np.sqrt(variance + VARIANCE_EPSILON)).astype(w.dtype)
        return standard
    return w


def step(
    rule: Rule, coefficients: Sequence[Floats], weights: Sequence[Floats], x: Floats, normalisation: str = "none"
) -> tuple[Floats, list[Floats]]:
    """Return the action for `x` and the weights after it.

    Args:
        rule: the variant.
        coefficients: per layer, shape `(terms, post, pre)`.
        weights: per layer, shape `(post, pre)`; not changed.
        x: observation, shape `(layer_sizes[0],)`.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.

    Returns:
        The action, shape `(layer_sizes[-1],)`, and the new weights, shaped as the old.
    """
    o = forward(weights, x)
    changed = [
        normalise(w + weight_change(rule, c, pre, post), normalisation)
        for w, c, pre, post in zip(weights, coefficients, o[:-1], o[1:], strict=True)
    ]
    return o[-1], changed
