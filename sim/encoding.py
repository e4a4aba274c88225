"""The seam between the numbers that evolution searches and the coefficients of every synapse."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.painted_rules import KIND
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook_parts import EncodedRules
from hebb_controller.rules import FloatArray
from hebb_controller.substrate import substrate_of
from sim.painted import CppnEncoding

if TYPE_CHECKING:
    from sim.evolve_config import EvolveConfig
    from sim.genome import FirstDraw, Genome

#: What may stand for one rule per synapse; empty: nothing does.
ENCODINGS = ("", "shared", KIND)


class Encoding(Protocol):
    """Fewer evolved numbers than coefficients: `shared_encoding.SharedEncoding`, or `painted.CppnEncoding`."""

    @property
    def size(self) -> int:
        """How many numbers are searched for the rules."""

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Return the first search point of a run without a warm start, float32, shape `(size,)`."""

    def encoded(self, numbers: FloatArray) -> EncodedRules:
        """Return what these numbers stand for: the part that a rulebook keeps, and that writes coefficients out."""


def with_encoding(genome: Genome, config: EvolveConfig, robot: RobotSpec) -> Genome:
    """Return the layout of the search vector under the settings' encoding; the same where there is none.

    Raises:
        BadInputError: an unknown encoding, or one that these settings cannot have.
    """
    if config.encoding not in ENCODINGS:
        raise unknown("encoding", config.encoding, ENCODINGS[1:])
    if not config.encoding:
        return genome
    if genome.rule is None:
        raise BadInputError(f"encoding {config.encoding}: plasticity {config.plasticity} has no rules to encode")
    # The one place where settings become an encoding.
    if config.encoding == KIND:
        places = substrate_of(robot, config.layout or robot.observation, config.hidden)
        painted = CppnEncoding(genome.rule, places, config.cppn_hidden, config.cppn_frequency)
        return dataclasses.replace(genome, encoding=painted)
    from sim.shared_encoding import shared_encoding

    return dataclasses.replace(genome, encoding=shared_encoding(config.warm_start, genome))
