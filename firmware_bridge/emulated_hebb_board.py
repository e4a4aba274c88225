"""Our own servo board, emulated behind a pty: wire time, baud check, faults, and joints that move.

For a desk without AVR tools. What it leaves out: pulses are as exact as numbers, and servos see a goal at once instead
of with the next pulse. The true firmware, run instruction by instruction, is judged by the same tests
(`tests/firmware`).
"""

from __future__ import annotations

import heapq
import select
import time
from collections.abc import Callable

import numpy as np

from firmware_bridge.board_faults import LATE_BY, BoardFaults
from firmware_bridge.emulated_hebb_firmware import EmulatedHebbFirmware
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.hebb_frames import BAUD
from firmware_bridge.hebb_messages import ResetCause
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_line import PtyLine

#: Behind by more than this body and chip skip time instead of running after it, in [s].
MOST_BEHIND = 0.05
#: What the supply is when all is well, in [V].
SUPPLY = 7.4
#: Script of a sagging supply: how long it sinks and is gone, in [s], and how low it gets, in [V].
_SAGGING, _DARKNESS, _LOWEST = 1.0, 0.5, 5.0


class EmulatedHebbWire:
    """The board and its joints without a port: bytes in with a time, bytes out with a time.

    Args:
        joint_map: which channel moves which joint, and how.
        body: the joints.
        faults: what goes wrong: the rates, `missing` (a servo's wire is loose), `echo` and `sag`; `reboot` is a
            brown-out of the whole board.
        now: time at the beginning, in [s].

    Attributes:
        firmware: the chip.
        faults: what goes wrong; may be changed at any time.
        chip_time: time on the chip's own clock, in [s].
    """

    def __init__(self, joint_map: JointMap, body: JointBody, faults: BoardFaults, now: float) -> None:
        self.body, self.faults = body, faults
        self.firmware = EmulatedHebbFirmware()
        self.firmware.supply = SUPPLY
        self._map = joint_map
        self._due: list[tuple[float, int, bytes]] = []
        self._nb_sent = 0
        self._free = self._began = self._looked = now
        self.chip_time = 0.0
        self._next = now + body.step_time

    def hear(self, data: bytes, now: float) -> None:
        """Take bytes that arrived at `now` [s], and queue what the board says to them."""
        # The pty delivers at once what a wire would still be carrying.
        self._free = max(self._free, now) + 10.0 * len(data) / BAUD
        if self.faults.dark:
            return
        if self.faults.echo:
            self._send(self._free, data)
        if self.faults.strikes("reboot"):
            self.firmware.reset(ResetCause.BROWN_OUT, self.chip_time)
            return
        self._answer(self.firmware.hear(data, self.chip_time))

    def clear(self) -> None:
        """Forget what has not been said yet."""
        self._due.clear()

    def say(self, now: float) -> list[bytes]:
        """Return what has become due by `now` [s]."""
        said = []
        while self._due and self._due[0][0] <= now:
            said.append(heapq.heappop(self._due)[2])
        return said

    def wakes(self) -> float:
        """Return when something happens next, in [s]."""
        return min(self._next, self._due[0][0] if self._due else self._next)

    def advance(self, now: float) -> None:
        """Let chip and joints go on to `now` [s]."""
        self.chip_time += min(now - self._looked, MOST_BEHIND)
        self._looked = now
        self._sag(now - self._began)
        self._answer(self.firmware.tick(self.chip_time))
        if now - self._next > MOST_BEHIND:
            self._next = now
        while self._next <= now:
            self._move()
            self._next += self.body.step_time

    def _move(self) -> None:
        channels = self._map.servo_ids
        alive = [self.firmware.driving and channel not in self.faults.missing for channel in channels]
        strength = np.array(alive, dtype=float)
        goals = self._map.to_angles([self.firmware.goals[channel - 1] for channel in channels])
        self.body.advance(np.where(strength > 0.0, goals, self.body.position), strength)

    def _sag(self, elapsed: float) -> None:
        if self.faults.sag_at is None or elapsed < self.faults.sag_at:
            return
        since = elapsed - self.faults.sag_at
        if since < _SAGGING:
            self.firmware.supply = SUPPLY + since / _SAGGING * (_LOWEST - SUPPLY)
            return
        if not self.faults.dark:
            self.firmware.reset(ResetCause.BROWN_OUT, self.chip_time)
        self.faults.dark = since < _SAGGING + _DARKNESS
        if not self.faults.dark:
            self.firmware.supply = SUPPLY
            self.faults.sag_at = None

    def _answer(self, replies: list[bytes]) -> None:
        for reply in replies:
            late = LATE_BY if self.faults.strikes("delay") else 0.0
            self._free = max(self._free, self._looked) + 10.0 * len(reply) / BAUD
            self._send(self._free + late, self.faults.spoil(reply))

    def _send(self, due: float, data: bytes) -> None:
        self._nb_sent += 1
        heapq.heappush(self._due, (due, self._nb_sent, data))


class EmulatedHebbBoard:
    """The board on a pty; see `EmulatedBoard`.

    Args:
        joint_map: which channel moves which joint, and how.
        body: the joints.
        faults: what goes wrong.
        clock: in [s].

    Attributes:
        line: the pty.
        wire: what hangs on it.
    """

    def __init__(
        self,
        joint_map: JointMap,
        body: JointBody,
        faults: BoardFaults | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.line = PtyLine()
        self.body, self._clock = body, clock
        self.wire = EmulatedHebbWire(joint_map, body, BoardFaults() if faults is None else faults, clock())

    @property
    def firmware(self) -> EmulatedHebbFirmware:
        """The chip."""
        return self.wire.firmware

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
            if self.line.rate_is(BAUD):
                self.wire.hear(data, self._clock())
        now = self._clock()
        for reply in self.wire.say(now):
            self.line.write(reply)
        self.wire.advance(now)

    def replug(self) -> str:
        """Hang up and come back under another name, which is returned; the chip lives on from its own supply."""
        old = self.line
        self.line = PtyLine()  # before the old one goes, or it would get the same name again
        old.close()
        self.wire.clear()
        return self.line.name

    def close(self) -> None:
        """Hang up and free the body."""
        self.line.close()
        self.body.close()
