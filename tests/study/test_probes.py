"""Attractor types, judged on traces that were made to be of one type."""

from __future__ import annotations

import numpy as np
import pytest

from sim.study.attractor import first_return, judged
from sim.study.probes import WeightRecovery, probe_named

STEPS, WEIGHTS = 5000, 64


def _mean(rng: np.random.Generator) -> np.ndarray:
    return rng.uniform(-1.0, 1.0, WEIGHTS)


def _judge(traces: np.ndarray) -> dict[str, object]:
    return judged(traces, np.sqrt(np.mean(traces**2, axis=1, keepdims=True)))


def _cycle(rng: np.random.Generator, period: float) -> np.ndarray:
    phase = 2.0 * np.pi * (np.arange(STEPS)[:, np.newaxis] / period + rng.uniform(0.0, 1.0, WEIGHTS))
    return _mean(rng) + 0.3 * np.sin(phase) + 0.1 * np.sin(2.0 * phase)


def _slow_wander(rng: np.random.Generator) -> np.ndarray:
    noise = rng.standard_normal((STEPS, WEIGHTS))
    traces = np.zeros_like(noise)
    for t in range(1, STEPS):
        traces[t] = 0.99 * traces[t - 1] + 0.05 * noise[t]
    return _mean(rng) + traces


@pytest.mark.parametrize("seed", range(3))
def test_planted_types(seed: int) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((STEPS, WEIGHTS))
    ramp = np.arange(STEPS)[:, np.newaxis] / STEPS * _mean(rng)
    planted = {
        "fixed point": [_mean(rng) + 0.001 * noise, _mean(rng) + np.exp(-np.arange(STEPS)[:, np.newaxis] / 200.0)],
        "limit cycle": [_cycle(rng, 40.0), _cycle(rng, 17.3) + 0.05 * noise, _cycle(rng, 2.0)],
        "unbounded": [10.0 * ramp, 10.0 * ramp + _cycle(rng, 40.0)],
        "irregular": [_mean(rng) + 0.3 * noise, _slow_wander(rng)],
    }
    for kind, all_traces in planted.items():
        assert [_judge(traces)["attractor"] for traces in all_traces] == [kind] * len(all_traces)


@pytest.mark.parametrize("period", [12, 40, 120])
def test_the_period_is_the_first_return_not_a_multiple(period: int) -> None:
    traces = _cycle(np.random.default_rng(0), float(period))
    lag, peak = first_return(traces - traces.mean(axis=0))
    assert lag == period
    assert peak > 0.95


def test_the_autocorrelation_is_that_of_the_plain_sum() -> None:
    moving = np.random.default_rng(0).standard_normal((400, 3)) + np.sin(np.arange(400) / 5.0)[:, np.newaxis]
    moving -= moving.mean(axis=0)
    lag, peak = first_return(moving)
    assert lag is not None
    plain = np.sum(moving[:-lag] * moving[lag:]) / np.sum(moving**2) * 400 / (400 - lag)
    assert peak == pytest.approx(plain)


def test_drift_is_told_from_motion() -> None:
    rng = np.random.default_rng(0)
    cycle = _judge(_cycle(rng, 40.0))
    wander = _judge(_slow_wander(rng))
    assert cycle["drift"] < 0.02 < wander["drift"]  # type: ignore[operator]
    assert cycle["motion"] > 0.2  # type: ignore[operator]


def test_weights_that_are_all_zero_have_no_return() -> None:
    assert _judge(np.zeros((100, WEIGHTS))) == {
        **{"attractor": "fixed point", "growth": 0.0, "motion": 0.0, "drift": 0.0, "period": None, "peak": 0.0}
    }


def test_a_probe_that_saw_nothing_says_nothing() -> None:
    assert probe_named("") is None
    for name in ("attractor:500", "recovery:300"):
        probe = probe_named(name)
        assert probe is not None
        assert probe.result() == {}
    assert isinstance(probe_named("recovery:300"), WeightRecovery)
