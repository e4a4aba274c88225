"""Robot files: what the shipped ones say, and what is said of bad ones."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from hebb_controller.errors import BadInputError, RobotError
from hebb_controller.leg_kinematics import GRAVITY, leg_chain, standing_height, standing_torques, total_mass
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot, robot_from, robot_table, shipped_robots, shipped_servos

MINE: dict[str, Any] = yaml.safe_load(
    """
name: mine
control_rate_hz: 50
servo: ax12a
body:
  base: {shape: box, size_m: [0.2, 0.1, 0.05], mass_kg: 1.0}
  hip_m: [0.1, 0.05, 0]
  leg:
    - {joint: hip, axis: [0, 0, 2], to_m: [0.03, 0.04, 0], radius_m: 0.02, mass_kg: 0.1, range_deg: [-40, 30]}
    - {joint: ankle, axis: [-4, 3, 0], to_m: [0.06, 0.08, 0], radius_m: 0.01, mass_kg: 0.05,
       range_deg: [0, 90], neutral_deg: 60, action_range_deg: 25}
"""
)


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return MINE with the value at `path` (keys and list positions, by dots) replaced, or taken out if None."""
    description = copy.deepcopy(MINE)
    *parents, last = path.split(".")
    place: Any = description
    for key in parents:
        place = place[int(key) if key.isdigit() else key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return description


def servo_robots() -> list[RobotSpec]:
    return [robot for robot in map(load_robot, shipped_robots()) if robot.servo is not None]


@pytest.mark.parametrize("name", shipped_robots())
def test_shipped_robot_is_named_as_its_file_and_has_a_table(name: str) -> None:
    robot = load_robot(name)
    assert robot.name == name
    table = robot_table(robot)
    assert all(joint in table for joint in robot.joint_names)
    assert "warning" not in table


def test_contracts_are_those_that_rulebooks_out_there_rely_on() -> None:
    assert {name: load_robot(name).contract_hash for name in shipped_robots()} == {
        "ant": "de08118746c4aac8",
        "bittle": "ec910516532e2722",
        "pwm12": "33b6575e3dcfb818",
        "realant": "e29e00d0ebaf0512",
        "sts12": "33b6575e3dcfb818",
    }


@pytest.mark.parametrize(
    "place", ["control_rate_hz", "body.base.mass_kg", "body.hip_m", "body.base.shape", "name", "body"]
)
@pytest.mark.parametrize("number", [10**400, -(10**400), 1 << 20000], ids=["large", "small", "unwritable"])
def test_a_number_beyond_doubles_is_a_problem_like_any_other(place: str, number: int) -> None:
    value: Any = [number, 0.0, 0.0] if place == "body.hip_m" else number
    with pytest.raises(RobotError) as caught:
        robot_from(changed(place, value))
    assert place.split(".")[-1] in str(caught.value) and len(str(caught.value)) < 600


def test_ant_is_the_benchmark() -> None:
    robot = load_robot("ant")
    assert robot.joint_names == ("hip_1", "ankle_1", "hip_2", "ankle_2", "hip_3", "ankle_3", "hip_4", "ankle_4")
    assert robot.control_rate == pytest.approx(1.0 / 0.0165, rel=1e-15)
    assert np.all(robot.action_scale == 250.0)
    assert np.all(robot.neutral == 0.0)


def test_realant_has_the_mass_of_its_public_model() -> None:
    body = load_robot("realant").body
    assert body is not None
    assert total_mass(body) == pytest.approx(1.162 + 0.275)


def test_sts12_weighs_two_kilograms() -> None:
    body = load_robot("sts12").body
    assert body is not None
    assert total_mass(body) == pytest.approx(2.0)


@pytest.mark.parametrize("robot", servo_robots(), ids=lambda r: r.name)
def test_no_servo_holds_more_than_a_fifth_of_its_stall_torque_while_standing(robot: RobotSpec) -> None:
    # Robotis: "stable motions are possible with robots designed for loads with 1/5 or less of the stall torque".
    assert robot.servo is not None
    assert abs(standing_torques(robot, robot.neutral)).max() < 0.2 * robot.servo.stall_torque


@pytest.mark.parametrize("robot", servo_robots(), ids=lambda r: r.name)
def test_whole_action_range_lies_within_limits(robot: RobotSpec) -> None:
    assert np.all(robot.neutral - robot.action_scale >= robot.lower - 1e-9)
    assert np.all(robot.neutral + robot.action_scale <= robot.upper + 1e-9)


@pytest.mark.parametrize("robot", servo_robots(), ids=lambda r: r.name)
@pytest.mark.parametrize("pose", [-0.3, 0.0, 0.4])
def test_equal_angles_left_and_right_mirror_each_other(robot: RobotSpec, pose: float) -> None:
    body = robot.body
    assert body is not None
    angles = np.array([j.neutral for j in robot.joints[: len(body.segments)]]) + pose
    feet = {leg.name: leg_chain(body, leg, angles)[0][-1] for leg in body.legs}
    for end in ("front", "back"):
        assert feet[f"{end}_right"] == pytest.approx(feet[f"{end}_left"] * [1, -1, 1])
    if body.legs[2].bend == body.legs[2].mirror:
        assert feet["back_left"] == pytest.approx(feet["front_left"] * [-1, 1, 1])
    else:
        shift = np.array([2.0 * body.hip[0], 0.0, 0.0])
        assert feet["back_left"] == pytest.approx(feet["front_left"] - shift)


def test_drawn_leg_by_trigonometry() -> None:
    robot = robot_from(MINE)
    body = robot.body
    assert body is not None
    # Straight out to the knee, (0.03, 0.04) away from the hip; from there 60 degrees down over 0.1 m.
    foot = leg_chain(body, body.legs[0], np.radians([0.0, 60.0]))[0][-1]
    out = 0.05 + 0.1 * math.cos(math.radians(60.0))
    assert foot == pytest.approx([0.1 + 0.6 * out, 0.05 + 0.8 * out, -0.1 * math.sin(math.radians(60.0))])
    assert standing_height(body, robot.neutral) == pytest.approx(0.1 * math.sin(math.radians(60.0)) + 0.01)
    # A turn of the hip by the angle of a 3-4-5 triangle brings the leg onto the y axis.
    turned = leg_chain(body, body.legs[0], np.array([math.atan2(3, 4), 0.0]))[0][-1]
    assert turned == pytest.approx([0.1, 0.05 + 0.15, 0.0])


def test_standing_torque_is_weight_times_lever() -> None:
    light = changed("body.leg.1.mass_kg", 1e-9)
    light["body"]["leg"][0]["mass_kg"] = 1e-9
    robot = robot_from(light)
    lever = 0.1 * math.cos(math.radians(60.0))
    torques = standing_torques(robot, robot.neutral)
    assert abs(torques[1::2]) == pytest.approx(np.full(4, 1.0 * GRAVITY / 4 * lever), rel=1e-6)
    assert torques[0::2] == pytest.approx(np.zeros(4), abs=1e-9)


def test_defaults_of_a_short_file() -> None:
    robot = robot_from(MINE)
    assert robot.actuation == "position"
    assert robot.observation == "servo"
    # Without action_range: as far as the nearer limit.
    assert robot.joints[0].action_range == pytest.approx(math.radians(30))
    assert robot.body is not None
    assert robot.body.fall_height == pytest.approx(0.5 * standing_height(robot.body, robot.neutral))


@pytest.mark.parametrize("period", [0, 0.0, -0.0, -1, 1e-320, 2, "fast"])
def test_a_period_that_cannot_be_is_a_problem_like_any_other(period: Any) -> None:
    description = changed("control_rate_hz", None) | {"control_period_s": period}
    with pytest.raises(RobotError, match=r"^robot: control_period_s: [^;]*$") as error:
        robot_from(description)
    assert "\n" not in str(error.value)
    assert robot_from(description | {"control_period_s": 0.02}).control_rate == pytest.approx(50.0)


@pytest.mark.parametrize("name", shipped_servos())
def test_every_shipped_servo_fits_a_robot(name: str) -> None:
    assert robot_from(changed("servo", name)).servo.name == name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "path, value, said",
    [
        ("name", None, "name: missing"),
        ("control_rate_hz", "fast", "control_rate_hz: must be a number, not 'fast'"),
        ("control_rate_hz", True, "control_rate_hz: must be a number"),
        ("control_rate_hz", float("nan"), "control_rate_hz: must be a number"),
        ("control_rate_hz", 0.1, "control_rate_hz: 0.1: must be at least 1, at most 1000"),
        ("observation", "eyes", "observation: 'eyes': choose one of"),
        ("action_filter", 0.0, "action_filter: 0: must be above 0, at most 1"),
        ("servo", "ax12", "unknown servo 'ax12': choose one of ax12a"),
        ("servo", 5, "servo: must hold keys and values, not 5"),
        ("servo", None, "servo: missing"),
        ("body", None, "body: missing"),
        ("body.base.shape", "cone", "body.base.shape: 'cone': choose one of sphere, box"),
        ("body.base.mass_kg", -1, "body.base.mass_kg: -1: must be above 0"),
        ("body.base.size_m", [1, 2], "body.base.size_m: must be 3 numbers in brackets"),
        ("body.hip_m", [0.1, "left", 0], "body.hip_m: must be a number, not 'left'"),
        ("body.hip_m", [-0.1, 0.1, 0], "body.hip_m: the front left hip lies forward and left"),
        ("body.fall_height_m", 0.5, "body.fall_height_m: 0.5: the base stands at"),
        ("body.leg", {}, "body.leg: must be a list of sections"),
        ("body.leg.0.axis", [0, 0, 0], "body.leg[0].axis: must not be zero"),
        ("body.leg.0.range_deg", [40, -40], "body.leg[0].range_deg: [40, -40]: the first must be below the second"),
        ("body.leg.1.neutral_deg", 95, "body.leg[1].neutral: 95 deg lies outside the joint's range"),
        ("body.leg.1.joint", "hip", "body.leg: joint 'hip' is there twice"),
        ("body.leg.1.colour", "red", "body.leg[1].colour: unknown key: choose among"),
        ("bdy", {}, "bdy: unknown key"),
    ],
)
def test_bad_file_is_refused_with_place_and_remedy(path: str, value: Any, said: str) -> None:
    with pytest.raises(RobotError) as error:
        robot_from(changed(path, value), "mine.yaml")
    assert said in str(error.value)
    assert str(error.value).startswith("mine.yaml: ")
    assert "\n" not in str(error.value)


def test_all_problems_in_one_line() -> None:
    bad = changed("name", 7)
    bad["body"]["base"]["mass_kg"] = 0
    bad["body"]["leg"][0]["radius_m"] = "thick"
    with pytest.raises(RobotError) as error:
        robot_from(bad)
    for place in ("name:", "body.base.mass_kg:", "body.leg[0].radius_m:"):
        assert place in str(error.value)


def test_unknown_robot_lists_the_choices() -> None:
    with pytest.raises(BadInputError, match="unknown robot 'dog': choose one of .*ant.*realant.*sts12"):
        load_robot("dog")


@pytest.mark.parametrize("text", ["", "[1, 2]", "a: [", "\x00", "!!python/object/apply:os.system ['true']"])
def test_file_that_is_no_description(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(RobotError, match="mine.yaml: "):
        load_robot(path)


def test_robot_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(MINE))
    assert load_robot(str(path)) == robot_from(MINE)
