"""The fused numba step: one pass over memory forward, one pass for the change of weights.

All layers lie in flat float32 buffers, one behind the other, so that a step costs two calls. `max` normalisation is
lazy: the update finds max |w| on its way, and the division is folded into the next pass as a scale per layer, which
saves a whole pass over the weights. `PlasticNetwork.weights` settles the scales before anyone looks.

numba compiles at first use; the result is cached on disk and `PlasticNetwork.warm_up` forces it ahead of a control
loop. The definition that this file is tested against is `rules.weight_change`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NONE, MAX, VAR, CLIP = 0, 1, 2, 3
NORMALISATIONS = {"none": NONE, "max": MAX, "var": VAR, "clip": CLIP}

#: Weights never leave [-WEIGHT_LIMIT, WEIGHT_LIMIT], so that unbounded rules cannot reach infinity or NaN.
WEIGHT_LIMIT = np.float32(1e6)
#: Added to the variance under `var` (Leung et al. 2025, arXiv 2503.12406).
VARIANCE_EPSILON = np.float32(1e-5)

# tanh by Lambert's continued fraction cut after 13 terms, x p(x^2) / q(x^2): all coefficients positive, so no
# cancellation; within 4e-7 of tanh everywhere, and free of the 200 libm calls a step would cost.
_TANH_BOUND = np.float32(8.5)


def _lambert(depth: int) -> tuple[np.ndarray, np.ndarray]:
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


@njit(fastmath=True, cache=True)  # type: ignore[untyped-decorator]
def _tanh_in_place(x):  # type: ignore[no-untyped-def]
    for k in range(x.size):
        v = min(max(x[k], -_TANH_BOUND), _TANH_BOUND)
        s = v * v
        p = _P0 + s * (_P1 + s * (_P2 + s * (_P3 + s * (_P4 + s * (_P5 + s * _P6)))))
        q = _Q0 + s * (_Q1 + s * (_Q2 + s * (_Q3 + s * (_Q4 + s * (_Q5 + s * _Q6)))))
        x[k] = v * p / q


@njit(fastmath=True, cache=True)  # type: ignore[untyped-decorator]
def forward(sizes, weights, scales, activations):  # type: ignore[no-untyped-def]
    """Fill `activations` layer by layer from its first `sizes[0]` entries: o_j = tanh(scale * sum_i w_ji o_i)."""
    w0, a0 = 0, 0
    for layer in range(sizes.size - 1):
        pre, post = sizes[layer], sizes[layer + 1]
        w = weights[w0 : w0 + post * pre].reshape(post, pre)
        x = activations[a0 : a0 + pre]
        y = activations[a0 + pre : a0 + pre + post]
        scale = scales[layer]
        for j in range(post):
            total = np.float32(0.0)
            for i in range(pre):
                total += w[j, i] * x[i]
            y[j] = total * scale
        _tanh_in_place(y)
        w0 += post * pre
        a0 += pre


@njit(fastmath=True, cache=True)  # type: ignore[untyped-decorator]
def _update_layer(w, c, x, y, scale):  # type: ignore[no-untyped-def]
    post, pre = w.shape
    largest = np.float32(0.0)
    for j in range(post):
        o_j = y[j]
        for i in range(pre):
            v = w[j, i] * scale + (c[0, j, i] * o_j + c[1, j, i]) * x[i] + (c[2, j, i] * o_j + c[3, j, i])
            w[j, i] = v
            largest = max(largest, abs(v))
    return largest


@njit(cache=True)  # type: ignore[untyped-decorator]
def _standardise(w):  # type: ignore[no-untyped-def]
    # Two passes in double: the mean of unbounded weights must not eat their spread.
    mean = 0.0
    for v in w.flat:
        mean += v
    mean /= w.size
    square = 0.0
    for v in w.flat:
        square += (v - mean) ** 2
    spread = np.sqrt(square / max(w.size - 1, 1) + VARIANCE_EPSILON)
    for j in range(w.shape[0]):
        for i in range(w.shape[1]):
            w[j, i] = np.float32((w[j, i] - mean) / spread)


@njit(cache=True)  # type: ignore[untyped-decorator]
def update(sizes, weights, scales, activations, folded, normalisation):  # type: ignore[no-untyped-def]
    """Change every weight by the folded rule and normalise; scales hold what `max` still owes to the weights."""
    w0, a0 = 0, 0
    for layer in range(sizes.size - 1):
        pre, post = sizes[layer], sizes[layer + 1]
        n = post * pre
        w = weights[w0 : w0 + n].reshape(post, pre)
        c = folded[4 * w0 : 4 * (w0 + n)].reshape(4, post, pre)
        x = activations[a0 : a0 + pre]
        y = activations[a0 + pre : a0 + pre + post]
        largest = _update_layer(w, c, x, y, scales[layer])
        scales[layer] = np.float32(1.0)
        bound = np.float32(1.0) if normalisation == CLIP else WEIGHT_LIMIT
        if largest > bound:
            for j in range(post):
                for i in range(pre):
                    w[j, i] = min(max(w[j, i], -bound), bound)
            largest = bound
        if normalisation == MAX and largest > 0.0:
            scales[layer] = np.float32(1.0) / largest
        elif normalisation == VAR:
            _standardise(w)
        w0 += n
        a0 += pre
