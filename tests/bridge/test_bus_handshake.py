"""Who is on the line: what a handshake finds, and how it says so, over a pty."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from board_thread import bench_board, running

from firmware_bridge import handshake
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.errors import LinkError
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.serial_port import SerialPort, latency_timer, stable_name
from firmware_bridge.servo_tables import find_table
from hebb_controller.errors import BadInputError

PROTOCOLS = [("sts", "sts12"), ("dxl2", "sts12"), ("dxl1", "realant")]


@contextmanager
def opened(board: EmulatedBoard, ids: tuple[int, ...] = ()) -> Iterator[RegisterLine]:
    table = board.table
    with running(board):
        line = RegisterLine(SerialPort(board.line.name, table.dialect.baud), table, ids or tuple(board.servos))
        line.bus.margin, line.cycle.budget = 0.02, 0.5  # a busy machine is no fault of the line
        try:
            yield line
        finally:
            line.close()


@pytest.mark.parametrize(("protocol", "robot"), PROTOCOLS)
def test_a_well_line_tells_who_it_is(protocol: str, robot: str) -> None:
    board = bench_board(protocol, robot)
    for servo in board.servos.values():
        servo.set("return_delay", 0)
    with opened(board) as line:
        hands = line.greet()
        assert hands.model == board.table.name
        assert hands.firmware == {i: s.get("firmware") for i, s in board.servos.items()}
        assert hands.alarms == {} and hands.warnings == ()
        assert not line.bus.echo
        readings = line.feedback()
        assert [r.servo_id for r in readings] == list(board.servos)
        assert [r.values["position"] for r in readings if r.values] == [
            s.get("position") for s in board.servos.values()
        ]
        assert {r.values["voltage"] for r in readings if r.values} == {12.0}


@pytest.mark.parametrize(("protocol", "robot"), PROTOCOLS)
def test_an_adapter_that_echoes_is_found_and_its_echo_is_never_data(protocol: str, robot: str) -> None:
    board = bench_board(protocol, robot)
    board.faults.echo = True
    with opened(board) as line:
        line.greet()
        assert line.bus.echo
        for servo_id, servo in board.servos.items():
            # The known trap: position is at 56, two bytes wide, and 56, 2 is what an echoed request seems to answer.
            assert line.bus.get(servo_id, "position") == servo.get("position")
        assert None not in [r.values for r in line.feedback()]
        line.put_goals([board.table.centre] * len(line.ids))
        assert line.bus.get_all("goal") == dict.fromkeys(line.ids, board.table.centre)
        board.faults.missing = {1}
        assert line.bus.ping(1) is None
        assert line.bus.get(1, "position") is None
        assert line.bus.put(1, "torque", 0) is None


@pytest.mark.parametrize("protocol", ["sts", "dxl1"])
def test_even_an_echo_that_nobody_noticed_is_no_value(protocol: str) -> None:
    board = bench_board(protocol, "realant")
    with opened(board) as line:
        line.greet()
        board.faults.echo = True
        board.faults.missing = set(board.servos)
        for name in line.bus.table.registers:
            assert line.bus.get(1, name) is None


@pytest.mark.parametrize("protocol", ["sts", "dxl1"])
def test_a_voltage_alarm_is_not_taken_for_an_echo(protocol: str) -> None:
    # An alarmed servo answers a ping with the very bytes of the ping: FF FF 01 02 01 FB.
    board = bench_board(protocol, "realant")
    board.faults.alarms = dict.fromkeys(board.servos, 1)
    with opened(board) as line:
        hands = line.greet()
        assert not line.bus.echo
        assert hands.alarms == dict.fromkeys(board.servos, 1)
        assert "servo 1 answers, with an alarm: voltage" in hands.warnings


def test_all_that_is_wrong_is_told_at_once() -> None:
    board = bench_board("sts")
    board.servos[2].set("model", 1029)
    board.faults.missing = {3, 7}
    board.faults.doubled = {9}
    with opened(board) as line, pytest.raises(LinkError) as caught:
        line.greet()
    text = str(caught.value)
    assert "no answer from servo 3, 7" in text
    assert "servo 9 answers garbled: do two servos have that id?" in text
    assert "servo 2 is model 1029, not 777 (sts3215)" in text
    assert "\n" not in text


def test_two_servos_that_were_really_given_one_id_are_told() -> None:
    board = bench_board("sts")
    board.servos[4].set("id", 5)
    with opened(board) as line, pytest.raises(LinkError) as caught:
        line.greet()
    assert "no answer from servo 4" in str(caught.value)
    assert "servo 5 answers garbled" in str(caught.value)


def test_a_silent_line_asks_for_supply_and_rate() -> None:
    table = find_table("sts")
    board = bench_board("sts")
    board._baud = 500_000  # a pty has no rate: the emulated servos look at the client's
    with opened(board) as line, pytest.raises(LinkError, match="no servo answers at 1000000 baud: is the supply on"):
        line.greet()
    assert table.dialect.baud == 1_000_000


@pytest.mark.parametrize(("protocol", "robot", "register"), [("dxl2", "sts12", 9), ("dxl1", "realant", 5)])
def test_return_delays_of_the_factory_are_worth_a_warning(protocol: str, robot: str, register: int) -> None:
    with opened(bench_board(protocol, robot)) as line:
        hands = line.greet()
        (warning,) = hands.warnings
        assert f"before they answer: set their return delay (register {register}) to 0" in warning
        assert line.bus.answer_delay == pytest.approx(0.0005)
        assert None not in [r.values for r in line.feedback()]  # slow, but whole


@pytest.mark.parametrize(
    ("protocol", "level", "needed"), [("sts", 0, "register 8 to 1"), ("dxl2", 1, "register 68 to 2")]
)
def test_servos_that_confirm_nothing_are_told_and_still_let_go(protocol: str, level: int, needed: str) -> None:
    board = bench_board(protocol)
    for servo in board.servos.values():
        servo.set("answers", level)
    with opened(board) as line:
        hands = line.greet()
        assert any("does not confirm what is written" in w and needed in w for w in hands.warnings)
        line.power_on([s.get("position") for s in board.servos.values()])
        assert {s.get("torque") for s in board.servos.values()} == {1}
        assert line.power_off() == []  # read back instead
        assert {s.get("torque") for s in board.servos.values()} == {0}


def test_a_servo_that_answers_pings_only_is_no_silent_one() -> None:
    board = bench_board("dxl2")
    board.servos[6].set("answers", 0)
    with opened(board) as line, pytest.raises(LinkError, match="servo 6 answers to its name but not to questions"):
        line.greet()


def test_different_firmware_is_worth_a_warning() -> None:
    board = bench_board("sts")
    board.servos[2].set("firmware", 0x0A03)
    with opened(board) as line:
        assert any("different firmware" in warning for warning in line.greet().warnings)


def test_the_latency_timer_is_read_and_worth_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ttyUSB0").mkdir()
    (tmp_path / "ttyUSB0" / "latency_timer").write_text("16\n")
    assert latency_timer("/dev/ttyUSB0", tmp_path) == 16
    assert latency_timer("/dev/ttyACM0", tmp_path) is None
    monkeypatch.setattr(handshake, "latency_timer", lambda path: latency_timer("/dev/ttyUSB0", tmp_path))
    with opened(bench_board("sts")) as line:
        assert any("latency timer is 16 ms: set it to 1" in warning for warning in line.greet().warnings)


def test_the_name_of_a_port_that_outlasts_a_pulled_cable(tmp_path: Path) -> None:
    device = tmp_path / "ttyUSB3"
    device.touch()
    links = tmp_path / "by-id"
    links.mkdir()
    (links / "usb-1a86_USB_Serial-if00-port0").symlink_to(device)
    assert stable_name(str(device), links) == str(links / "usb-1a86_USB_Serial-if00-port0")
    assert stable_name(str(device), tmp_path / "none") == str(device)


def test_ports_that_cannot_be_are_refused_in_one_line(tmp_path: Path) -> None:
    for path in ("", "a\0b"):
        with pytest.raises(BadInputError, match="no serial port given"):
            SerialPort(path, 1_000_000)
    (tmp_path / "file").touch()
    for path in (tmp_path / "none", tmp_path / "file", tmp_path):
        with pytest.raises(LinkError) as caught:
            SerialPort(str(path), 1_000_000)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_port_that_another_program_has_is_refused() -> None:
    board = bench_board("sts")
    with opened(board), pytest.raises(LinkError, match="another program has it open"):
        SerialPort(board.line.name, 1_000_000)
