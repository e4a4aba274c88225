"""An emulated line of bus servos behind a pty: wire time, baud check, and a cable that can be pulled.

What it leaves out: electrical noise, and what real servos do that their manuals do not say. Vendor SDKs judge it
(`tests/bridge/test_foreign_clients.py`): an emulator that only our own client understands proves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.emulated_wire import EmulatedWire
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_board import PtyBoard
from firmware_bridge.registers import ServoTable


class EmulatedBoard(PtyBoard):
    """A line of servos that move a body.

    Args:
        table: the servo model.
        joint_map: how the servos sit on the joints: what a calibration has to find.
        body: the joints.
        faults: what goes wrong.
        clock: in [s].
        baud: rate that the servos are set to, in [bit/s]; None: their protocol's usual one.

    Attributes:
        line: the pty.
        wire: what hangs on it.
    """

    def __init__(
        self,
        table: ServoTable,
        joint_map: JointMap,
        body: JointBody,
        faults: BoardFaults | None = None,
        clock: Callable[[], float] = time.monotonic,
        baud: int | None = None,
    ) -> None:
        baud = table.dialect.baud if baud is None else baud
        self.table = table
        self.wire = EmulatedWire(table, joint_map, body, faults or BoardFaults(), clock(), baud)
        super().__init__(self.wire, baud, clock)

    @property
    def servos(self) -> dict[int, EmulatedServo]:
        """The servos by the id that they had at the beginning."""
        return self.wire.servos
