"""An emulated OpenCat board behind a pty, which moves a body: BiBoard or NyBoard.

No client of the vendor's can judge it: its serial module at OpenCat 3ba34bb does not compile. So it is written from the
firmware alone, shares no code with our own side, and copies what hurts: half frames, glued frames, balancing that comes
back after `d`, poses that block it. It leaves out skills beyond three postures, sounds, modules, what random behaviours
do, and corrections by the balancing; a robot that lies on its back while balancing is on does get up by itself.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable

import numpy as np

from firmware_bridge.board_faults import LATE_BY, BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.emulated_opencat_firmware import OpenCatFirmware
from firmware_bridge.emulated_opencat_reader import BYTE_TIME
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_board import BodyClock, Outbox
from firmware_bridge.pty_line import PtyLine


class EmulatedOpenCat:
    """A board and its servos.

    Args:
        joint_map: which of the board's joints moves which joint, in degrees.
        body: the joints.
        faults: what befalls each line that the board says: `drop`, `delay`, `glitch`, `flip`, `cut`; and `reboot`, at a
            command.
        clock: in [s].
        nyboard: a NyBoard instead of a BiBoard.
        request_faults: what befalls each piece of what the board is told.

    Attributes:
        line: the pty.
        faults: what goes wrong; may be changed at any time.
        firmware: the program.
    """

    def __init__(
        self,
        joint_map: JointMap,
        body: JointBody,
        faults: BoardFaults | None = None,
        clock: Callable[[], float] = time.monotonic,
        nyboard: bool = False,
        request_faults: BoardFaults | None = None,
    ) -> None:
        self.line = PtyLine()
        self.body = body
        self.faults = BoardFaults() if faults is None else faults
        self.request_faults = BoardFaults() if request_faults is None else request_faults
        self._map, self._clock = joint_map, clock
        self.firmware = OpenCatFirmware(self._say, body.attitude, nyboard)
        self._outbox = Outbox()
        self._line_free = 0.0
        self._body_clock = BodyClock(body, clock())

    def poll(self, timeout: float = 0.001) -> None:
        """Do what is due, and wait for bytes no longer than `timeout` [s]."""
        now = self._clock()
        wake = self._outbox.wakes(self._body_clock.next)
        ready, _, _ = select.select([self.line], [], [], min(max(wake - now, 0.0), timeout))
        now = self._clock()
        if ready:
            data = self.line.read()
            if self.line.rate_is(115_200):
                self.firmware.reader.arrive(self.request_faults.spoil(data) if len(data) > 1 else data, now)
        for data in self._outbox.take(now):
            if self.line.rate_is(115_200):
                self.line.write(data)
        for due in self._body_clock.steps(now):
            self._move(due)
        while self.firmware.run(now):
            if self.faults.strikes("reboot"):
                self.firmware.reboot(now)

    def replug(self) -> str:
        """Pull the cable and put it back under another name, which is returned; the battery stays on."""
        self._outbox.clear()
        return self.line.replug()

    def close(self) -> None:
        """Hang up and free the body."""
        self.line.close()
        self.body.close()

    def _move(self, now: float) -> None:
        joints = self.firmware.joints
        joints.move(now)
        strength = np.array([1.0 if joints.driven[i] else 0.0 for i in self._map.servo_ids])
        goals = self._map.to_angles([joints.angles[i] for i in self._map.servo_ids])
        self.body.advance(np.where(strength > 0.0, goals, self.body.position), strength)

    def _say(self, text: str) -> None:
        data = text.encode("latin-1") + b"\r\n"
        late = LATE_BY if self.faults.strikes("delay") else 0.0
        self._line_free = max(self._line_free, self._clock()) + len(data) * BYTE_TIME + late
        self._outbox.send(self._line_free, self.faults.spoil(data))
