"""What is evaluated and saved is a moving average of the search points, which the search itself never sees."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from pretend_engine import SMALL, STATE, PretendEngine, log_of

from hebb_controller.rulebook import load_rulebook
from sim.openai_es import EsConfig, EsState, tell

CONFIG = EsConfig(population=8, optimiser="adam", learning_rate=0.05)


def states(smoothing: float, nb: int = 30) -> list[EsState]:
    """Return the states of a search through random fitness."""
    config = dataclasses.replace(CONFIG, smoothing=smoothing)
    found = [EsState.start(np.arange(20, dtype=np.float32))]
    rng = np.random.default_rng(0)
    for _ in range(nb):
        found.append(tell(config, found[-1], 5, rng.normal(size=(4, 2))))
    return found


def test_without_it_the_newest_point_is_kept_to_the_last_bit() -> None:
    for state in states(0.0):
        assert state.kept.tobytes() == state.mean.tobytes()


def test_the_search_does_not_depend_on_it() -> None:
    for with_it, without in zip(states(0.9), states(0.0), strict=True):
        for name in ("mean", "first_moment", "second_moment"):
            assert getattr(with_it, name).tobytes() == getattr(without, name).tobytes(), name
    assert not np.allclose(with_it.kept, without.kept)


def test_it_is_the_average_of_a_naive_loop() -> None:
    """Of all points up to the fifth, which weigh alike; from there on four fifths of what was, and a fifth of what is.

    The point that the search began at is none of them.
    """
    found = states(0.8)
    points = [state.mean.astype(np.float64) for state in found[1:]]
    for k, state in enumerate(found[1:6], 1):
        np.testing.assert_allclose(state.kept, sum(points[:k]) / k, rtol=1e-5, atol=1e-6)
    average = sum(points[:5]) / 5
    for state, point in zip(found[6:], points[5:], strict=True):
        average = 0.8 * average + 0.2 * point
        np.testing.assert_allclose(state.kept, average, rtol=1e-5, atol=1e-6)
    assert state.kept.dtype == np.float32


@pytest.mark.sim
def test_a_run_evaluates_and_saves_it_and_resumes_to_the_last_bit(tmp_path: Path) -> None:
    pytest.importorskip("pybullet")
    from sim.evolve import run

    config = dataclasses.replace(SMALL, es=dataclasses.replace(SMALL.es, smoothing=0.7))
    engine = PretendEngine()
    whole = run(config, tmp_path / "whole", open_engine=lambda *_: engine)
    assert not np.array_equal(whole.state.kept, whole.state.mean)
    np.testing.assert_array_equal(engine.evaluated[-1], whole.state.kept)
    for file, point in (("latest", whole.state.kept), ("best", engine.evaluated[1])):
        book = load_rulebook(tmp_path / "whole" / f"{file}.hebb.safetensors")
        np.testing.assert_array_equal(np.concatenate([layer.ravel() for layer in book.coefficients]), point)
        assert "--smoothing 0.7" in book.provenance["command"]
    run(dataclasses.replace(config, generations=3), tmp_path / "cut", open_engine=PretendEngine)
    cut = run(config, tmp_path / "cut", resume=True, open_engine=PretendEngine)
    for name in STATE:
        assert getattr(cut.state, name).tobytes() == getattr(whole.state, name).tobytes(), name
    assert log_of(tmp_path / "cut") == log_of(tmp_path / "whole")
