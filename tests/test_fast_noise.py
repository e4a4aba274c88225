"""The fast normal numbers against numpy's own: every bit of them."""

from __future__ import annotations

import numpy as np
import pytest

from sim import fast_noise
from sim.es_direction import noise
from sim.fast_noise import standard_normal

#: Beyond this a number comes from the tail, which one in 4,000 does.
TAIL = fast_noise.EDGE


def _numpy(seed: list[int], size: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(size, dtype=np.float32)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 61_440])
def test_small_and_large_vectors_are_numpys(size: int) -> None:
    """Odd lengths too, which leave half of the last 64 bits unused."""
    for pair in range(20):
        assert standard_normal([5, 6, pair], size).tobytes() == _numpy([5, 6, pair], size).tobytes()


def test_millions_of_numbers_are_numpys() -> None:
    """Tens of thousands from wedges, hundreds from the tail on either side."""
    beyond = 0
    for generation in range(20):
        ours = standard_normal([2**31, generation, 9], 200_000)
        assert ours.tobytes() == _numpy([2**31, generation, 9], 200_000).tobytes()
        beyond += int((np.abs(ours) > TAIL).sum())
    assert beyond > 500


def test_the_noise_of_old_runs_is_drawn_again() -> None:
    """What checkpoints and studies were made with: numpy's numbers from seed, generation and pair."""
    np.testing.assert_array_equal(noise(1, 2, 3, 1000), _numpy([1, 2, 3], 1000))


def test_where_the_two_differ_numpy_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another numpy, or another processor."""
    monkeypatch.setattr(fast_noise, "_drawn", lambda seed, size: np.zeros(size, dtype=np.float32))
    fast_noise._agrees.cache_clear()
    try:
        assert not fast_noise._agrees()
        assert standard_normal([1], 9).tobytes() == _numpy([1], 9).tobytes()
    finally:
        fast_noise._agrees.cache_clear()


def test_too_few_bits_are_noticed() -> None:
    """Then numpy draws that vector."""
    words = np.random.PCG64([1]).random_raw(50).view(np.uint32)
    assert not fast_noise._fill(words, np.empty(100, dtype=np.float32), *fast_noise._tables())
