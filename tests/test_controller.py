"""The controller: observation, network, filter and scaling in this order, and nothing learned outside `adapt`."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot, state_at, torque_robot
from hypothesis import given
from hypothesis import strategies as st

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError
from hebb_controller.network import PlasticNetwork
from hebb_controller.observation import Observer

ROBOT = servo_robot(2)
SIZES = (11, 4, 2)


def controller(action_filter: float | None = None, seed: int = 0) -> Controller:
    made = Controller(ROBOT, random_rulebook(ROBOT).network(), action_filter=action_filter)
    made.reset(np.random.default_rng(seed))
    return made


def test_action_is_filtered_scaled_and_stamped() -> None:
    made, twin, observer = controller(0.25), controller(), Observer("servo", ROBOT)
    filtered = np.zeros(2)
    for step in range(5):
        state = state_at(ROBOT, time=0.02 * step, position=0.1 * step)
        targets = made.act(state)
        filtered = 0.25 * twin.network.act(observer(state, filtered)) + 0.75 * filtered
        np.testing.assert_allclose(made.last_action, filtered, atol=1e-12)
        np.testing.assert_allclose(targets.value, 0.2 + 0.5 * filtered, atol=1e-12)
        assert (targets.time, targets.kind, targets.limp) == (state.time, "position", False)
        made.adapt()
        twin.network.adapt()


def test_the_action_comes_before_the_change_of_weights() -> None:
    made = controller()
    before = [w.copy() for w in made.network.weights]
    made.act(state_at(ROBOT, position=0.5))
    assert all(np.array_equal(a, b) for a, b in zip(before, made.network.weights, strict=True))
    made.adapt()
    assert not np.array_equal(before[0], made.network.weights[0])


def test_disabled_plasticity_freezes_the_weights() -> None:
    made = controller()
    before = [w.copy() for w in made.network.weights]
    made.plasticity_enabled = False
    for _ in range(3):
        made.act(state_at(ROBOT))
        made.adapt()
    assert all(np.array_equal(a, b) for a, b in zip(before, made.network.weights, strict=True))


def test_reset_makes_lives_independent() -> None:
    def life(made: Controller) -> list[np.ndarray]:
        values = []
        for step in range(4):
            values.append(made.act(state_at(ROBOT, position=0.1 * step)).value)
            made.adapt()
        return values

    made = controller(0.5)
    made.reset(np.random.default_rng(1))
    first = life(made)
    made.reset(np.random.default_rng(1))
    np.testing.assert_array_equal(first, life(made))
    made.reset(start=None)  # keeps the weights, forgets the rest
    assert not made.last_action.any()
    assert not np.array_equal(first, life(made))


@given(action=st.lists(st.floats(-1, 1), min_size=2, max_size=2))
def test_position_targets_stay_within_limits(action: list[float]) -> None:
    robot = dataclasses.replace(ROBOT, joints=tuple(dataclasses.replace(j, action_range=3.0) for j in ROBOT.joints))
    made = Controller(robot, PlasticNetwork(SIZES, None, None))
    value = made.targets(0.0, np.array(action)).value
    assert (value >= robot.lower).all() and (value <= robot.upper).all()


def test_torque_targets() -> None:
    robot = torque_robot(2)
    targets = Controller(robot, PlasticNetwork(SIZES, None, None)).targets(1.0, np.array([1.0, -0.5]))
    assert targets.kind == "torque"
    np.testing.assert_allclose(targets.value, [3.0, -1.5])


def test_a_dead_sensor_does_not_reach_the_targets() -> None:
    made = controller()
    state = dataclasses.replace(state_at(ROBOT), roll=np.nan, angular_velocity_base_in_base=np.full(3, np.nan))
    for _ in range(3):
        assert np.isfinite(made.act(state).value).all()
        made.adapt()
    assert made.network.non_finite_inputs == 12
    assert all(np.isfinite(w).all() for w in made.network.weights)


@pytest.mark.parametrize("sizes", [(10, 4, 2), (11, 4, 3), (2, 11)])
def test_networks_that_do_not_fit_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(BadInputError, match="11 inputs and 2 outputs"):
        Controller(ROBOT, PlasticNetwork(sizes, None, None))


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_filters_out_of_range_are_refused(share: float) -> None:
    with pytest.raises(BadInputError, match="action filter"):
        Controller(ROBOT, PlasticNetwork(SIZES, None, None), action_filter=share)


def test_unknown_layout_is_refused() -> None:
    with pytest.raises(BadInputError, match="unknown observation layout"):
        Controller(ROBOT, PlasticNetwork(SIZES, None, None), layout="smell")


def test_last_action_is_a_copy() -> None:
    made = controller()
    made.act(state_at(ROBOT))
    made.last_action[:] = 9.0
    assert np.abs(made.last_action).max() <= 1.0
