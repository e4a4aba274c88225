"""Boards that measure nothing: what is told before torque comes on is where torque will bring the joints."""

from __future__ import annotations

import numpy as np
import pytest
from board_thread import running
from opencat_bench import REST, STAND, bittle_board, bittle_map
from opencat_bench import open_line as open_opencat

from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.emulated_hebb_board import EmulatedHebbBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.hebb_frames import BAUD
from firmware_bridge.hebb_line import HebbLine
from firmware_bridge.hebb_messages import SCALE
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.opencat_frames import WALKING_IDS
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.sit_down import sit_pose
from hebb_controller.robot_file import load_robot

PWM = load_robot("pwm12")
BITTLE = load_robot("bittle")
#: Half a count, in [rad].
PULSE, DEGREE = np.pi / SCALE.per_turn, np.radians(0.5)


def hebb_owner(board: EmulatedHebbBoard) -> BusOwner:
    def open_line() -> HebbLine:
        return HebbLine(SerialPort(board.line.name, BAUD), range(1, 13), watchdog=1.0, margin=0.2)

    return BusOwner(open_line, PWM, nominal_map(PWM, SCALE), supervise=False)


def test_our_own_board_is_told_to_sit_where_it_is_then_sent() -> None:
    """It stands at mid-travel in its own memory, whatever the legs do."""
    board = EmulatedHebbBoard(nominal_map(PWM, SCALE), SlewJoints(PWM, start=sit_pose(PWM)))
    with running(board):
        owner = hebb_owner(board)
        for goal in (PWM.neutral, PWM.neutral + 0.1):  # and again, after a walk that ended elsewhere
            told, _ = owner.read()
            np.testing.assert_array_equal(told, sit_pose(PWM))
            owner.arm()
            sent = nominal_map(PWM, SCALE).to_angles(board.firmware.goals)
            np.testing.assert_allclose(sent, told, atol=PULSE)
            np.testing.assert_allclose(owner.read()[0], told, atol=PULSE)  # and nothing jumps in what is told
            for _ in range(60):
                owner.write(goal)
                owner.read()
            owner.disarm("enough")
        owner.close()


@pytest.mark.parametrize("nyboard", [False, True])
def test_an_opencat_board_is_taken_to_lie_as_it_says_and_nothing_moves_when_torque_comes_on(nyboard: bool) -> None:
    board = bittle_board(nyboard=nyboard)
    with running(board):
        before = open_opencat(board)
        before.greet()
        before.power_on(STAND)
        before.close()  # somebody has left it standing
        owner = BusOwner(lambda: open_opencat(board), BITTLE, bittle_map(), supervise=False)
        for pose in (STAND, REST):  # and again, after a walk: it lies down by itself when it lets go
            told, _ = owner.read()
            np.testing.assert_allclose(np.degrees(told), pose)
            owner.arm()
            assert [board.firmware.joints.angles[i] for i in WALKING_IDS] == pose
            # Its pulses end with the last steps towards the rest, twice as wide on a NyBoard: joints stay short of it.
            np.testing.assert_allclose(np.degrees(board.body.position), pose, atol=15.0 if nyboard else 5.0)
            np.testing.assert_allclose(owner.read()[0], told, atol=DEGREE)
            for _ in range(40):
                owner.write(BITTLE.neutral)
                owner.read()
            assert owner.disarm("enough") == []
        owner.close()
