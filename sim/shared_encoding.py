"""Evolution on shared rules: the search vector is the rules alone, and the assignment of synapses to them stays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import load_rulebook
from hebb_controller.rules import FloatArray
from hebb_controller.shared_rules import SharedRules
from sim.evolve_config import EvolveConfig
from sim.first_draw import FirstDraw
from sim.genome import Genome

#: The name of this encoding.
SHARED = "shared"


@dataclass(frozen=True)
class SharedEncoding:
    """Rules that many synapses share: see `sim.encoding.Encoding`.

    Attributes:
        shared: the rules that evolution begins at, and the assignment that it keeps.
    """

    shared: SharedRules

    @property
    def size(self) -> int:
        """How many numbers the rules have."""
        return self.shared.nb_numbers

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Return the rules as they were merged, shape `(size,)`: nothing is drawn."""
        return self.shared.numbers

    def encoded(self, numbers: FloatArray) -> SharedRules:
        """Return other rules under the same assignment."""
        return self.shared.with_numbers(numbers)


def shared_encoding(warm_start: str, genome: Genome) -> SharedEncoding:
    """Return the shared rules of a merged rulebook as an encoding.

    Raises:
        BadInputError: no warm start, or one whose rules are not shared or do not fit.
    """
    if not warm_start:
        raise BadInputError("encoding shared: pass --warm-start with a rulebook that 'hebb merge' wrote")
    book = load_rulebook(warm_start)
    if not isinstance(book.encoded, SharedRules):
        raise BadInputError(f"warm start {warm_start}: every synapse has its own rule; run 'hebb merge' on it first")
    assert genome.rule is not None
    book.encoded.check(genome.rule, genome.layer_sizes)
    return SharedEncoding(book.encoded)


def assignment_digest(config: EvolveConfig) -> str:
    """Return the digest of the rulebook that holds a run's assignment; empty where it has none."""
    return load_rulebook(config.begins_with).digest if config.encoding == SHARED else ""


def check_assignment(config: EvolveConfig, begun: str) -> None:
    """Refuse to go on with rules of one assignment under another.

    Args:
        config: settings of the run.
        begun: what `assignment_digest` was when the run began; empty: it was not written down.

    Raises:
        BadInputError: the warm start is another rulebook now.
    """
    found = assignment_digest(config)
    if begun and found != begun:
        raise BadInputError(
            f"warm start {config.begins_with}: not the rulebook whose assignment this run began with (digest {found}, "
            f"not {begun}): put that file back to resume"
        )
