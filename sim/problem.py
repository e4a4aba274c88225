"""The seam between the strategy and what it evolves: robots that walk, or a car that sees.

`sim.evolve.prepare` returns the problem that the settings ask for. The master asks a `Problem` for the first search
point and for jobs; each worker gets the problem once, as its `Life`, and makes a `Member` of it, which lives one job
after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray

if TYPE_CHECKING:
    from sim.checkpoint import Checkpoint


@dataclass(frozen=True)
class Job:
    """One member to be lived, or one life of the mean.

    Attributes:
        generation: counts from 0.
        pair: number of the mirrored pair, or of the evaluation life when `sign` is 0.
        sign: +1 or -1; 0 for the mean itself.
        body: the one body of an evaluation life; empty: all bodies of the run.
    """

    generation: int
    pair: int
    sign: int
    body: str = ""


class Member(Protocol):
    """What lives jobs in one process."""

    def live(self, mean: FloatArray, job: Job) -> tuple[float, int, str]:
        """Return fitness, control steps and error text of a job; a failure is NaN, not an exception.

        Args:
            mean: the search point, shape `(size,)`; not to be written to.
            job: which member. The same job gives the same numbers in any process and in any order.
        """


class Life(Protocol):
    """All that a worker needs to know, sent to it once: picklable."""

    def member(self) -> Member:
        """Return what lives the jobs: called once in each worker."""


class Problem(Life, Protocol):
    """What is evolved; it travels to the workers as it is, as their `Life`."""

    @property
    def size(self) -> int:
        """Length of the search vector."""

    @property
    def nb_groups(self) -> int:
        """How many groups of pairs are ranked among themselves: pairs k, k + nb_groups, ... met the same body."""

    @property
    def evaluation_bodies(self) -> tuple[str, ...]:
        """What the mean is evaluated on, over whole lives: `Job.body` of those lives, and the names in the log."""

    def first_mean(self) -> FloatArray:
        """Return the search point that a run begins at, float32, shape `(size,)`.

        Raises:
            BadInputError: a warm start that does not fit.
        """

    def rulebook(self, vector: FloatArray, checkpoint: Checkpoint, entry: dict[str, Any]) -> Rulebook:
        """Return a search point as a rulebook that says where it came from.

        Args:
            vector: the search point, shape `(size,)`.
            checkpoint: the run at that point.
            entry: the generation's log entry, empty where there is none.
        """
