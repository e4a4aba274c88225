"""The emulated servos are no kinder than the real ones, as far as their manuals tell."""

from __future__ import annotations

import pytest
from board_thread import bench_board, running

from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.servo_tables import TABLES

PROTOCOLS = ["sts", "dxl2", "dxl1"]


def servo_of(protocol: str) -> EmulatedServo:
    return EmulatedServo(TABLES[protocol], 7)


def write(servo: EmulatedServo, name: str, value: int) -> int:
    register = servo.table.registers[name]
    return servo.write(register.address, register.encode(value))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_starting_anew_loses_ram_and_keeps_eeprom(protocol: str) -> None:
    servo = servo_of(protocol)
    if protocol == "sts":
        write(servo, "lock", 0)
    write(servo, "id", 9)
    write(servo, "torque_max", 500)
    write(servo, "torque", 1)
    write(servo, "torque_limit", 100)
    write(servo, "goal", 600)
    servo.place(700, 0.0, 0.0)
    servo.reboot(10.0)
    assert (servo.get("id"), servo.get("torque_max")) == (9, 500)
    assert servo.get("torque") == 0 and servo.strength == 0.0
    assert servo.get("torque_limit") == 500  # its default is the EEPROM's, not full torque
    assert servo.get("goal") == servo.get("position") == 700
    assert servo.deaf(10.05) and not servo.deaf(10.2)
    assert servo.nb_reboots == 1


def test_a_locked_feetech_forgets_what_it_was_told() -> None:
    servo = servo_of("sts")
    assert servo.get("lock") == 1
    write(servo, "id", 9)
    assert servo.get("id") == 9
    servo.reboot(0.0)
    assert servo.get("id") == 7


def test_a_dynamixel_shuts_its_eeprom_while_torque_is_on() -> None:
    servo = servo_of("dxl2")
    write(servo, "torque", 1)
    assert write(servo, "id", 9) == 7
    assert servo.get("id") == 7
    write(servo, "torque", 0)
    assert write(servo, "id", 9) == 0


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_what_a_servo_only_tells_cannot_be_written(protocol: str) -> None:
    servo = servo_of(protocol)
    for name in ("model", "firmware", "position", "temperature"):
        before = servo.get(name)
        write(servo, name, 1)
        assert servo.get(name) == before


@pytest.mark.parametrize(("protocol", "told"), [("sts", 1900), ("dxl2", 2100)])
def test_a_homing_offset_shifts_positions_and_goals_alike(protocol: str, told: int) -> None:
    servo = servo_of(protocol)
    if protocol == "sts":
        write(servo, "lock", 0)
    write(servo, "offset", 100)
    servo.place(2000, 0.0, 0.0)
    assert servo.get("position") == told
    write(servo, "goal", told)
    assert servo.raw_goal == 2000  # a goal where it says that it stands does not move it


def test_a_feetech_with_an_offset_wraps_at_its_seam() -> None:
    servo = servo_of("sts")
    write(servo, "offset", 100)
    servo.place(50, 0.0, 0.0)
    assert servo.get("position") == 4046


def test_a_feetech_that_is_told_that_it_stands_in_the_middle_does() -> None:
    servo = servo_of("sts")
    servo.place(1500, 0.0, 0.0)
    write(servo, "torque", 128)
    servo.place(1500, 0.0, 0.0)
    assert servo.get("position") == 2048
    assert servo.get("torque") == 0


def test_goals_beyond_the_limits() -> None:
    feetech, x_series, ax = servo_of("sts"), servo_of("dxl2"), servo_of("dxl1")
    for servo in (feetech, x_series, ax):
        write(servo, "goal_min", 100)
        write(servo, "goal_max", 900)
        write(servo, "goal", 500)
    assert write(feetech, "goal", 1000) == 0 and feetech.get("goal") == 1000 and feetech.raw_goal == 900
    assert write(x_series, "goal", 1000) == 6 and x_series.get("goal") == 500
    assert write(ax, "goal", 1000) == 2 and ax.get("goal") == 500
    assert write(ax, "goal", 2000) == 8 and ax.get("goal") == 500


def test_in_another_mode_a_goal_is_no_position() -> None:
    for protocol, mode in (("sts", 3), ("sts", 1), ("dxl2", 1), ("dxl2", 16)):
        servo = servo_of(protocol)
        if protocol == "sts":
            write(servo, "lock", 0)
        write(servo, "mode", mode)
        servo.reboot(0.0)
        servo.place(1000, 0.0, 0.0)
        write(servo, "goal", 1000)  # where it stands
        goes_on = (protocol, mode) == ("sts", 3)  # steps: a thousand of them from here, in whatever turn that is
        assert servo.raw_goal == (2000 if goes_on else 1000)
        write(servo, "mode", 0 if protocol == "sts" else 3)
        assert servo.raw_goal == 1000
    wheel = servo_of("dxl1")
    write(wheel, "goal_max", 0)
    wheel.place(300, 0.0, 0.0)
    assert wheel.raw_goal == 300


def test_overload_is_latched_as_each_kind_latches_it() -> None:
    feetech, x_series, ax = servo_of("sts"), servo_of("dxl2"), servo_of("dxl1")
    for servo in (feetech, x_series, ax):
        write(servo, "torque", 1)
        servo.trip(32)
    assert (feetech.error, feetech.strength) == (32, 1.0)  # goes on, and complains
    assert (x_series.error, x_series.get("alarm"), x_series.get("torque")) == (128, 32, 0)
    assert write(x_series, "torque", 1) == 1 and x_series.get("torque") == 0
    assert (ax.error, ax.get("torque"), ax.strength) == (32, 1, 0.0)
    for servo in (feetech, x_series, ax):
        servo.recover(32)
    assert feetech.error == ax.error == 0
    assert x_series.error == 128  # until it is rebooted
    x_series.reboot(0.0)
    assert x_series.error == x_series.get("alarm") == 0
    assert write(x_series, "torque", 1) == 0


def test_the_makers_sdk_is_refused_as_the_maker_says() -> None:
    sdk = pytest.importorskip("dynamixel_sdk")
    board = bench_board("dxl2")
    with running(board):
        port = sdk.PortHandler(board.line.name)
        assert port.openPort() and port.setBaudRate(1_000_000)
        packets = sdk.PacketHandler(2.0)

        def told(ask):  # a busy machine may take longer than the SDK waits
            for _ in range(20):
                result, error = ask()[-2:]
                if result == sdk.COMM_SUCCESS:
                    return error
            raise AssertionError("no answer")

        assert told(lambda: packets.write4ByteTxRx(port, 1, 116, 5000)) == sdk.ERRNUM_DATA_LIMIT
        assert told(lambda: packets.write1ByteTxRx(port, 1, 64, 1)) == 0
        assert told(lambda: packets.write1ByteTxRx(port, 1, 7, 20)) == sdk.ERRNUM_ACCESS
        board.faults.alarms = {2: 32}
        for _ in range(200):
            if told(lambda: packets.read1ByteTxRx(port, 2, 146)):
                break
        assert told(lambda: packets.read1ByteTxRx(port, 2, 146)) & sdk.ERRBIT_ALERT
        told(lambda: packets.reboot(port, 2))
        for _ in range(50):
            value, result, error = packets.read1ByteTxRx(port, 2, 70)
            if result == sdk.COMM_SUCCESS and error == 0:
                break
        assert (value, error) == (0, 0)
        port.closePort()
