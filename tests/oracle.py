"""The equation as three nested loops over units, in double: slow, plain, and written without looking at the engines."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller.rules import Rule, weight_shapes

Array = npt.NDArray[np.float64]


def loop_step(
    rule: Rule, coefficients: Sequence[npt.ArrayLike], weights: Sequence[npt.ArrayLike], x: npt.ArrayLike, how: str
) -> tuple[list[list[float]], list[Array]]:
    """Return all activations and the new weights of one step of a plastic network."""
    o = [[float(v) for v in np.asarray(x, dtype=np.float64)]]
    old = [np.array(w, dtype=np.float64) for w in weights]
    for w in old:
        o.append([math.tanh(sum(w[j, i] * o[-1][i] for i in range(w.shape[1]))) for j in range(w.shape[0])])
    new = []
    for layer, w in enumerate(old):
        c = np.asarray(coefficients[layer], dtype=np.float64)
        changed = np.zeros_like(w)
        for j in range(w.shape[0]):
            for i in range(w.shape[1]):
                term = {name: c[t, j, i] for t, name in enumerate(rule.terms)}
                o_i, o_j = o[layer][i], o[layer + 1][j]
                dw = term.get("A", 0.0) * o_i * o_j + term.get("B", 0.0) * o_i + term.get("C", 0.0) * o_j
                dw = term.get("eta", 1.0) * (dw + term.get("D", 0.0)) + term.get("D_out", 0.0)
                changed[j, i] = w[j, i] + dw
        new.append(loop_normalise(changed, how))
    return o, new


def loop_normalise(w: Array, how: str) -> Array:
    """Return one layer's weights normalised as `how` says."""
    values = [min(max(v, -1e6), 1e6) for v in w.ravel()]
    if how == "clip":
        values = [min(max(v, -1.0), 1.0) for v in values]
    if how == "cap" and max(map(abs, values)) > 3000.0:
        largest = max(map(abs, values))
        values = [v * 3000.0 / largest for v in values]
    if how == "max" and max(map(abs, values)) > 1e-30:
        largest = max(map(abs, values))
        values = [v / largest for v in values]
    if how == "var":
        mean = math.fsum(values) / len(values)
        variance = math.fsum((v - mean) ** 2 for v in values) / max(len(values) - 1, 1)
        values = [(v - mean) / math.sqrt(variance + 1e-5) for v in values]
    return np.array(values).reshape(w.shape)


def draw(
    rule: Rule, sizes: Sequence[int], rng: np.random.Generator, spread: float = 0.3
) -> tuple[list[npt.NDArray[np.float32]], list[npt.NDArray[np.float32]]]:
    """Return random coefficients and random weights of a network."""
    coefficients = [rng.normal(0, spread, s).astype(np.float32) for s in rule.coefficient_shapes(sizes)]
    return coefficients, [rng.uniform(-0.5, 0.5, s).astype(np.float32) for s in weight_shapes(sizes)]


def relative_error(found: Sequence[npt.ArrayLike], wanted: Sequence[npt.ArrayLike]) -> float:
    """Return the largest difference of any layer, relative to that layer's largest entry."""
    pairs = [
        (np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)) for a, b in zip(found, wanted, strict=True)
    ]
    return max(float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-12)) for a, b in pairs)
