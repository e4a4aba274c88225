"""CPPN and substrate: painting as a double loop, planted patterns, and places that follow the body."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from hebb_controller.cppn import CYCLE, NB_INPUTS, Cppn, cppn_shapes, paint
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.substrate import AXES, Substrate, grid_places, joint_places, substrate_of

LAYOUT = "servo_heading"
PRE = {axis: k for k, axis in enumerate(AXES)}
POST = {axis: len(AXES) + k for k, axis in enumerate(AXES)}
LAYER, DISTANCE = 2 * len(AXES), 2 * len(AXES) + 1


def drawn_cppn(hidden: tuple[int, ...] = (13, 7), nb_terms: int = 5, seed: int = 0) -> Cppn:
    rng = np.random.default_rng(seed)
    return Cppn(tuple(rng.standard_normal(shape) for shape in cppn_shapes(hidden, nb_terms)))


def planted(**weights_by_function: dict[int, float]) -> Cppn:
    """Return a CPPN of one term, 0.5 + the sum of the named functions of weighted inputs."""
    hidden = np.zeros((len(CYCLE), NB_INPUTS + 1))
    output = np.zeros((1, len(CYCLE) + 1))
    output[0, -1] = 0.5
    for name, weights in weights_by_function.items():
        unit = CYCLE.index(name)
        output[0, unit] = 1.0
        for index, weight in weights.items():
            hidden[unit, index] = weight
    return Cppn((hidden, output))


def loop_value(cppn: Cppn, asked: list[float]) -> list[float]:
    """One synapse in plain Python, written from the definition."""
    functions = {
        "sin": math.sin,
        "gauss": lambda x: math.exp(-(x**2)),
        "tanh": math.tanh,
        "abs": abs,
        "linear": lambda x: x,
    }
    values = asked
    for k, layer in enumerate(cppn.weights):
        sums = [sum(w * v for w, v in zip(row[:-1], values, strict=True)) + row[-1] for row in layer]
        last = k == len(cppn.weights) - 1
        values = sums if last else [functions[CYCLE[j % len(CYCLE)]](s) for j, s in enumerate(sums)]
    return values


def test_painting_is_one_question_per_synapse() -> None:
    """Vectorised against a loop over layers, posts and pres."""
    substrate = substrate_of(load_robot("realant"), LAYOUT, (6, 4))
    cppn = drawn_cppn()
    painted = paint(cppn, substrate)
    assert [p.shape for p in painted] == [(5, 6, 31), (5, 4, 6), (5, 8, 4)]
    for k, layer in enumerate(painted):
        pres, posts = substrate.layers[k], substrate.layers[k + 1]
        for j, post in enumerate(posts):
            for i, pre in enumerate(pres):
                asked = [*map(float, pre), *map(float, post), k - 1.0, math.dist(pre, post)]
                np.testing.assert_allclose(layer[:, j, i], loop_value(cppn, asked), rtol=1e-4, atol=1e-4)


def test_a_planted_cppn_paints_what_it_was_planted_with() -> None:
    """sin(2 x_pre) + exp(-(y_post)^2) + |layer| + distance, and a constant."""
    substrate = substrate_of(load_robot("sts12"), LAYOUT, (6, 4))
    cppn = planted(
        sin={PRE["x"]: 2.0}, gauss={POST["y"]: 1.0}, abs={LAYER: 1.0}, linear={DISTANCE: 1.0}, tanh={PRE["depth"]: 3.0}
    )
    for k, (layer, pre, post) in enumerate(
        zip(paint(cppn, substrate), substrate.layers[:-1], substrate.layers[1:], strict=True)
    ):
        distance = np.sqrt(((post[:, None, :] - pre[None, :, :]) ** 2).sum(axis=2))
        expected = 0.5 + np.sin(2 * pre[None, :, 0]) + np.exp(-(post[:, None, 1] ** 2)) + abs(k - 1) + distance
        np.testing.assert_allclose(layer[0], expected + np.tanh(3 * pre[None, :, 2]), atol=1e-5)


@pytest.mark.parametrize("name", ["realant", "bittle", "sts12", "pwm12"])
def test_mirrored_legs_have_mirrored_places(name: str) -> None:
    """Left and right differ in the sign of y alone; front and hind in x, and in swing where legs are built mirrored."""
    robot = load_robot(name)
    front_left, front_right, back_left, back_right = np.split(joint_places(robot), 4)
    left_to_right = np.array([1, -1, 1, 1, 1, 1, 1])
    np.testing.assert_allclose(front_left * left_to_right, front_right, atol=1e-6)
    np.testing.assert_allclose(back_left * left_to_right, back_right, atol=1e-6)
    swing = -1 if name == "realant" else 1
    np.testing.assert_allclose(front_left * [-1, 1, 1, swing, 1, 1, 1], back_left, atol=1e-6)
    assert np.abs(joint_places(robot)).max() <= 1.0


def test_a_joint_places_the_motion_of_its_foot() -> None:
    """The knee of sts12 at -90 degrees, below a thigh at 45: the shank points forward and down."""
    knee = joint_places(load_robot("sts12"))[2]
    # Turning it about y by a positive angle moves its end backwards and down.
    np.testing.assert_allclose(
        knee[[PRE["depth"], PRE["swing"], PRE["lift"]]], [1, -math.sqrt(0.5), -math.sqrt(0.5)], atol=1e-6
    )


def test_the_last_command_lies_where_its_output_lies() -> None:
    """And all places of a network differ but for these."""
    robot = load_robot("sts12")
    substrate = substrate_of(robot, LAYOUT, (64, 32))
    assert substrate.layer_sizes == (43, 64, 32, 12)
    inputs = substrate.layers[0]
    np.testing.assert_array_equal(inputs[5 + 2 * 12 : 5 + 3 * 12], substrate.layers[-1])
    for places in substrate.layers:
        assert len(np.unique(places, axis=0)) == len(places)


def permuted_legs(robot: RobotSpec, order: list[int]) -> RobotSpec:
    """Return the robot with its legs, and so its joints, in another order."""
    assert robot.body is not None
    joints = [robot.joints[2 * leg : 2 * leg + 2] for leg in range(4)]
    body = dataclasses.replace(robot.body, legs=tuple(robot.body.legs[k] for k in order))
    return dataclasses.replace(robot, body=body, joints=tuple(j for k in order for j in joints[k]))


def test_another_joint_order_permutes_the_coefficients() -> None:
    """Rows of outputs and columns of joint sensors move with their legs; nothing else changes."""
    robot = load_robot("realant")
    order = [2, 0, 3, 1]
    cppn = drawn_cppn()
    plain = paint(cppn, substrate_of(robot, LAYOUT, (6, 4)))
    moved = paint(cppn, substrate_of(permuted_legs(robot, order), LAYOUT, (6, 4)))
    joints = np.array([2 * leg + k for leg in order for k in range(2)])
    inputs = np.concatenate([np.arange(5), *(5 + 8 * s + joints for s in range(3)), [29, 30]])
    np.testing.assert_allclose(moved[0], plain[0][:, :, inputs], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(moved[1], plain[1])
    np.testing.assert_allclose(moved[2], plain[2][:, joints], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("units", "rows"), [(64, 8), (32, 4), (7, 1), (1, 1)])
def test_a_grid_holds_every_unit_once(units: int, rows: int) -> None:
    """Distinct places within the square, symmetric about its middle."""
    places = grid_places(units)
    assert len(np.unique(places, axis=0)) == units
    assert len(np.unique(places[:, 1])) == rows
    np.testing.assert_allclose(np.sort(places[:, 0]), np.sort(-places[:, 0]), atol=1e-6)


def test_what_cannot_be_painted_is_refused() -> None:
    """The benchmark's ant has no body section; a CPPN needs layers that fit and functions that exist."""
    with pytest.raises(BadInputError, match="body section"):
        substrate_of(load_robot("ant"), "ant_bullet", (4,))
    with pytest.raises(BadInputError, match="1 unit or more"):
        cppn_shapes((), 5)
    with pytest.raises(BadInputError, match="choose one of"):
        Cppn(drawn_cppn().weights, ("cosine",))
    with pytest.raises(BadInputError, match="needs"):
        Cppn((np.zeros((3, 2)), np.zeros((5, 4))))
    assert Substrate(()).layer_sizes == ()
