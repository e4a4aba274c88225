"""Servos that fail: what the owner of their line does. One test per row of docs/fault_table.md."""

from __future__ import annotations

import time

import pytest
from board_thread import bench_board
from owned_board import ROBOT, disarmed, owned, torques, walk_until

from firmware_bridge.board_report import Power
from firmware_bridge.errors import LinkError
from firmware_bridge.health import Level
from firmware_bridge.register_line import RegisterLine
from hebb_controller.robot_file import load_robot


def test_a_brown_out_ends_in_torque_off_and_only_an_operator_arms_again() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        walk_until(owner, lambda: owner.report().nb_cycles > 20)
        # Begins now: sinks for a second, dark for half a second, then all start anew.
        board.faults.sag_at = time.monotonic() - board.wire.began
        voltages: list[float] = []

        def is_over() -> bool:
            voltages.append(owner.report().voltage)
            return owner.report().power is Power.DISARMED

        walk_until(owner, is_over)
        assert min(voltages) < 10.0
        reason = owner.report().reason
        assert "no answer from" in reason or "supply at" in reason or "lost torque" in reason
        walk_until(owner, lambda: board.faults.sag_at is None and owner.report().voltage == 12.0)
        for _ in range(30):
            owner.write(ROBOT.neutral + 0.3)
            owner.read()
        assert torques(board) == {0}
        assert owner.report().power is Power.DISARMED
        owner.arm()
        assert torques(board) == {1}


def test_a_servo_that_starts_anew_ends_the_walk() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        walk_until(owner, lambda: owner.report().nb_cycles > 10)
        board.servos[5].reboot(time.monotonic())
        walk_until(owner, disarmed(owner))
        assert "servo 5 lost torque" in owner.report().reason
        assert torques(board) == {0}


def test_a_sagging_supply_makes_the_robot_sit() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        for servo in board.servos.values():
            servo.set("voltage", 90)  # three cells: 9.6 V is the least
        walk_until(owner, lambda: owner.report().level is Level.SIT)
        assert "supply at 9.0 V" in owner.report().reason
        walk_until(owner, disarmed(owner))
        assert torques(board) == {0}
        with pytest.raises(LinkError, match="supply at 9.0 V"):
            owner.arm()


def test_a_hot_servo_is_spared_then_the_robot_sits() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.servos[8].set("temperature", 62)
        walk_until(owner, lambda: owner.report().level is Level.DERATE)
        walk_until(owner, lambda: board.servos[8].get("torque_limit") == 600)
        board.servos[8].set("temperature", 71)
        walk_until(owner, disarmed(owner))
        assert "71 deg C" in owner.report().reason


def test_a_warming_servo_is_scripted() -> None:
    board = bench_board("sts")
    board.faults.hot = {3}
    with owned(board) as owner:
        owner.arm()
        walk_until(owner, lambda: owner.report().temperature >= 33.0)
        assert board.servos[4].get("temperature") == 30


def test_a_dynamixel_that_shuts_down_ends_the_walk_and_is_not_rebooted() -> None:
    board = bench_board("dxl2")
    with owned(board) as owner:
        owner.arm()
        board.faults.alarms = {4: 32}
        walk_until(owner, disarmed(owner))
        assert "servo 4 lost torque" in owner.report().reason
        assert board.servos[4].nb_reboots == 0
        with pytest.raises(LinkError, match="servo 4 does not take its torque .servo 4 has hardware error 0x20"):
            owner.arm()
        assert torques(board) == {0}
        assert board.servos[4].nb_reboots == 0


def test_an_ax12a_that_shuts_down_ends_the_walk() -> None:
    board = bench_board("dxl1", "realant")
    robot = load_robot("realant")
    with owned(board, robot_name="realant") as owner:
        owner.arm()
        board.faults.alarms = {2: 32}
        walk_until(owner, disarmed(owner), robot.neutral)
        assert "servo 2 lost torque" in owner.report().reason


def test_a_joint_that_is_kept_from_its_goal_makes_the_robot_sit() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.servos[2].set("torque_limit", 0)  # an overloaded servo that says nothing
        board.wire._stale = True
        goal = ROBOT.neutral.copy()
        goal[1] += 0.7
        walk_until(owner, lambda: owner.report().level is Level.SIT, goal)
        assert "from its goal" in owner.report().reason
        walk_until(owner, disarmed(owner), goal)


def test_an_overloaded_feetech_lets_go_although_it_complains() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.faults.alarms = dict.fromkeys(board.servos, 32)
        owner.read()
        assert owner.disarm("told to") == []  # an alarm is not about the request (lelamp_runtime#9)
        assert torques(board) == {0}


CAPS = [("sts", "sts12", 300), ("dxl2", "sts12", 400), ("dxl1", "realant", 400)]


@pytest.mark.parametrize(("protocol", "robot_name", "cap"), CAPS)
def test_a_servos_own_torque_cap_is_never_lifted(protocol: str, robot_name: str, cap: int) -> None:
    board = bench_board(protocol, robot_name)
    for servo in board.servos.values():
        servo.set("torque_max", cap)
        servo.set("torque_limit", cap)  # what it starts with
    with owned(board, robot_name=robot_name) as owner:
        owner.arm()
        assert {servo.get("torque_limit") for servo in board.servos.values()} == {cap}
        board.servos[2].set("temperature", 62)
        neutral = load_robot(robot_name).neutral
        derated = {round(0.6 * cap)}
        walk_until(owner, lambda: {s.get("torque_limit") for s in board.servos.values()} == derated, neutral)


@pytest.mark.parametrize(("protocol", "robot_name"), [(name, robot) for name, robot, _ in CAPS])
def test_derating_that_is_lost_on_the_way_is_sent_until_every_servo_has_it(protocol: str, robot_name: str) -> None:
    board = bench_board(protocol, robot_name)
    neutral, full = load_robot(robot_name).neutral, board.servos[1].get("torque_limit")
    lost: list[bytes] = []
    with owned(board, robot_name=robot_name) as owner:
        owner.arm()
        walk_until(owner, lambda: owner.report().nb_cycles > 30, neutral)
        line = owner._driven.line
        assert isinstance(line, RegisterLine)
        write, register = line.bus.port.write, line.bus.table.registers["torque_limit"]
        share = register.encode(round(0.6 * full))
        frame = line.bus.table.dialect.sync_write(register.address, dict.fromkeys(line.ids, share))

        def lossy(data: bytes) -> None:
            if data == frame and len(lost) < 3:
                lost.append(data)
            else:
                write(data)

        line.bus.port.write = lossy  # type: ignore[method-assign]
        board.servos[5].set("temperature", 63)
        walk_until(
            owner, lambda: {s.get("torque_limit") for s in board.servos.values()} == {round(0.6 * full)}, neutral
        )
        assert len(lost) == 3
        walk_until(owner, lambda: line._limits == {}, neutral)
        assert owner.report().power is Power.ARMED


def test_a_limit_that_a_servo_has_taken_to_0_by_itself_stays_there() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.servos[3].set("torque_limit", 0)
        board.wire._stale = True
        before = owner.report().nb_cycles
        walk_until(owner, lambda: owner.report().nb_cycles > before + 20)
        assert board.servos[3].get("torque_limit") == 0
