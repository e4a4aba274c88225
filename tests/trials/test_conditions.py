"""What conditions are made of: a random rule as large as the evolved one, and a trot that goes forward."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import zero_weights
from hebb_controller.leg_kinematics import leg_chain
from hebb_controller.observation import observation_size
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from hebb_controller.sine_gait import SineGait
from hebb_controller.trials.random_rule import random_rulebook

ROBOTS = ("realant", "sts12", "bittle", "pwm12")


def test_a_random_rule_is_as_large_as_the_evolved_one(tmp_path: Path) -> None:
    book = load_rulebook("realant")
    drawn = random_rulebook(book, 1)
    for old, new in zip(book.coefficients, drawn.coefficients, strict=True):
        assert old.shape == new.shape
        for a, b in zip(old, new, strict=True):
            rms = [np.sqrt(np.mean(np.square(c, dtype=float))) for c in (a, b)]
            assert rms[1] == pytest.approx(rms[0], rel=6.0 / np.sqrt(2.0 * a.size))  # six standard errors
            assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 6.0 / np.sqrt(a.size)
    assert random_rulebook(book, 1).digest == drawn.digest != random_rulebook(book, 2).digest != book.digest
    drawn.check_robot(load_robot("realant"))
    assert load_rulebook(drawn.save(tmp_path / "random.hebb.safetensors")).digest == drawn.digest
    with pytest.raises(BadInputError, match="static"):
        random_rulebook(load_rulebook("realant-static"), 1)


def actions(gait: SineGait, nb: int) -> np.ndarray:
    gait.reset()
    return np.array([gait.act(np.zeros(gait.layer_sizes[0])) for _ in range(nb)], dtype=float)


@settings(max_examples=8)
@pytest.mark.parametrize("name", ROBOTS)
@given(frequency=st.floats(0.5, 4.0))
def test_every_joint_is_a_sine_of_the_clock(name: str, frequency: float) -> None:
    robot = load_robot(name)
    drawn = actions(SineGait(robot, 7, frequency, 0.02, 0.01), 60)
    assert np.abs(drawn).max() < 1.0  # small enough that nothing is cut off
    phase = 2.0 * np.pi * frequency / robot.control_rate * np.arange(60)
    basis = np.stack([np.cos(phase), np.sin(phase)], axis=1)
    fitted = basis @ np.linalg.lstsq(basis, drawn, rcond=None)[0]
    assert np.abs(drawn - fitted).max() < 1e-6


@pytest.mark.parametrize("name", ROBOTS)
def test_diagonal_feet_go_back_on_the_ground_and_forward_in_the_air(name: str) -> None:
    robot = load_robot(name)
    assert robot.body is not None
    stride, lift, nb = 0.01, 0.005, 50
    drawn = actions(SineGait(robot, 3, 1.0, stride, lift), nb)
    feet = np.zeros((nb, 4, 3))
    for k, action in enumerate(drawn):
        angles = np.split(robot.neutral + action * robot.action_scale, 4)
        for leg, own in enumerate(angles):
            feet[k, leg] = leg_chain(robot.body, robot.body.legs[leg], own)[0][-1]
    feet -= feet.mean(axis=0)
    x, z = feet[..., 0], feet[..., 2]
    # A planar leg cannot always do both; what it does is the nearest to it.
    assert np.allclose(np.ptp(x, axis=0), stride, rtol=0.1)
    speed = np.gradient(x, axis=0)
    assert (np.sum(speed * z, axis=0) >= -1e-9).all()  # high while it goes forward
    marks = [leg.mirror[0] * leg.mirror[1] for leg in robot.body.legs]
    for a in range(4):
        for b in range(4):
            assert np.sign(x[:, a] @ x[:, b]) == marks[a] * marks[b]


def test_it_is_behind_the_face_of_a_network() -> None:
    robot = load_robot("sts12")
    gait = SineGait(robot, observation_size(robot.observation, robot))
    controller = Controller(robot, gait)
    controller.reset(np.random.default_rng(0))
    zero_weights(gait, 0.5, np.random.default_rng(0))
    gait.adapt()
    gait.warm_up()
    assert gait.snapshot() == [] == gait.weights and gait.nb_synapses == 0 and not gait.plastic
    assert [a.size for a in gait.activations] == list(gait.layer_sizes)
    with pytest.raises(BadInputError, match="inputs"):
        gait.act(np.zeros(3))
    with pytest.raises(BadInputError, match="no weights"):
        gait.weights = [np.zeros((2, 2))]
    first = actions(gait, 20)
    assert np.array_equal(actions(gait, 20), first)


def test_what_cannot_be_scripted_is_refused() -> None:
    with pytest.raises(BadInputError, match="a quarter of the control rate"):
        SineGait(load_robot("realant"), 3, 20.0)
    with pytest.raises(BadInputError, match="no body"):
        SineGait(load_robot("ant"), 3)
