"""An emulated board with an owner, as a walk has it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

import numpy as np
from board_thread import running

from firmware_bridge import bus_owner
from firmware_bridge.board_report import Power
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.serial_port import SerialPort
from hebb_controller.robot_file import load_robot

ROBOT = load_robot("sts12")


@contextmanager
def owned(
    board: EmulatedBoard,
    port: Callable[[], str] | None = None,
    robot_name: str = "sts12",
    limp_after: float = 2.0,
    supervise: bool = False,
) -> Iterator[BusOwner]:
    robot = load_robot(robot_name)
    joint_map = nominal_map(robot, board.table.scale)
    path = port or (lambda: board.line.name)

    def open_line() -> RegisterLine:
        line = RegisterLine(SerialPort(path(), board.table.dialect.baud), board.table, joint_map.servo_ids)
        line.bus.margin, line.cycle.budget = 0.02, 0.3  # a busy machine is no fault of the line
        return line

    # A busy machine may well keep a test waiting for 0.2 s: only the test of that very limit has it so short.
    with patch.object(bus_owner, "LIMP_AFTER", limp_after), running(board):
        owner = BusOwner(open_line, robot, joint_map, supervise=supervise)
        try:
            yield owner
        finally:
            owner.close()


def walk_until(owner: BusOwner, done: Callable[[], bool], goal: np.ndarray | None = None, most: float = 8.0) -> None:
    """Write and read as a walk does, until something is so."""
    end = time.monotonic() + most
    while not done():
        assert time.monotonic() < end, owner.report()
        owner.write(ROBOT.neutral if goal is None else goal)
        try:
            owner.read()
        except LinkError:
            time.sleep(0.02)
        time.sleep(0.005)


def torques(board: EmulatedBoard) -> set[int]:
    return {servo.get("torque") for servo in board.servos.values()}


def disarmed(owner: BusOwner) -> Callable[[], bool]:
    return lambda: owner.report().power is Power.DISARMED


def ended(owner: BusOwner) -> Callable[[], bool]:
    """Goals reach nobody any more, whether or not every servo has confirmed that its torque is off."""
    return lambda: owner.report().power is not Power.ARMED


def stop_guard(owner: BusOwner) -> None:
    """Leave an owner without its thread: what happens now, a caller did."""
    owner._stop.set()
    owner._thread.join()
