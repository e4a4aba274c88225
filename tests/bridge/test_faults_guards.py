"""The guards in front of every writer and behind every reader: nothing bad gets through, whatever comes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge.believed_pose import JUMP_MARGIN, PUSHED, BelievedPose
from firmware_bridge.board_faults import RATES, STANDING, read_faults
from firmware_bridge.board_line import ServoReading
from firmware_bridge.goal_gate import GoalGate
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import STS3215
from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot

ROBOT = load_robot("sts12")
TOP_SPEED = 5.0
ANY = st.one_of(
    st.floats(width=64),
    st.sampled_from([math.nan, math.inf, -math.inf, 1e308, -1e308, 0.0]),
)
GOALS = st.one_of(
    st.lists(ANY, min_size=12, max_size=12),
    st.lists(ANY, max_size=20),
    st.sampled_from([None, "stand up", [[1.0] * 12], [None] * 12, {}, 3.0, [1 + 2j] * 12]),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(GOALS, ANY), min_size=1, max_size=8))
def test_whatever_is_wanted_goals_are_finite_within_limits_and_never_run_ahead(sequence) -> None:
    gate = GoalGate(ROBOT)
    gate.start_from(ROBOT.neutral)
    assert ROBOT.servo is not None
    last = ROBOT.neutral
    longest = 2.0 / ROBOT.control_rate
    for wanted, elapsed in sequence:
        allowed = gate(wanted, elapsed)
        assert allowed.shape == (12,)
        assert np.isfinite(allowed).all()
        assert (allowed >= ROBOT.lower).all() and (allowed <= ROBOT.upper).all()
        passed = min(max(elapsed, 0.0), longest) if math.isfinite(elapsed) else longest
        assert (np.abs(allowed - last) <= 3.0 * ROBOT.servo.no_load_speed * passed + 1e-9).all()
        last = allowed


def test_a_wrong_goal_is_counted_and_the_last_one_stays() -> None:
    gate = GoalGate(ROBOT)
    gate.start_from(ROBOT.neutral)
    for wanted in ([math.nan] * 12, [0.0] * 11, None, "x", [math.inf] + [0.0] * 11):
        np.testing.assert_array_equal(gate(wanted, 0.02), ROBOT.neutral)
    assert gate.nb_refused == 5 and gate.nb_limited == 0


def test_a_pose_that_nobody_measured_is_no_goal() -> None:
    gate = GoalGate(ROBOT)
    pose = ROBOT.neutral.copy()
    pose[3] = math.nan
    gate.start_from(pose)
    assert np.isfinite(gate(ROBOT.neutral, 0.02)).all()


def reading(position: float | None, time: float) -> list[ServoReading]:
    values = None if position is None else {"position": position}
    return [ServoReading(1, time, 0, values)]


def one_joint() -> BelievedPose:
    whole = nominal_map(ROBOT, STS3215.scale)
    return BelievedPose(
        type(whole)((1,), whole.zero_tick[:1], whole.direction[:1], whole.ticks_per_radian[:1]), TOP_SPEED
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.one_of(st.none(), st.floats(0, 4095)), st.floats(0.001, 0.1)), min_size=3, max_size=30))
def test_no_believed_angle_is_further_than_the_joint_can_have_moved(steps) -> None:
    pose = one_joint()
    time = 0.0
    for _ in range(2):  # believed twice: from here on it is known where the joint is
        time += 0.02
        assert pose.take(reading(2048.0, time))[0]
    for position, pause in steps:
        time += pause
        before, seen = pose.angles[0], pose.seen[0]
        believed = pose.take(reading(position, time))[0]
        if believed:
            assert abs(pose.angles[0] - before) <= PUSHED * TOP_SPEED * (time - seen) + JUMP_MARGIN + 1e-9
            assert pose.seen[0] == time
        else:
            assert pose.angles[0] == before and pose.seen[0] == seen


def test_a_seam_that_is_crossed_is_not_believed_as_a_turn() -> None:
    # A joint near the seam of its encoder: 10 and 4090 are 16 counts apart, but look like a whole turn.
    pose = one_joint()
    pose.take(reading(10.0, 0.00))
    pose.take(reading(10.0, 0.02))
    assert not pose.take(reading(4090.0, 0.04))[0]
    assert pose.nb_implausible == 1
    assert pose.angles[0] == pytest.approx((10 - 2048) * 2.0 * math.pi / 4096)


def test_a_wrong_first_reading_is_dropped_as_soon_as_two_agree() -> None:
    pose = one_joint()
    pose.take(reading(3900.0, 0.00))  # a corruption that its checksum did not see
    assert pose.take(reading(2048.0, 0.02))[0]
    assert pose.angles[0] == pytest.approx(0.0)
    assert pose.take(reading(2050.0, 0.04))[0]
    assert not pose.take(reading(3900.0, 0.06))[0]
    assert pose.nb_implausible == 2


def test_a_reading_that_is_told_twice_is_believed_twice() -> None:
    for top_speed in (TOP_SPEED, math.inf):
        pose = one_joint()
        pose.top_speed = top_speed
        for position, time in [(2048.0, 0.0), (2048.0, 0.0), (2050.0, 0.02), (2050.0, 0.02), (2049.0, 0.01)]:
            assert pose.take(reading(position, time))[0]
        assert pose.nb_implausible == 0


def test_a_joint_that_was_moved_while_nobody_looked_is_believed_and_never_unknown_again() -> None:
    pose = one_joint()
    for time in (0.0, 0.02):
        pose.take(reading(2048.0, time))
    pose.forget()
    assert pose.angles[0] == pytest.approx(0.0)  # old, as `seen` says, but an angle
    assert not pose.take(reading(None, 0.04))[0]
    assert np.isfinite(pose.angles).all() and pose.seen[0] == 0.02
    for time in (0.06, 0.08):
        assert pose.take(reading(1024.0, time))[0]
    assert pose.angles[0] == pytest.approx(-math.pi / 2.0)
    assert pose.nb_implausible == 0
    assert not pose.take(reading(2048.0, 0.10))[0]


def test_limits_beyond_the_encoders_turn_are_refused_before_anything_moves() -> None:
    whole = nominal_map(ROBOT, STS3215.scale)
    zero = whole.zero_tick.copy()
    zero[2] = 100.0  # the knee's range of -135 to 0 degrees would cross the seam
    with pytest.raises(
        BadInputError, match="front_left_knee: its limits lie at counts -1436 and 100, beyond 0 to 4095"
    ):
        type(whole)(whole.servo_ids, zero, whole.direction, whole.ticks_per_radian).check(ROBOT, STS3215.scale)


def test_every_fault_that_an_emulated_board_knows_can_be_asked_for() -> None:
    rng = np.random.default_rng(0)
    faults = read_faults([f"{kind}=0.25" for kind in RATES], rng)
    assert faults.rates == dict.fromkeys(RATES, 0.25)
    texts = [text.replace("ID", "3").replace(":T", ":7") for text in STANDING]
    faults = read_faults(texts, rng)
    assert faults.missing == faults.doubled == faults.hot == {3}
    assert faults.alarms == {3: 32} and faults.echo and faults.chained and faults.sag_at == 7.0
    for text in ("drop", "drop=2", "drop=x", "missing", "missing:x", "echo:3", "rain", "", "sag", "drop=nan"):
        with pytest.raises(BadInputError) as caught:
            read_faults([text], rng)
        assert "\n" not in str(caught.value)
