"""The list of boards against everything that has to keep up with it."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.boards import BOARDS, find_board, protocol_of
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulators import make_emulator
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.sit_down import MOST_SLIDE, Sinking, sit_pose
from hebb_controller.cli_board import PROTOCOLS
from hebb_controller.errors import BadInputError
from hebb_controller.leg_kinematics import leg_chain, standing_height
from hebb_controller.robot_file import load_robot, robot_from, shipped_robots
from hebb_controller_ros.launch_arguments import ARGUMENTS

SERVO_ROBOTS = [load_robot(name) for name in shipped_robots() if load_robot(name).servo is not None]


def test_help_texts_name_all_protocols() -> None:
    assert set(PROTOCOLS.split(", ")) == set(BOARDS)
    described = next(argument.description for argument in ARGUMENTS if argument.name == "protocol")
    assert all(protocol in described for protocol in BOARDS)


@pytest.mark.parametrize("robot", SERVO_ROBOTS, ids=lambda r: r.name)
def test_every_shipped_robot_has_a_board_that_its_limits_fit(robot) -> None:  # type: ignore[no-untyped-def]
    kind = find_board(protocol_of(robot))
    nominal_map(robot, kind.scale, kind.ids).check(robot, kind.scale)


def test_each_robots_own_board() -> None:
    own = {robot.name: protocol_of(robot) for robot in SERVO_ROBOTS}
    assert own == {"bittle": "opencat", "pwm12": "hebb", "realant": "dxl1", "sts12": "sts"}


@pytest.mark.parametrize("protocol", BOARDS)
def test_every_board_is_emulated_and_its_line_opens(protocol: str) -> None:
    robot = load_robot({"realant": "realant", "dxl1": "realant", "opencat": "bittle"}.get(protocol, "sts12"))
    board = make_emulator(protocol, robot, SlewJoints(robot), BoardFaults())
    kind = find_board(protocol)
    line = kind.open(board.line.name, nominal_map(robot, kind.scale, kind.ids).servo_ids)
    assert line.ids == kind.ids[: robot.nb_joints] and line.scale == kind.scale
    assert isinstance(line.measured, bool) and isinstance(line.guards_itself, bool) and line.silencer()
    line.close()
    board.close()


def test_a_robot_with_more_joints_than_channels_is_refused() -> None:
    with pytest.raises(BadInputError, match="12 joints, this board moves 8"):
        make_emulator("realant", load_robot("sts12"), SlewJoints(load_robot("sts12")), BoardFaults())


def test_unknown_names_list_the_choices() -> None:
    with pytest.raises(BadInputError, match="dxl1, dxl2, hebb, opencat, realant, sts"):
        find_board("can")


@pytest.mark.parametrize("robot", SERVO_ROBOTS, ids=lambda r: r.name)
def test_sitting_is_lower_within_limits_and_slides_little(robot) -> None:  # type: ignore[no-untyped-def]
    body = robot.body
    pose = sit_pose(robot)
    nb = len(body.segments)
    assert np.all(pose >= robot.lower) and np.all(pose <= robot.upper)
    assert standing_height(body, pose) < 0.8 * standing_height(body, robot.neutral)
    for leg, own, before in zip(body.legs, np.split(pose, 4), np.split(robot.neutral, 4), strict=True):
        slide = leg_chain(body, leg, own)[0][-1] - leg_chain(body, leg, before)[0][-1]
        assert np.hypot(slide[0], slide[1]) <= MOST_SLIDE + 1e-9
    assert pose.size == 4 * nb


def test_sinking_is_a_straight_line_in_time() -> None:
    way = Sinking(np.zeros(2), np.array([1.0, -2.0]), now=10.0)
    np.testing.assert_allclose(way.goal(10.75), [0.5, -1.0])
    np.testing.assert_allclose(way.goal(99.0), [1.0, -2.0])
    assert not way.over(11.4) and way.over(11.6)


def test_a_servo_of_no_known_make_needs_its_protocol_named() -> None:
    description = {
        "name": "own",
        "control_rate_hz": 50,
        "servo": {
            "name": "mystery",
            "stall_torque_nm": 1,
            "no_load_speed_rad_s": 6,
            "position_gain_nm_per_rad": 10,
            "latency_s": 0.01,
        },
        "body": {
            "base": {"shape": "box", "size_m": [0.2, 0.1, 0.05], "mass_kg": 0.5},
            "hip_m": [0.08, 0.05, 0],
            "hind_legs": "same",
            "leg": [
                {
                    "joint": "hip",
                    "axis": [0, 1, 0],
                    "to_m": [0, 0, -0.07],
                    "radius_m": 0.01,
                    "mass_kg": 0.05,
                    "range_deg": [-40, 80],
                    "neutral_deg": 30,
                    "action_range_deg": 20,
                },
            ],
        },
    }
    with pytest.raises(BadInputError, match="'mystery' speaks no known protocol: name one of"):
        protocol_of(robot_from(description))
