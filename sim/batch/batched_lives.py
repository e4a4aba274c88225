"""Lives in lock-step: in every control step one call of torch for all networks, and the bodies on threads.

A thread takes one body after the other through a whole control period, with its servos, MuJoCo's steps and its sensors;
while MuJoCo steps, other threads have the interpreter. What moves a body is `sim.mujoco.MujocoWorld`, as everywhere, so
it moves to the same last bit. `mujoco.rollout` would step many bodies in one call, but gives back no warm start of the
solver: a life that is cut into physics steps would then differ from the one lived in one piece. What it would save is a
tenth of the physics (`tests/benchmarks/bench_batched.py`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from hebb_controller.errors import HebbError
from sim.batch.batched_network import BatchedNetwork
from sim.batch.seat import Seat
from sim.genome import Genome

#: A new population is made once no more than this share of the lives goes on.
SHRINK = 0.5


class BatchedLives:
    """Lives what sits in seats.

    Args:
        genome: layout of the search vector.
        device: of torch.
        nb_threads: threads that move bodies.
    """

    def __init__(self, genome: Genome, device: str, nb_threads: int) -> None:
        self._genome, self._device, self._nb_threads = genome, device, nb_threads
        self._pool = ThreadPoolExecutor(nb_threads, "bodies")

    def live(self, seats: Sequence[Seat]) -> list[str]:
        """Live every seat's life to its end; return what went wrong with each, empty where nothing did."""
        errors: dict[Seat, str] = {}
        _wait(self._start(seats, Seat.begin, errors))
        going = [seat for seat in seats if seat not in errors]
        network: BatchedNetwork | None = None
        while going:
            if network is None:
                network = BatchedNetwork(self._genome, going, self._device)
            elif len(going) <= SHRINK * len(network):
                network.fetch_weights(going)
                network = BatchedNetwork(self._genome, going, self._device)
            network.wipe()
            network.act()
            moving = self._start(going, Seat.step, errors)
            network.adapt()  # the bodies do not wait for it
            _wait(moving)
            going = [seat for seat in going if seat not in errors and not seat.episode.over]
        return [errors.get(seat, "") for seat in seats]

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown(cancel_futures=True)

    def _start(self, seats: Sequence[Seat], do: Callable[[Seat], None], errors: dict[Seat, str]) -> list[Future[None]]:
        """Let the threads do the same with every seat, each taking the next that waits."""
        waiting = deque(seats)
        return [self._pool.submit(_work, waiting, do, errors) for _ in range(min(self._nb_threads, len(seats)))]


def _work(waiting: deque[Seat], do: Callable[[Seat], None], errors: dict[Seat, str]) -> None:
    # A gait that throws the simulator into NaN is a bad member, not a reason to warn.
    with np.errstate(all="ignore"):
        while True:
            try:
                seat = waiting.popleft()
            except IndexError:  # another thread took the last one
                return
            try:
                do(seat)
            except HebbError as error:
                errors[seat] = str(error)
            except Exception as error:  # a local worker would die of it, and cost the same one member
                errors[seat] = f"{type(error).__name__}: {error}"


def _wait(futures: Sequence[Future[None]]) -> None:
    for future in futures:
        future.result()
