"""Which emulated board stands for which protocol, and how one runs at the desk."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.boards import find_board
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_hebb_board import EmulatedHebbBoard
from firmware_bridge.emulated_imu import EmulatedImu
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.emulated_opencat import EmulatedOpenCat
from firmware_bridge.emulated_realant import EmulatedRealAnt
from firmware_bridge.joint_map import JointMap
from firmware_bridge.servo_tables import TABLES
from hebb_controller.errors import BadInputError, told_of
from hebb_controller.robot import RobotSpec


class Named(Protocol):
    """The client's end of a line."""

    @property
    def name(self) -> str:
        """Path to open."""


class Served(Protocol):
    """A board behind a pty, emulated or simulated."""

    @property
    def line(self) -> Named:
        """Where a client finds it."""

    def poll(self, timeout: float = 0.001) -> None:
        """Do what is due, and wait for bytes no longer than `timeout` [s]."""

    def close(self) -> None:
        """Hang up and free the body."""


class Emulator(Served, Protocol):
    """An emulated board.

    Attributes:
        faults: what goes wrong; may be changed at any time.
    """

    faults: BoardFaults

    def replug(self) -> str:
        """Hang up and come back under another name, which is returned."""


Maker = Callable[[JointMap, JointBody, BoardFaults], Emulator]


def _makers() -> dict[str, Maker]:
    registers: dict[str, Maker] = {
        name: lambda joint_map, body, faults, table=table: EmulatedBoard(table, joint_map, body, faults)  # type: ignore[misc]
        for name, table in TABLES.items()
    }
    return registers | {"hebb": EmulatedHebbBoard, "opencat": EmulatedOpenCat, "realant": EmulatedRealAnt}


def make_emulator(
    protocol: str, robot: RobotSpec, body: JointBody, faults: BoardFaults, joint_map: JointMap | None = None
) -> Emulator:
    """Return the emulated board of a protocol.

    Args:
        protocol: its name.
        robot: the robot whose joints it moves.
        body: those joints.
        faults: what goes wrong.
        joint_map: how the servos sit on the joints; None: as drawn.

    Raises:
        BadInputError: a board that this robot cannot have, or that nobody emulates.
    """
    kind = find_board(protocol)
    makers = _makers()
    if protocol not in makers:
        raise BadInputError(f"protocol {protocol}: no emulated board for it: choose one of {', '.join(makers)}")
    drawn = kind.drawn(robot) if joint_map is None else joint_map
    drawn.check(robot, kind.scale)
    return makers[protocol](drawn, body, faults)


def serve(board: Served, imu: EmulatedImu, link: Path | None, tell: Callable[[str, str], None]) -> None:
    """Run a board and an IMU until interrupted, by Ctrl-C or by SIGTERM.

    Args:
        board: the board.
        imu: the IMU.
        link: where to keep a symbolic link to the board's pty, and with `-imu` behind it one to the IMU's: names that
            stay, as /dev/serial/by-id gives them to real ports.
        tell: called with the names of both ports once they can be opened.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    ports = [board.line.name, imu.line.name]
    try:
        with contextlib.ExitStack() as links:
            if link is not None:
                names = [link, link.with_name(f"{link.name}-imu")]
                for name, port in zip(names, ports, strict=True):
                    links.enter_context(_linked(name, port))
                ports = [str(name) for name in names]
            tell(*ports)
            gc.freeze()  # what lives now lives to the end: the collector need not walk over it while a client waits
            with contextlib.suppress(KeyboardInterrupt):
                while True:
                    board.poll()
                    imu.poll()
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _linked(link: Path, target: str) -> Iterator[None]:
    if link.exists() and not link.is_symlink():
        raise BadInputError(f"{link}: is there and no link: choose another name")
    link.unlink(missing_ok=True)
    with told_of(link):
        os.symlink(target, link)
    try:
        yield
    finally:
        link.unlink(missing_ok=True)
