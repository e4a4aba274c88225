"""Every board that the bridge can drive, by protocol name: what it counts in, how it is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware_bridge import hebb_frames, hebb_messages, opencat_frames, realant_text
from firmware_bridge.board_line import BoardLine, TickScale
from firmware_bridge.frames import MAX_ID
from firmware_bridge.hebb_line import HebbLine
from firmware_bridge.joint_map import JointMap, nominal_map
from firmware_bridge.opencat_line import OpenCatLine
from firmware_bridge.realant_line import RealAntLine
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_tables import TABLES
from hebb_controller.errors import BadInputError, unknown
from hebb_controller.robot import RobotSpec


@dataclass(frozen=True)
class BoardKind:
    """A kind of board.

    Attributes:
        protocol: its name on the command line.
        summary: one line for tables.
        baud: rate of its line, in [bit/s].
        scale: of its counts.
        servos: beginnings of the names of servo models that speak it.
        ids: servos or channels of a robot that is wired as drawn, in joint order; as many as it has joints.
        open_line: takes the open port and the ids in joint order.
        one_by_one: torque can come on at one servo alone; False: it comes on at all of them together.
    """

    protocol: str
    summary: str
    baud: int
    scale: TickScale
    servos: tuple[str, ...]
    ids: tuple[int, ...]
    open_line: Callable[[SerialPort, Sequence[int]], BoardLine]
    one_by_one: bool = False

    def drawn(self, robot: RobotSpec) -> JointMap:
        """Return the map of a robot on this board that is built exactly as drawn."""
        return nominal_map(robot, self.scale, self.ids)

    def open(self, path: str, ids: Sequence[int]) -> BoardLine:
        """Open a port and return the line, not yet greeted.

        Raises:
            LinkError: there is no such port, or another program has it.
        """
        return self.open_line(SerialPort(path, self.baud), ids)


def _registers(table: ServoTable, summary: str, servos: tuple[str, ...]) -> BoardKind:
    return BoardKind(
        table.dialect.name,
        summary,
        table.dialect.baud,
        table.scale,
        servos,
        tuple(range(1, MAX_ID + 1)),
        lambda port, ids: RegisterLine(port, table, ids),
        one_by_one=True,
    )


BOARDS = {
    kind.protocol: kind
    for kind in (
        _registers(TABLES["sts"], "Feetech STS/SMS bus servos, such as the STS3215", ("sts", "sms")),
        _registers(TABLES["dxl2"], "Dynamixel X series, Protocol 2.0, such as the XL430", ("xl", "xm", "xh")),
        _registers(TABLES["dxl1"], "Dynamixel Protocol 1.0, such as the AX-12A", ("ax", "mx")),
        BoardKind(
            "hebb",
            "our own board: 12 hobby servos on an ATmega328P",
            hebb_frames.BAUD,
            hebb_messages.SCALE,
            ("ds32", "mg99"),
            tuple(range(1, hebb_messages.NB_CHANNELS + 1)),
            HebbLine,
            one_by_one=True,
        ),
        BoardKind(
            "opencat",
            "Petoi OpenCat, such as a Bittle",
            opencat_frames.BAUD,
            opencat_frames.SCALE,
            ("petoi",),
            opencat_frames.WALKING_IDS,
            OpenCatLine,
        ),
        BoardKind(
            "realant",
            "RealAnt's own board, text lines",
            realant_text.BAUD,
            realant_text.SCALE,
            (),
            tuple(range(1, 9)),
            RealAntLine,
        ),
    )
}


def find_board(protocol: str) -> BoardKind:
    """Return the kind of board that speaks a protocol.

    Raises:
        BadInputError: unknown protocol; the message lists them.
    """
    if protocol not in BOARDS:
        raise unknown("protocol", protocol, BOARDS)
    return BOARDS[protocol]


def protocol_of(robot: RobotSpec) -> str:
    """Return the protocol that a robot's servos speak, by the name of their model.

    Raises:
        BadInputError: the name tells nothing; the message lists the protocols.
    """
    name = robot.servo.name if robot.servo else ""
    for protocol, kind in BOARDS.items():
        if name.startswith(kind.servos):
            return protocol
    raise BadInputError(f"robot {robot.name}: servo {name!r} speaks no known protocol: name one of {', '.join(BOARDS)}")
