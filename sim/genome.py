"""What evolution searches: one flat vector, and what it means as rules and start weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import unknown
from hebb_controller.network import PlasticNetwork
from hebb_controller.rules import FloatArray, Rule, split_coefficients, split_weights, weight_shapes

#: How plastic rules and start weights share the vector.
PLASTICITIES = ("hebbian", "none")
STARTS = ("uniform", "coevolve")


@dataclass(frozen=True)
class FirstDraw:
    """How the first search point is drawn.

    Attributes:
        coefficient_spread: standard deviation of A, B and C.
        constant_spread: standard deviation of D and D_out.
        rate_spread: standard deviation of eta.
        rate_mean: mean of eta.
        weight_spread: standard deviation of the start weights, where they are evolved.
    """

    coefficient_spread: float = 1.0
    constant_spread: float = 1.0
    rate_spread: float = 1.0
    rate_mean: float = 0.0
    weight_spread: float = 0.1

    def spread_of(self, term: str) -> float:
        """Return the standard deviation of a term of the rule."""
        if term == "eta":
            return self.rate_spread
        return self.constant_spread if term.startswith("D") else self.coefficient_spread


@dataclass(frozen=True)
class Genome:
    """The layout of the search vector: the coefficients of all layers, then the start weights where they are evolved.

    Attributes:
        layer_sizes: units per layer, inputs first.
        rule: the variant, or None for static weights.
        normalisation: of the network.
        evolved_start: True if the vector holds start weights: static networks and co-evolved starts.
    """

    layer_sizes: tuple[int, ...]
    rule: Rule | None
    normalisation: str
    evolved_start: bool

    @staticmethod
    def of(layer_sizes: tuple[int, ...], plasticity: str, rule: str, normalisation: str, start: str) -> Genome:
        """Return the layout for settings by name.

        Raises:
            BadInputError: an unknown name; the message lists the choices.
        """
        if plasticity not in PLASTICITIES:
            raise unknown("plasticity", plasticity, PLASTICITIES)
        if start not in STARTS:
            raise unknown("start", start, STARTS)
        static = plasticity == "none"
        # A static network has no update after which to normalise.
        genome = Genome(
            layer_sizes,
            None if static else Rule.named(rule),
            "none" if static else normalisation,
            static or start == "coevolve",
        )
        genome.network()  # refuses an unknown normalisation or sizes below 1
        return genome

    @property
    def nb_coefficients(self) -> int:
        """How many numbers of the vector are coefficients."""
        return 0 if self.rule is None else self.rule.nb_coefficients(self.layer_sizes)

    @property
    def size(self) -> int:
        """Length of the vector."""
        nb_weights = sum(post * pre for post, pre in weight_shapes(self.layer_sizes))
        return self.nb_coefficients + (nb_weights if self.evolved_start else 0)

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Draw the first search point.

        Returns:
            float32, shape `(size,)`.
        """
        mean = rng.standard_normal(self.size, dtype=np.float32)
        mean[self.nb_coefficients :] *= np.float32(first.weight_spread)
        if self.rule is not None:
            for layer in self.split(mean)[0]:
                for term, values in zip(self.rule.terms, layer, strict=True):
                    values *= np.float32(first.spread_of(term))
                    if term == "eta":
                        values += np.float32(first.rate_mean)
        return mean

    def split(self, vector: FloatArray) -> tuple[list[FloatArray], list[FloatArray]]:
        """Return views of a vector: coefficients per layer and start weights per layer, empty where not evolved."""
        coefficients: list[FloatArray] = []
        weights: list[FloatArray] = []
        if self.rule is not None:
            coefficients = split_coefficients(self.rule, self.layer_sizes, vector[: self.nb_coefficients])
        if self.evolved_start:
            weights = split_weights(self.layer_sizes, vector[self.nb_coefficients :])
        return coefficients, weights

    def network(self) -> PlasticNetwork:
        """Return a network of this layout whose rule still does nothing."""
        if self.rule is None:
            return PlasticNetwork(self.layer_sizes, None, None, self.normalisation)
        shapes = self.rule.coefficient_shapes(self.layer_sizes)
        zeros = [np.zeros(shape, dtype=np.float32) for shape in shapes]
        return PlasticNetwork(self.layer_sizes, self.rule, zeros, self.normalisation)

    def express(self, vector: FloatArray, network: PlasticNetwork) -> str | tuple[FloatArray, ...]:
        """Put a vector's rules into `network` and return the start to reset it with."""
        coefficients, weights = self.split(vector)
        if self.rule is not None:
            network.set_rule(self.rule, coefficients)
        return tuple(weights) or "uniform"
