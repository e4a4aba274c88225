"""The line to an OpenCat board: what its owner gets from a board that measures nothing and checks nothing."""

from __future__ import annotations

import time

import numpy as np
import pytest
from board_thread import running
from line_talk import keep_sending, positions
from opencat_bench import REST, ROBOT, STAND, bittle_board, bittle_map, open_line

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.emulated_opencat import EmulatedOpenCat
from firmware_bridge.errors import LinkError
from firmware_bridge.opencat_frames import WALKING_IDS
from firmware_bridge.opencat_line import OpenCatLine
from firmware_bridge.serial_port import SerialPort


def test_greeting_makes_it_calm_and_knows_it() -> None:
    with running(bittle_board()) as board:
        board.firmware.random_mind = True
        line = open_line(board)
        hands = line.greet()
        assert (hands.model, set(hands.firmware), hands.warnings) == ("Bittle X", set(WALKING_IDS), ())
        assert set(hands.firmware.values()) == {250712}
        assert not board.firmware.balances and not board.firmware.random_mind
        assert positions(line) == REST
        assert line.feedback()[0].values == {"position": 75.0, "voltage": 7.8}
        assert line.imu is not None and line.imu.roll == pytest.approx(0.0)
        line.close()


def test_a_nyboard_is_calmed_by_its_own_tokens() -> None:
    with running(bittle_board(nyboard=True)) as board:
        line = open_line(board)
        hands = line.greet()
        assert (hands.model, hands.firmware[8], line.imu) == ("Bittle", 250224, None)
        assert "neither battery nor attitude" in hands.warnings[0]
        assert not board.firmware.balances
        for _ in range(5):
            line.power_on(STAND)
            assert line.power_off() == []
            time.sleep(0.05)  # a toggle too many would still be on its way
            assert not board.firmware.balances  # it would stir although nobody has armed it
        line.close()


def test_power_comes_with_the_pose_and_goes_by_d() -> None:
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on([20, -10] * 4)
        assert [board.firmware.joints.angles[i] for i in WALKING_IDS] == [20, -10] * 4
        assert all(board.firmware.joints.driven)
        assert positions(line) == [20, -10] * 4
        assert line.power_off() == []
        assert not any(board.firmware.joints.driven)
        assert not board.firmware.balances  # `d` would have brought it back with the next token
        line.close()


def test_power_stays_off_for_a_pose_that_the_firmware_does_not_take() -> None:
    """Shoulder 8 goes to 80 degrees at most (OpenCat.h, angleLimit)."""
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        with pytest.raises(LinkError, match="joint 8 does not take its goal"):
            line.power_on([100, *STAND[1:]])
        assert not any(board.firmware.joints.driven)
        line.close()


def test_a_long_way_goes_in_short_pieces() -> None:
    """Forty degrees would keep the board deaf for 170 ms; in pieces it takes the newest goals every 40."""
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        poses = [[board.firmware.joints.angles[i] for i in WALKING_IDS]]
        go = board.firmware.joints.go

        def watched(target, *rest) -> None:
            poses.append([target[i] for i in WALKING_IDS])
            go(target, *rest)

        board.firmware.joints.go = watched
        goals = [70, 31, *STAND[2:]]
        assert keep_sending(line, goals, lambda: [board.firmware.joints.angles[i] for i in WALKING_IDS] == goals)
        assert [pose[0] for pose in poses[:8]] == [30, 36, 42, 48, 54, 60, 66, 70]
        assert {pose[1] for pose in poses[1:]} == {31}
        line.close()


def test_the_newest_goals_win_and_feedback_repeats_them() -> None:
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        for angle in range(31, 51):  # far faster than the board takes them
            line.put_goals([angle] * 8)
        assert positions(line) == [50.0] * 8
        assert keep_sending(line, [50] * 8, lambda: positions(line) == [50.0] * 8)
        assert (line.measured, line.counts.missing, line.counts.corrupt) == (False, 0, 0)
        line.close()


def test_after_changed_bits_the_pose_is_the_commanded_one_again() -> None:
    """One bit of every request is changed for a while: joints go astray, and come back."""
    faults = BoardFaults(np.random.default_rng(3))
    with running(bittle_board(request_faults=faults)) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        faults.rates = {"flip": 1.0}
        keep_sending(line, STAND, lambda: faults.struck.get("flip", 0) >= 5)
        faults.rates = {}
        goals = [25] * 8
        assert keep_sending(line, goals, lambda: [board.firmware.joints.angles[i] for i in WALKING_IDS] == goals)
        assert keep_sending(line, goals, lambda: positions(line) == goals)
        line.close()


def test_a_pose_that_the_board_does_not_keep_is_noticed() -> None:
    """It takes 100 degrees for joint 8 with its token, as ever, and goes to 80."""
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        goals = [100, *STAND[1:]]
        assert keep_sending(line, goals, lambda: "keeps another pose" in line.lost_power())
        assert line.counts.corrupt == 2
        line.close()


def test_without_tokens_the_joints_are_not_heard_until_there_is_one_again() -> None:
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        board.faults.rates = {"drop": 1.0}
        assert keep_sending(line, STAND, lambda: positions(line) == [None] * 8)
        assert line.counts.missing == 2  # the frame and its repetition
        board.faults.rates = {}
        assert keep_sending(line, STAND, lambda: positions(line) == STAND)
        line.close()


def test_power_off_is_reported_where_it_is_not_confirmed() -> None:
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        board.faults.rates = {"drop": 1.0}
        assert sorted(line.power_off()) == sorted(WALKING_IDS)
        assert not any(board.firmware.joints.driven)  # it did all the same
        line.close()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda board: setattr(board.firmware, "voltage", 6.9), "battery is low"),
        (lambda board: board.firmware.reboot(time.monotonic()), "started anew"),
        (lambda board: board.firmware._say("EXCEPTION: Fall over"), "by itself"),
    ],
)
def test_what_the_board_does_by_itself_is_a_reason_to_let_go(harm, words: str) -> None:
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        assert line.lost_power() == ""
        harm(board)
        assert keep_sending(line, STAND, lambda: words in line.lost_power())
        line.close()


def test_wrong_rate_and_wrong_joints_are_told_in_one_line() -> None:
    with running(bittle_board()) as board:
        silent = OpenCatLine(SerialPort(board.line.name, 57_600), patience=0.3)
        with pytest.raises(LinkError, match="nothing intelligible at 115200 baud"):
            silent.greet()
        silent.close()
        with pytest.raises(LinkError, match="0 to 15, each once"):
            OpenCatLine(SerialPort(board.line.name, 115_200), [8, 8], patience=0.3).greet()


def test_the_silencer_switches_off_whatever_the_line_was_doing() -> None:
    with running(bittle_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(STAND)
        line.close()
        with_half_a_frame = SerialPort(board.line.name, 115_200)
        with_half_a_frame.write(b"I\x08\x14")
        time.sleep(0.15)  # the supervisor's patience
        for _ in range(5):
            with_half_a_frame.write(line.silencer())
            time.sleep(0.01)
        deadline = time.monotonic() + 3.0
        while any(board.firmware.joints.driven) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert not any(board.firmware.joints.driven)
        with_half_a_frame.close()


def owner_of(board: EmulatedOpenCat) -> BusOwner:
    return BusOwner(lambda: open_line(board), ROBOT, bittle_map(), supervise=False)


def test_the_owner_arms_moves_and_disarms_it() -> None:
    with running(bittle_board()) as board:
        owner = owner_of(board)
        owner.arm()
        goal = np.radians([10.0, 20.0] * 4)
        deadline = time.monotonic() + 5.0
        while np.abs(owner.read()[0] - goal).max() > 0.01 and time.monotonic() < deadline:
            owner.write(goal)
            time.sleep(0.02)
        while np.abs(board.body.position - goal).max() > 0.015 and time.monotonic() < deadline:
            owner.write(goal)
            time.sleep(0.02)
        np.testing.assert_allclose(np.degrees(board.body.position), np.degrees(goal), atol=1.0)
        assert not owner.measured and owner.attitude is not None
        assert owner.report().voltage == pytest.approx(7.8)
        assert owner.disarm("enough") == []
        assert not any(board.firmware.joints.driven)
        owner.close()


def test_unplugged_it_is_lost_and_comes_back_disarmed() -> None:
    with running(bittle_board()) as board:
        owner = owner_of(board)
        owner.arm()
        board.replug()
        with pytest.raises(LinkError):
            for _ in range(50):
                owner.read()
                time.sleep(0.02)
        deadline = time.monotonic() + 8.0
        while owner.report().power.value != "disarmed" and time.monotonic() < deadline:
            time.sleep(0.05)
        assert owner.report().power.value == "disarmed"
        assert not any(board.firmware.joints.driven)  # it kept its power, and was told to let go before all else
        owner.close()
