"""An emulated board in a process of its own, whose true joint angles another process can look up."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import shared_memory
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

import numpy as np

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot

#: Steps of 1 ms that are remembered.
_NB_REMEMBERED = 8192


class RecordedJoints(SlewJoints):
    """Joints that write down where they are: one row per step, the time first; row 0 holds the number of steps."""

    def __init__(self, robot: RobotSpec, record: np.ndarray) -> None:
        super().__init__(robot)
        self._record = record

    def advance(self, goal: np.ndarray, strength: np.ndarray) -> None:
        super().advance(goal, strength)
        nb = int(self._record[0, 0])
        row = self._record[1 + nb % _NB_REMEMBERED]
        row[1:], row[0] = self.position, time.monotonic()
        self._record[0, 0] = nb + 1


@dataclass
class Truth:
    """What `RecordedJoints` wrote down."""

    rows: np.ndarray

    @staticmethod
    def of(nb_joints: int) -> Truth:
        """Return an empty record."""
        return Truth(np.zeros((_NB_REMEMBERED + 1, nb_joints + 1)))

    def __call__(self, start: float, end: float) -> tuple[np.ndarray, np.ndarray]:
        """Return least and greatest angle [rad] of each joint between two times [s], the step before included."""
        nb = int(self.rows[0, 0])
        rows = self.rows[1 + np.arange(max(nb - 2000, 0), nb) % _NB_REMEMBERED]
        first = max(int(np.searchsorted(rows[:, 0], start)) - 1, 0)
        last = max(int(np.searchsorted(rows[:, 0], end)), first + 1)
        return rows[first:last, 1:].min(axis=0), rows[first:last, 1:].max(axis=0)


@dataclass
class Ending:
    """What the board tells when it ends."""

    struck: dict[str, int]
    nb_reboots: int
    goals_seen: dict[int, tuple[int, int] | None]
    cpu_share: float


class Board:
    """The handle on the process."""

    def __init__(self, port: str, truth: Truth, quiet: Event, pipe: Connection) -> None:
        self.port, self.truth = port, truth
        self._quiet, self._pipe = quiet, pipe

    def end(self) -> Ending:
        """End it and return what it tells."""
        self._quiet.set()
        ending: Ending = self._pipe.recv()
        return ending


def _work(
    protocol: str,
    robot_name: str,
    rates: dict[str, float],
    seed: int,
    name: str,
    quiet: Event,
    pipe: Connection,
    priority: int,
) -> None:
    take_priority(priority)
    robot, table = load_robot(robot_name), find_table(protocol)
    memory = shared_memory.SharedMemory(name=name)
    record = _rows(memory, robot.nb_joints)
    faults = BoardFaults(np.random.default_rng(seed), rates=rates)
    board = EmulatedBoard(table, nominal_map(robot, table.scale), RecordedJoints(robot, record), faults)
    for servo in board.servos.values():
        servo.set("return_delay", 0)
    gc.freeze()  # as `hebb board emulate` does: walking over what lives to the end takes longer than a cycle
    pipe.send(board.line.name)
    began, cpu = time.monotonic(), time.process_time()
    while not quiet.is_set():
        for _ in range(100):
            board.poll()
    pipe.send(
        Ending(
            faults.struck,
            sum(s.nb_reboots for s in board.servos.values()),
            {i: s.goals_seen for i, s in board.servos.items()},
            (time.process_time() - cpu) / (time.monotonic() - began),
        )
    )
    board.close()
    del record
    memory.close()


def take_priority(priority: int) -> None:
    """Ask the system for this SCHED_FIFO priority; 0: stay as one is."""
    if priority:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))


def _rows(memory: shared_memory.SharedMemory, nb_joints: int) -> np.ndarray:
    return np.ndarray((_NB_REMEMBERED + 1, nb_joints + 1), dtype=float, buffer=memory.buf)


@contextmanager
def board_process(
    protocol: str = "sts",
    robot_name: str = "sts12",
    rates: dict[str, float] | None = None,
    seed: int = 0,
    priority: int = 0,
) -> Iterator[Board]:
    """Run a board in a process of its own for as long as a `with` block."""
    context = multiprocessing.get_context("spawn")
    nb_joints = load_robot(robot_name).nb_joints
    memory = shared_memory.SharedMemory(create=True, size=8 * (_NB_REMEMBERED + 1) * (nb_joints + 1))
    record = _rows(memory, nb_joints)
    record[:] = 0.0
    quiet = context.Event()
    pipe, far = context.Pipe()
    process = context.Process(
        target=_work, args=(protocol, robot_name, rates or {}, seed, memory.name, quiet, far, priority), daemon=True
    )
    process.start()
    try:
        yield Board(pipe.recv(), Truth(record), quiet, pipe)
    finally:
        quiet.set()
        process.join(5.0)
        if process.is_alive():
            process.kill()
            process.join()
        del record
        memory.close()
        memory.unlink()
