"""The fused numba step: one pass over memory forward, one for the change of weights.

All layers lie in flat float32 buffers, one behind the other, so that a step costs two calls. What makes it fast was
measured, not guessed; keep it when you edit:

- The change of weights streams 24 bytes a synapse from the second-level cache and does little else. Its loop is plain
  enough to become vector code: no call, no branch, no reduction inside.
- `max(|w|)` as a float reduction stays scalar under numba and costs three times the update. The bit patterns of
  non-negative floats sort like integers, so the largest is found in a second, integer pass.
- `max` and `cap` normalisation are lazy: the division is folded into the next pass as a scale per layer, which saves
  another pass. `PlasticNetwork.weights` settles the scales before anyone looks.

No number that these functions store is NaN or infinite, whatever they are given: inputs and weights are held within
`LIMIT`, and what is not a number counts as 0. fastmath is therefore limited to the flags that leave NaN alone.

numba compiles at first use; the result is cached on disk and `PlasticNetwork.warm_up` forces it ahead of a control
loop. The definition that this file is tested against is `definition.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

NONE, MAX, VAR, CLIP, CAP = 0, 1, 2, 3, 4
NORMALISATIONS = {"none": NONE, "max": MAX, "var": VAR, "clip": CLIP, "cap": CAP}

#: Inputs, coefficients and weights never leave [-LIMIT, LIMIT]: no product of them can then overflow float32.
LIMIT = np.float32(1e6)
#: Under `cap` a layer whose largest weight is beyond this is scaled back to it.
CAP_BOUND = np.float32(3e3)
#: A layer whose largest weight is below this counts as zero under `max`: its inverse must stay finite.
TINY = np.float32(1e-30)
#: Added to the variance under `var` (Leung et al. 2025, arXiv 2503.12406).
VARIANCE_EPSILON = 1e-5

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)
_WITHOUT_SIGN = np.int32(0x7FFFFFFF)
# Not `nnan` and `ninf`: with them the compiler may drop the very comparisons that catch NaN.
_KEEPS_NAN = {"reassoc", "contract", "nsz", "arcp"}

# tanh by Lambert's continued fraction cut after 13 terms, x p(x^2) / q(x^2): all coefficients positive, so no
# cancellation; within 4e-7 of tanh everywhere, and free of the 200 libm calls a step would cost.
_TANH_BOUND = np.float32(8.5)


def _lambert(depth: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    numerator, denominator = [2 * depth - 1], [1]
    for k in range(depth - 1, 0, -1):
        shifted = [0, *denominator] + [0] * (len(numerator) - len(denominator) - 1)
        scaled = [(2 * k - 1) * c for c in numerator] + [0] * (len(shifted) - len(numerator))
        numerator, denominator = [a + b for a, b in zip(scaled, shifted, strict=True)], numerator
    p = np.array([c / numerator[0] for c in denominator], dtype=np.float32)
    q = np.array([c / numerator[0] for c in numerator], dtype=np.float32)
    return p, q


_P, _Q = _lambert(13)
_P0, _P1, _P2, _P3, _P4, _P5, _P6 = _P
_Q0, _Q1, _Q2, _Q3, _Q4, _Q5, _Q6 = _Q


def compiled(function: Callable[..., Any]) -> Any:
    """Compile a function with the flags above, cached on disk where that is possible.

    The cache looks at the time stamp of the function's own file alone: whoever changes `squash`, `multiply`, `take_in`
    or `normalised` must touch the other files that call them too.
    """
    # numpy's error model: Python's raises on division by zero, a branch that keeps a loop from becoming vector code.
    options: dict[str, Any] = {"fastmath": _KEEPS_NAN, "error_model": "numpy"}
    try:
        return njit(cache=True, **options)(function)
    except RuntimeError:  # nowhere to write, home included, as on a sealed robot: each process compiles for itself
        return njit(**options)(function)


@compiled
def squash(x):  # type: ignore[no-untyped-def]
    """Replace every entry of a float32 vector by its tanh; what is not a number counts as 0."""
    for k in range(x.size):
        v = x[k]
        v = v if v == v else _ZERO
        v = min(max(v, -_TANH_BOUND), _TANH_BOUND)
        s = v * v
        p = _P0 + s * (_P1 + s * (_P2 + s * (_P3 + s * (_P4 + s * (_P5 + s * _P6)))))
        q = _Q0 + s * (_Q1 + s * (_Q2 + s * (_Q3 + s * (_Q4 + s * (_Q5 + s * _Q6)))))
        x[k] = min(max(v * p / q, -_ONE), _ONE)


@compiled
def multiply(w, x, y, scale):  # type: ignore[no-untyped-def]
    """Fill `y` with `scale * w @ x`: float32, `w` of shape `(post, pre)`."""
    # Four rows at a time: four sums in flight hide the latency of each.
    post, pre = w.shape
    for block in range(post // 4):
        j = 4 * block
        sum0, sum1, sum2, sum3 = _ZERO, _ZERO, _ZERO, _ZERO
        for i in range(pre):
            v = x[i]
            sum0 += w[j, i] * v
            sum1 += w[j + 1, i] * v
            sum2 += w[j + 2, i] * v
            sum3 += w[j + 3, i] * v
        y[j], y[j + 1], y[j + 2], y[j + 3] = sum0 * scale, sum1 * scale, sum2 * scale, sum3 * scale
    for j in range(4 * (post // 4), post):
        total = _ZERO
        for i in range(pre):
            total += w[j, i] * x[i]
        y[j] = total * scale


@compiled
def take_in(inputs, activations):  # type: ignore[no-untyped-def]
    """Write the observation to the head of `activations`, held and finite; return how many inputs were not finite."""
    not_finite = 0
    for i in range(inputs.size):
        v = np.float32(inputs[i])
        good = abs(v) < np.inf
        not_finite += not good
        activations[i] = min(max(v, -LIMIT), LIMIT) if good else _ZERO
    return not_finite


@compiled
def hold(x):  # type: ignore[no-untyped-def]
    """Hold every entry of a float32 vector within +-`LIMIT`; what is not a number counts as 0."""
    for k in range(x.size):
        v = x[k]
        v = v if v == v else _ZERO
        x[k] = min(max(v, -LIMIT), LIMIT)


@compiled
def forward(sizes, weights, scales, activations, inputs, linear):  # type: ignore[no-untyped-def]
    """Fill `activations` layer by layer from `inputs`: o_j = tanh(scale * sum_i w_ji o_i).

    Args:
        sizes: units per layer, int64.
        weights: all layers, row by row, float32.
        scales: what each layer's stored weights must be multiplied by, float32.
        activations: room for all layers' units, float32, written.
        inputs: the observation, float64, shape `(sizes[0],)`.
        linear: True to leave the outputs as they are before tanh.

    Returns:
        How many inputs were not finite and were taken as 0.
    """
    not_finite = take_in(inputs, activations)
    w0, a0 = 0, 0
    for layer in range(sizes.size - 1):
        pre, post = sizes[layer], sizes[layer + 1]
        w = weights[w0 : w0 + post * pre].reshape(post, pre)
        x = activations[a0 : a0 + pre]
        y = activations[a0 + pre : a0 + pre + post]
        scale = scales[layer]
        multiply(w, x, y, scale)
        if linear and layer == sizes.size - 2:
            hold(y)
        else:
            squash(y)
        w0 += post * pre
        a0 += pre
    return not_finite


@compiled
def _change(w, c, x, y, scale, bound):  # type: ignore[no-untyped-def]
    post, pre = w.shape
    for j in range(post):
        o_j = y[j]
        for i in range(pre):
            v = w[j, i] * scale + (c[0, j, i] * o_j + c[1, j, i]) * x[i] + (c[2, j, i] * o_j + c[3, j, i])
            v = v if v == v else _ZERO
            w[j, i] = min(max(v, -bound), bound)


@compiled
def _largest(w):  # type: ignore[no-untyped-def]
    bits = w.view(np.int32)
    most = np.int32(0)
    for k in range(bits.size):
        most = max(most, np.int32(bits[k] & _WITHOUT_SIGN))
    found = np.empty(1, dtype=np.int32)
    found[0] = most
    return found.view(np.float32)[0]


@compiled
def _standardise(w):  # type: ignore[no-untyped-def]
    # Two passes in double: the mean of unbounded weights must not eat their spread.
    mean = 0.0
    for k in range(w.size):
        mean += w[k]
    mean /= w.size
    square = 0.0
    for k in range(w.size):
        square += (w[k] - mean) * (w[k] - mean)
    factor = 1.0 / np.sqrt(square / max(w.size - 1, 1) + VARIANCE_EPSILON)
    for k in range(w.size):
        w[k] = np.float32((w[k] - mean) * factor)


@compiled
def normalised(flat, normalisation):  # type: ignore[no-untyped-def]
    """Normalise one layer's changed weights; return what `max` and `cap` owe: the scale of the next pass, float32."""
    if normalisation == MAX:
        largest = _largest(flat)
        if largest > TINY:
            return _ONE / largest
    elif normalisation == CAP:
        largest = _largest(flat)
        if largest > CAP_BOUND:
            return CAP_BOUND / largest
    elif normalisation == VAR:
        _standardise(flat)
    return _ONE


@compiled
def update(sizes, weights, scales, activations, folded, normalisation):  # type: ignore[no-untyped-def]
    """Change every weight by the folded rule and normalise; `scales` holds what `max` and `cap` still owe.

    Args:
        sizes: units per layer, int64.
        weights: all layers, row by row, float32, changed.
        scales: one factor per layer, float32, changed.
        activations: what `forward` left, float32.
        folded: per layer A', B', C', D' of `rules.fold`, each row by row, float32.
        normalisation: a value of `NORMALISATIONS`.
    """
    bound = _ONE if normalisation == CLIP else LIMIT
    w0, a0 = 0, 0
    for layer in range(sizes.size - 1):
        pre, post = sizes[layer], sizes[layer + 1]
        n = post * pre
        flat = weights[w0 : w0 + n]
        x = activations[a0 : a0 + pre]
        y = activations[a0 + pre : a0 + pre + post]
        c = folded[4 * w0 : 4 * (w0 + n)].reshape(4, post, pre)
        _change(flat.reshape(post, pre), c, x, y, scales[layer], bound)
        scales[layer] = normalised(flat, normalisation)
        w0 += n
        a0 += pre
