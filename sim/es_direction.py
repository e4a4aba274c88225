"""The sum that moves the mean: every pair's noise, drawn again from its seed, times its weight.

This is the master's work in a generation, and nearly all of it is drawing. Drawing does not hold the interpreter lock,
so threads share it. The additions stay in the order of pairs, in float32, whoever drew: the sum has the same bits
on any number of threads, and the same as when one loop did everything.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from hebb_controller.rules import FloatArray
from sim.fast_noise import standard_normal

#: Numbers to draw in all below which threads cost more than they save.
SMALL = 200_000


def noise(seed: int, generation: int, pair: int, size: int) -> FloatArray:
    """Return the unit noise of a pair, float32, shape `(size,)`: the same for the same arguments, anywhere."""
    return standard_normal([seed, generation, pair], size)


def weighted_noise(seed: int, generation: int, weights: FloatArray, size: int, threads: int = 0) -> FloatArray:
    """Return the sum over pairs of `weights[pair] * noise(seed, generation, pair, size)`, float32, shape `(size,)`.

    Args:
        seed: the run's seed.
        generation: the generation.
        weights: float32, one per pair; a pair of weight 0 is not drawn.
        size: length of the search vector.
        threads: how many draw; 0: one for each CPU that this process may use. The sum does not depend on it.
    """
    threads = threads or _nb_cpus()
    pairs = [int(pair) for pair in np.flatnonzero(weights)]
    total = np.zeros(size, dtype=np.float32)

    def drawn(pair: int) -> FloatArray:
        values = noise(seed, generation, pair, size)
        values *= weights[pair]
        return values

    if threads == 1 or len(pairs) * size < SMALL:
        for pair in pairs:
            total += drawn(pair)
        return total
    with ThreadPoolExecutor(threads) as pool:
        for values in _in_order(pool, drawn, pairs, 2 * threads):
            total += values
    return total


def _in_order(
    pool: ThreadPoolExecutor, drawn: Callable[[int], FloatArray], pairs: list[int], ahead: int
) -> Iterator[FloatArray]:
    """Yield in order what threads draw, at most `ahead` of it at a time: ten thousand vectors would fill the memory."""
    coming: deque[Future[FloatArray]] = deque()
    for pair in pairs:
        coming.append(pool.submit(drawn, pair))
        if len(coming) >= ahead:
            yield coming.popleft().result()
    while coming:
        yield coming.popleft().result()


def _nb_cpus() -> int:
    # Within a container or under taskset fewer than the machine has; macOS cannot say.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
