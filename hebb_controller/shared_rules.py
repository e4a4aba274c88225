"""Few rules for many synapses: a table of rules, and for every synapse the number of its rule.

What evolving and merging leaves (Pedersen & Risi 2021, arXiv 2104.07959): 384 rules of 5 terms are 1,920 numbers,
where one rule per synapse of a 31-64-32-8 network takes 21,440.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError
from hebb_controller.rules import FloatArray, Rule, fold, weight_shapes

#: More rules than this are not worth sharing; the kernel's numbers of rules are 16 bits wide.
MOST_RULES = 2**16

Assignment = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True)
class SharedRules:
    """Rules, and which synapse follows which.

    Attributes:
        rules: float32, shape `(nb_rules, terms)`.
        assignment: per layer, shape `(post, pre)`: the row of `rules` that this synapse follows, unsigned.
    """

    rules: FloatArray
    assignment: tuple[Assignment, ...]

    def __post_init__(self) -> None:
        """Refuse an assignment to rules that are not there.

        Raises:
            BadInputError: no table, no rules or too many, signed numbers, or numbers beyond the table.
        """
        if self.rules.ndim != 2 or self.rules.dtype != np.float32 or not 0 < len(self.rules) <= MOST_RULES:
            raise BadInputError(
                f"shared rules of shape {self.rules.shape}, {self.rules.dtype}: must be (rules, terms) in float32, "
                f"with 1 to {MOST_RULES:,} rules"
            )
        if any(layer.dtype.kind != "u" or (layer >= self.nb_rules).any() for layer in self.assignment):
            raise BadInputError(f"assignment: must hold unsigned numbers of rules below {self.nb_rules}")

    @staticmethod
    def of(rules: npt.ArrayLike, assignment: Sequence[npt.ArrayLike]) -> SharedRules:
        """Return shared rules, the assignment in the smallest unsigned type that counts the rules."""
        table = np.asarray(rules, dtype=np.float32)
        smallest = np.min_scalar_type(max(len(table) - 1, 0))
        return SharedRules(table, tuple(np.asarray(layer).astype(smallest) for layer in assignment))

    @staticmethod
    def read(tensors: Mapping[str, npt.NDArray[Any]]) -> SharedRules:
        """Return the shared rules that a rulebook's tensors hold.

        Raises:
            KeyError: no table of rules among them.
            BadInputError: an assignment to rules that are not there.
        """
        nb_layers = sum(name.startswith("assignment.") for name in tensors)
        return SharedRules(tensors["rules"], tuple(tensors[f"assignment.{k}"] for k in range(nb_layers)))

    def header(self) -> dict[str, Any]:
        """Return what a rulebook's header says about them."""
        return {"kind": "shared"}

    def tensors(self) -> dict[str, npt.NDArray[Any]]:
        """Return their tensors in a rulebook: `rules`, and `assignment.K` per layer."""
        return {"rules": self.rules} | {f"assignment.{k}": layer for k, layer in enumerate(self.assignment)}

    @property
    def nb_rules(self) -> int:
        """Number of rules."""
        return len(self.rules)

    @property
    def nb_numbers(self) -> int:
        """How many numbers are evolved: the rules alone."""
        return int(self.rules.size)

    @property
    def numbers(self) -> FloatArray:
        """The evolved numbers, rule by rule, shape `(nb_numbers,)`: a copy."""
        return self.rules.flatten()

    def with_numbers(self, numbers: FloatArray) -> SharedRules:
        """Return other rules under the same assignment."""
        return dataclasses.replace(self, rules=numbers.reshape(self.rules.shape))

    def coefficients(self) -> tuple[FloatArray, ...]:
        """Return the coefficients written out: per layer, shape `(terms, post, pre)`."""
        by_term = np.ascontiguousarray(self.rules.T)
        return tuple(by_term[:, layer] for layer in self.assignment)

    def folded(self, rule: Rule) -> FloatArray:
        """Return A', B', C', D' of `rules.fold` for each rule, shape `(4, nb_rules)`."""
        return fold(rule, np.ascontiguousarray(self.rules.T))

    def check(self, rule: Rule, layer_sizes: Sequence[int]) -> None:
        """Refuse what does not fit a network.

        Raises:
            BadInputError: other terms, or an assignment of other shapes.
        """
        if self.rules.shape[1] != rule.nb_terms:
            raise BadInputError(f"shared rules of {self.rules.shape[1]} terms: rule {rule.name} has {rule.nb_terms}")
        shapes = weight_shapes(layer_sizes)
        if [layer.shape for layer in self.assignment] != shapes:
            raise BadInputError(
                f"assignment of shapes {[layer.shape for layer in self.assignment]}: sizes {list(layer_sizes)} "
                f"need {shapes}"
            )
