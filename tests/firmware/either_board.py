"""The board in both of its shapes: the true firmware under simavr, and its emulation in Python."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from firmware_bridge.emulated_hebb_board import EmulatedHebbBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.hebb_messages import SCALE, ResetCause
from firmware_bridge.joint_map import nominal_map
from hebb_controller.robot_file import load_robot


@dataclass(frozen=True)
class EitherBoard:
    """What both shapes have in common.

    Attributes:
        path: of the line.
        now: time on the chip's clock, in [s].
        brown_out: lets the supply of the chip fail for a moment.
        set_supply: puts a voltage [V] at the divider.
    """

    path: str
    now: Callable[[], float]
    brown_out: Callable[[], None]
    set_supply: Callable[[float], None]


class PatientClock:
    """A clock that a busy machine slows down, so that what is due still comes in order."""

    def __init__(self) -> None:
        self._time, self._looked = 0.0, time.monotonic()

    def __call__(self) -> float:
        return self._time

    def go_on(self) -> None:
        now = time.monotonic()
        self._time += min(now - self._looked, 0.004)
        self._looked = now


@contextmanager
def emulated() -> Iterator[EitherBoard]:
    robot = load_robot("sts12")
    clock = PatientClock()
    board = EmulatedHebbBoard(nominal_map(robot, SCALE), SlewJoints(robot), clock=clock)
    board.firmware.supply = 0.0
    stop, fail = threading.Event(), threading.Event()

    def work() -> None:
        while not stop.is_set():
            clock.go_on()
            board.poll()
            if fail.is_set():
                board.firmware.reset(ResetCause.BROWN_OUT, board.wire.chip_time)
                fail.clear()

    def set_supply(voltage: float) -> None:
        board.firmware.supply = voltage

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield EitherBoard(board.line.name, clock, fail.set, set_supply)
    finally:
        stop.set()
        thread.join()
        board.close()
