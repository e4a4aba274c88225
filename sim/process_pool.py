"""Worker processes for lives that have nothing to do with each other: evaluation and studies."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from hebb_controller.errors import RunFailedError


@contextlib.contextmanager
def process_pool(
    jobs: int, initializer: Callable[..., None] | None = None, initargs: tuple[Any, ...] = ()
) -> Iterator[ProcessPoolExecutor]:
    """Give a pool of worker processes, and end it whatever happens.

    Raises:
        RunFailedError: a worker process died.
    """
    # spawn: a forked child would share the parent's physics and compiled state.
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer, initargs)
    try:
        yield pool
    except BrokenProcessPool as error:
        raise RunFailedError("a worker process died: not enough memory for so many --jobs?") from error
    finally:
        pool.shutdown(cancel_futures=True)


def submit_all(
    pool: ProcessPoolExecutor, function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]
) -> list[Future[Any]]:
    """Submit one call of `function` for each tuple of arguments, and return their futures in that order."""
    with _interrupts_ignored():  # the processes start here and inherit it: Ctrl-C is the parent's to handle
        return [pool.submit(function, *arguments) for arguments in calls]


@contextlib.contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # signals are the main thread's alone
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
