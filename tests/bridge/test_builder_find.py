"""`hebb board find`: whoever is there is found, at whatever rate, and nothing on the line is changed."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from board_thread import bench_board, running
from builder_bench import CalmImu
from builder_cli import hebb
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_find import find_boards
from firmware_bridge.board_find_text import id_ranges
from firmware_bridge.bus_scan import which_of_two
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_hebb_board import EmulatedHebbBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulated_opencat import EmulatedOpenCat
from firmware_bridge.hebb_messages import SCALE as HEBB_SCALE
from firmware_bridge.joint_map import JointMap, nominal_map
from firmware_bridge.opencat_frames import SCALE, WALKING_IDS
from firmware_bridge.pty_line import PtyLine
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.serial_ports import users_of
from firmware_bridge.servo_tables import AX12A, STS3215, find_table
from hebb_controller.robot_file import load_robot


def at_rate(protocol: str, baud: int, faults: BoardFaults | None = None) -> EmulatedBoard:
    robot, table = load_robot("sts12"), find_table(protocol)
    return EmulatedBoard(table, nominal_map(robot, table.scale), SlewJoints(robot), faults, baud=baud)


@pytest.mark.parametrize(
    ("protocol", "robot", "what"),
    [("sts", "sts12", "STS3215"), ("dxl1", "realant", "AX-12A"), ("dxl2", "sts12", "XL430-W250")],
)
def test_ids_models_alarms_and_clashes(protocol: str, robot: str, what: str) -> None:
    faults = BoardFaults(missing={5}, doubled={3}, alarms={2: 32})
    with running(bench_board(protocol, robot, faults)) as board:
        nb = len(board.servos)
        calm = {i: servo for i, servo in board.servos.items() if i != 2}  # an overload changes registers by itself
        memories = {i: servo.read(0, 256) for i, servo in calm.items()}
        finding = find_boards(board.line.name, protocol)
        (found,) = finding.boards
        assert (found.protocol, found.baud, found.what) == (protocol, 1_000_000, f"{nb - 2} x {what}")
        assert [servo.servo_id for servo in found.servos] == [i for i in range(1, nb + 1) if i not in (3, 5)]
        assert found.clashes == (3,)
        assert {servo.servo_id: servo.alarm for servo in found.servos if servo.alarm} == {2: "overload"}
        assert {i: servo.read(0, 256) for i, servo in calm.items()} == memories


def test_an_unusual_rate_is_found_without_being_told() -> None:
    with running(at_rate("sts", 76_800)) as board:
        finding = find_boards(board.line.name, highest=40)
    (found,) = finding.boards
    assert (found.protocol, found.baud, len(found.servos)) == ("sts", 76_800, 12)


def test_a_dynamixel_bus_at_another_rate_is_found() -> None:
    with running(at_rate("dxl2", 115_200)) as board:
        (found,) = find_boards(board.line.name, "dxl2", highest=40).boards
    assert (found.baud, len(found.servos)) == (115_200, 12)


def test_lost_answers_hide_nobody() -> None:
    faults = BoardFaults(np.random.default_rng(3), {"drop": 0.1})
    with running(bench_board("sts", faults=faults)) as board:
        (found,) = find_boards(board.line.name, "sts", highest=40).boards
    assert faults.struck["drop"] > 0
    assert [servo.servo_id for servo in found.servos] == list(range(1, 13))


def test_an_echoing_adapter_makes_no_ghosts() -> None:
    with running(bench_board("sts", faults=BoardFaults(echo=True, missing={1}))) as board:
        (found,) = find_boards(board.line.name, "sts", highest=40).boards
        assert [servo.servo_id for servo in found.servos] == list(range(2, 13))
        assert found.clashes == ()
        board.faults = BoardFaults(echo=True, missing=set(range(13)))
        assert find_boards(board.line.name, "sts", highest=40).boards == ()


def test_other_protocols_do_not_answer() -> None:
    with running(bench_board("dxl1", "realant")) as board:
        assert find_boards(board.line.name, "sts", highest=40).boards == ()
        assert [b.protocol for b in find_boards(board.line.name, "dxl1", highest=40).boards] == ["dxl1"]


def test_which_protocol_by_registers_0_to_4() -> None:
    # Memory tables: AX-12A model 12 in 0, firmware in 2, id in 3, rate in 4; Feetech firmware 3.9, end bit, model 777.
    assert AX12A.model_number == 12 and STS3215.model_number == 777
    assert which_of_two(7, bytes([12, 0, 24, 7, 1])) == "dxl1"
    assert which_of_two(7, bytes([3, 9, 0, 9, 3])) == "sts"
    assert which_of_two(9, bytes([3, 9, 0, 9, 3])) == "sts"  # the low byte of its model happens to be its id


def test_noise_is_no_servo() -> None:
    rng = np.random.default_rng(0)
    with talking(lambda: bytes(rng.integers(0, 256, 40, dtype=np.uint8))) as line:
        finding = find_boards(line.name, "sts", highest=40)
    assert finding.boards == ()
    assert any("rubbish" in note for note in finding.notes)


def test_an_imu_is_recognised_by_listening() -> None:
    imu = CalmImu(SlewJoints(load_robot("sts12")))
    with running(imu):  # type: ignore[arg-type]
        (found,) = find_boards(imu.line.name).boards
        assert (found.protocol, found.baud) == ("imu", 115_200)
        assert "WitMotion" in found.what


def test_an_opencat_board_tells_its_name_and_keeps_its_reflexes() -> None:
    robot = load_robot("bittle")
    angle_map = nominal_map(robot, SCALE)
    joint_map = JointMap(WALKING_IDS, angle_map.zero_tick, angle_map.direction, angle_map.ticks_per_radian)
    board = EmulatedOpenCat(joint_map, SlewJoints(robot))
    with running(board):  # type: ignore[arg-type]
        board.firmware.random_mind = True
        (found,) = find_boards(board.line.name, highest=40).boards
        assert board.firmware.balances and board.firmware.random_mind
    assert found.protocol == "opencat" and "BiBoard" in found.what


def test_our_own_board_tells_its_firmware() -> None:
    robot = load_robot("sts12")
    board = EmulatedHebbBoard(nominal_map(robot, HEBB_SCALE), SlewJoints(robot))
    with running(board):  # type: ignore[arg-type]
        (found,) = find_boards(board.line.name, highest=40).boards
    assert found.protocol == "hebb" and "12 channels" in found.what


def test_a_port_that_is_in_use_is_told_once() -> None:
    line = PtyLine()
    port = SerialPort(line.name, 115_200)
    finding = find_boards(line.name, highest=40)
    port.close()
    line.close()
    assert finding.boards == ()
    assert finding.notes == ("another program has it open",)


def test_who_else_has_a_port_open(tmp_path: Path) -> None:
    device = tmp_path / "ttyUSB0"
    device.touch()
    for pid, name, target in ((17, "minicom", device), (18, "bash", tmp_path / "else"), (os.getpid(), "me", device)):
        (tmp_path / "proc" / str(pid) / "fd").mkdir(parents=True)
        (tmp_path / "proc" / str(pid) / "comm").write_text(f"{name}\n")
        (tmp_path / "proc" / str(pid) / "fd" / "3").symlink_to(target)
    (tmp_path / "proc" / "self").mkdir()
    assert users_of(str(device), tmp_path / "proc") == ("minicom (pid 17)",)


@given(st.sets(st.integers(0, 252)))
def test_id_ranges_name_every_id(ids: set[int]) -> None:
    told: set[int] = set()
    for part in filter(None, id_ranges(sorted(ids)).split(", ")):
        first, _, last = part.partition("-")
        told |= set(range(int(first), int(last or first) + 1))
    assert told == ids


def test_the_verb_prints_json_and_exits_1_when_nobody_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    with running(bench_board("sts")) as board:
        words = ["board", "find", "--port", board.line.name, "--protocol", "sts", "--highest", "20", "--json"]
        assert hebb(words) == 0
        (port,) = json.loads(capsys.readouterr().out)["ports"]
        assert [servo["servo_id"] for servo in port["boards"][0]["servos"]] == list(range(1, 13))
        board.faults = BoardFaults(missing=set(range(13)))
        assert hebb(words) == 1
    assert hebb(["board", "find", "--port", "/dev/nowhere", "--protocol", "sts"]) == 1
    assert "No such file" in capsys.readouterr().out
    assert hebb(["board", "find", "--port", "/dev/nowhere", "--protocol", "x"]) == 2


@contextmanager
def talking(words: object) -> Iterator[PtyLine]:
    """A line on which somebody talks without being asked, until the block ends."""
    line, stop = PtyLine(), threading.Event()

    def work() -> None:
        while not stop.wait(0.002):
            line.write(words())  # type: ignore[operator]

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield line
    finally:
        stop.set()
        thread.join()
        line.close()
