"""The rules of a plastic network as its kernel wants them: folded, checked, and one call away from a change of weights.

A network holds either of two: `OwnRules`, four numbers for every synapse, or `TableRules`, four for every shared rule
and the number of its rule for every synapse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller import kernel, shared_kernel
from hebb_controller.errors import BadInputError
from hebb_controller.rules import FloatArray, Rule, fold
from hebb_controller.shared_rules import SharedRules


@dataclass(frozen=True)
class OwnRules:
    """One rule per synapse.

    Attributes:
        folded: per layer A', B', C', D' of `rules.fold`, each row by row, float32.
    """

    folded: FloatArray

    def change(
        self, sizes: npt.NDArray[Any], weights: FloatArray, scales: FloatArray, activations: FloatArray, mode: int
    ) -> None:
        """Change and normalise all weights: arguments as those of `kernel.update`."""
        kernel.update(sizes, weights, scales, activations, self.folded, mode)


@dataclass(frozen=True)
class TableRules:
    """Rules that synapses share.

    Attributes:
        folded: A', B', C', D' per rule, float32, shape `(nb_rules, 4)`.
        assignment: the number of every synapse's rule, all layers, row by row, uint16.
        scratch: float32, shape `(2, largest of sizes)`, overwritten at every change.
    """

    folded: FloatArray
    assignment: npt.NDArray[np.uint16]
    scratch: FloatArray

    def change(
        self, sizes: npt.NDArray[Any], weights: FloatArray, scales: FloatArray, activations: FloatArray, mode: int
    ) -> None:
        """Change and normalise all weights: arguments as those of `shared_kernel.update`."""
        shared_kernel.update(sizes, weights, scales, activations, self.folded, self.assignment, self.scratch, mode)


def network_rules(
    rule: Rule, coefficients: Sequence[FloatArray] | SharedRules | None, layer_sizes: Sequence[int]
) -> OwnRules | TableRules:
    """Return a network's rules, folded.

    Args:
        rule: the variant.
        coefficients: per layer, shape `(terms, post, pre)`, or shared rules.
        layer_sizes: units per layer, inputs first.

    Raises:
        BadInputError: wrong shapes, or a coefficient that is not finite or beyond 1e6.
    """
    if isinstance(coefficients, SharedRules):
        coefficients.check(rule, layer_sizes)
        _refuse_wild([coefficients.rules])
        shared_kernel.warm_up()  # here, not in every network's: few networks read rules through an assignment
        return TableRules(
            np.ascontiguousarray(coefficients.folded(rule).T),
            np.concatenate([layer.ravel() for layer in coefficients.assignment]).astype(np.uint16),
            np.zeros((2, max(layer_sizes)), dtype=np.float32),
        )
    arrays = [np.asarray(c, dtype=np.float32) for c in coefficients or ()]
    expected = rule.coefficient_shapes(layer_sizes)
    if [c.shape for c in arrays] != expected:
        raise BadInputError(
            f"coefficients of shapes {[c.shape for c in arrays]}: rule {rule.name} at sizes {list(layer_sizes)} needs "
            f"{expected}"
        )
    _refuse_wild(arrays)
    return OwnRules(np.concatenate([fold(rule, c).ravel() for c in arrays]))


def _refuse_wild(arrays: Sequence[FloatArray]) -> None:
    if not all(np.abs(c).max() <= kernel.LIMIT for c in arrays):
        raise BadInputError("coefficients hold NaN, infinity or more than 1e6: evolve or load them again")
