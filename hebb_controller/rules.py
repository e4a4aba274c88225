"""The rule family: how a synapse changes, as named terms.

A synapse from presynaptic unit i to postsynaptic unit j changes after every control step by

    dw_ji = eta_ji * (A_ji o_i o_j + B_ji o_i + C_ji o_j + D_ji) + D_out_ji

where o_i, o_j are the activations of the forward pass that produced the command. A rule keeps some of these terms:
a missing A, B, C, D or D_out is 0, a missing eta is 1. Every variant of the reference release is one such choice
(Najarro & Risi 2020, arXiv 2007.02686).

Coefficients are stored per layer as float32 arrays of shape `(terms, post, pre)`; the first axis follows `Rule.terms`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, unknown

FloatArray = npt.NDArray[np.float32]
AnyFloatArray = npt.NDArray[np.floating[Any]]

#: Variant -> its terms, in the order of the coefficients' first axis.
VARIANTS: dict[str, tuple[str, ...]] = {
    "A": ("A",),
    "AD": ("A", "D"),
    "AD_lr": ("A", "D", "eta"),
    "ABC": ("A", "B", "C"),
    "ABC_lr": ("A", "B", "C", "eta"),
    "ABCD": ("A", "B", "C", "D"),
    "ABCD_lr": ("A", "B", "C", "D", "eta"),
    "ABCD_lr_D_out": ("A", "B", "C", "eta", "D_out"),
    "ABCD_lr_D_in_and_out": ("A", "B", "C", "D", "eta", "D_out"),
}


@dataclass(frozen=True)
class Rule:
    """One variant of the rule family.

    Attributes:
        name: the variant's name, a key of `VARIANTS`.
        terms: its terms in coefficient order.
    """

    name: str
    terms: tuple[str, ...]

    @staticmethod
    def named(name: str) -> Rule:
        """Return the variant called `name`.

        Raises:
            BadInputError: no such variant; the message lists them.
        """
        if name not in VARIANTS:
            raise unknown("rule", name, VARIANTS)
        return Rule(name, VARIANTS[name])

    @property
    def nb_terms(self) -> int:
        """Number of coefficients per synapse."""
        return len(self.terms)

    def coefficient_shapes(self, layer_sizes: Sequence[int]) -> list[tuple[int, int, int]]:
        """Return each layer's coefficient shape `(terms, post, pre)`."""
        return [(self.nb_terms, post, pre) for post, pre in weight_shapes(layer_sizes)]

    def nb_coefficients(self, layer_sizes: Sequence[int]) -> int:
        """Return how many numbers the rule has for a network of these sizes."""
        return sum(t * post * pre for t, post, pre in self.coefficient_shapes(layer_sizes))


def weight_shapes(layer_sizes: Sequence[int]) -> list[tuple[int, int]]:
    """Return each layer's weight shape `(post, pre)`.

    Raises:
        BadInputError: fewer than two sizes, or a size below 1.
    """
    sizes = [int(n) for n in layer_sizes]
    if len(sizes) < 2 or min(sizes) < 1:
        raise BadInputError(f"layer sizes {sizes}: need at least two sizes of 1 or more, such as 28 128 64 8")
    return [(post, pre) for pre, post in zip(sizes[:-1], sizes[1:], strict=True)]


def weight_change(rule: Rule, coefficients: AnyFloatArray, pre: AnyFloatArray, post: AnyFloatArray) -> AnyFloatArray:
    """Return one layer's change of weights, in the precision of the arguments: the definition of every engine.

    Args:
        rule: the variant.
        coefficients: shape `(terms, nb_post, nb_pre)`.
        pre: presynaptic activations o_i, shape `(nb_pre,)`.
        post: postsynaptic activations o_j, shape `(nb_post,)`.

    Returns:
        dw, shape `(nb_post, nb_pre)`.
    """
    c = dict(zip(rule.terms, coefficients, strict=True))
    o_i, o_j = pre[np.newaxis, :], post[:, np.newaxis]
    zero = np.float32(0.0)
    inside = c.get("A", zero) * o_i * o_j + c.get("B", zero) * o_i + c.get("C", zero) * o_j + c.get("D", zero)
    change = c.get("eta", np.float32(1.0)) * inside + c.get("D_out", zero)
    return np.array(np.broadcast_to(change, (post.size, pre.size)))


def fold(rule: Rule, coefficients: FloatArray) -> FloatArray:
    """Multiply eta into the other terms, once, so that a step reads four numbers a synapse instead of five or six.

        dw_ji = A' o_i o_j + B' o_i + C' o_j + D',  A' = eta A, B' = eta B, C' = eta C, D' = eta D + D_out

    Args:
        rule: the variant.
        coefficients: shape `(terms, nb_post, nb_pre)`.

    Returns:
        The folded terms, contiguous float32 of shape `(4, nb_post, nb_pre)`.
    """
    c = dict(zip(rule.terms, coefficients, strict=True))
    folded = np.zeros((4, *coefficients.shape[1:]), dtype=np.float32)
    for k, term in enumerate("ABCD"):
        if term in c:
            folded[k] = c[term] * c["eta"] if "eta" in c else c[term]
    if "D_out" in c:
        folded[3] += c["D_out"]
    return folded


def split_coefficients(rule: Rule, layer_sizes: Sequence[int], flat: FloatArray) -> list[FloatArray]:
    """View a flat vector as one `(terms, post, pre)` array per layer, in layer order.

    Raises:
        BadInputError: the vector's length is not that of the rule at these sizes.
    """
    expected = rule.nb_coefficients(layer_sizes)
    if flat.ndim != 1 or flat.size != expected:
        raise BadInputError(f"rule {rule.name} at sizes {list(layer_sizes)} has {expected} numbers, got {flat.shape}")
    return split_by_shape(flat, rule.coefficient_shapes(layer_sizes))


def split_weights(layer_sizes: Sequence[int], flat: FloatArray) -> list[FloatArray]:
    """View a flat vector as one `(post, pre)` array per layer, in layer order.

    Raises:
        BadInputError: the vector's length is not the number of synapses.
    """
    shapes = weight_shapes(layer_sizes)
    expected = sum(post * pre for post, pre in shapes)
    if flat.ndim != 1 or flat.size != expected:
        raise BadInputError(f"a network of sizes {list(layer_sizes)} has {expected} weights, got {flat.shape}")
    return split_by_shape(flat, shapes)


def checked_weights(layers: Iterable[npt.ArrayLike], shapes: Sequence[tuple[int, ...]]) -> list[FloatArray]:
    """Return the weights of all layers as float32, or refuse what no network should be given.

    Raises:
        BadInputError: wrong shapes, NaN or infinity.
    """
    arrays = [np.asarray(w, dtype=np.float32) for w in layers]
    if [w.shape for w in arrays] != list(shapes):
        raise BadInputError(f"weights of shapes {[w.shape for w in arrays]}: need {list(shapes)}")
    if not all(np.isfinite(w).all() for w in arrays):
        raise BadInputError("weights hold NaN or infinity")
    return arrays


def split_by_shape(flat: FloatArray, shapes: Sequence[tuple[int, ...]]) -> list[FloatArray]:
    """View a flat vector, as long as these shapes want it, as one array per shape."""
    bounds = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(flat, bounds), shapes, strict=True)]
