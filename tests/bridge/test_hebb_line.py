"""Our own board as its owner sees it, against the emulated board and a wire that misbehaves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import board_thread
import numpy as np
import pytest
from line_talk import positions

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_line import BoardLine
from firmware_bridge.emulated_hebb_board import EmulatedHebbBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.errors import LinkError
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_greeting import judge
from firmware_bridge.hebb_line import HebbLine
from firmware_bridge.hebb_messages import SCALE, Identity, ResetCause, State
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.pty_line import PtyLine
from firmware_bridge.serial_port import SerialPort
from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot

IDS = range(1, 13)
GOALS = [2800 + 30 * i for i in range(12)]


def running(
    faults: BoardFaults | None = None, lock: threading.Lock | None = None
) -> AbstractContextManager[EmulatedHebbBoard]:
    """Run our own board with bare servos in a thread."""
    robot = load_robot("sts12")
    return board_thread.running(EmulatedHebbBoard(nominal_map(robot, SCALE), SlewJoints(robot), faults), lock)


@contextmanager
def opened(path: str, margin: float = 0.2, watchdog: float = 1.0) -> Iterator[HebbLine]:
    line = HebbLine(SerialPort(path, hebb_frames.BAUD), IDS, watchdog, margin)
    try:
        yield line
    finally:
        line.close()


def test_is_a_board_line() -> None:
    with running() as board, opened(board.line.name) as line:
        seam: BoardLine = line
        assert (seam.measured, seam.guards_itself, seam.imu) == (False, True, None)
        assert seam.baud == 250_000
        assert seam.scale.per_turn * 270.0 / 360.0 == pytest.approx(4000.0)


def test_walks_through_its_life() -> None:
    with running() as board, opened(board.line.name) as line:
        hands = line.greet()
        assert (hands.model, set(hands.firmware)) == ("hebb12", set(IDS))
        assert positions(line) == [3000.0] * 12
        line.power_on(GOALS)
        assert board.firmware.driving
        line.put_goals([g + 5 for g in GOALS])
        readings = line.feedback()
        assert positions(line) == [float(g + 5) for g in GOALS]
        assert {r.values and r.values["voltage"] for r in readings} == {7.4}
        assert line.lost_power() == ""
        assert line.power_off() == []
        assert not board.firmware.driving
        assert line.lost_power() == ""  # it was told to
        assert (line.counts.missing, line.counts.corrupt, line.counts.foreign) == (0, 0, 0)


def test_a_cycle_is_one_round_trip() -> None:
    with running() as board, opened(board.line.name) as line:
        line.power_on(GOALS)
        asked = board.firmware.nb_good
        for _ in range(10):
            line.put_goals(GOALS)
            line.feedback()
            line.lost_power()
        # Where the machine stalls, a status that has grown old is asked for anew.
        assert asked + 10 <= board.firmware.nb_good <= asked + 15


def test_moves_the_joints() -> None:
    with running() as board, opened(board.line.name) as line:
        begin = board.body.position.copy()
        time.sleep(0.05)
        assert np.array_equal(board.body.position, begin)
        line.power_on(GOALS)
        wanted = nominal_map(load_robot("sts12"), SCALE).to_angles(GOALS)
        deadline = time.monotonic() + 2.0
        while np.abs(board.body.position - wanted).max() > 1e-3 and time.monotonic() < deadline:
            line.put_goals(GOALS)
        assert np.abs(board.body.position - wanted).max() <= 1e-3


def test_channels_of_no_joint_get_no_pulses() -> None:
    with running() as board:
        line = HebbLine(SerialPort(board.line.name, hebb_frames.BAUD), [12, 3, 7], 1.0, 0.2)
        line.power_on([2000, 2500, 4000])
        assert board.firmware.goals == (0, 0, 2500, 0, 0, 0, 4000, 0, 0, 0, 0, 2000)
        assert positions(line) == [2000.0, 2500.0, 4000.0]
        line.put_goals([-5, 0, 1])  # wild goals are clamped; none of them is "no pulse"
        assert positions(line) == [1000.0, 1000.0, 1000.0]
        line.close()
        whole = HebbLine(SerialPort(board.line.name, hebb_frames.BAUD), IDS, 1.0, 0.2)
        whole.greet()
        told = positions(whole)
        assert told[3 - 1] == 1000.0 and told[0] == 3000.0  # who has no goal is told to be at mid-travel
        whole.close()


def test_a_firmware_that_pulses_silent_channels_is_refused() -> None:
    with running() as board, opened(board.line.name) as line:
        line.greet()
        status = line.status
    assert status is not None
    told = Identity(1, 1, 0, 12, 0x480C, 1000, 5000, 20000, 1, 0, 0)
    with pytest.raises(LinkError, match=r"its firmware is 1\.0, .*: flash 1\.1 or later"):
        judge("/dev/x", IDS, told, status)


def test_does_not_arm_where_goals_are_not_taken() -> None:
    with running() as board, opened(board.line.name) as line:
        with pytest.raises(LinkError, match=r"goals .* read back as .*; pulses are off"):
            line.power_on([700] * 12)
        assert board.firmware.state == State.DISARMED


def test_tells_a_reset_from_a_lapse() -> None:
    lock = threading.Lock()
    with running(lock=lock) as board, opened(board.line.name, watchdog=0.05) as line:
        line.power_on(GOALS)
        with lock:
            board.firmware.reset(ResetCause.BROWN_OUT, board.wire.chip_time)
        time.sleep(0.15)
        assert line.lost_power() == "the board started anew (brown-out): pulses are off"
        line.power_on(GOALS)
        time.sleep(0.4)
        assert line.lost_power() == "the board let go: it heard nothing good for 100 ms"
        assert "brown-out (1 restarts" in line.greet().warnings[0]


def test_a_sagging_supply_ends_in_a_brown_out() -> None:
    faults = BoardFaults(sag_at=0.2)
    with running(faults) as board, opened(board.line.name) as line:
        line.power_on(GOALS)
        lowest, text = 7.4, ""
        deadline = time.monotonic() + 4.0
        while not text and time.monotonic() < deadline:
            line.put_goals(GOALS)
            told = line.feedback()[0].values
            lowest = lowest if told is None else min(lowest, told["voltage"])
            text = line.lost_power()
        assert lowest < 6.0
        assert "brown-out" in text
        assert not board.firmware.driving


def test_a_late_reply_is_never_taken_for_a_new_one() -> None:
    # The board answers 15 ms late, every time; the line waits 8 ms.
    faults = BoardFaults(rates={"delay": 1.0})
    with running(faults) as board, opened(board.line.name, margin=0.003) as line:
        for k in range(20):
            line.put_goals([3000 + k] * 12)
            # On a machine that stalls a reply may be late and still be there when we look: then it is the right one.
            assert set(positions(line)) <= {None, 3000.0 + k}
        assert line.counts.missing >= 20
        faults.rates.clear()
        time.sleep(0.05)
        assert positions(line) == [3019.0] * 12


def test_never_a_wrong_value_through_a_bad_wire() -> None:
    rates = dict.fromkeys(("drop", "delay", "glitch", "flip", "cut"), 0.1)
    faults = BoardFaults(np.random.default_rng(3), rates)
    with running(faults) as board, opened(board.line.name, margin=0.003) as line:
        sent = [3000]
        for k in range(150):
            sent.append(2000 + 10 * k)
            line.put_goals([sent[-1]] * 12)
            told = set(positions(line))
            assert len(told) == 1 and told <= {None, float(sent[-1])}
        assert line.counts.missing > 10 and line.counts.corrupt > 0
        assert sum(faults.struck.values()) > 50


def test_an_echo_is_no_reply() -> None:
    with running(BoardFaults(echo=True)) as board, opened(board.line.name) as line:
        line.greet()
        line.power_on(GOALS)
        assert positions(line) == [float(g) for g in GOALS]


def test_nobody_there() -> None:
    bare = PtyLine()
    with (
        opened(bare.name, margin=0.01) as line,
        pytest.raises(LinkError, match="no board answers at 250000 baud: is it powered"),
    ):
        line.greet()
    bare.close()


def test_another_rate_is_not_heard() -> None:
    with running() as board:
        line = HebbLine(SerialPort(board.line.name, 115_200), IDS, margin=0.01)
        with pytest.raises(LinkError, match="no board answers"):
            line.greet()
        line.close()


def test_a_pulled_cable_is_a_link_error_and_the_board_lets_go() -> None:
    lock = threading.Lock()
    with running(lock=lock) as board, opened(board.line.name, watchdog=0.05) as line:
        line.power_on(GOALS)
        with lock:
            board.replug()
        with pytest.raises(LinkError):
            for _ in range(10):
                line.put_goals(GOALS)
        assert line.power_off() == list(IDS)
        time.sleep(0.3)
        assert board.firmware.state == State.LAPSED
        with opened(board.line.name) as again:
            again.greet()
            assert positions(again) == [float(g) for g in GOALS]
            assert not board.firmware.driving


def test_silencer_silences() -> None:
    lock = threading.Lock()
    with running(lock=lock) as board, opened(board.line.name) as line:
        line.power_on(GOALS)
        frames = hebb_frames.request_parser().feed(line.silencer())
        assert [frame.code for frame in frames] == [Kind.DISARM]
        with lock:
            assert board.firmware.driving
            assert board.firmware.hear(line.silencer(), board.wire.chip_time)[0][2] == Kind.DISARM | REPLY
            assert not board.firmware.driving


def test_another_board_is_refused_with_all_reasons() -> None:
    status = hebb_messages.unpack_status(bytes(hebb_messages.STATUS_SIZE))
    with pytest.raises(LinkError, match=r"port /dev/x: this is model 0x0001.*version 2, ours 1.*8 channels"):
        judge("/dev/x", IDS, Identity(2, 1, 0, 8, 1, 1000, 5000, 20000, 1, 0, 0), status)


@pytest.mark.parametrize("wrong", [[], [0], [13], [1, 1]])
def test_refuses_channels_that_are_not_there(wrong: list[int]) -> None:
    bare = PtyLine()
    port = SerialPort(bare.name, hebb_frames.BAUD)
    with pytest.raises(BadInputError, match="must lie within 1 and 12"):
        HebbLine(port, wrong)
    with pytest.raises(BadInputError, match=r"watchdog 3 s: must lie within 0.02 and 1 s"):
        HebbLine(port, [1], watchdog=3.0)
    port.close()
    bare.close()
