"""What evolution searches: one flat vector, and what it means as rules and start weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.gru import GRU, GruNetwork, gru_shapes
from hebb_controller.network import PlasticNetwork
from hebb_controller.network_face import Network
from hebb_controller.rulebook_parts import EncodedRules
from hebb_controller.rules import FloatArray, Rule, split_by_shape, split_coefficients, weight_shapes
from sim.encoding import Encoding
from sim.first_draw import FirstDraw

#: How plastic rules and start weights share the vector.
PLASTICITIES = ("hebbian", "none", GRU)
STARTS = ("uniform", "coevolve")


@dataclass(frozen=True)
class Genome:
    """The layout of the search vector: the coefficients of all layers, then the start weights where they are evolved.

    Attributes:
        layer_sizes: units per layer, inputs first.
        rule: the variant, or None where no weight changes in a life.
        normalisation: of the network.
        evolved_start: True if the vector holds start weights: static networks and co-evolved starts.
        gru: True for a gated recurrent network, whose matrices are the start weights.
        update_every: control steps from one change of the weights to the next.
        average_over: control steps over which a change averages the activations.
        encoding: what the rules' share of the vector stands for; None: every synapse's own coefficients.
        outputs: of a plastic or static network: `tanh` or `linear`.
    """

    layer_sizes: tuple[int, ...]
    rule: Rule | None
    normalisation: str
    evolved_start: bool
    gru: bool = False
    update_every: int = 1
    average_over: int = 1
    encoding: Encoding | None = None
    outputs: str = "tanh"

    @staticmethod
    def of(
        layer_sizes: tuple[int, ...],
        plasticity: str,
        rule: str,
        normalisation: str,
        start: str,
        update_every: int = 1,
        average_over: int = 1,
    ) -> Genome:
        """Return the layout for settings by name.

        Raises:
            BadInputError: an unknown name, with the choices; sizes or a clock that this plasticity cannot have.
        """
        if plasticity not in PLASTICITIES:
            raise unknown("plasticity", plasticity, PLASTICITIES)
        if start not in STARTS:
            raise unknown("start", start, STARTS)
        if plasticity == "hebbian":
            coevolved = start == "coevolve"
            genome = Genome(layer_sizes, Rule.named(rule), normalisation, coevolved, False, update_every, average_over)
        elif (update_every, average_over) != (1, 1):
            raise BadInputError(f"plasticity {plasticity} changes no weight: leave out --update-every, --average-over")
        else:
            # There is no update after which to normalise.
            genome = Genome(layer_sizes, None, "none", True, plasticity == GRU)
        genome.network()  # refuses an unknown normalisation or sizes that cannot be
        return genome

    @property
    def rule_name(self) -> str:
        """What a rulebook of this layout calls its rule."""
        if self.rule is not None:
            return self.rule.name
        return GRU if self.gru else "static"

    @property
    def weight_shapes(self) -> list[tuple[int, int]]:
        """Shape of every weight matrix."""
        return gru_shapes(self.layer_sizes) if self.gru else weight_shapes(self.layer_sizes)

    @property
    def nb_coefficients(self) -> int:
        """How many numbers of the vector are coefficients, or stand for them."""
        if self.encoding is not None:
            return self.encoding.size
        return 0 if self.rule is None else self.rule.nb_coefficients(self.layer_sizes)

    @property
    def size(self) -> int:
        """Length of the vector."""
        nb_weights = sum(post * pre for post, pre in self.weight_shapes)
        return self.nb_coefficients + (nb_weights if self.evolved_start else 0)

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Draw the first search point.

        Returns:
            float32, shape `(size,)`.
        """
        mean = rng.standard_normal(self.size, dtype=np.float32)
        mean[self.nb_coefficients :] *= np.float32(first.weight_spread)
        if self.encoding is not None:
            mean[: self.nb_coefficients] = self.encoding.first_mean(rng, first)
        elif self.rule is not None:
            for layer in self.split(mean)[0]:
                for term, values in zip(self.rule.terms, layer, strict=True):
                    values *= np.float32(first.spread_of(term))
                    if term == "eta":
                        values += np.float32(first.rate_mean)
        return mean

    def encoded(self, vector: FloatArray) -> EncodedRules | None:
        """Return what a vector's share for the rules stands for; None where it is the coefficients themselves."""
        return None if self.encoding is None else self.encoding.encoded(vector[: self.nb_coefficients])

    def split(self, vector: FloatArray) -> tuple[list[FloatArray], list[FloatArray]]:
        """Return coefficients per layer and start weights per layer, empty where not evolved.

        They are views of the vector, but for coefficients that an encoding writes out.
        """
        encoded = self.encoded(vector)
        if encoded is not None:
            return list(encoded.coefficients()), self._start(vector)
        if self.rule is None:
            return [], self._start(vector)
        coefficients = split_coefficients(self.rule, self.layer_sizes, vector[: self.nb_coefficients])
        return coefficients, self._start(vector)

    def _start(self, vector: FloatArray) -> list[FloatArray]:
        return split_by_shape(vector[self.nb_coefficients :], self.weight_shapes) if self.evolved_start else []

    def network(self) -> Network:
        """Return a network of this layout whose rule still does nothing."""
        if self.gru:
            return GruNetwork(self.layer_sizes)
        zeros = None
        if self.rule is not None:
            shapes = self.rule.coefficient_shapes(self.layer_sizes)
            zeros = [np.zeros(shape, dtype=np.float32) for shape in shapes]
        clock = (self.update_every, self.average_over)
        return PlasticNetwork(self.layer_sizes, self.rule, zeros, self.normalisation, *clock, outputs=self.outputs)

    def express(self, vector: FloatArray, network: Network) -> str | tuple[FloatArray, ...]:
        """Put a vector's rules into `network` and return the start to reset it with."""
        if self.rule is not None:
            assert isinstance(network, PlasticNetwork)
            network.set_rule(self.rule, self.split(vector)[0])
        return tuple(self._start(vector)) or "uniform"
