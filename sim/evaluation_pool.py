"""Episodes shared out among processes, each with a worker of its own: what the evaluations of robots and car share."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from hebb_controller.errors import BadInputError
from hebb_controller.step_bound import MOST_STEPS
from sim.process_pool import process_pool, submit_all

Result = TypeVar("Result", covariant=True)
Lived = TypeVar("Lived")


class Worker(Protocol[Result]):
    """What lives the episodes in one process."""

    def life(self, episode: int) -> Result:
        """Return what an episode came to: the same whoever lives it."""

    def close(self) -> None:
        """Free the simulator."""


def check_numbers(config: Any) -> None:
    """Refuse numbers of an evaluation that cannot be run.

    Args:
        config: has `episodes`, `seed`, `horizon` and `jobs`.

    Raises:
        BadInputError: with the number, its value and what is allowed.
    """
    for name, lowest in (("episodes", 1), ("seed", 0), ("horizon", 0), ("jobs", 1)):
        if getattr(config, name) < lowest:
            raise BadInputError(f"{name} {getattr(config, name)}: must be {lowest} or more")
    if config.horizon > MOST_STEPS:
        raise BadInputError(f"horizon {config.horizon}: must be {MOST_STEPS:,} control steps or fewer")


def live_episodes(make: Callable[..., Worker[Lived]], arguments: tuple[Any, ...], config: Any) -> list[Lived]:
    """Return what every episode came to, in their order.

    Args:
        make: makes a worker of `arguments`; a function or class of a module, for it travels by name.
        arguments: picklable.
        config: has `episodes` and `jobs`.

    Raises:
        RunFailedError: a worker process died.
    """
    jobs = min(config.jobs, config.episodes)
    if jobs == 1:
        with contextlib.closing(make(*arguments)) as worker:
            return [worker.life(episode) for episode in range(config.episodes)]
    with process_pool(jobs, _start_worker, (make, arguments)) as pool:
        futures = submit_all(pool, _life_in_worker, ((episode,) for episode in range(config.episodes)))
        return [future.result() for future in futures]


_worker: Worker[Any] | None = None  # one per worker process: what a pool's initialiser can leave behind


def _start_worker(make: Callable[..., Worker[Any]], arguments: tuple[Any, ...]) -> None:
    global _worker
    _worker = make(*arguments)


def _life_in_worker(episode: int) -> Any:
    assert _worker is not None
    return _worker.life(episode)
