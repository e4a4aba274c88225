"""The fused numba step of the gated recurrent network, in float32; `definition.gru_step` is what it is tested against.

Everything that `kernel.py` says about NaN and bounds holds here: gates, candidate and output go through its `squash`,
so that no input and no weight brings NaN or infinity into the hidden state or the action.
"""

from __future__ import annotations

import numpy as np

from hebb_controller.kernel import compiled, multiply, squash, take_in

_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@compiled
def step(sizes, weights, activations, scratch, inputs):  # type: ignore[no-untyped-def]
    """Take one observation in, move the hidden state on and fill in the action.

    Args:
        sizes: inputs, hidden units, outputs, int64.
        weights: the two matrices of `gru.gru_shapes` behind each other, row by row, float32.
        activations: inputs, hidden state, outputs, float32; the hidden state is read, then all are written.
        scratch: float32, size `scratch_size(sizes)`, overwritten.
        inputs: the observation, float64, shape `(sizes[0],)`.

    Returns:
        How many inputs were not finite and were taken as 0.
    """
    nb_inputs, hidden, outputs = sizes[0], sizes[1], sizes[2]
    before = nb_inputs + hidden
    row = before + 1
    not_finite = take_in(inputs, activations)
    h = activations[nb_inputs:before]

    with_bias = scratch[:row]
    with_bias[:before] = activations[:before]
    with_bias[before] = _ONE
    gates = scratch[row : row + 2 * hidden]
    candidate = scratch[row + 2 * hidden : row + 3 * hidden]
    multiply(weights[: 2 * hidden * row].reshape(2 * hidden, row), with_bias, gates, _HALF)
    squash(gates)  # 1 / (1 + exp(-a)) = 0.5 + 0.5 tanh(a / 2)
    for k in range(2 * hidden):
        gates[k] = _HALF + _HALF * gates[k]

    w = weights[2 * hidden * row : 3 * hidden * row].reshape(hidden, row)
    for j in range(hidden):
        from_inputs, from_hidden = w[j, before], np.float32(0.0)
        for i in range(nb_inputs):
            from_inputs += w[j, i] * with_bias[i]
        for i in range(nb_inputs, before):
            from_hidden += w[j, i] * with_bias[i]
        candidate[j] = from_inputs + gates[j] * from_hidden
    squash(candidate)
    for j in range(hidden):
        z = gates[hidden + j]
        h[j] = (_ONE - z) * candidate[j] + z * h[j]

    y = activations[before : before + outputs]
    multiply(weights[3 * hidden * row :].reshape(outputs, hidden), h, y, _ONE)
    squash(y)
    return not_finite


def scratch_size(sizes: tuple[int, ...]) -> int:
    """Return how many floats `step` needs to work in."""
    return sizes[0] + 4 * sizes[1] + 1
