"""An emulated line of bus servos behind a pty: wire time, baud check, and a cable that can be pulled.

What it leaves out: electrical noise, and what real servos do that their manuals do not say. Vendor SDKs judge it
(`tests/bridge/test_foreign_clients.py`): an emulator that only our own client understands proves nothing.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.emulated_wire import EmulatedWire
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_line import PtyLine
from firmware_bridge.registers import ServoTable


class EmulatedBoard:
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
        self.line = PtyLine()
        self.table, self.body = table, body
        self._clock = clock
        self._baud = table.dialect.baud if baud is None else baud
        self.wire = EmulatedWire(table, joint_map, body, faults or BoardFaults(), clock(), self._baud)

    @property
    def servos(self) -> dict[int, EmulatedServo]:
        """The servos by the id that they had at the beginning."""
        return self.wire.servos

    @property
    def faults(self) -> BoardFaults:
        """What goes wrong; may be changed at any time."""
        return self.wire.faults

    @faults.setter
    def faults(self, faults: BoardFaults) -> None:
        self.wire.faults = faults

    def poll(self, timeout: float = 0.001) -> None:
        """Do what is due, and wait for bytes no longer than `timeout` [s]."""
        wait = self.wire.wakes() - self._clock()
        ready, _, _ = select.select([self.line], [], [], min(max(wait, 0.0), timeout))
        if ready:
            data = self.line.read()
            if self.line.rate_is(self._baud):
                self.wire.hear(data, self._clock())
            else:
                self.wire.clear()
        now = self._clock()
        for reply in self.wire.say(now):
            self.line.write(reply)
        self.wire.advance(now)

    def replug(self) -> str:
        """Hang up and come back under another name, which is returned."""
        old = self.line
        self.line = PtyLine()  # before the old one goes, or it would get the same name again
        old.close()
        self.wire.clear()
        return self.line.name

    def close(self) -> None:
        """Hang up and free the body."""
        self.line.close()
        self.body.close()
