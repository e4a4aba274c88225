"""`hebb board set-id`: the change outlasts a power cycle, and is refused where it could hit the wrong servo."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from board_thread import bench_board, running
from builder_cli import hebb

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_setup import BAUD_CODES, Change, change_servo
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_tables import find_table
from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot

USUAL = 1_000_000
ROBOTS = [("sts", "sts12"), ("dxl1", "realant"), ("dxl2", "sts12")]


def change(
    board: EmulatedBoard,
    old: int,
    new: int,
    protocol: str = "",
    confirm: Callable[[str], bool] = lambda _: True,
    to_baud: int = USUAL,
) -> list[str]:
    told: list[str] = []
    change_servo(
        lambda rate: SerialPort(board.line.name, rate),
        find_table(protocol or board.table.dialect.name),
        Change(old, new, USUAL, to_baud),
        confirm,
        told.append,
    )
    return told


def power_cycle(servo: EmulatedServo) -> None:
    servo.reboot(time.monotonic())


@pytest.mark.parametrize(("protocol", "robot"), ROBOTS)
def test_a_new_id_outlasts_the_power(protocol: str, robot: str) -> None:
    with running(bench_board(protocol, robot)) as board:
        servo = board.servos[3]
        servo.set("torque", 1)
        (told,) = change(board, 3, 40)
        assert told == "servo 3: id 3 becomes 40: done and read back"
        assert servo.get("torque") == 0
        power_cycle(servo)
        assert servo.get("id") == 40
        if board.table.unlocked is not None:
            assert servo.get("lock") == 1 - board.table.unlocked
        assert [s.get("id") for i, s in board.servos.items() if i != 3] == [i for i in board.servos if i != 3]


def test_a_return_delay_outlasts_the_power() -> None:
    with running(bench_board("dxl1", "realant")) as board:
        words = ["board", "set-id", "--port", board.line.name, "--protocol", "dxl1", "--from", "3", "--yes"]
        assert hebb([*words, "--return-delay", "600"]) == 2
        assert hebb([*words, "--return-delay", "20"]) == 0
        power_cycle(board.servos[3])
        assert (board.servos[3].get("return_delay"), board.servos[3].get("id")) == (10, 3)


def test_eeprom_is_locked_again_at_once() -> None:
    with running(bench_board("sts")) as board:
        change(board, 3, 40)
        assert board.servos[3].get("lock") == 1


def test_lost_and_late_answers_do_not_stop_it() -> None:
    faults = BoardFaults(np.random.default_rng(1), {"drop": 0.1, "delay": 0.1})
    with running(bench_board("sts", faults=faults)) as board:
        change(board, 3, 40)
        power_cycle(board.servos[3])
        assert board.servos[3].get("id") == 40


@pytest.mark.parametrize(
    ("faults", "old", "new", "why"),
    [
        (BoardFaults(doubled={3}), 3, 40, "unplug all but one"),
        (BoardFaults(), 3, 4, "answers to id 4 already"),
        (BoardFaults(doubled={4}), 3, 4, "answers to id 4 already"),
        (BoardFaults(missing={3}), 3, 40, "does not answer"),
    ],
)
def test_clashes_and_silence_are_refused(faults: BoardFaults, old: int, new: int, why: str) -> None:
    with running(bench_board("sts", faults=faults)) as board:
        memories = {i: servo.read(0, 56) for i, servo in board.servos.items()}
        with pytest.raises(LinkError, match=why):
            change(board, old, new)
        assert {i: servo.read(0, 56) for i, servo in board.servos.items()} == memories


def test_two_real_servos_with_one_id_are_refused() -> None:
    with running(bench_board("sts")) as board:
        board.servos[4].set("id", 3)
        with pytest.raises(LinkError, match="unplug all but one"):
            change(board, 3, 40)


def test_a_servo_of_the_other_protocol_is_not_written_to() -> None:
    # Register 5 is the id of a Feetech and the return delay of an AX-12A.
    with running(bench_board("dxl1", "realant")) as board:
        with pytest.raises(LinkError, match="is not a servo that protocol sts writes to"):
            change(board, 3, 40, protocol="sts")
        assert board.servos[3].get("return_delay") == 250


def test_nothing_is_written_unless_confirmed() -> None:
    with running(bench_board("sts")) as board:
        memory = board.servos[3].read(0, 56)
        questions: list[str] = []
        with pytest.raises(BadInputError, match="nothing was changed"):
            change(board, 3, 40, confirm=lambda text: bool(questions.append(text)))
        assert questions == ["servo 3 (STS3215): id 3 becomes 40"]
        assert board.servos[3].read(0, 56) == memory


def test_a_failure_half_way_says_how_to_go_on() -> None:
    with running(bench_board("sts")) as board:

        def gone(_: str) -> bool:
            board.faults = BoardFaults(missing={3})
            return True

        with pytest.raises(LinkError, match="find --all-bauds"):
            change(board, 3, 40, confirm=gone)


def test_a_servo_that_is_pulled_out_after_its_new_id_is_told() -> None:
    with running(bench_board("sts")) as board:

        def later(_: str) -> bool:
            board.faults = BoardFaults(missing={40})
            return True

        with pytest.raises(LinkError, match="does not take its new id: nothing answers"):
            change(board, 3, 40, confirm=later)


class RateFollowingBoard(EmulatedBoard):
    """A line with a single servo, which speaks at the rate that its register holds."""

    def poll(self, timeout: float = 0.001) -> None:
        super().poll(timeout)
        codes = {code: rate for rate, code in BAUD_CODES[self.table.dialect.name].items()}
        self._baud = codes[next(iter(self.servos.values())).get("baud")]


@pytest.mark.parametrize(("protocol", "rate"), [("sts", 500_000), ("dxl2", 57_600), ("dxl1", 115_200)])
def test_a_new_rate_outlasts_the_power(protocol: str, rate: int) -> None:
    robot, table = load_robot("sts12"), find_table(protocol)
    board = RateFollowingBoard(table, nominal_map(robot, table.scale), SlewJoints(robot))
    for i, servo in board.servos.items():
        servo.write(table.registers["baud"].address, bytes([BAUD_CODES[protocol][USUAL]]))
        if table.unlocked is not None:
            servo.set("lock", table.unlocked)
            servo.write(table.registers["baud"].address, bytes([BAUD_CODES[protocol][USUAL]]))
            servo.set("lock", 1 - table.unlocked)
        if i != 1:
            board.faults.missing.add(i)
    with running(board):
        change(board, 1, 21, to_baud=rate)
        power_cycle(board.servos[1])
        assert board.servos[1].get("baud") == BAUD_CODES[protocol][rate]
        assert board.servos[1].get("id") == 21


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--from", "3", "--to", "40", "--yes"], 0),
        (["--from", "3", "--to", "40"], 2),  # nobody is there to confirm
        (["--from", "3", "--to", "4", "--yes"], 1),
        (["--from", "3", "--to", "3", "--yes"], 2),
        (["--from", "3", "--to", "253", "--yes"], 2),
        (["--from", "3", "--to-baud", "12345", "--yes"], 2),
    ],
)
def test_exit_codes(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    with running(bench_board("sts")) as board:
        assert hebb(["board", "set-id", "--port", board.line.name, "--protocol", "sts", *words]) == code
    assert len(capsys.readouterr().err.splitlines()) == (code != 0)
