"""Zero, direction and scale from poses: against the map that the counts were made with, and on what must be refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from calibration.pose_fit import MOST_SCALE_ERROR, PoseReading, fit_poses, fit_stops, rocked_play, settled, unwrap

TURN = 4096.0
NOMINAL = TURN / (2.0 * math.pi)
ANGLES = (-0.6, 0.1, 1.3)

zeros = st.floats(0.0, 4095.0)
signs = st.sampled_from([1, -1])
shares = st.floats(0.97, 1.03)
plays = st.floats(0.0, 0.03)


def counts(zero: float, sign: int, scale: float, angle: float, shift: float = 0.0) -> np.ndarray:
    """Return what an encoder that wraps tells, a few times, at an angle that it trails by `shift`."""
    return np.full(9, np.rint(zero + sign * scale * (angle + shift))) % TURN


def readings(zero: float, sign: int, scale: float, play: float, angles=ANGLES) -> list[PoseReading]:
    return [PoseReading(a, counts(zero, sign, scale, a, -play), counts(zero, sign, scale, a, play)) for a in angles]


def apart(a: float, b: float) -> float:
    """Return the distance of two counts on the circle."""
    return abs((a - b + 0.5 * TURN) % TURN - 0.5 * TURN)


@given(zeros, signs, shares, plays)
def test_poses_give_back_the_map_wherever_the_seam_lies(zero: float, sign: int, share: float, play: float) -> None:
    fit = fit_poses(readings(zero, sign, share * NOMINAL, play), NOMINAL, TURN)
    assert fit.problems == ()
    assert fit.direction == sign
    assert fit.ticks_per_radian == pytest.approx(share * NOMINAL, abs=1.0)  # half a count at either end of 1.9 rad
    assert apart(fit.zero_tick, zero) < 1.0
    assert fit.play == pytest.approx(play, abs=1.0 / NOMINAL)
    assert fit.residual < 1.5 / NOMINAL


@given(zeros, signs, shares, plays)
def test_stops_give_back_the_zero_and_keep_the_makers_scale(zero: float, sign: int, share: float, play: float) -> None:
    # Pressed against its stops the joint leads its encoder, outwards on both sides.
    low, high = -0.5, 1.2
    lower = PoseReading(low, counts(zero, sign, NOMINAL, low, play))
    upper = PoseReading(high, counts(zero, sign, NOMINAL, high, -play))
    fit = fit_stops(lower, upper, NOMINAL, TURN)
    assert fit.problems == ()
    assert (fit.direction, fit.ticks_per_radian) == (sign, NOMINAL)
    assert apart(fit.zero_tick, zero) < 1.0
    assert fit.residual == pytest.approx(play, abs=1.0 / NOMINAL)


@given(zeros, signs, st.floats(1.0 + MOST_SCALE_ERROR + 0.01, 2.0))
def test_a_scale_too_far_from_the_makers_is_refused(zero: float, sign: int, share: float) -> None:
    too_wide = fit_poses(readings(zero, sign, NOMINAL * share, 0.0, (-0.3, 0.3)), NOMINAL, TURN)
    too_narrow = fit_poses(readings(zero, sign, NOMINAL / share, 0.0, (-0.3, 0.3)), NOMINAL, TURN)
    assert any("the maker's" in problem for problem in too_wide.problems)
    assert any("the maker's" in problem for problem in too_narrow.problems)
    ends = [PoseReading(a, counts(zero, sign, NOMINAL * share, a)) for a in (-0.3, 0.3)]
    assert any("between the stops" in problem for problem in fit_stops(*ends, NOMINAL, TURN).problems)


def test_all_that_is_wrong_is_told_at_once() -> None:
    rng = np.random.default_rng(0)
    shaky = NOMINAL * 0.05 * rng.standard_normal(25) + 2048.0
    wrong = [
        PoseReading(-0.6, shaky),
        PoseReading(0.1, counts(2048, 1, NOMINAL, 0.4)),
        PoseReading(1.3, counts(2048, 1, NOMINAL, 1.3)),
    ]
    text = "; ".join(fit_poses(wrong, NOMINAL, TURN).problems)
    assert "moved while it was read at -34 deg" in text
    assert "off the others" in text
    assert "from the maker's" in text


def test_loose_screws_and_interchanged_approaches_are_told() -> None:
    assert "screw" in fit_poses(readings(2048, 1, NOMINAL, 0.12), NOMINAL, TURN).problems[0]
    swapped = [PoseReading(r.angle, r.above, r.below) for r in readings(2048, -1, NOMINAL, 0.02)]
    assert "interchanged" in fit_poses(swapped, NOMINAL, TURN).problems[0]


@pytest.mark.parametrize("angles", [(0.2,), (0.2, 0.25)])
def test_poses_too_close_to_tell_a_direction_are_refused(angles: tuple[float, ...]) -> None:
    assert "apart" in fit_poses(readings(2048, 1, NOMINAL, 0.0, angles), NOMINAL, TURN).problems[0]


def test_poses_nearly_half_a_turn_apart_are_refused_not_guessed() -> None:
    fit = fit_poses(readings(2048, 1, NOMINAL, 0.0, (-1.6, 1.6)), NOMINAL, TURN)
    assert any("turns" in problem for problem in fit.problems)


@given(st.lists(st.integers(-2000, 2000), min_size=1, max_size=40), st.integers(0, 4095))
def test_unwrapping_gives_back_any_path_of_less_than_half_a_turn_a_step(steps: list[int], start: int) -> None:
    path = start + np.concatenate([[0], np.cumsum(steps)])
    assert np.array_equal(unwrap(path % TURN, TURN) - path[0], path - path[0])


@given(st.integers(0, 4095), st.integers(0, 11))
def test_one_wild_reading_in_three_does_not_move_a_pose(middle: int, nb_wild: int) -> None:
    rng = np.random.default_rng(nb_wild)
    ticks = middle + rng.integers(-1, 2, 36)
    wild = rng.choice(np.arange(1, 36), nb_wild, replace=False)
    ticks[wild] = middle + rng.integers(-900, 900, nb_wild)
    tick, spread = settled(ticks % TURN, TURN)
    assert apart(tick, middle) <= 1.0
    assert spread < 3.0


@given(st.floats(0.0, 0.05), st.integers(0, 4095))
def test_a_rocked_encoder_tells_its_half_width(play: float, middle: int) -> None:
    swing = middle + NOMINAL * play * np.clip(1.5 * np.sin(np.linspace(0.0, 20.0, 400)), -1.0, 1.0)
    assert rocked_play(np.rint(swing) % TURN, NOMINAL, TURN) == pytest.approx(play, abs=1.0 / NOMINAL)
