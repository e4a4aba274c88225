"""RealAnt's board, emulated behind a pty: eight AX-12A that move a body, and text.

Written from the firmware (github.com/OteRobotics/realant, ant11_cmd_dxl and ant14_cmd_dxl_nano33iot), without our own
codec: it glues lines that arrive while it is busy, takes a number that is none for 0, and tells a servo's goal where it
could not read its position. It leaves out what else the servos do, such as alarms and compliance.
"""

from __future__ import annotations

import re
import select
import time
from collections.abc import Callable

import numpy as np

from firmware_bridge.board_faults import LATE_BY, BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_board import BodyClock, Outbox
from firmware_bridge.pty_line import PtyLine

_BYTE_TIME = 10.0 / 115_200
#: The board measures when more than this has passed since it last did, in [ms].
_PERIOD_MS = 20
#: One servo read over its bus at 1 Mbaud, turnaround and library included, in [s]. Estimate.
_READ_TIME = 0.001
_BOOT_TIME = 1.0
_NB = 8


class EmulatedRealAnt:
    """A board and its servos.

    Args:
        joint_map: which servo moves which joint.
        body: the joints.
        faults: what befalls each line that the board says: `drop`, `delay`, `glitch`, `flip`, `cut`; `reboot`, at a
            command; `missing` servos do not answer the board.
        clock: in [s].
        old: the firmware of 2020 (ant11), which tells no temperatures.
        request_faults: what befalls each piece of what the board is told.

    Attributes:
        line: the pty.
        faults: what goes wrong; may be changed at any time.
        torque: of servos 1 to 8.
        goals: of servos 1 to 8, in counts, as the servos have them.
        setpoints: the same, as the board remembers them.
        temperature: of all servos, in [deg C]; may be changed at any time.
    """

    def __init__(
        self,
        joint_map: JointMap,
        body: JointBody,
        faults: BoardFaults | None = None,
        clock: Callable[[], float] = time.monotonic,
        old: bool = False,
        request_faults: BoardFaults | None = None,
    ) -> None:
        self.line = PtyLine()
        self.body = body
        self.faults = BoardFaults() if faults is None else faults
        self.request_faults = BoardFaults() if request_faults is None else request_faults
        self._map, self._clock, self._old = joint_map, clock, old
        self.torque = [False] * _NB
        self.goals, self.temperature = self._positions(), 34
        self._outbox = Outbox()
        self._line_free = 0.0
        self._body_clock = BodyClock(body, clock())
        self._start(clock())

    def _start(self, now: float) -> None:
        self.setpoints = [512] * _NB
        self._booted = self._busy_until = now
        self._waiting, self._input = b"", b""
        self._measured_ms, self._turn, self._temperatures = 0, 0, [0] * _NB

    def reboot(self) -> None:
        """Start the board anew; the servos keep torque and goals."""
        now = self._clock()
        self._start(now)
        self._busy_until = now + _BOOT_TIME
        name = "RealAnt says hello - ant11_cmd_dxl 2020-10-25"
        self._say(name if self._old else "realant says hello - ant14_cmd_dxl 2022-07-09")

    def poll(self, timeout: float = 0.001) -> None:
        """Do what is due, and wait for bytes no longer than `timeout` [s]."""
        now = self._clock()
        wake = self._outbox.wakes(self._body_clock.next)
        ready, _, _ = select.select([self.line], [], [], min(max(wake - now, 0.0), timeout))
        if ready:
            data = self.line.read()
            if self.line.rate_is(115_200):
                self._waiting += self.request_faults.spoil(data) if len(data) > 1 else data
        now = self._clock()
        for data in self._outbox.take(now):
            if self.line.rate_is(115_200):
                self.line.write(data)
        for _ in self._body_clock.steps(now):
            self._move()
        if now >= self._busy_until:
            self._loop(now)

    def replug(self) -> str:
        """Pull the cable and put it back under another name, which is returned; the battery stays on."""
        self._outbox.clear()
        return self.line.replug()

    def close(self) -> None:
        """Hang up and free the body."""
        self.line.close()
        self.body.close()

    def _move(self) -> None:
        strength = np.array([1.0 if self.torque[i - 1] else 0.0 for i in self._map.servo_ids])
        goals = self._map.to_angles([self.goals[i - 1] for i in self._map.servo_ids])
        self.body.advance(np.where(strength > 0.0, goals, self.body.position), strength)

    def _positions(self) -> list[int]:
        ticks = [512] * _NB
        for servo, tick in zip(self._map.servo_ids, self._map.to_ticks(self.body.position), strict=True):
            ticks[servo - 1] = int(min(max(tick, 0), 1023))
        return ticks

    def _loop(self, now: float) -> None:
        self._input += self._waiting  # all of it: several lines become one
        self._waiting = b""
        if b"\n" in self._input:
            text, self._input = self._input.decode("latin-1"), b""
            if self.faults.strikes("reboot"):
                self.reboot()
                return
            self._say(f"- recv: {text}")
            self._obey(text)
        ms = int(1000 * (now - self._booted))
        if ms - self._measured_ms > _PERIOD_MS:
            self._measured_ms = ms
            self._busy_until = now + (_NB + 1) * _READ_TIME
            self._measure(ms)

    def _obey(self, text: str) -> None:
        for word, on in (("attach_servos", True), ("detach_servos", False)):
            if text.startswith(word):
                for k in range(_NB):
                    there = k + 1 not in self.faults.missing
                    self.torque[k] = on if there else self.torque[k]
                    self._say(f"- {'Succeeded' if there else 'Failed'} to change torque {'on' if on else 'off'}")
                return
        for word, pose in (("reset", (512, 512)), ("standup", (512, 224))):
            if text.startswith(word):
                text = " ".join(f"s{k + 1} {pose[k % 2]}" for k in range(_NB))
        words = text.split(" ")
        for name, value in list(zip(words[::2], words[1::2], strict=False))[:_NB]:
            servo = _number(name[1:])
            if name.startswith("s") and value and 1 <= servo <= _NB:
                self.setpoints[servo - 1] = _number(value)
                if 0 <= _number(value) <= 1023 and servo not in self.faults.missing:
                    self.goals[servo - 1] = _number(value)

    def _measure(self, ms: int) -> None:
        told = self._positions()
        unread = sum(1 << (i - 1) for i in self.faults.missing if 1 <= i <= _NB)
        for k in range(_NB):
            if unread >> k & 1:
                told[k] = self.setpoints[k]
        line = f"meas {ms}\t" + "".join(f"{n}\t" for n in (*told, *self.setpoints, 0, 0, 0, 0))
        if self._old:
            self._say(line + "0\t" * _NB)
        else:
            if unread >> self._turn & 1:
                self._say(line + "- Failed to get present temperature")
                line = ""
            else:
                self._temperatures[self._turn] = self.temperature
            self._turn = (self._turn + 1) % _NB
            self._say(line + "".join(f"{n}\t" for n in self._temperatures) + "\t21543")
        if unread:
            self._say(f"- Failed to get present position 0x{unread:X}")

    def _say(self, text: str) -> None:
        data = text.encode("latin-1") + b"\r\n"
        late = LATE_BY if self.faults.strikes("delay") else 0.0
        self._line_free = max(self._line_free, self._clock()) + len(data) * _BYTE_TIME + late
        self._outbox.send(self._line_free, self.faults.spoil(data))


def _number(text: str) -> int:
    found = re.match(r"\s*[+-]?\d+", text)
    return int(found[0]) if found else 0
