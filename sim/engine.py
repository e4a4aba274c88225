"""The seam between an evolution and what lives its lives: processes here, a cluster, or threads in lock-step.

Which engine runs an evolution changes none of its lives, so it is no setting of the run: a resumed run may change it.
Local and Ray give the same bits; batched rounds otherwise in its networks, so that its numbers are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from hebb_controller.errors import BadInputError, unknown
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


def engine_named(name: str, address: str = "", dashboard: bool = False, device: str = "") -> OpenEngine:
    """Return how to open an engine; nothing starts yet.

    Args:
        name: `local`, `ray` or `batched`.
        address: of a Ray cluster: `auto`, HOST:PORT, or empty to start a Ray of one's own.
        dashboard: Ray of one's own only: serve its dashboard on this machine.
        device: of batched networks: `cpu`, which empty stands for, or `cuda`.

    Raises:
        BadInputError: an unknown name, or what this engine cannot have.
        MissingExtraError: Ray or torch is not installed.
    """
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    if name != RAY and (address or dashboard):
        raise BadInputError(f"--address and --dashboard are for --engine ray: --engine {name} has neither")
    if name != BATCHED and device:
        raise BadInputError(f"--device is for --engine batched: --engine {name} needs none")
    if name == BATCHED:
        from sim.batch.batched_engine import DEVICES, BatchedEngine, torch_for

        device = device or DEVICES[0]
        torch_for(device)  # refused before anything starts
        return lambda life, _, workers: BatchedEngine(life, workers, device)
    if name == LOCAL:
        from sim.workers import WorkerPool

        return WorkerPool
    from sim.ray_cluster import import_ray, join
    from sim.ray_engine import RayEngine

    if address and dashboard:
        raise BadInputError("--dashboard is for a Ray of one's own: a cluster's is started with `ray start --head`")
    import_ray(own=not address)
    return lambda life, _, workers: RayEngine(join(address, workers, dashboard), life, workers)
