"""Workers on a Ray cluster: job numbers travel out, fitness comes back, the mean goes once to each machine.

Machines may come and go. A worker that is lost costs no member: its jobs are handed out again, and as a job's numbers
follow from its seeds alone, the generation ends as if nothing had happened. The place of a lost worker is asked for
again and filled once the cluster has a CPU free.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

from hebb_controller.errors import RunFailedError
from hebb_controller.rules import FloatArray
from sim.engine import LOCAL, Result
from sim.problem import Job, Life
from sim.ray_actor import HebbMember, alike

#: A job that has lost its worker this many times is not handed out again.
MAX_TRIES = 5
#: Workers in a row that were lost before they said hello.
MAX_STILLBORN = 20
#: Jobs in one message, at most: a message costs about a millisecond, and losing one costs what it holds.
MAX_CHUNK = 8
#: How long a run waits for a first worker, in [s].
PATIENCE = 600.0


class RayEngine:
    """`nb_workers` actors of one CPU each; see `sim.engine.Engine`.

    Args:
        ray: the package, connected to a cluster; disconnected by `close`.
        life: how a member lives; sent to each machine once.
        nb_workers: workers to ask the cluster for; those that find no CPU wait for one.
    """

    name = LOCAL

    def __init__(self, ray: ModuleType, life: Life, nb_workers: int) -> None:
        self._ray = ray
        self._nb_workers = nb_workers
        self._life = ray.put(life)
        # Restarts are ours: Ray would repeat a task without the count that stops a job that kills its workers.
        self._actor = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(HebbMember)
        self._idle: list[Any] = []
        self._arriving: dict[Any, Any] = {}
        self._stillborn = 0
        for _ in range(nb_workers):
            self._ask_for_worker()

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        """Yield a result for every job, in the order of completion.

        Raises:
            RunFailedError: a job lost worker after worker, no worker came, or a machine has other versions.
        """
        mean_at = self._ray.put(mean)
        waiting = deque(jobs)
        busy: dict[Any, tuple[Any, list[Job]]] = {}
        losses: Counter[Job] = Counter()
        while waiting or busy:
            while waiting and self._idle:
                actor = self._idle.pop()
                chunk = self._chunk(waiting, losses)
                busy[actor.live.remote(mean_at, chunk)] = (actor, chunk)
            for ready in self._next([*busy, *self._arriving]):
                if ready in self._arriving:
                    self._welcome(ready)
                    continue
                actor, chunk = busy.pop(ready)
                lived = self._collect(ready, actor)
                if lived is None:
                    losses.update(chunk)
                    _refuse_the_hopeless(chunk[0], losses[chunk[0]])
                    waiting.extendleft(reversed(chunk))
                    continue
                self._idle.append(actor)
                yield from (Result(job, *each) for job, each in zip(chunk, lived, strict=True))

    def close(self) -> None:
        """Stop the workers and leave the cluster; a Ray of one's own stops."""
        self._ray.shutdown()

    def _chunk(self, waiting: deque[Job], losses: Counter[Job]) -> list[Job]:
        """Take the next jobs: several while many wait, one at a generation's end, where other workers idle."""
        size = max(1, min(MAX_CHUNK, len(waiting) // (4 * self._nb_workers)))
        if losses[waiting[0]]:
            size = 1  # alone, so that no other is blamed if the worker is lost again
        return [waiting.popleft() for _ in range(size)]

    def _next(self, pending: list[Any]) -> list[Any]:
        ready, _ = self._ray.wait(
            pending, num_returns=1, timeout=PATIENCE if len(pending) == len(self._arriving) else None
        )
        if not ready:
            raise RunFailedError(
                f"no worker came within {PATIENCE:.0f} s: the cluster has no CPU free for this run; "
                "the last checkpoint is intact"
            )
        return list(ready)

    def _ask_for_worker(self) -> None:
        actor = self._actor.remote(self._life)
        self._arriving[actor.hello.remote()] = actor

    def _welcome(self, hello: Any) -> None:
        actor = self._arriving.pop(hello)
        exceptions = self._ray.exceptions
        try:
            theirs, ours = self._ray.get(hello), alike()
        except exceptions.RayTaskError as error:
            raise RunFailedError(f"a machine of the cluster cannot make a member: {_last_line(error)}") from error
        except exceptions.RayError as error:
            self._stillborn += 1
            if self._stillborn >= MAX_STILLBORN:
                raise RunFailedError(
                    f"{self._stillborn} workers in a row did not start: {_last_line(error)} "
                    "(is hebb-controller installed on every machine of the cluster?); the last checkpoint is intact"
                ) from error
            self._ask_for_worker()
            return
        if theirs != ours:
            names = sorted(name for name in theirs | ours if theirs.get(name) != ours.get(name))
            others = ", ".join(f"{name} {theirs.get(name)} there, {ours.get(name)} here" for name in names)
            raise RunFailedError(f"a machine of the cluster has other versions: {others}; install the same everywhere")
        self._stillborn = 0
        self._idle.append(actor)

    def _collect(self, lives: Any, actor: Any) -> list[tuple[float, int, str]] | None:
        """Return what came back; None if the worker is lost, for which another is asked."""
        try:
            return list(self._ray.get(lives))
        except self._ray.exceptions.RayError:
            self._ray.kill(actor)  # it may live on behind a broken line
            self._ask_for_worker()
            return None


def _refuse_the_hopeless(job: Job, lost: int) -> None:
    if lost >= MAX_TRIES:
        raise RunFailedError(
            f"generation {job.generation}, pair {job.pair}, sign {job.sign:+d} has lost {lost} workers: out of memory, "
            "or machines that go too fast? the last checkpoint is intact, --resume goes on"
        )


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
