"""Latency, speed and repeatability out of steps whose answer is known: dead time, a rise, top speed, rounding."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.response_fit import StepAnswer, fit_response

TICK = 2.0 * math.pi / 4096.0


def answer(
    start: float,
    goal: float,
    latency: float,
    speed: float,
    rise: float,
    interval: float,
    rng: np.random.Generator,
    hysteresis: float = 0.0,
) -> StepAnswer:
    """Return what a servo does that accelerates evenly for `rise`, then runs at `speed`; read every `interval`."""
    began = rng.uniform(5.0, 6.0)
    times = began - 0.05 + rng.uniform(0.0, interval) + np.arange(0.0, 0.9, interval)
    after = np.maximum(times - began - latency, 0.0)
    moved = np.where(after < rise, speed * after**2 / (2.0 * max(rise, 1e-9)), speed * (after - 0.5 * rise))
    sign = 1.0 if goal > start else -1.0
    there = start + sign * hysteresis + sign * np.minimum(moved, abs(goal - start) - 2.0 * hysteresis)
    return StepAnswer(began, start, goal, times, np.rint(there / TICK) * TICK)


def train(rng: np.random.Generator, nb: int = 8, **servo: float) -> list[StepAnswer]:
    ends = [(-0.2, 0.2), (0.2, -0.2)] * (nb // 2)
    return [answer(a, b, rng=rng, **servo) for a, b in ends]


servos = st.fixed_dictionaries(
    {
        "latency": st.floats(0.001, 0.1),
        "speed": st.floats(2.0, 8.0),
        "rise": st.floats(0.0, 0.03),
        "interval": st.floats(0.001, 0.012),
    }
)


@settings(max_examples=25)
@given(servos, st.integers(0, 100))
def test_known_answers_are_recovered(servo: dict[str, float], seed: int) -> None:
    fit = fit_response(train(np.random.default_rng(seed), **servo))
    if servo["speed"] * servo["rise"] > 0.2:  # half of the travel is the rise
        return
    assert fit.problems == ()
    # A rise that is lost in rounding and sampling counts as latency, up to half of it.
    assert fit.latency == pytest.approx(servo["latency"], abs=0.0025 + 0.1 * servo["rise"])
    assert fit.speed == pytest.approx(servo["speed"], rel=0.03)


def test_a_slow_rise_is_not_taken_for_latency() -> None:
    servo = {"latency": 0.006, "speed": 4.7, "rise": 0.03, "interval": 0.005}
    fit = fit_response(train(np.random.default_rng(3), **servo))
    assert fit.latency == pytest.approx(0.006, abs=0.002)
    assert fit.rise == pytest.approx(0.03, abs=0.006)


def test_a_step_that_somebody_disturbed_is_left_out() -> None:
    rng = np.random.default_rng(5)
    steps = train(rng, latency=0.01, speed=4.7, rise=0.0, interval=0.004)
    held = steps[2]
    steps[2] = StepAnswer(held.began, held.start, held.goal, held.times, held.angles * 0.3)
    late = steps[5]
    steps[5] = StepAnswer(late.began, late.start, late.goal, late.times + 0.05, late.angles)
    fit = fit_response(steps)
    assert fit.nb_steps == 6
    assert fit.latency == pytest.approx(0.01, abs=0.0015)
    assert fit.speed == pytest.approx(4.7, rel=0.01)


def test_steps_that_scatter_are_not_one_servos_doing() -> None:
    rng = np.random.default_rng(8)
    steps = []
    for k, latency in enumerate((0.005, 0.02, 0.008, 0.03, 0.012, 0.025)):
        ends = (-0.2, 0.2) if k % 2 == 0 else (0.2, -0.2)
        steps.append(answer(*ends, latency=latency, speed=4.7, rise=0.0, interval=0.004, rng=rng))
    assert any("differ" in problem for problem in fit_response(steps).problems)


def test_arriving_from_both_sides_tells_repeatability() -> None:
    servo = {"latency": 0.01, "speed": 4.7, "rise": 0.0, "interval": 0.004, "hysteresis": 0.008}
    fit = fit_response(train(np.random.default_rng(1), **servo))
    assert fit.repeatability == pytest.approx(0.008, abs=TICK)


def test_a_servo_that_does_not_move_is_told() -> None:
    times = np.arange(0.0, 0.9, 0.005)
    still = [StepAnswer(0.05, -0.2, 0.2, times, np.full(times.shape, -0.2)) for _ in range(6)]
    assert fit_response(still).problems


def test_a_joint_that_creeps_never_reached_its_speed() -> None:
    rng = np.random.default_rng(0)
    fit = fit_response(train(rng, latency=0.01, speed=20.0, rise=0.11, interval=0.004))
    assert any("top speed" in problem for problem in fit.problems)


def test_no_step_at_all_is_a_problem_and_no_crash() -> None:
    assert fit_response([]).problems
    deaf = StepAnswer(1.0, -0.2, 0.2, np.zeros(0), np.zeros(0))
    assert fit_response([deaf] * 6).problems
