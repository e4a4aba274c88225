"""Worker processes that live lives: only member numbers travel out and fitness travels back.

The search point crosses once a generation, through shared memory; noise is rebuilt from seeds in the worker. A worker
that dies costs the member it was on: its fitness is NaN, which ranks last, and a fresh worker takes the place. Workers
hand out members one at a time, so who lives which life never changes a result.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import numpy as np

from hebb_controller.errors import RunFailedError
from hebb_controller.rules import FloatArray
from sim.engine import LOCAL, Result
from sim.problem import Job, Life

#: A worker that dies this many times in a row without finishing a life is not bad luck.
MAX_DEATHS = 20


class WorkerPool:
    """`nb_workers` processes around one shared search point.

    Args:
        life: how a member lives; sent to each worker once.
        size: length of the search vector.
        nb_workers: number of processes.
    """

    name = LOCAL

    def __init__(self, life: Life, size: int, nb_workers: int) -> None:
        # fork would copy a parent that may already hold physics clients and numba threads
        self._context = multiprocessing.get_context("spawn")
        self._life = life
        self._shared = self._context.RawArray("f", size)
        self._deaths = 0
        self._workers = [self._spawn() for _ in range(nb_workers)]

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        """Yield a result for every job, in the order of completion.

        Args:
            mean: the search point, shape `(size,)`.
            jobs: what `Member.live` takes.

        Raises:
            RunFailedError: workers die again and again.
        """
        np.frombuffer(self._shared, dtype=np.float32)[:] = mean
        waiting = list(jobs)[::-1]
        busy: dict[int, Job] = {}
        for index in range(len(self._workers)):
            self._next_job(index, waiting, busy)
        while busy:
            ready = wait([self._workers[index][1] for index in busy])
            for index in [i for i in busy if self._workers[i][1] in ready]:
                yield self._collect(index, busy.pop(index))
                self._next_job(index, waiting, busy)

    def close(self) -> None:
        """Stop the workers."""
        for process, connection in self._workers:
            connection.close()
            process.terminate()
        for process, _ in self._workers:
            process.join()

    def _next_job(self, index: int, waiting: list[Job], busy: dict[int, Job]) -> None:
        if not waiting:
            return
        busy[index] = waiting.pop()
        try:
            self._workers[index][1].send(busy[index])
        except (BrokenPipeError, OSError):  # died while idle: nobody's life is lost
            self._workers[index] = self._spawn()
            self._workers[index][1].send(busy[index])

    def _collect(self, index: int, job: Job) -> Result:
        process, connection = self._workers[index]
        try:
            fitness, steps, error = connection.recv()
        except (EOFError, OSError):
            process.join()
            self._deaths += 1
            if self._deaths >= MAX_DEATHS:
                raise RunFailedError(
                    f"{self._deaths} workers died in a row (last exit code {process.exitcode}): "
                    "out of memory? run with fewer --workers; the last checkpoint is intact"
                ) from None
            self._workers[index] = self._spawn()
            return Result(job, float("nan"), 0, f"worker died with exit code {process.exitcode}")
        self._deaths = 0
        return Result(job, fitness, steps, error)

    def _spawn(self) -> tuple[BaseProcess, Connection]:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(self._life, self._shared, theirs), daemon=True)
        process.start()
        theirs.close()
        return process, ours


def _work(life: Life, shared: Any, connection: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    mean = np.frombuffer(shared, dtype=np.float32)
    member = life.member()
    try:
        while True:
            connection.send(member.live(mean, connection.recv()))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent is gone
