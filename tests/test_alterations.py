"""What the altered bodies are made of: lengths, masses, places and balance."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fixtures_bodies import LEGS, body_of

from hebb_controller.leg_kinematics import leg_chain, leg_hip, leg_segments, standing_torques, total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from sim.alterations import cross_wires
from sim.bodies import BARE_FRICTION, PAYLOAD, SHORT, embody


@pytest.fixture(params=["realant", "sts12", "bittle"])
def robot(request: pytest.FixtureRequest) -> RobotSpec:
    return load_robot(request.param)


@pytest.mark.parametrize("change, share", [("half", 0.6), ("long", 1.4), ("footless", 0.7)])
@pytest.mark.parametrize("leg", LEGS)
def test_one_leg_changes_its_length_and_the_others_nothing(
    robot: RobotSpec, leg: str, change: str, share: float
) -> None:
    whole, altered = body_of(robot, "intact"), body_of(robot, f"{leg}_{change}")
    for before, after in zip(whole.legs, altered.legs, strict=True):
        outer_before, outer_after = leg_segments(whole, before)[-1], leg_segments(altered, after)[-1]
        if before.name != leg:
            assert after == before
            continue
        assert outer_after.to == pytest.approx(share * np.array(outer_before.to))
        assert outer_after.mass == pytest.approx(share * outer_before.mass)
        assert after.outer_friction == (BARE_FRICTION if change == "footless" else 1.0)


@pytest.mark.parametrize(
    "name, signs",
    [("left", ((1, 1), (-1, 1))), ("right", ((1, -1), (-1, -1))), ("front", ((1, 1), (1, -1)))]
    + [("back", ((-1, 1), (-1, -1))), ("diagonal", ((1, 1), (-1, -1)))],
)
def test_pairs_lie_where_their_name_says(
    robot: RobotSpec, name: str, signs: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    short = [leg.mirror for leg in body_of(robot, f"{name}_short").legs if leg.outer_length == SHORT]
    assert tuple(short) == signs


@pytest.mark.parametrize("name, mirrored", [("swapped_sides", (1, -1)), ("swapped_front_back", (-1, 1))])
def test_crossed_wires_put_every_joint_into_another_leg(robot: RobotSpec, name: str, mirrored: tuple[int, int]) -> None:
    whole, swapped = body_of(robot, "intact"), body_of(robot, name)
    own = robot.neutral[: len(whole.segments)]
    for before, after in zip(whole.legs, swapped.legs, strict=True):
        place = np.array(leg_hip(whole, before)) * (*mirrored, 1)
        assert leg_chain(swapped, after, own)[0][0] == pytest.approx(place)
    # The same legs in other places of the order: nothing else about the robot has changed.
    assert sorted(leg.name for leg in swapped.legs) == sorted(LEGS)
    assert total_mass(swapped) == pytest.approx(total_mass(whole))
    assert cross_wires(swapped, mirrored) == whole


def test_load_off_centre_keeps_the_balance_of_moments(robot: RobotSpec) -> None:
    whole = body_of(robot, "intact")
    size = np.array(whole.base_size * 3)[:3] * (2.0 if whole.base_shape == "sphere" else 1.0)
    load = PAYLOAD * total_mass(whole)
    for name, place in (("front", (1, 0, 0)), ("back", (-1, 0, 0)), ("side", (0, 1, 0))):
        loaded = body_of(robot, f"payload_{name}")
        assert loaded.base_mass == pytest.approx(whole.base_mass + load)
        moment = load * 0.5 * size * place
        assert np.array(loaded.base_centre) * loaded.base_mass == pytest.approx(moment, abs=1e-12)
    assert body_of(robot, "double_payload").base_centre == (0.0, 0.0, 0.0)
    assert total_mass(body_of(robot, "double_payload")) == pytest.approx(1.5 * total_mass(whole))


@pytest.mark.parametrize("name", ["payload_front", "payload_back", "payload_side"])
def test_off_centre_load_is_felt_by_the_servos_below_it(robot: RobotSpec, name: str) -> None:
    even, here = embody(robot, "payload")[0], embody(robot, name)[0]
    body = body_of(robot, name)
    x, y, z = body.base_centre
    there = dataclasses.replace(here, body=dataclasses.replace(body, base_centre=(-x, -y, z)))
    held = [standing_torques(each, robot.neutral) for each in (even, here, there)]
    assert abs(held[1] - held[0]).max() > 0.01 * abs(held[0]).max()
    assert held[1] - held[0] == pytest.approx(held[0] - held[2], abs=1e-9)  # moments are linear in the place
    if name == "payload_side":
        other_side = held[2].reshape(len(LEGS), -1)[[1, 0, 3, 2]]
        assert held[1] == pytest.approx(other_side.ravel(), abs=1e-9)


def test_load_on_the_front_rests_on_the_front_legs() -> None:
    robot = load_robot("realant")
    even, front = (
        abs(standing_torques(embody(robot, name)[0], robot.neutral)) for name in ("payload", "payload_front")
    )
    knees = [1, 3], [5, 7]
    assert front[knees[0]].min() > even[knees[0]].max() and front[knees[1]].max() < even[knees[1]].min()


def test_stances_move_the_hips_alone(robot: RobotSpec) -> None:
    whole = body_of(robot, "intact")
    for name, share in (("wide_stance", 1.3), ("narrow_stance", 0.85)):
        spread = body_of(robot, name)
        assert spread.hip == pytest.approx(np.array(whole.hip) * (share, share, 1.0))
        assert dataclasses.replace(spread, hip=whole.hip) == whole
