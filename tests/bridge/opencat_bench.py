"""An emulated Bittle for the tests: on a clock of its own for its firmware, in a thread for the line."""

from __future__ import annotations

import numpy as np

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulated_opencat import EmulatedOpenCat
from firmware_bridge.joint_map import JointMap, nominal_map
from firmware_bridge.opencat_frames import BAUD, SCALE, WALKING_IDS
from firmware_bridge.opencat_line import OpenCatLine
from firmware_bridge.serial_port import SerialPort
from hebb_controller.robot_file import load_robot

ROBOT = load_robot("bittle")
REST = [75, -55] * 4
STAND = [30] * 8


def bittle_map() -> JointMap:
    """Return the map of a Bittle that is wired as it should be."""
    return nominal_map(ROBOT, SCALE, WALKING_IDS)


def bittle_board(faults: BoardFaults | None = None, nyboard: bool = False, **more) -> EmulatedOpenCat:
    """Return a board that lies at rest, as after it was switched on."""
    body = SlewJoints(ROBOT, start=np.radians(REST))
    return EmulatedOpenCat(bittle_map(), body, faults, nyboard=nyboard, **more)


def open_line(board: EmulatedOpenCat, patience: float = 2.0) -> OpenCatLine:
    """Return a line to the board, not yet greeted."""
    return OpenCatLine(SerialPort(board.line.name, BAUD), patience=patience)


class Bench:
    """A board whose time passes when it is told to, and a terminal on its line."""

    def __init__(self, nyboard: bool = False, baud: int = BAUD) -> None:
        self.now = 100.0
        self.board = bittle_board(nyboard=nyboard, clock=lambda: self.now)
        self.firmware = self.board.firmware
        self.port = SerialPort(self.board.line.name, baud)

    def wait(self, duration: float) -> bytes:
        """Let time pass and return what the board said."""
        end, said = self.now + duration, b""
        while self.now < end:
            self.now += 0.001
            self.board.poll(0.0)
            said += self.port.read(0.0)
        return said

    def say(self, data: bytes, duration: float = 1.0) -> bytes:
        """Send, let time pass, and return what the board said."""
        self.port.write(data)
        return self.wait(duration)

    def legs(self) -> list[int]:
        """Return what the board's leg joints are commanded to, in joint order, in [deg]."""
        return [self.firmware.joints.angles[i] for i in WALKING_IDS]

    def close(self) -> None:
        """Free it all."""
        self.port.close()
        self.board.close()
