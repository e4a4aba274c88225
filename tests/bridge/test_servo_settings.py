"""What servos have in their EEPROM: what is refused, what is kept to, what is worth a warning."""

from __future__ import annotations

import dataclasses

import pytest
from board_thread import bench_board
from owned_board import ROBOT, owned
from test_bus_handshake import opened

from firmware_bridge import preflight_servos
from firmware_bridge.board_line import Handshake
from firmware_bridge.check_result import Verdict
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_settings import short_spans
from firmware_bridge.servo_tables import find_table


@pytest.mark.parametrize(
    ("protocol", "mode", "words"),
    [
        (
            "sts",
            3,
            "servo 2, 7 is in mode 3 .register 33.*write 0 into register 33, its EEPROM unlocked .0 in register",
        ),
        ("dxl2", 1, "servo 2, 7 is in mode 1 .register 11.*with torque off write 3 into register 11$"),
    ],
)
def test_a_servo_in_another_mode_is_refused_before_any_torque(protocol: str, mode: int, words: str) -> None:
    board = bench_board(protocol)
    for servo_id in (2, 7):
        board.servos[servo_id].set("mode", mode)
    with opened(board) as line, pytest.raises(LinkError, match=words):
        line.greet()


def test_an_ax12a_that_is_a_wheel_is_refused() -> None:
    board = bench_board("dxl1", "realant")
    for name in ("goal_min", "goal_max"):
        board.servos[4].set(name, 0)
    words = "servo 4 turns as a wheel, both angle limits .registers 6 and 8. are 0: write 1023 into register 8"
    with opened(board) as line, pytest.raises(LinkError, match=words):
        line.greet()


@pytest.mark.parametrize(
    ("protocol", "robot", "low", "high"), [("sts", "sts12", 0, 1900), ("dxl2", "sts12", 1500, 4095)]
)
def test_a_servo_that_takes_no_goals_where_its_joint_may_go_is_worth_a_warning(
    protocol: str, robot: str, low: int, high: int
) -> None:
    board = bench_board(protocol, robot)
    board.servos[3].set("goal_min", low)
    board.servos[3].set("goal_max", high)
    with owned(board) as owner:  # which knows the joints: the line does not
        (warning,) = [text for text in owner.warnings if "takes goals of" in text]
        assert warning.startswith(f"front_left_knee: servo 3 takes goals of {low} to {high} counts")
        assert "the joint's limits lie at 512 and 2048: it stops short" in warning
    hands = Handshake(goal_spans={3: (low, high)})
    told = preflight_servos.servos(hands, nominal_map(ROBOT, board.table.scale), ROBOT)
    assert told.verdict is Verdict.WARN and "it stops short" in told.advice


def test_goal_limits_that_leave_the_joint_alone_or_are_none_are_not_worth_a_word() -> None:
    whole = nominal_map(ROBOT, find_table("sts").scale)
    assert short_spans({3: (512, 2048), 6: (0, 0)}, ROBOT, whole) == []
    mirrored = dataclasses.replace(whole, direction=-whole.direction)
    assert short_spans({3: (2048, 3584)}, ROBOT, mirrored) == []
    assert len(short_spans({3: (512, 2048)}, ROBOT, mirrored)) == 1


def test_a_torque_cap_is_told() -> None:
    board = bench_board("sts")
    for servo_id in (1, 2):
        board.servos[servo_id].set("torque_max", 300)
    with opened(board) as line:
        assert "servo 1, 2 is set to 30 % of its torque (register 16)" in line.greet().warnings[0]
