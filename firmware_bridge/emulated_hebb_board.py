"""Our own servo board, emulated behind a pty: wire time, baud check, faults, and joints that move.

For a desk without AVR tools. What it leaves out: pulses are as exact as numbers, and servos see a goal at once instead
of with the next pulse. The true firmware, run instruction by instruction, is judged by the same tests
(`tests/firmware`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from firmware_bridge.board_faults import LATE_BY, BoardFaults
from firmware_bridge.emulated_hebb_firmware import EmulatedHebbFirmware
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.hebb_frames import BAUD
from firmware_bridge.hebb_messages import NO_PULSE, ResetCause
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_board import BodyClock, Outbox, PtyBoard

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
        self._outbox = Outbox()
        self._free = self._began = self._looked = now
        self.chip_time = 0.0
        self._clock = BodyClock(body, now, MOST_BEHIND)

    def hear(self, data: bytes, now: float) -> None:
        """Take bytes that arrived at `now` [s], and queue what the board says to them."""
        # The pty delivers at once what a wire would still be carrying.
        self._free = max(self._free, now) + 10.0 * len(data) / BAUD
        if self.faults.dark:
            return
        if self.faults.echo:
            self._outbox.send(self._free, data)
        if self.faults.strikes("reboot"):
            self.firmware.reset(ResetCause.BROWN_OUT, self.chip_time)
            return
        self._answer(self.firmware.hear(data, self.chip_time))

    def garble(self) -> None:
        """Bytes came at another rate: the chip does not hear them, and says what it had to say."""

    def clear(self) -> None:
        """Forget what has not been said yet."""
        self._outbox.clear()

    def say(self, now: float) -> list[bytes]:
        """Return what has become due by `now` [s]."""
        return self._outbox.take(now)

    def wakes(self) -> float:
        """Return when something happens next, in [s]."""
        return self._outbox.wakes(self._clock.next)

    def advance(self, now: float) -> None:
        """Let chip and joints go on to `now` [s]."""
        self.chip_time += min(now - self._looked, MOST_BEHIND)
        self._looked = now
        self._sag(now - self._began)
        self._answer(self.firmware.tick(self.chip_time))
        for _ in self._clock.steps(now):
            self._move()

    def _move(self) -> None:
        channels = self._map.servo_ids
        counts = [self.firmware.goals[channel - 1] for channel in channels]
        alive = [
            self.firmware.driving and count != NO_PULSE and channel not in self.faults.missing
            for channel, count in zip(channels, counts, strict=True)
        ]
        strength = np.array(alive, dtype=float)
        goals = self._map.to_angles(counts)
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
            self._outbox.send(self._free + late, self.faults.spoil(reply))


class EmulatedHebbBoard(PtyBoard):
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
        self.wire = EmulatedHebbWire(joint_map, body, BoardFaults() if faults is None else faults, clock())
        super().__init__(self.wire, BAUD, clock)

    @property
    def firmware(self) -> EmulatedHebbFirmware:
        """The chip."""
        return self.wire.firmware
