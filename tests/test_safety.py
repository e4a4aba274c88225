"""The gate: what passes, what is held back, and what cannot be got round by any command."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from fixtures_rulebooks import servo_robot, state_at, torque_robot
from hypothesis import given
from hypothesis import strategies as st

from hebb_controller.errors import BadInputError
from hebb_controller.observation import Observer, observation_size
from hebb_controller.safety import Mode, SafetyConfig, SafetyGate, tilt
from hebb_controller.signals import JointTargets

PERIOD = 0.02


def target(value: float, kind: str = "position") -> JointTargets:
    return JointTargets(0.0, np.full(2, value), kind)


def test_a_good_command_passes_unchanged() -> None:
    gate = SafetyGate(servo_robot())
    out = gate(target(0.1), state_at(servo_robot()), 0.0)
    assert out.value.tolist() == [0.1, 0.1] and not out.limp
    assert (gate.mode, gate.reason, gate.nb_limited) == (Mode.NOMINAL, "", 0)


def test_targets_stay_within_joint_limits() -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig())
    assert gate(target(7.0), state_at(servo_robot()), 0.0).value.tolist() == [1.0, 1.0]
    assert gate.nb_limited == 1


def test_targets_move_no_faster_than_the_slew_limit() -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig(max_slew=5.0))
    sent = [gate(target(1.0), state_at(servo_robot(), k * PERIOD), k * PERIOD).value[0] for k in range(12)]
    assert np.diff([0.0, *sent]).max() <= 5.0 * PERIOD + 1e-12
    assert sent[-1] == 1.0


def test_a_late_step_does_not_earn_a_leap() -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig(max_slew=5.0, max_age=None))
    gate(target(0.0), state_at(servo_robot()), 0.0)
    assert gate(target(1.0), state_at(servo_robot(), 3.0), 3.0).value[0] == pytest.approx(5.0 * 2 * PERIOD)


def test_torques_stay_within_what_action_one_means() -> None:
    gate = SafetyGate(torque_robot())
    assert gate(target(-50.0, "torque"), state_at(torque_robot()), 0.0).value.tolist() == [-3.0, -3.0]
    assert gate.config == SafetyConfig.limits_only()


def test_non_finite_command_holds_the_last_good_one_until_it_is_over() -> None:
    gate = SafetyGate(servo_robot())
    state = state_at(servo_robot())
    gate(target(0.1), state, 0.0)
    out = gate(target(math.nan), state, 0.0)
    assert out.value.tolist() == [0.1, 0.1] and gate.mode is Mode.HOLD and gate.reason
    gate(target(0.12), state, 0.0)
    assert gate.mode is Mode.NOMINAL and gate.reason == ""


def test_without_a_good_command_the_joints_stay_where_they_are() -> None:
    out = SafetyGate(servo_robot())(target(math.inf), state_at(servo_robot(), position=0.3), 0.0)
    assert out.value.tolist() == [0.3, 0.3]


def test_a_held_torque_robot_gets_no_torque() -> None:
    gate = SafetyGate(torque_robot())
    gate(target(2.0, "torque"), state_at(torque_robot()), 0.0)
    assert gate(target(math.nan, "torque"), state_at(torque_robot()), 0.0).value.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("field", ["roll", "pitch", "joint_position", "angular_velocity_base_in_base"])
def test_non_finite_readings_hold(field: str) -> None:
    state = state_at(servo_robot())
    broken = getattr(state, field) * math.nan
    gate = SafetyGate(servo_robot())
    gate(target(0.1), dataclasses.replace(state, **{field: broken}), 0.0)
    assert gate.mode is Mode.HOLD


@pytest.mark.parametrize("field", ["roll", "pitch", "yaw"])
def test_an_infinite_attitude_is_a_mode_and_not_a_traceback(field: str) -> None:
    robot = servo_robot()
    state = dataclasses.replace(state_at(robot), **{field: math.inf})
    gate = SafetyGate(robot)
    gate(target(0.1), state, 0.0)
    assert gate.mode is (Mode.NOMINAL if field == "yaw" else Mode.HOLD)  # the gate does not need the yaw
    observed = Observer("servo_heading", robot)(state, np.zeros(2))
    assert observed.shape == (observation_size("servo_heading", robot),)


def test_what_a_robot_need_not_sense_may_be_nan() -> None:
    gate = SafetyGate(servo_robot())
    gate(target(0.1), state_at(servo_robot()), 0.0)  # its joint speeds and yaw are NaN
    assert gate.mode is Mode.NOMINAL


@pytest.mark.parametrize("age", [0.2, -0.2])
def test_stale_readings_hold_and_then_let_go(age: float) -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig(max_age=0.1, max_hold=0.5))
    modes = []
    for now in (0.0, 0.3, 0.6, 0.9):
        gate(target(0.1), state_at(servo_robot(), now - age), now)
        modes.append(gate.mode)
    assert modes == [Mode.HOLD, Mode.HOLD, Mode.LIMP, Mode.LIMP]


def test_who_wants_to_let_go_may_whatever_the_mode() -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig(max_age=0.1))
    limp = dataclasses.replace(target(0.1), limp=True)
    for age, mode in ((0.0, Mode.NOMINAL), (0.2, Mode.HOLD)):
        assert gate(limp, state_at(servo_robot(), 1.0 - age), 1.0).limp and gate.mode is mode


def test_a_clock_that_jumps_back_does_not_put_the_end_of_holding_off() -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig(max_age=0.1, max_hold=0.5))
    for now in (100.0, 1.0, 1.4, 1.6):
        gate(target(0.1), state_at(servo_robot(), now - 0.2), now)
    assert gate.mode is Mode.LIMP


def test_tilt_lets_go_after_enough_readings_and_stays_so_until_reset() -> None:
    gate = SafetyGate(servo_robot(), SafetyConfig(max_tilt=1.0, tilt_readings=3))
    upright, fallen = state_at(servo_robot()), state_at(servo_robot(), roll=1.2)
    modes = []
    for state in (fallen, fallen, upright, fallen, fallen, fallen, upright):
        out = gate(target(0.1), state, 0.0)
        modes.append(gate.mode)
    assert modes == [Mode.NOMINAL] * 5 + [Mode.LIMP] * 2
    assert out.limp
    gate.reset()
    assert not gate(target(0.1), upright, 0.0).limp and gate.mode is Mode.NOMINAL


def test_tilt_is_the_angle_to_the_vertical() -> None:
    robot = servo_robot()
    assert tilt(state_at(robot, roll=0.3)) == pytest.approx(0.3)
    assert tilt(state_at(robot, pitch=-0.4)) == pytest.approx(0.4)
    assert tilt(state_at(robot, roll=math.pi)) == pytest.approx(math.pi)


def test_the_benchmarks_gate_ignores_tilt_and_age() -> None:
    gate = SafetyGate(torque_robot())
    for _ in range(10):
        out = gate(target(1.0, "torque"), state_at(torque_robot(), roll=3.0), 100.0)
    assert out.value.tolist() == [1.0, 1.0]


@given(st.lists(st.floats(width=64), min_size=1, max_size=30))
def test_no_stream_of_commands_gets_past_limits_and_slew(values: list[float]) -> None:
    robot = servo_robot()
    gate = SafetyGate(robot, SafetyConfig(max_slew=5.0))
    last = np.zeros(2)
    for k, value in enumerate(values):
        out = gate(target(value), state_at(robot, k * PERIOD), k * PERIOD).value
        assert np.all(np.isfinite(out)) and np.all(out >= robot.lower) and np.all(out <= robot.upper)
        assert np.all(np.abs(out - last) <= 5.0 * 2 * PERIOD + 1e-9)
        last = out


@pytest.mark.parametrize("bad", [{"max_slew": 0.0}, {"max_tilt": -1.0}, {"max_age": math.nan}, {"tilt_readings": 0}])
def test_bad_bounds_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(BadInputError):
        SafetyConfig(**bad)  # type: ignore[arg-type]
