"""An emulated wire on a clock of its own, in place of a serial port: delays are exact, and nothing takes real time."""

from __future__ import annotations

import numpy as np

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulated_wire import EmulatedWire
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot_file import load_robot

#: What a call costs the host, in [s].
CALL = 20e-6


class VirtualPort:
    """Has what `SerialPort` has, and one more: `deadlines`, all that were ever waited for."""

    def __init__(self, wire: EmulatedWire, baud: int, start: float = 0.0) -> None:
        self.path, self.baud = "virtual", baud
        self.wire = wire
        self.time = start
        self.deadlines: list[float] = []
        self.inbox = b""

    def now(self) -> float:
        return self.time

    def write(self, data: bytes) -> None:
        self.time += CALL
        self.wire.advance(self.time)
        self.wire.hear(data, self.time)

    def read(self, deadline: float) -> bytes:
        self.deadlines.append(deadline)
        self.time += CALL
        while True:
            self.inbox += b"".join(self.wire.say(self.time))
            if self.inbox or self.time >= deadline:
                heard, self.inbox = self.inbox, b""
                return heard
            self.time = min(max(self.wire.wakes(), self.time + 1e-9), deadline)
            self.wire.advance(self.time)

    def sleep(self, duration: float) -> None:
        end = self.time + duration
        while self.time < end:
            self.time = min(max(self.wire.wakes(), self.time + 1e-9), end)
            self.inbox += b"".join(self.wire.say(self.time))
            self.wire.advance(self.time)

    def wait(self, until: float) -> None:
        self.sleep(until - self.time)

    def discard(self) -> int:
        return len(self.read(0.0))

    def close(self) -> None: ...


class ScriptedFaults(BoardFaults):
    """Faults that a test decides on, request by request."""

    def __init__(self) -> None:
        super().__init__(np.random.default_rng(0))
        self.late = 0.0
        self.lost = False
        self.lost_ids: set[int] = set()

    def lateness(self) -> float:
        return self.late

    def spoil(self, reply: bytes) -> bytes:
        at = 4 if reply.startswith(b"\xff\xff\xfd\x00") else 2
        return b"" if self.lost or reply[at] in self.lost_ids else reply


def virtual_line(
    protocol: str, robot_name: str = "sts12", faults: BoardFaults | None = None
) -> tuple[RegisterLine, VirtualPort, EmulatedWire]:
    """Return a line, its port, and the wire behind it."""
    robot, table = load_robot(robot_name), find_table(protocol)
    joint_map = nominal_map(robot, table.scale)
    body = SlewJoints(robot, step_time=0.005)
    wire = EmulatedWire(table, joint_map, body, faults or ScriptedFaults(), 0.0, table.dialect.baud)
    port = VirtualPort(wire, table.dialect.baud)
    line = RegisterLine(port, table, joint_map.servo_ids)  # type: ignore[arg-type]
    line.bus.answer_delay = 0.0
    for servo in wire.servos.values():
        servo.set("return_delay", 0)  # as the handshake asks for
    return line, port, wire
