"""The seam between an evolution and what lives its lives: processes here, a cluster, or threads in lock-step.

Which engine runs an evolution changes none of its lives, so it is no setting of the run: a resumed run may change it.
Local and Ray give the same bits; batched rounds otherwise in its networks, so that its numbers are its own: checkpoints
and rulebooks say which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from hebb_controller.rules import FloatArray
from sim.problem import Job, Life

LOCAL, RAY, BATCHED = "local", "ray", "batched"
ENGINES = (LOCAL, RAY, BATCHED)


@dataclass(frozen=True)
class Result:
    """What came back for one job.

    Attributes:
        job: the job.
        fitness: mean reward per life, NaN if the member failed.
        steps: control steps lived.
        error: what went wrong, or empty.
    """

    job: Job
    fitness: float
    steps: int
    error: str = ""


class Engine(Protocol):
    """Workers that have been sent a `Life` and live jobs with it."""

    @property
    def name(self) -> str:
        """What a rulebook's header calls it: `local` for all that give the same bits, or its own name and device."""

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        """Yield a result for every job, in the order of completion.

        Args:
            mean: the search point, shape `(size,)`; it crosses to the workers once.
            jobs: what `Member.live` takes.

        Raises:
            RunFailedError: workers die again and again.
        """

    def close(self) -> None:
        """Stop the workers."""


#: Opens an engine: the life, length of the search vector, number of workers.
OpenEngine = Callable[[Life, int, int], Engine]
