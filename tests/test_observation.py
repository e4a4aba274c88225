"""Observation layouts, each number against its meaning; the ant's layout against PyBullet is tested elsewhere."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fixtures_rulebooks import servo_robot, state_at
from hypothesis import given
from hypothesis import strategies as st

from hebb_controller.errors import BadInputError
from hebb_controller.observation import BOUND, LAYOUTS, Observer, observation_size
from hebb_controller.signals import GroundTruth

ROBOT = servo_robot(3)
REST = np.zeros(3)
FINITE = st.floats(-1e6, 1e6)


def test_servo_layout_number_by_number() -> None:
    observer = Observer("servo", ROBOT)
    first = dataclasses.replace(
        state_at(ROBOT),
        roll=0.1,
        pitch=-0.2,
        angular_velocity_base_in_base=np.array([1.0, -2.0, 3.0]),
        joint_position=np.array([0.2, 0.7, -0.3]),
    )
    seen = observer(first, np.array([0.4, -0.5, 0.6]))
    # attitude, gyro over 5 rad/s, angle as an action (neutral 0.2, range 0.5), no speed at first, last action
    np.testing.assert_allclose(seen, [0.1, -0.2, 0.2, -0.4, 0.6, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.4, -0.5, 0.6])
    second = dataclasses.replace(first, joint_position=np.array([0.21, 0.7, -0.32]))
    # 0.01 rad in 20 ms is 0.5 rad/s, and 5 rad/s is 1
    np.testing.assert_allclose(observer(second, REST)[8:11], [0.1, 0.0, -0.2], atol=1e-12)
    observer.reset()
    assert not observer(first, REST)[8:11].any()


def test_a_joint_at_the_end_of_its_action_reads_one() -> None:
    position = ROBOT.neutral + ROBOT.action_scale
    seen = Observer("servo", ROBOT)(dataclasses.replace(state_at(ROBOT), joint_position=position), REST)
    np.testing.assert_allclose(seen[5:8], 1.0)


def test_heading_layout_adds_the_yaw_and_nothing_else() -> None:
    state = dataclasses.replace(state_at(ROBOT, position=0.4), yaw=2.0)
    plain, heading = (Observer(name, ROBOT)(state, REST) for name in ("servo", "servo_heading"))
    np.testing.assert_array_equal(heading[:-2], plain)
    np.testing.assert_allclose(heading[-2:], [np.sin(2.0), np.cos(2.0)])


def test_servo_layouts_use_nothing_that_only_a_simulator_knows() -> None:
    truth = GroundTruth(np.ones(3), np.ones(3), 1.0, 1.0, np.ones(4))
    bare = state_at(ROBOT, position=0.1)
    assert bare.truth is None and np.isnan(bare.joint_velocity).all()
    told = dataclasses.replace(bare, truth=truth, joint_velocity=np.ones(3), yaw=1.0)
    np.testing.assert_array_equal(Observer("servo", ROBOT)(bare, REST), Observer("servo", ROBOT)(told, REST))


def test_ant_layout_needs_ground_truth() -> None:
    robot = servo_robot(8)
    with pytest.raises(BadInputError, match="ground truth"):
        Observer("ant_bullet", robot)(state_at(robot), np.zeros(8))


def test_ant_layout_turns_velocities_into_the_heading_frame() -> None:
    robot = servo_robot(8)
    truth = GroundTruth(np.zeros(3), np.array([0.0, 2.0, 0.5]), np.pi / 2, 0.3, np.array([1.0, 0.0, 0.0, 1.0]))
    state = dataclasses.replace(state_at(robot), yaw=np.pi / 2, truth=truth, joint_velocity=np.arange(8.0))
    seen = Observer("ant_bullet", robot)(state, np.zeros(8))
    # walking along its own nose, straight at the target
    np.testing.assert_allclose(seen[:6], [0.3, 0.0, 1.0, 0.6, 0.0, 0.15], atol=1e-12)
    np.testing.assert_allclose(seen[9:24:2], 0.1 * np.arange(8.0))
    np.testing.assert_array_equal(seen[24:], truth.foot_contact)


@given(values=st.lists(FINITE, min_size=8, max_size=8), action=st.floats(-1, 1))
def test_every_entry_is_bounded(values: list[float], action: float) -> None:
    state = dataclasses.replace(
        state_at(ROBOT),
        roll=values[0],
        pitch=values[1],
        angular_velocity_base_in_base=np.array(values[2:5]),
        joint_position=np.array(values[5:8]),
    )
    observer = Observer("servo", ROBOT)
    for _ in range(2):
        seen = observer(state, np.full(3, action))
        assert seen.shape == (observation_size("servo", ROBOT),) and np.abs(seen).max() <= BOUND


@pytest.mark.parametrize("layout", LAYOUTS)
def test_sizes_of_the_layouts(layout: str) -> None:
    expected = {"ant_bullet": 28, "servo": 29, "servo_heading": 31}
    assert observation_size(layout, servo_robot(8)) == expected[layout] == Observer(layout, servo_robot(8)).size


def test_states_are_left_as_they_were() -> None:
    state = state_at(ROBOT, position=0.5)
    before = state.joint_position.copy(), state.angular_velocity_base_in_base.copy()
    Observer("servo", ROBOT)(state, REST)
    np.testing.assert_array_equal(state.joint_position, before[0])
    np.testing.assert_array_equal(state.angular_velocity_base_in_base, before[1])


def test_unknown_layouts_list_the_known() -> None:
    with pytest.raises(BadInputError, match="choose one of ant_bullet, servo, servo_heading"):
        observation_size("smell", ROBOT)
