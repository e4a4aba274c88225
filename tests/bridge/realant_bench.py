"""An emulated RealAnt for the tests: on a clock of its own for its firmware, in a thread for the line."""

from __future__ import annotations

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulated_realant import EmulatedRealAnt
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.realant_line import RealAntLine
from firmware_bridge.realant_text import BAUD, SCALE
from firmware_bridge.serial_port import SerialPort
from hebb_controller.robot_file import load_robot

ROBOT = load_robot("realant")
MAP = nominal_map(ROBOT, SCALE)
#: Hips at mid-travel, ankles at 65 degrees: 512 + 65 x 1023 / 300.
POSE = [512, 734] * 4


def ant_board(faults: BoardFaults | None = None, **more) -> EmulatedRealAnt:
    """Return a board whose servos move nothing but themselves."""
    return EmulatedRealAnt(MAP, SlewJoints(ROBOT), faults, **more)


def open_line(board: EmulatedRealAnt, patience: float = 2.0) -> RealAntLine:
    """Return a line to the board, not yet greeted."""
    return RealAntLine(SerialPort(board.line.name, BAUD), patience=patience)


class Bench:
    """A board whose time passes when it is told to, and a terminal on its line."""

    def __init__(self, baud: int = BAUD, **more) -> None:
        self.now = 100.0
        self.board = ant_board(clock=lambda: self.now, **more)
        self.port = SerialPort(self.board.line.name, baud)

    def wait(self, duration: float) -> list[str]:
        """Let time pass and return the lines that the board said."""
        end, said = self.now + duration, b""
        while self.now < end:
            self.now += 0.001
            self.board.poll(0.0)
            said += self.port.read(0.0)
        return said.decode("latin-1").split("\r\n")

    def say(self, data: bytes, duration: float = 0.2) -> list[str]:
        """Send, let time pass, and return the lines that the board said, `meas` lines left out."""
        self.port.write(data)
        return [line for line in self.wait(duration) if line and not line.startswith("meas")]

    def close(self) -> None:
        """Free it all."""
        self.port.close()
        self.board.close()
