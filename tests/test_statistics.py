"""The definitions of `sim.statistics` on traces whose answers follow from them by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.statistics import (
    WINDOW,
    Recovery,
    cruising_speed,
    recovery,
    recovery_summary,
    steps_to_90,
    summary,
    trailing_speed,
)

DT = 0.02


def path(*pieces: tuple[int, float]) -> np.ndarray:
    """Return forward positions of a robot that moves at the given speeds for the given numbers of steps."""
    speeds = np.concatenate([np.full(steps, speed) for steps, speed in pieces])
    return np.concatenate([[0.0], np.cumsum(speeds * DT)])


def test_speed_is_the_mean_of_the_last_steps_and_the_robot_stood_before_the_start() -> None:
    v = trailing_speed(path((100, 1.0)), DT)
    assert v[0] == 0.0
    assert v[10] == pytest.approx(10 / WINDOW)
    assert v[WINDOW:] == pytest.approx(1.0)


def test_cruising_speed_is_that_of_the_second_half_before_the_onset() -> None:
    assert cruising_speed(path((100, 0.0), (200, 0.5)), DT) == pytest.approx(0.5)
    assert cruising_speed(path((300, 0.5), (100, -2.0), (300, 0.1)), DT, onset=300) == pytest.approx(0.5)
    assert math.isnan(cruising_speed(path((2 * WINDOW - 1, 1.0)), DT))


def test_a_gait_that_swings_has_the_cruising_speed_of_its_mean() -> None:
    strides = [(10, 1.5), (10, 0.1)] * 30
    assert cruising_speed(path(*strides), DT) == pytest.approx(0.8)


def test_full_speed_from_the_first_step_costs_the_window_alone() -> None:
    assert steps_to_90(path((300, 1.0)), DT) == math.ceil(0.9 * WINDOW)


@pytest.mark.parametrize("idle", [10, 40, 77])
def test_an_idle_start_is_counted(idle: int) -> None:
    assert steps_to_90(path((idle, 0.0), (300, 1.0)), DT) == idle + math.ceil(0.9 * WINDOW)


def test_a_lunge_is_not_walking_yet() -> None:
    assert steps_to_90(path((25, 1.0), (60, 0.0), (315, 1.0)), DT) == 85 + math.ceil(0.9 * WINDOW)


@pytest.mark.parametrize("speed", [0.0, 0.04, -1.0])
def test_who_does_not_walk_never_reaches_it(speed: float) -> None:
    assert steps_to_90(path((400, speed)), DT) is None


def test_what_comes_after_the_onset_does_not_count_for_the_start() -> None:
    assert steps_to_90(path((50, 0.0), (250, 0.5), (100, 0.0), (200, 5.0)), DT, onset=300) == 50 + 23


def test_a_robot_that_never_slowed_down_gets_the_window() -> None:
    assert recovery(path((700, 1.0)), DT, 300, 400) == Recovery(pytest.approx(1.0), WINDOW, WINDOW, pytest.approx(1.0))


@pytest.mark.parametrize("idle", [1, 30, 200])
def test_recovery_after_an_idle_time(idle: int) -> None:
    life = recovery(path((300, 0.8), (100, -1.0), (idle, 0.0), (400, 0.8)), DT, 300, 400)
    assert life is not None and life.steps == max(idle + math.ceil(0.9 * WINDOW), WINDOW)
    assert life.first_steps == life.steps


def test_nothing_from_before_or_during_the_perturbation_leaks_in() -> None:
    # Ten times as fast until the very end of the perturbation, then standing: that is no recovery.
    life = recovery(path((300, 1.0), (100, 10.0), (300, 0.0)), DT, 300, 400)
    assert life == Recovery(pytest.approx(1.0), None, None, pytest.approx(0.0))


def test_a_lunge_after_the_perturbation_is_no_recovery() -> None:
    life = recovery(path((300, 1.0), (100, 0.0), (30, 1.5), (270, 0.2)), DT, 300, 400)
    assert life is not None and life.steps is None and life.first_steps == WINDOW


@pytest.mark.parametrize("rest", [40, 97, 98, 300])
def test_a_recovery_that_nobody_saw_last_is_none(rest: int) -> None:
    # 23 of the window's 25 steps at this speed are 90 %: it begins two steps before the robot walks, and needs 100.
    life = recovery(path((300, 1.0), (100, 0.0), (200, 0.0), (rest, 1.0)), DT, 300, 400)
    assert life is not None and life.first_steps == 200 + 23
    assert life.steps == (200 + 23 if rest >= 98 else None)


def test_a_perturbation_without_duration() -> None:
    life = recovery(path((400, 1.0), (20, 0.0), (300, 1.0)), DT, 400, 400)
    assert life is not None and life.steps == 20 + math.ceil(0.9 * WINDOW)


def test_ninety_percent_is_the_bar() -> None:
    for share, recovered in ((0.91, True), (0.89, False)):
        life = recovery(path((300, 1.0), (100, 0.0), (300, share)), DT, 300, 400)
        assert life is not None and (life.steps is not None) is recovered
        assert life.speed_kept == pytest.approx(share)


def test_who_was_not_walking_or_was_gone_cannot_recover() -> None:
    assert recovery(path((700, 0.01)), DT, 300, 400) is None
    assert recovery(path((250, 1.0)), DT, 300, 400) is None
    assert recovery(path((700, 1.0)), DT, 0, 100) is None


def test_a_life_that_ends_during_the_perturbation_has_not_recovered() -> None:
    assert recovery(path((350, 1.0)), DT, 300, 400) == Recovery(pytest.approx(1.0), None, None, None)


def test_a_trace_of_nothing_but_nan_has_no_figures() -> None:
    x = np.full(701, math.nan)
    assert steps_to_90(x, DT) is None and recovery(x, DT, 300, 400) is None


def test_summary_counts_and_does_not_guess() -> None:
    assert summary([]) == {"mean": None, "std": None, "median": None, "n": 0}
    assert summary([2.0]) == {"mean": 2.0, "std": None, "median": 2.0, "n": 1}
    assert summary([1.0, 2.0, 6.0]) == {"mean": 3.0, "std": pytest.approx(math.sqrt(7.0)), "median": 2.0, "n": 3}


def test_no_life_is_dropped_silently() -> None:
    lives = [Recovery(1.0, 30, 30, 1.0), Recovery(1.0, 50, 25, 1.0), Recovery(1.0, None, None, 0.1), None]
    figures = recovery_summary(lives)
    assert (figures["mean"], figures["n"]) == (40.0, 2)
    assert (figures["not_recovered"], figures["not_perturbed"], figures["median_of_all"]) == (1, 1, 50.0)
    assert recovery_summary([Recovery(1.0, None, 30, None), Recovery(1.0, 30, 30, 1.0)])["median_of_all"] is None
    assert recovery_summary(lives, lasting=False)["mean"] == 27.5
