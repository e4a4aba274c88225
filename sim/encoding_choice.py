"""Which encoding an evolution searches in: the one place where settings become one."""

from __future__ import annotations

import dataclasses

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.painted_rules import KIND
from hebb_controller.robot import RobotSpec
from hebb_controller.substrate import substrate_of
from sim.evolve_config import EvolveConfig
from sim.genome import Genome
from sim.painted import CppnEncoding
from sim.shared_encoding import SHARED, shared_encoding

#: What may stand for one rule per synapse; empty: nothing does.
ENCODINGS = ("", SHARED, KIND)


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
    if config.encoding == KIND:
        places = substrate_of(robot, config.layout or robot.observation, config.hidden)
        painted = CppnEncoding(genome.rule, places, config.cppn_hidden, config.cppn_frequency)
        return dataclasses.replace(genome, encoding=painted)
    return dataclasses.replace(genome, encoding=shared_encoding(config.begins_with, genome))
