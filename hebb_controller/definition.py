"""The networks in plain numpy: the definition that every engine is tested against.

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


def forward(weights: Sequence[Floats], x: Floats, outputs: str = "tanh") -> list[Floats]:
    """Return the activations of every layer, inputs first: o_j = tanh(sum_i w_ji o_i).

    Args:
        weights: per layer, shape `(post, pre)`.
        x: observation, shape `(layer_sizes[0],)`.
        outputs: `tanh`, or `linear`: the last layer without its tanh.
    """
    activations = [finite_input(x)]
    for w in weights:
        activations.append(np.tanh(w @ activations[-1]))
    if outputs == "linear":
        activations[-1] = held(weights[-1] @ activations[-2])
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


def changed(
    rule: Rule, coefficients: Sequence[Floats], weights: Sequence[Floats], o: Sequence[Floats], normalisation: str
) -> list[Floats]:
    """Return the weights after a change that sees the activations `o`, one array per layer, inputs first."""
    return [
        normalise(w + weight_change(rule, c, pre, post), normalisation)
        for w, c, pre, post in zip(weights, coefficients, o[:-1], o[1:], strict=True)
    ]


def step(
    rule: Rule,
    coefficients: Sequence[Floats],
    weights: Sequence[Floats],
    x: Floats,
    normalisation: str = "none",
    outputs: str = "tanh",
) -> tuple[Floats, list[Floats]]:
    """Return the action for `x` and the weights after it.

    Args:
        rule: the variant.
        coefficients: per layer, shape `(terms, post, pre)`.
        weights: per layer, shape `(post, pre)`; not changed.
        x: observation, shape `(layer_sizes[0],)`.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.
        outputs: `tanh` or `linear`.

    Returns:
        The action, shape `(layer_sizes[-1],)`, and the new weights, shaped as the old.
    """
    o = forward(weights, x, outputs)
    return o[-1], changed(rule, coefficients, weights, o, normalisation)


def life(
    rule: Rule,
    coefficients: Sequence[Floats],
    weights: Sequence[Floats],
    observations: Sequence[Floats],
    normalisation: str = "none",
    update_every: int = 1,
    average_over: int = 1,
) -> tuple[list[Floats], list[list[Floats]]]:
    """Return every step's action, and the weights after every step, of a whole life with a clock (`network_clock.py`).

    Args:
        rule: the variant.
        coefficients: per layer, shape `(terms, post, pre)`.
        weights: at the start; per layer, shape `(post, pre)`.
        observations: one per step, shape `(layer_sizes[0],)`.
        normalisation: `none`, `max`, `var`, `clip` or `cap`.
        update_every: steps from one change of the weights to the next; the first step changes them.
        average_over: forward passes over which a change averages each unit.
    """
    passes: list[list[Floats]] = []
    lived = []
    for t, x in enumerate(observations):
        passes.append(forward(weights, x))
        if t % update_every == 0:
            window = passes[-average_over:]
            means: list[Floats] = [np.stack(layer).mean(axis=0) for layer in zip(*window, strict=True)]
            weights = changed(rule, coefficients, weights, means, normalisation)
        lived.append(list(weights))
    return [o[-1] for o in passes], lived


def gru_step(weights: Sequence[Floats], hidden: Floats, x: Floats) -> tuple[Floats, Floats]:
    """Return the action for `x` and the hidden state after it, of the network that `gru.py` describes.

    Args:
        weights: the matrices of `gru.gru_shapes`.
        hidden: the hidden state before, shape `(hidden,)`.
        x: observation, shape `(inputs,)`.
    """
    x = finite_input(x)
    gates, out = weights
    from_inputs = gates[:, : x.size] @ x + gates[:, -1]
    from_hidden = gates[:, x.size : -1] @ hidden
    (r_x, z_x, n_x), (r_h, z_h, n_h) = np.split(from_inputs, 3), np.split(from_hidden, 3)
    r, z = 1 / (1 + np.exp(-(r_x + r_h))), 1 / (1 + np.exp(-(z_x + z_h)))
    after = (1 - z) * np.tanh(n_x + r * n_h) + z * hidden
    return np.tanh(out @ after), after
