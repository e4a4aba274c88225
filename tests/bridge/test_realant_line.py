"""The line to RealAnt's board: what its owner gets, and how it notices what no checksum tells."""

from __future__ import annotations

import time

import numpy as np
import pytest
from board_thread import running
from line_talk import keep_sending, positions
from realant_bench import MAP, POSE, ROBOT, ant_board, open_line

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.errors import LinkError
from firmware_bridge.realant_line import RealAntLine
from firmware_bridge.serial_port import SerialPort


def test_greeting_and_readings() -> None:
    with running(ant_board()) as board:
        line = open_line(board, patience=4.0)
        board.reboot()  # as opening the port does: what it says then is heard
        hands = line.greet()
        assert (hands.model, set(hands.firmware.values()), hands.warnings) == ("RealAnt", {20220709}, ())
        readings = line.feedback()
        assert [r.values["position"] for r in readings if r.values] == POSE
        assert readings[0].values is not None and readings[0].values["temperature"] == 34.0
        assert 0.0 <= time.monotonic() - readings[0].time < 0.1
        line.close()


def test_the_older_firmware_is_told_apart() -> None:
    with running(ant_board(old=True)) as board:
        line = open_line(board)
        assert "no temperatures" in line.greet().warnings[0]
        assert all(r.values is not None and "temperature" not in r.values for r in line.feedback())
        line.close()


def test_power_goals_and_power_off() -> None:
    with running(ant_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(POSE)
        assert board.setpoints == board.goals == POSE and all(board.torque)
        goals = [tick + 40 for tick in POSE]
        assert keep_sending(line, goals, lambda: positions(line) == goals)
        assert (line.counts.missing, line.counts.corrupt) == (0, 0)
        assert line.power_off() == []
        assert not any(board.torque)
        line.close()


def test_a_servo_that_does_not_answer_has_no_values_not_its_goal() -> None:
    with running(ant_board()) as board:
        line = open_line(board)
        line.greet()
        board.faults.missing = {4}
        assert keep_sending(line, POSE, lambda: positions(line)[3] is None)
        assert [p is None for p in positions(line)].count(True) == 1
        assert line.power_off() == [4]
        with pytest.raises(LinkError, match="servo 4 does not switch on"):
            line.power_on(POSE)
        assert not any(board.torque)
        line.close()


def test_silent_servos_are_named_in_the_greeting() -> None:
    with running(ant_board(BoardFaults(missing={2, 7}))) as board:
        line = open_line(board, patience=0.6)
        with pytest.raises(LinkError, match="cannot read servo 2, 7"):
            line.greet()
        line.close()


def test_a_changed_request_is_seen_in_what_the_board_repeats() -> None:
    faults = BoardFaults(np.random.default_rng(5))
    with running(ant_board(request_faults=faults)) as board:
        line = open_line(board)
        line.greet()
        line.power_on(POSE)
        faults.rates = {"flip": 1.0}
        keep_sending(line, POSE, lambda: faults.struck.get("flip", 0) >= 5)
        assert line.counts.corrupt + line.counts.missing >= 3  # a flipped newline is not repeated at all
        faults.rates = {}
        assert keep_sending(line, POSE, lambda: board.goals == POSE)
        line.close()


def test_when_lines_stop_the_joints_are_not_heard() -> None:
    with running(ant_board()) as board:
        line = open_line(board)
        line.greet()
        board.faults.rates = {"drop": 1.0}
        assert keep_sending(line, POSE, lambda: positions(line) == [None] * 8, patience=2.0)
        board.faults.rates = {}
        assert keep_sending(line, POSE, lambda: positions(line) == POSE, patience=2.0)
        line.close()


def test_a_board_that_started_anew_is_a_reason_to_let_go() -> None:
    with running(ant_board()) as board:
        line = open_line(board)
        line.greet()
        line.power_on(POSE)
        assert line.lost_power() == ""
        board.reboot()
        assert keep_sending(line, POSE, lambda: "started anew" in line.lost_power())
        line.close()


def test_wrong_rate_and_wrong_servos_are_told_in_one_line() -> None:
    with running(ant_board()) as board:
        with pytest.raises(LinkError, match="1 to 8, each once"):
            RealAntLine(SerialPort(board.line.name, 115_200), [0, 1]).greet()
        silent = RealAntLine(SerialPort(board.line.name, 57_600), patience=0.2)
        with pytest.raises(LinkError, match="nothing intelligible at 115200 baud"):
            silent.greet()
        silent.close()


def test_the_owner_drives_it_and_no_spoilt_line_moves_a_joint_further_than_plausible() -> None:
    """Bits of the board's lines flip; what is believed stays within what the joints can have done."""
    with running(ant_board()) as board:
        owner = BusOwner(lambda: open_line(board), ROBOT, MAP, supervise=False)
        owner.arm()
        board.faults.rates = {"flip": 0.2}
        neutral = ROBOT.neutral
        worst = 0.0
        for k in range(100):
            owner.write(neutral + 0.1 * np.sin(0.1 * k))
            angles, _ = owner.read()
            worst = max(worst, float(np.abs(angles - neutral).max()))
            time.sleep(0.02)
        report = owner.report()
        assert report.nb_corrupt > 0
        assert worst < 0.1 + 0.5  # 0.1 rad of motion, and less than a digit of hundreds would add
        board.faults.rates = {}
        owner.disarm("enough")
        assert not any(board.torque)
        owner.close()
