"""A CPPN as an encoding of evolved rules: `hebb evolve --encoding cppn` (see `sim.encoding.Encoding`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebb_controller.cppn import CYCLE, cppn_shapes
from hebb_controller.painted_rules import HIDDEN_GAIN, PaintedRules, nb_numbers_of
from hebb_controller.rules import FloatArray, Rule, split_by_shape
from hebb_controller.substrate import Substrate
from sim.first_draw import FirstDraw

#: Deviation of the first weights of the hidden units that are no sines: the unbounded ones must not drown the rest.
CALM = 0.4


@dataclass(frozen=True)
class CppnEncoding:
    """The numbers of a CPPN of fixed topology, painted onto one robot's network.

    Attributes:
        rule: whose terms are painted.
        substrate: the places of the network's units.
        hidden: units of the CPPN's hidden layers.
        frequency: deviation of the first weights of sines: how fast the first pattern varies from place to place.
    """

    rule: Rule
    substrate: Substrate
    hidden: tuple[int, ...]
    frequency: float

    def __post_init__(self) -> None:
        """Refuse a CPPN that cannot be.

        Raises:
            BadInputError: no hidden layer, or one without units.
        """
        cppn_shapes(self.hidden, self.rule.nb_terms)

    @property
    def size(self) -> int:
        """How many numbers are evolved."""
        return nb_numbers_of(self.hidden, self.rule.nb_terms)

    def encoded(self, numbers: FloatArray) -> PaintedRules:
        """Return the rules that numbers stand for; shape `(size,)`."""
        return PaintedRules.of(numbers, self.hidden, self.rule.nb_terms, self.substrate)

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Draw the numbers of a first CPPN, whose painted terms have the deviation and the mean that `first` asks for.

        Returns:
            float32, shape `(size,)`.
        """
        numbers = rng.standard_normal(self.size, dtype=np.float32)
        *hidden, output = split_by_shape(numbers, cppn_shapes(self.hidden, self.rule.nb_terms))
        for layer in hidden:
            for unit, row in enumerate(layer):
                sine = CYCLE[unit % len(CYCLE)] == "sin"
                row *= np.float32((self.frequency if sine else CALM) / HIDDEN_GAIN)
        output[:, -1] = 0.0
        painted = self.encoded(numbers).coefficients()
        for k, term in enumerate(self.rule.terms):
            values = np.concatenate([layer[k].ravel() for layer in painted])
            share = first.spread_of(term) / float(values.std())
            mean = first.rate_mean if term == "eta" else 0.0
            output[k, :-1] *= np.float32(share)
            output[k, -1] = np.float32(mean - share * float(values.mean()))
        return numbers
