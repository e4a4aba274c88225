"""The order of a stage's runs: randomised and blocked, from the protocol's seed alone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hebb_controller.trials.protocol import STAGES, TrialProtocol


@dataclass(frozen=True)
class PlannedRun:
    """One run.

    Attributes:
        run: counts from 1.
        block: counts from 1.
        condition: its name.
        seed: of the start weights and of what is random in a simulated body; the same for a whole block, so that its
            conditions compare in pairs.
    """

    run: int
    block: int
    condition: str
    seed: int

    @property
    def folder(self) -> str:
        """Name of the run's folder."""
        return f"{self.run:03d}-{self.condition}"

    def as_dict(self) -> dict[str, Any]:
        """Return it as JSON takes it."""
        return asdict(self)


def make_plan(protocol: TrialProtocol, stage: str) -> tuple[PlannedRun, ...]:
    """Return the runs of a stage in their order: every block holds each condition once, shuffled.

    A block's order and seed depend on protocol seed, stage and block alone: more repetitions leave those before as
    they are.
    """
    runs: list[PlannedRun] = []
    for block in range(1, protocol.stages[stage].repetitions + 1):
        rng = np.random.default_rng([protocol.seed, STAGES.index(stage), block])
        seed = int(rng.integers(2**31))
        for k in rng.permutation(len(protocol.conditions)):
            runs.append(PlannedRun(len(runs) + 1, block, protocol.conditions[k].name, seed))
    return tuple(runs)
