"""The change of weights where synapses share rules, read through the assignment: less memory, not less time.

A step streams 10 bytes a synapse (a weight there and back, 2 bytes for the number of its rule) instead of 24, and keeps
the folded rules at hand: 384 of them are 6 kB. But four numbers must be fetched one by one for every synapse, where the
other kernel loads them for eight or sixteen synapses at once. Measured (docs/merged_rules.md), that costs more than the
memory saves as long as the written-out coefficients fit the second-level cache. `PlasticNetwork` therefore reads
through the assignment only where it is given `SharedRules`.

The fetching loop is scalar code and fills two rows of scratch; the loop behind it is vector code.
"""

from __future__ import annotations

import numpy as np

from hebb_controller.kernel import CLIP, LIMIT, NONE, compiled, normalised

_ZERO, _ONE = np.float32(0.0), np.float32(1.0)


@compiled
def _change(w, rules, assignment, x, y, scale, bound, with_pre, without):  # type: ignore[no-untyped-def]
    post, pre = w.shape
    for j in range(post):
        o_j = y[j]
        for i in range(pre):
            r = assignment[j, i]
            with_pre[i] = rules[r, 0] * o_j + rules[r, 1]
            without[i] = rules[r, 2] * o_j + rules[r, 3]
        for i in range(pre):
            v = w[j, i] * scale + with_pre[i] * x[i] + without[i]
            v = v if v == v else _ZERO
            w[j, i] = min(max(v, -bound), bound)


@compiled
def update(sizes, weights, scales, activations, rules, assignment, scratch, normalisation):  # type: ignore[no-untyped-def]
    """Change every weight by its shared folded rule and normalise, as `kernel.update` does.

    Args:
        sizes: units per layer, int64.
        weights: all layers, row by row, float32, changed.
        scales: one factor per layer, float32, changed.
        activations: what `forward` left, float32.
        rules: A', B', C', D' of `rules.fold` per rule, float32, shape `(nb_rules, 4)`.
        assignment: the number of every synapse's rule, all layers, row by row, uint16; below `nb_rules`, unchecked.
        scratch: float32, shape `(2, largest of sizes)`, overwritten.
        normalisation: a value of `kernel.NORMALISATIONS`.
    """
    bound = _ONE if normalisation == CLIP else LIMIT
    w0, a0 = 0, 0
    for layer in range(sizes.size - 1):
        pre, post = sizes[layer], sizes[layer + 1]
        n = post * pre
        flat = weights[w0 : w0 + n]
        x = activations[a0 : a0 + pre]
        y = activations[a0 + pre : a0 + pre + post]
        numbers = assignment[w0 : w0 + n].reshape(post, pre)
        _change(flat.reshape(post, pre), rules, numbers, x, y, scales[layer], bound, scratch[0], scratch[1])
        scales[layer] = normalised(flat, normalisation)
        w0 += n
        a0 += pre


def warm_up() -> None:
    """Compile `update`, or load it from the cache, by changing one weight that nobody has."""
    one = np.ones(1, dtype=np.float32)
    sizes, rules = np.ones(2, dtype=np.int64), np.zeros((1, 4), dtype=np.float32)
    scratch = np.zeros((2, 1), dtype=np.float32)
    update(sizes, one, one.copy(), np.zeros(2, dtype=np.float32), rules, np.zeros(1, dtype=np.uint16), scratch, NONE)
