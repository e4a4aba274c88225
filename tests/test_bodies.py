"""Altered bodies: each changes what its name says and nothing else."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from fixtures_bodies import LEGS, body_of

from hebb_controller.errors import BadInputError
from hebb_controller.leg_kinematics import leg_chain, leg_segments, standing_height, total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from sim import bodies
from sim.bodies import PAYLOAD, SHORT, Ground, body_family, body_names, embody
from sim.randomise import NOMINAL, Ranges, draw_conditions, with_conditions


@pytest.fixture(params=["realant", "sts12", "bittle"])
def robot(request: pytest.FixtureRequest) -> RobotSpec:
    return load_robot(request.param)


def test_intact_comes_first_and_changes_nothing(robot: RobotSpec) -> None:
    assert body_names(robot)[0] == "intact"
    assert embody(robot, "intact") == (robot, Ground())


def test_no_body_touches_the_joints(robot: RobotSpec) -> None:
    # Otherwise a rulebook evolved on one body would be refused on another.
    for name in body_names(robot):
        assert embody(robot, name)[0].contract_hash == robot.contract_hash


@pytest.mark.parametrize("leg", LEGS)
def test_short_leg_loses_three_quarters_of_its_outer_segment(robot: RobotSpec, leg: str) -> None:
    whole, short = body_of(robot, "intact"), body_of(robot, f"{leg}_short")
    for before, after in zip(whole.legs, short.legs, strict=True):
        outer_before, outer_after = leg_segments(whole, before)[-1], leg_segments(short, after)[-1]
        share = SHORT if before.name == leg else 1.0
        assert np.linalg.norm(outer_after.to) == pytest.approx(share * np.linalg.norm(outer_before.to))
        assert outer_after.mass == pytest.approx(share * outer_before.mass)
        assert leg_segments(short, after)[:-1] == leg_segments(whole, before)[:-1]


@pytest.mark.parametrize("name, shorter", [("short_legs", True), ("long_legs", False)])
def test_leg_length_moves_the_base(robot: RobotSpec, name: str, shorter: bool) -> None:
    heights = [standing_height(body_of(robot, each), robot.neutral) for each in ("intact", name)]
    assert (heights[1] < heights[0]) == shorter


@pytest.mark.parametrize("leg", LEGS)
def test_heavy_leg_gains_a_tenth_of_the_robot(robot: RobotSpec, leg: str) -> None:
    whole, heavy = body_of(robot, "intact"), body_of(robot, f"{leg}_heavy")
    assert total_mass(heavy) == pytest.approx(1.1 * total_mass(whole))
    for before, after in zip(whole.legs, heavy.legs, strict=True):
        assert (after == before) == (before.name != leg)


def test_payload_sits_on_the_base(robot: RobotSpec) -> None:
    whole, loaded = body_of(robot, "intact"), body_of(robot, "payload")
    assert total_mass(loaded) == pytest.approx((1.0 + PAYLOAD) * total_mass(whole))
    assert loaded.legs == whole.legs


@pytest.mark.parametrize("name", [name for name in body_names(load_robot("realant")) if body_family(name) == "ground"])
def test_grounds_leave_the_body_alone(robot: RobotSpec, name: str) -> None:
    altered, ground = embody(robot, name)
    assert altered == robot
    assert ground != Ground()


@pytest.mark.parametrize("name", ["legless", "left", "upper_left_short", "front_left", "_short"])
def test_unknown_body_lists_the_choices(robot: RobotSpec, name: str) -> None:
    with pytest.raises(BadInputError, match=f"unknown body of .* '{name}': choose one of .*front_left_short"):
        embody(robot, name)


def test_family_of_an_unknown_body_is_refused() -> None:
    with pytest.raises(BadInputError, match="unknown body 'legless': choose one of LEG_footless, .*cross_slope"):
        body_family("legless")


def test_every_body_has_a_family_and_a_row_in_the_table(robot: RobotSpec) -> None:
    families: dict[str, str] = {}
    waiting: list[str] = []
    for line in (bodies.__doc__ or "").split("intact", 1)[1].splitlines():
        names, family = re.fullmatch(r"(\S+(?:, \S+)*)?(?:\s{2,}(\S.*?)\s{2,}.*)?", line).groups()  # type: ignore[union-attr]
        waiting += (names or "").split(", ")
        if family:
            families |= dict.fromkeys(waiting, family)
            waiting = []
    for name in body_names(robot)[1:]:
        leg = next((leg for leg in LEGS if name.startswith(f"{leg}_")), "no leg")
        assert families[name.replace(leg, "LEG")] == body_family(name)


def test_enough_bodies_are_left_unseen(robot: RobotSpec) -> None:
    names = body_names(robot)
    assert len(names) == len(set(names))
    assert len(set(names) - {"intact", "front_right_short"}) >= 34


def test_scaled_segment_keeps_its_joint(robot: RobotSpec) -> None:
    short = body_of(robot, "front_left_short")
    whole = body_of(robot, "intact")
    n = len(whole.segments)
    places = [leg_chain(b, b.legs[0], robot.neutral[:n])[0] for b in (whole, short)]
    assert places[0][:-1] == pytest.approx(places[1][:-1])


def test_nominal_conditions_are_the_robot_file(robot: RobotSpec) -> None:
    drawn = draw_conditions(NOMINAL, robot, 10, np.random.default_rng(3))
    assert with_conditions(robot, Ground(), drawn) == (robot, Ground())
    assert np.all(drawn.voltage == 1.0) and drawn.latency == 0.0
    assert np.all(drawn.start_angles == robot.neutral)
    assert np.all(drawn.flaws == 0.0)


def test_conditions_stay_within_their_ranges(robot: RobotSpec) -> None:
    ranges = Ranges()
    assert robot.body is not None
    for seed in range(200):
        drawn = draw_conditions(ranges, robot, 2, np.random.default_rng(seed))
        for name in ("base_mass", "leg_mass", "friction", "latency"):
            low, high = getattr(ranges, name)
            assert low <= getattr(drawn, name) <= high
        spread = ranges.servo_spread
        assert np.all(drawn.voltage >= ranges.voltage[0] * (1 - spread))
        assert np.all(drawn.voltage <= ranges.voltage[1] * (1 + spread))
        assert np.all(abs(drawn.start_angles - robot.neutral) <= ranges.start_angle + 1e-12)
        assert np.all((drawn.start_angles >= robot.lower) & (drawn.start_angles <= robot.upper))


def test_one_range_does_not_shift_the_draws_of_another(robot: RobotSpec) -> None:
    wide = dataclasses.replace(Ranges(), base_mass=(0.5, 2.0), attitude_noise=0.0)
    one = draw_conditions(Ranges(), robot, 5, np.random.default_rng(1))
    other = draw_conditions(wide, robot, 5, np.random.default_rng(1))
    assert one.friction == other.friction and one.ground_seed == other.ground_seed
    assert np.array_equal(one.flaws[:, 2:], other.flaws[:, 2:])
    assert one.base_mass != other.base_mass
