"""Lines and hosts that fail: what the owner does. One test per row of docs/fault_table.md."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from board_thread import bench_board, running
from owned_board import ROBOT, disarmed, ended, owned, torques, walk_until

from firmware_bridge import bus_owner
from firmware_bridge.board_report import Power
from firmware_bridge.errors import LinkError
from firmware_bridge.health import Level
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.serial_port import SerialPort


def test_a_servo_that_falls_silent_is_held_then_the_robot_sits_on_the_others() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.faults.missing = {6}
        walk_until(owner, lambda: owner.report().level is Level.HOLD)
        goals = [servo.get("goal") for servo in board.servos.values()]
        owner.write(ROBOT.neutral + 0.2)
        owner.read()
        assert [servo.get("goal") for servo in board.servos.values()] == goals
        walk_until(owner, lambda: owner.report().level is Level.SIT)
        angles, seen = owner.read()
        assert np.isfinite(angles).all()  # the last that was seen, with its age, and not a zero
        assert time.monotonic() - seen[5] > 0.05
        walk_until(owner, ended(owner))
        assert owner.report().power is Power.UNCONFIRMED
        assert "torque off not confirmed by servo 6" in owner.report().reason
        board.faults.missing = set()
        walk_until(owner, disarmed(owner))
        assert torques(board) == {0}


def test_two_servos_that_fall_silent_together_end_it_at_once() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        board.faults.missing = {6, 7}
        walk_until(owner, ended(owner))
        assert "no answer from" in owner.report().reason
        assert {board.servos[i].get("torque") for i in board.servos if i not in (6, 7)} == {0}


def test_a_cable_that_is_pulled_and_put_back_arms_nothing(tmp_path: Path) -> None:
    board = bench_board("sts")
    link = tmp_path / "by-id"
    link.symlink_to(board.line.name)
    with owned(board, lambda: str(link)) as owner:
        owner.arm()
        walk_until(owner, lambda: owner.report().nb_cycles > 10)
        new = board.replug()
        walk_until(owner, lambda: owner.report().power is Power.LOST)
        with pytest.raises(LinkError):
            owner.read()
        with pytest.raises(LinkError, match="cannot arm"):
            owner.arm()
        link.unlink()
        link.symlink_to(new)
        walk_until(owner, disarmed(owner))
        assert owner.report().reason == "the link is back: arm again"
        assert torques(board) == {0}  # a servo that kept its power had kept its torque
        before = board.wire.body.position.copy()
        for _ in range(20):
            owner.write(ROBOT.neutral + 0.3)
            owner.read()
        np.testing.assert_allclose(board.wire.body.position, before, atol=1e-9)
        owner.arm()
        assert torques(board) == {1}


def test_a_stale_goal_is_not_jumped_to_when_torque_comes_on() -> None:
    board = bench_board("sts")
    with owned(board) as owner:
        owner.arm()
        walk_until(owner, lambda: owner.report().nb_cycles > 20, ROBOT.neutral + 0.25)
        owner.disarm("told to")
        board.wire.body.position[:] = ROBOT.neutral - 0.2  # moved by hand
        walk_until(owner, lambda: bool(np.allclose(owner.read()[0], ROBOT.neutral - 0.2, atol=0.01)))
        assert abs(board.servos[1].get("goal") - board.servos[1].get("position")) > 200  # stale
        owner.arm()
        np.testing.assert_allclose(board.wire.body.position, ROBOT.neutral - 0.2, atol=0.002)


@pytest.mark.parametrize("protocol", ["sts", "dxl2"])
def test_a_caller_that_stalls_loses_the_torque(protocol: str) -> None:
    board = bench_board(protocol)
    with owned(board, limp_after=bus_owner.LIMP_AFTER) as owner:
        owner.arm()
        end = time.monotonic() + 5.0
        while owner.report().power is Power.ARMED:
            assert time.monotonic() < end
            time.sleep(0.02)
        assert "no command for 0.2 s" in owner.report().reason
        assert torques(board) == {0}


def test_a_dynamixel_whose_host_died_stops_by_itself_and_can_be_armed_again() -> None:
    # The re-arm path took others three rounds of fixes (stretch_body#199, #207, #278).
    board = bench_board("dxl2")
    table = board.table
    with running(board):
        ids = tuple(board.servos)

        def open_line() -> RegisterLine:
            line = RegisterLine(SerialPort(board.line.name, table.dialect.baud), table, ids)
            line.bus.margin, line.cycle.budget = 0.02, 0.3
            return line

        line = open_line()
        line.greet()
        line.power_on([s.get("position") for s in board.servos.values()])
        assert {s.get("watchdog") for s in board.servos.values()} == {0}
        line.put_goals([2600] * len(ids))
        assert line.bus.get_all("watchdog") == dict.fromkeys(ids, 5)
        line.close()  # the host dies in mid-movement: no frame, no torque off
        end = time.monotonic() + 5.0
        while not all(servo.lapsed for servo in board.servos.values()):
            assert time.monotonic() < end
            time.sleep(0.01)
        assert any(servo.get("position") != 2600 for servo in board.servos.values())
        line = open_line()
        line.greet()
        told = [line.lost_power(), line.lost_power()]
        assert any("bus watchdog has run out" in text for text in told)
        assert line.power_off() == []
        line.power_on([int(r.values["position"]) for r in line.feedback() if r.values])
        assert not any(servo.lapsed for servo in board.servos.values())
        line.put_goals([2500] * len(ids))
        assert line.bus.get_all("goal") == dict.fromkeys(ids, 2500)
        assert line.bus.get_all("watchdog") == dict.fromkeys(ids, 5)
        line.bus.put(3, "watchdog", 0)  # as if the frame that armed it had been lost
        assert [line.lost_power(), line.lost_power()] == ["", ""]
        line.put_goals([2500] * len(ids))
        assert line.bus.get(3, "watchdog") == 5
        line.close()


def test_a_servo_that_moves_while_torque_comes_on_is_refused() -> None:
    board = bench_board("sts")
    with running(board):
        line = RegisterLine(SerialPort(board.line.name, 1_000_000), board.table, tuple(board.servos))
        line.bus.margin = 0.02
        ticks = [s.get("position") for s in board.servos.values()]
        ticks[3] += 300  # what a corrupted pose would be
        with pytest.raises(LinkError, match="servo 4 moves, or its position was read wrong"):
            line.power_on(ticks)
        assert torques(board) == {0}
        line.close()
