"""An emulated board that runs in a thread of the test, for as long as a `with` block."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulators import Served
from firmware_bridge.joint_map import JointMap, nominal_map
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot_file import load_robot

Board = TypeVar("Board", bound=Served)


@contextmanager
def running(board: Board, lock: threading.Lock | None = None) -> Iterator[Board]:
    """Run a board in a thread; who does something to it from outside holds `lock` meanwhile."""
    held, stop = lock or threading.Lock(), threading.Event()

    def work() -> None:
        while not stop.is_set():
            with held:
                board.poll()
            time.sleep(0)  # let others have the lock

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield board
    finally:
        stop.set()
        thread.join()
        board.close()


def bench_board(
    protocol: str, robot_name: str = "sts12", faults: BoardFaults | None = None, joint_map: JointMap | None = None
) -> EmulatedBoard:
    """Return a board whose servos move nothing but themselves."""
    robot = load_robot(robot_name)
    table = find_table(protocol)
    return EmulatedBoard(table, joint_map or nominal_map(robot, table.scale), SlewJoints(robot), faults)
