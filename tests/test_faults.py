"""Faults of actuators and weights, each against the number that it must leave behind."""

from __future__ import annotations

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot, state_at, torque_robot

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation, FaultSchedule, parse_fault, parse_schedule, zero_weights
from hebb_controller.faults import KINDS, Fault, FaultyActuators
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import JointTargets, Vector


def commands(robot: RobotSpec, fault: Fault, nb_steps: int, joint_speed: float = 0.0) -> list[Vector]:
    """Return what is left of the commands 0.00, 0.01, 0.02, ... (all joints alike) under a fault."""
    actuators = FaultyActuators(robot, (fault,))
    out = []
    for step in range(nb_steps):
        targets = JointTargets(0.0, np.full(robot.nb_joints, 0.01 * step), robot.actuation)
        out.append(actuators.apply(step, targets, state_at(robot, position=joint_speed * step)).value)
    return out


def first_joint(values: list[Vector]) -> list[float]:
    return [round(float(v[0]), 9) for v in values]


def test_saturation_is_the_command_of_action_one_within_limits() -> None:
    assert first_joint(commands(servo_robot(), Fault("saturate", 1, 3), 4)) == [0.0, 0.7, 0.7, 0.03]
    assert first_joint(commands(torque_robot(), Fault("saturate", 1, 3), 4)) == [0.0, 3.0, 3.0, 0.03]
    assert first_joint(commands(torque_robot(), Fault("saturate", 0, 1, value=-0.5), 1)) == [-1.5]


def test_frozen_command_is_the_one_of_the_onset() -> None:
    assert first_joint(commands(servo_robot(), Fault("freeze", 2, 5), 6)) == [0.0, 0.01, 0.02, 0.02, 0.02, 0.05]


def test_locked_joint_holds_the_angle_of_the_onset() -> None:
    locked = commands(servo_robot(), Fault("lock", 1, 3), 4, joint_speed=0.1)
    assert first_joint(locked) == [0.0, 0.1, 0.1, 0.03]


def test_delay_and_offset() -> None:
    assert first_joint(commands(servo_robot(), Fault("delay", 2, 5, value=2.0), 6)) == [0, 0.01, 0, 0.01, 0.02, 0.05]
    assert first_joint(commands(servo_robot(), Fault("delay", 0, value=3.0), 5)) == [0, 0, 0, 0, 0.01]
    assert first_joint(commands(servo_robot(), Fault("offset", 1, 2, value=0.25), 3)) == [0.0, 0.26, 0.02]


def test_only_the_named_joints_suffer() -> None:
    values = commands(servo_robot(3), Fault("saturate", 0, None, ("j1",)), 2)
    assert values[1].tolist() == pytest.approx([0.01, 0.7, 0.01])


@pytest.mark.parametrize(("kind", "value", "share"), [("limp", None, 0.0), ("weak", 0.25, 0.25), ("weak", None, 0.5)])
def test_weakness_scales_torques_and_asks_servos_for_less(kind: str, value: float | None, share: float) -> None:
    fault = Fault(kind, 1, 3, ("j0",), value)
    assert first_joint(commands(torque_robot(), fault, 4)) == pytest.approx([0.0, 0.01 * share, 0.02 * share, 0.03])
    servos = FaultyActuators(servo_robot(), (fault,))
    assert servos.needs_strength
    assert [servos.strength(step).tolist() for step in range(4)] == [[1, 1], [share, 1], [share, 1], [1, 1]]
    assert not FaultyActuators(torque_robot(), (fault,)).needs_strength
    assert first_joint(commands(servo_robot(), fault, 4)) == [0.0, 0.01, 0.02, 0.03]


def test_a_new_life_forgets_what_stuck() -> None:
    robot = servo_robot()
    actuators = FaultyActuators(robot, (Fault("freeze", 0),))
    for value in (0.1, 0.2):
        actuators.reset()
        out = actuators.apply(0, JointTargets(0.0, np.full(2, value), "position"), state_at(robot))
        assert out.value.tolist() == [value, value]


def test_the_controllers_own_array_is_left_alone() -> None:
    robot = servo_robot()
    targets = JointTargets(0.0, np.zeros(2), "position")
    FaultyActuators(robot, (Fault("saturate", 0),)).apply(0, targets, state_at(robot))
    assert targets.value.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("share", [0.1, 1.0 / 3.0, 1.0])
def test_a_share_of_all_weights_becomes_zero_and_the_rest_stays(share: float) -> None:
    network = random_rulebook(servo_robot(4), hidden=(16, 8)).network()
    network.reset(np.random.default_rng(0))
    before = np.concatenate([w.ravel() for w in network.weights])
    zero_weights(network, share, np.random.default_rng(1))
    after = np.concatenate([w.ravel() for w in network.weights])
    assert np.count_nonzero(after == 0.0) == round(share * network.nb_synapses)
    assert np.array_equal(after[after != 0.0], before[after != 0.0])


def test_window_spans_all_perturbations_but_not_the_end_of_plasticity() -> None:
    assert FaultSchedule(stop_plasticity=5).window is None
    assert parse_schedule(saturate=["300:400"]).window == (300, 400)
    assert parse_schedule(zero=["0.333@400"]).window == (400, 400)
    assert parse_schedule(saturate=["300:400"], zero=["0.1@450"]).window == (300, 450)
    assert parse_schedule(freeze=["300:"], zero=["0.1@100"]).window == (100, None)


def test_descriptions_are_read() -> None:
    assert parse_fault("300:400", "saturate") == Fault("saturate", 300, 400)
    assert parse_fault("300:400@a,b", "freeze") == Fault("freeze", 300, 400, ("a", "b"))
    assert parse_fault("weak=0.25@10:") == Fault("weak", 10, None, (), 0.25)
    assert parse_fault("limp@10:20@j0") == Fault("limp", 10, 20, ("j0",))
    assert parse_schedule(zero=["0.333@400"]).ablations == (Ablation(0.333, 400),)


@pytest.mark.parametrize(
    "text",
    ["", "300", "a:b", "400:300", "300:300", "-5:10", "300:400@", "3:4@a@b", "1.5:3", "²:³", "٣:٤", "1:" + "9" * 5000],
)
def test_bad_spans_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInputError) as error:
        parse_fault(text, "saturate")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "300:400",
        "explode@3:4",
        "weak=2@3:4",
        "weak=x@3:4",
        "weak=nan@3:4",
        "limp=1@3:4",
        "delay=1.5@3:4",
        "@3:4",
        "limp",
    ],
)
def test_bad_faults_are_refused_in_one_line(text: str) -> None:
    with pytest.raises(BadInputError) as error:
        parse_fault(text)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    ["", "0.3", "0@4", "1.5@4", "x@4", "0.3@", "0.3@x", "0.3@-1", "nan@3", "0.3@²", "0.3@٣", "0.3@" + "9" * 5000],
)
def test_bad_ablations_are_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        parse_schedule(zero=[text])


def test_unknown_kind_names_the_choices() -> None:
    with pytest.raises(BadInputError, match=", ".join(sorted(KINDS))):
        Fault("explode", 0)


def test_a_robot_refuses_what_it_cannot_have() -> None:
    with pytest.raises(BadInputError, match="j0, j1"):
        FaultyActuators(servo_robot(), (Fault("limp", 0, None, ("knee",)),))
    for kind in ("lock", "offset"):
        with pytest.raises(BadInputError, match="driven by torque"):
            FaultyActuators(torque_robot(), (Fault(kind, 0),))
