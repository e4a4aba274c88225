"""The servo model against what its datasheet figures mean, on a joint integrated here by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hebb_controller.robot import ServoSpec
from hebb_controller.robot_file import load_robot
from sim.servo import ServoBank

STEP = 0.005
#: A servo without flaws: every test adds the one that it is about.
IDEAL = ServoSpec("ideal", 2.0, 5.0, 20.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def bank(voltage: float = 1.0, latency: float | None = None, **flaws: float) -> ServoBank:
    servo = dataclasses.replace(IDEAL, **flaws)  # type: ignore[arg-type]
    servos = ServoBank(servo, 1, STEP)
    servos.reset(np.zeros(1), np.full(1, voltage), servo.latency if latency is None else latency)
    return servos


class Joint:
    """One inertia on one servo: the constraint 'reach the speed with at most this torque', as Bullet solves it."""

    def __init__(self, servos: ServoBank, inertia: float, load: float = 0.0) -> None:
        self.servos, self.inertia, self.load = servos, inertia, load
        self.angle = self.speed = 0.0

    def step(self) -> None:
        target, most = (float(v[0]) for v in self.servos.step(np.array([self.angle]), np.array([self.speed])))
        free = self.speed + self.load / self.inertia * STEP
        torque = min(max((target - free) * self.inertia / STEP, -most), most)
        self.speed = free + torque / self.inertia * STEP
        self.angle += self.speed * STEP

    def run(self, seconds: float) -> list[tuple[float, float]]:
        path = []
        for _ in range(round(seconds / STEP)):
            self.step()
            path.append((self.angle, self.speed))
        return path


def torque_at(servos: ServoBank, angle: float = 0.0, speed: float = 0.0) -> tuple[float, float]:
    """Return which way the motor drives a joint at this angle and speed (-1, 0, 1), and with how much torque."""
    target, most = servos.step(np.array([angle]), np.array([speed]))
    return float(np.sign(target[0] - speed)), float(most[0])


@pytest.mark.parametrize("robot", ["realant", "sts12", "bittle"])
def test_free_step_peaks_at_no_load_speed_and_settles_at_the_target(robot: str) -> None:
    servo = load_robot(robot).servo
    assert servo is not None
    servos = ServoBank(servo, 1, STEP)
    joint = Joint(servos, inertia=2e-4)
    servos.command(np.array([2.0]))
    path = np.array(joint.run(2.0))
    assert path[:, 1].max() == pytest.approx(servo.no_load_speed, rel=0.02)
    tolerance = servo.deadband + servo.resolution + servo.backlash + servo.friction / servo.position_gain
    assert path[-1, 0] == pytest.approx(2.0, abs=tolerance)
    assert abs(path[-1, 1]) < 0.02
    assert path[:, 0].max() < 2.0 + tolerance + 0.05


def test_travel_time_is_distance_over_no_load_speed() -> None:
    servos = bank()
    joint = Joint(servos, inertia=1e-5)
    servos.command(np.array([2.0]))
    angles = np.array(joint.run(1.0))[:, 0]
    # Up to where the drive saturates, 0.1 rad short of the goal, the joint runs at 5 rad/s.
    assert (np.argmax(angles > 1.5) + 1) * STEP == pytest.approx(1.5 / 5.0, abs=2 * STEP)


def test_blocked_servo_pushes_with_stall_torque() -> None:
    servos = bank(friction=0.3)
    servos.command(np.array([1.0]))
    direction, torque = torque_at(servos)
    assert direction == 1.0
    assert torque == pytest.approx(2.0)


@given(error=st.floats(0.0, 0.09))
def test_torque_rises_with_the_error_up_to_stall(error: float) -> None:
    servos = bank()
    servos.command(np.array([error]))
    assert torque_at(servos)[1] == pytest.approx(20.0 * error, abs=1e-9)


@given(share=st.floats(0.02, 0.99), voltage=st.floats(0.5, 1.2), friction=st.floats(0.0, 0.3))
def test_torque_falls_linearly_to_nothing_at_no_load_speed(share: float, voltage: float, friction: float) -> None:
    servos = bank(voltage, friction=friction)
    servos.command(np.array([3.0]))
    # Figures of a datasheet are at the nominal voltage; the motor behind its friction scales with the supply.
    stall = (2.0 + friction) * voltage - friction
    no_load = stall / (2.0 / 5.0)
    direction, torque = torque_at(servos, 0.0, share * no_load)
    assert direction == 1.0
    assert torque == pytest.approx(stall * (1.0 - share), abs=1e-9)


def test_no_torque_forward_beyond_no_load_speed() -> None:
    servos = bank()
    servos.command(np.array([3.0]))
    assert torque_at(servos, 0.0, 6.0)[0] == -1.0


@given(speed=st.floats(-40.0, 40.0), goal=st.floats(-3.0, 3.0))
def test_torque_never_exceeds_stall(speed: float, goal: float) -> None:
    servos = bank()
    servos.command(np.array([goal]))
    assert torque_at(servos, 0.0, speed)[1] <= 2.0 + 1e-9


@given(load=st.floats(0.1, 0.9))
def test_loaded_joint_runs_at_the_speed_of_the_torque_speed_curve(load: float) -> None:
    servos = bank(armature=0.01)
    joint = Joint(servos, inertia=0.02, load=-load * 2.0)
    servos.command(np.array([100.0]))
    speed = joint.run(3.0)[-1][1]
    assert speed == pytest.approx(5.0 * (1.0 - load), rel=0.02)


def test_joint_sags_under_load_by_load_over_gain() -> None:
    joint = Joint(bank(armature=0.01), inertia=1e-3, load=-1.0)
    assert joint.run(2.0)[-1][0] == pytest.approx(-1.0 / 20.0, rel=0.02)


def test_overloaded_joint_is_pushed_back() -> None:
    servos = bank()
    joint = Joint(servos, inertia=1e-3, load=-2.5)
    servos.command(np.array([1.0]))
    assert joint.run(0.5)[-1][0] < -0.5


@pytest.mark.parametrize("latency", [0.0, 0.005, 0.01, 0.035])
def test_command_takes_effect_after_the_latency(latency: float) -> None:
    servos = bank(latency=latency)
    servos.command(np.array([1.0]))
    torques = [torque_at(servos)[1] for _ in range(20)]
    assert (np.argmax(np.array(torques) > 0.0)) * STEP == pytest.approx(latency)
    assert max(torques) == pytest.approx(2.0)


def test_latency_between_steps_blends_two_commands() -> None:
    servos = bank(latency=0.0075)
    servos.command(np.array([0.08]))
    torques = [torque_at(servos)[1] for _ in range(4)]
    assert torques == pytest.approx([0.0, 0.8, 1.6, 1.6])


def test_commands_keep_their_order_through_the_delay_line() -> None:
    servos = bank(latency=0.02)
    heard = []
    for k in range(40):
        servos.command(np.array([0.001 * k]))
        heard.append(torque_at(servos)[1] / 20.0)
    assert heard[4:] == pytest.approx([0.001 * k for k in range(36)])


@given(error=st.floats(-0.1, 0.1))
def test_deadband(error: float) -> None:
    servos = bank(deadband=0.02)
    servos.command(np.array([error]))
    assert torque_at(servos)[1] == pytest.approx(20.0 * max(abs(error) - 0.02, 0.0), abs=1e-9)


@given(goal=st.floats(-0.09, 0.09))
def test_goal_is_rounded_to_the_position_step(goal: float) -> None:
    servos = bank(resolution=0.01)
    servos.command(np.array([goal]))
    direction, torque = torque_at(servos)
    steps = round(goal / 0.01)
    assert direction * torque == pytest.approx(20.0 * 0.01 * steps, abs=1e-9)


def test_rotor_limits_the_acceleration() -> None:
    servos = bank(armature=0.04)
    joint = Joint(servos, inertia=1e-9)
    servos.command(np.array([1000.0]))
    speeds = np.array(joint.run(0.5))[:, 1]
    # First-order rise to 5 rad/s with the time constant armature x no-load speed / stall torque = 0.1 s.
    expected = 5.0 * (1.0 - np.exp(-np.arange(1, 101) * STEP / 0.1))
    assert speeds == pytest.approx(expected, rel=1e-6)


def test_backlash_leaves_the_joint_free_within_the_play() -> None:
    servos = bank(backlash=0.02)
    joint = Joint(servos, inertia=1e-3)
    joint.speed = 0.1  # somebody moves the horn; error and torque follow, but the gears do not touch
    torques = []
    while joint.angle < 0.015:
        torques.append(torque_at(servos, joint.angle, joint.speed)[1])
        joint.angle += joint.speed * STEP
        if torques[-1] > 0.0:
            break
    # The rotor meets the joint before it has crossed the whole play, because the loop drives it back.
    assert torques[0] == 0.0
    assert 0.0 < joint.angle <= 0.02


def test_reversal_crosses_the_play_at_rotor_speed() -> None:
    crossed = []
    for backlash in (0.0, 0.05):
        servos = bank(backlash=backlash, damping=0.5, friction=0.02)
        joint = Joint(servos, inertia=1e-4)
        servos.command(np.array([0.5]))
        joint.run(1.0)
        servos._gap[:] = -backlash  # the rotor rests where it pushed from
        servos.command(np.array([-0.5]))
        start = joint.angle
        crossed.append(np.argmax(np.array(joint.run(0.3))[:, 0] < start - 0.2) * STEP)
    # 0.1 rad of play at 5 rad/s of rotor speed.
    assert crossed[1] - crossed[0] == pytest.approx(0.02, abs=STEP)


@given(speed=st.floats(0.1, 3.0))
def test_damping_takes_from_the_drive_not_from_the_motor(speed: float) -> None:
    servos = bank(damping=0.5)
    servos.command(np.array([0.05]))
    direction, torque = torque_at(servos, 0.0, speed)
    assert direction * torque == pytest.approx(20.0 * 0.05 - (0.5 + 0.4) * speed, abs=1e-9)
    servos.command(np.array([3.0]))
    assert torque_at(servos, 0.0, speed)[1] == pytest.approx(2.0 * (1.0 - speed / 5.0), abs=1e-9)


@pytest.mark.parametrize("torque, holds", [(0.25, True), (0.35, False)])
def test_dry_friction_holds_an_unpowered_joint_up_to_its_limit(torque: float, holds: bool) -> None:
    servos = bank(friction=0.3)
    servos.set_strength(np.zeros(1))
    servos.command(np.array([1.0]))
    joint = Joint(servos, inertia=1e-2, load=torque)
    joint.run(1.0)
    assert (abs(joint.angle) < 1e-3) == holds


@pytest.mark.parametrize("voltage", [0.8, 1.0, 1.1025])
def test_full_drive_is_that_of_the_supply(voltage: float) -> None:
    for goal in (2.0, -2.0):
        servos = bank(voltage)
        servos.command(np.array([goal]))
        servos.step(np.zeros(1), np.zeros(1))
        assert servos.drive.tolist() == [math.copysign(voltage, goal)]


def test_unpowered_motor_gives_nothing_whatever_the_goal() -> None:
    servos = bank()
    servos.set_strength(np.zeros(1))
    servos.command(np.array([1.0]))
    assert torque_at(servos)[1] == 0.0
    assert torque_at(servos, 0.0, 3.0)[1] == 0.0


def test_weak_motor_keeps_its_share_of_torque() -> None:
    servos = bank()
    servos.set_strength(np.array([0.25]))
    servos.command(np.array([1.0]))
    assert torque_at(servos)[1] == pytest.approx(0.5)


@given(
    angles=st.lists(st.floats(-math.pi, math.pi), min_size=3, max_size=3),
    speeds=st.lists(st.floats(-20, 20), min_size=3, max_size=3),
)
def test_servos_of_a_bank_do_not_influence_each_other(angles: list[float], speeds: list[float]) -> None:
    servo = load_robot("realant").servo
    assert servo is not None
    together = ServoBank(servo, 3, STEP)
    together.command(np.array([0.1, 0.2, 0.3]))
    for _ in range(5):
        target, most = together.step(np.array(angles), np.array(speeds))
    for k in range(3):
        alone = ServoBank(servo, 1, STEP)
        alone.command(np.array([0.1 * (k + 1)]))
        for _ in range(5):
            own_target, own_most = alone.step(np.array(angles[k : k + 1]), np.array(speeds[k : k + 1]))
        assert (own_target[0], own_most[0]) == pytest.approx((target[k], most[k]), abs=1e-12)
