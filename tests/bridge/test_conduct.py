"""What health lets be done with the servos, without a port, a thread or a clock."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.conduct import Conduct, judged
from firmware_bridge.health import Level
from firmware_bridge.sit_down import SIT_TIME, Sinking

WANTED, LAST, SITTING = np.full(3, 0.9), np.full(3, 0.3), np.full(3, -0.5)
DERATED = 0.6


def after(before: Conduct, level: Level, reason: str = "why", strain: str = "", now: float = 10.0) -> Conduct:
    return judged(before, level, reason, strain, DERATED, lambda: Sinking(LAST, SITTING, now))


@pytest.mark.parametrize(
    ("level", "goal"), [(Level.WELL, WANTED), (Level.DERATE, WANTED), (Level.HOLD, LAST), (Level.SIT, LAST)]
)
def test_each_level_lets_one_goal_through(level: Level, goal: np.ndarray) -> None:
    conduct = after(Conduct(), level)
    np.testing.assert_array_equal(conduct.goal(WANTED, LAST, 10.0), goal)  # sitting down begins at the last one
    assert not conduct.over(10.0)


def test_it_sinks_in_a_straight_line_and_then_lets_go() -> None:
    conduct = after(Conduct(), Level.SIT, now=10.0)
    np.testing.assert_allclose(conduct.goal(WANTED, LAST, 10.0 + SIT_TIME / 2.0), 0.5 * (LAST + SITTING))
    np.testing.assert_allclose(conduct.goal(WANTED, LAST, 10.0 + SIT_TIME), SITTING)
    assert not conduct.over(10.0 + SIT_TIME) and conduct.over(10.01 + SIT_TIME)


def test_what_has_begun_to_sit_does_not_stand_up_again_nor_begin_anew() -> None:
    sinking = after(Conduct(), Level.SIT, "hot", now=10.0)
    for level in (Level.WELL, Level.DERATE, Level.HOLD, Level.SIT):
        later = after(sinking, level, now=11.0)
        assert later.level is Level.SIT and later.sinking is sinking.sinking
        assert later.reason == ("why" if level is Level.SIT else "hot")
    limp = after(sinking, Level.LIMP, "lost")
    assert (limp.level, limp.reason) == (Level.LIMP, "lost") and limp.over(10.0)


def test_a_strained_joint_is_a_reason_to_sit_unless_there_is_a_worse_one() -> None:
    strained = after(Conduct(), Level.HOLD, strain="knee stays 0.60 rad from its goal")
    assert (strained.level, strained.reason) == (Level.SIT, "knee stays 0.60 rad from its goal")
    assert after(Conduct(), Level.SIT, "hot", strain="knee").reason == "hot"
    assert after(Conduct(), Level.LIMP, "lost", strain="knee").over(0.0)


def test_torque_that_was_taken_from_warm_servos_does_not_come_back_by_itself() -> None:
    warm = after(Conduct(), Level.DERATE)
    assert warm.torque_share == DERATED
    assert after(warm, Level.WELL, "").torque_share == DERATED
    assert after(Conduct(), Level.HOLD).torque_share == 1.0


@given(st.lists(st.sampled_from(list(Level)), min_size=1, max_size=20))
def test_whatever_is_told_torque_never_grows_and_the_way_down_is_one(levels: list[Level]) -> None:
    conduct, share, sinking = Conduct(), 1.0, None
    for k, level in enumerate(levels):
        conduct = after(conduct, level, now=float(k))
        assert conduct.torque_share <= share
        assert sinking is None or conduct.sinking is sinking
        share, sinking = conduct.torque_share, conduct.sinking
        assert (conduct.sinking is not None) == (Level.SIT in levels[: k + 1])
