"""An engine for tests of what goes on around the lives: fitness is arithmetic, and nothing is simulated."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.rules import FloatArray
from sim.engine import LOCAL, Result
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsConfig
from sim.problem import Job

#: Six generations of a small ant, every second of which is evaluated.
SMALL = EvolveConfig(
    hidden=(4,),
    generations=6,
    checkpoint_every=4,
    evaluate_every=2,
    evaluate_episodes=1,
    es=EsConfig(population=4, optimiser="adam", learning_rate=0.05),
)


#: Everything in an `EsState` but its generation.
STATE = ("mean", "first_moment", "second_moment", "kept")


class PretendEngine:
    """Lives nothing; the evaluation of generation 4 is the best there is.

    Attributes:
        evaluated: the points of the search space that were evaluated.
    """

    name = LOCAL

    def __init__(self, *_: Any) -> None:
        self.evaluated: list[FloatArray] = []

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        for job in jobs:
            if job.sign == 0:
                self.evaluated.append(np.array(mean))
                yield Result(job, -float(abs(job.generation - 4)), 1)
            else:
                yield Result(job, float((job.generation + 7 * job.pair + 3 * job.sign) % 5), 1)

    def close(self) -> None:
        pass


def log_of(folder: Path) -> list[dict[str, Any]]:
    """Return a run's log without what its clock says."""
    entries = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    return [{k: v for k, v in entry.items() if k not in ("seconds", "steps_per_second")} for entry in entries]
