"""Painted rules: a few evolved numbers, a CPPN made of them, and the substrate that it paints.

The part of a rulebook (`rulebook_parts.py`) that holds them: the file carries the CPPN and the places of the units,
so that it can be read without the robot's file, and the coefficients are painted when it is loaded.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.cppn import CYCLE, Cppn, cppn_shapes, paint
from hebb_controller.errors import BadInputError
from hebb_controller.kernel import LIMIT
from hebb_controller.rules import FloatArray, Rule, split_by_shape
from hebb_controller.substrate import AXES, SUBSTRATE, SUBSTRATE_VERSION, Substrate

KIND = "cppn"
#: A hidden unit's weights are this times its numbers. Strategies move all numbers by steps of one size: without it a
#: step that barely changes an output turns the phase of a sine by a quarter of a radian.
HIDDEN_GAIN = 0.3


@dataclass(frozen=True)
class PaintedRules:
    """Evolved numbers as a CPPN over a substrate.

    Attributes:
        layers: the numbers, per layer of the CPPN, shapes as in `cppn.cppn_shapes`.
        substrate: what is painted.
        functions: names of the functions that the units of a hidden layer take in turn.
    """

    layers: tuple[FloatArray, ...]
    substrate: Substrate
    functions: tuple[str, ...] = CYCLE

    def __post_init__(self) -> None:
        """Refuse what is no CPPN, or no substrate.

        Raises:
            BadInputError: layers that do not fit together, places of another number of axes, numbers out of range.
        """
        self.cppn()
        if len(self.substrate.layers) < 2 or any(p.ndim != 2 or p.shape[1] != len(AXES) for p in self.substrate.layers):
            raise BadInputError(f"substrate: needs two layers of units or more, each with {len(AXES)} coordinates")
        if not all(np.abs(a).max() <= LIMIT for a in (*self.layers, *self.substrate.layers)):
            raise BadInputError("CPPN or substrate holds NaN, infinity or more than 1e6")

    @staticmethod
    def of(numbers: FloatArray, hidden: Sequence[int], nb_terms: int, substrate: Substrate) -> PaintedRules:
        """Return the painted rules of a flat vector, shape `(nb_numbers_of(hidden, nb_terms),)`.

        Raises:
            BadInputError: another length than these sizes want.
        """
        expected = nb_numbers_of(hidden, nb_terms)
        if numbers.shape != (expected,):
            raise BadInputError(f"CPPN of hidden sizes {list(hidden)} has {expected} numbers, got {numbers.shape}")
        return PaintedRules(tuple(split_by_shape(numbers, cppn_shapes(hidden, nb_terms))), substrate)

    @staticmethod
    def read(header: Mapping[str, Any], tensors: Mapping[str, npt.NDArray[Any]]) -> PaintedRules:
        """Return the painted rules that a rulebook holds.

        Raises:
            KeyError, TypeError, ValueError: an entry or tensors that are not theirs.
            BadInputError: another substrate than this package knows, or a CPPN that does not hold together.
        """
        if (header["substrate"], header["substrate_version"]) != (SUBSTRATE, SUBSTRATE_VERSION):
            raise BadInputError(
                f"substrate {header['substrate']} v{header['substrate_version']}: this package knows {SUBSTRATE} "
                f"v{SUBSTRATE_VERSION}"
            )
        places = Substrate(_all_of("substrate", tensors), SUBSTRATE, SUBSTRATE_VERSION)
        return PaintedRules(_all_of("cppn", tensors), places, tuple(header["functions"]))

    def header(self) -> dict[str, Any]:
        """Return what a rulebook's header says about them."""
        return {
            "kind": KIND,
            "functions": list(self.functions),
            "substrate": self.substrate.name,
            "substrate_version": self.substrate.version,
        }

    def tensors(self) -> dict[str, npt.NDArray[Any]]:
        """Return their tensors in a rulebook: `cppn.K` per layer of the CPPN, `substrate.K` per layer of units."""
        tensors: dict[str, npt.NDArray[Any]] = {f"cppn.{k}": a for k, a in enumerate(self.layers)}
        return tensors | {f"substrate.{k}": a for k, a in enumerate(self.substrate.layers)}

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of the CPPN's hidden layers."""
        return tuple(len(layer) for layer in self.layers[:-1])

    @property
    def nb_numbers(self) -> int:
        """How many numbers are evolved: the CPPN's; the places are given."""
        return sum(layer.size for layer in self.layers)

    @property
    def numbers(self) -> FloatArray:
        """The evolved numbers, layer by layer, shape `(nb_numbers,)`: a copy."""
        return np.concatenate([layer.ravel() for layer in self.layers])

    def on(self, substrate: Substrate) -> PaintedRules:
        """Return the same CPPN over other units."""
        return dataclasses.replace(self, substrate=substrate)

    def cppn(self) -> Cppn:
        """Return the CPPN of these numbers.

        Raises:
            BadInputError: layers that do not fit together.
        """
        return Cppn(scaled(self.layers), self.functions)

    def coefficients(self) -> tuple[FloatArray, ...]:
        """Paint: per layer, shape `(terms, post, pre)`."""
        return tuple(paint(self.cppn(), self.substrate))

    def check(self, rule: Rule, layer_sizes: Sequence[int]) -> None:
        """Refuse what does not fit a network.

        Raises:
            BadInputError: another number of terms, or a substrate of other sizes.
        """
        if len(self.layers[-1]) != rule.nb_terms:
            raise BadInputError(f"CPPN of {len(self.layers[-1])} outputs: rule {rule.name} has {rule.nb_terms} terms")
        if self.substrate.layer_sizes != tuple(layer_sizes):
            raise BadInputError(
                f"substrate of sizes {list(self.substrate.layer_sizes)}: the network has {list(layer_sizes)}"
            )


def nb_numbers_of(hidden: Sequence[int], nb_terms: int) -> int:
    """Return how many numbers a CPPN of these sizes has."""
    return sum(units * incoming for units, incoming in cppn_shapes(hidden, nb_terms))


def scaled(layers: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
    """Return a CPPN's weights from the evolved numbers, so that noise of one size means about the same in each.

    Hidden units: `HIDDEN_GAIN` times the numbers. Beyond the first layer, what comes from units (not the bias) is
    divided by the root of their number, so that a unit's sum does not grow with the layer before it.
    """
    weights = []
    for k, layer in enumerate(layers):
        w = layer * np.float32(1.0 if k == len(layers) - 1 else HIDDEN_GAIN)
        if k > 0:
            w[:, :-1] /= np.float32(math.sqrt(layer.shape[1] - 1))
        weights.append(w)
    return tuple(weights)


def _all_of(kind: str, tensors: Mapping[str, npt.NDArray[Any]]) -> tuple[FloatArray, ...]:
    count = sum(name.startswith(f"{kind}.") for name in tensors)
    return tuple(np.asarray(tensors[f"{kind}.{k}"], dtype=np.float32) for k in range(count))
