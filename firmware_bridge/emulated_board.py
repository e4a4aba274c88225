"""An emulated line of bus servos behind a pty: registers, wire time, baud check, faults, and joints that move.

What it leaves out: electrical collisions, supply sag, noise, and what real servos do that their manuals do not say.
Vendor SDKs judge it (`tests/bridge/test_foreign_clients.py`): an emulator that only our own client understands proves
nothing.
"""

from __future__ import annotations

import heapq
import select
import time
from collections.abc import Callable

import numpy as np

from firmware_bridge import dynamixel2_frames, ff_frames
from firmware_bridge.board_faults import LATE_BY, BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.frames import BROADCAST, Frame
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_line import PtyLine
from firmware_bridge.registers import ServoTable

#: Behind by more than this the emulated body skips time instead of running after it, in [s].
MOST_BEHIND = 0.1


class EmulatedBoard:
    """A line of servos that move a body.

    Args:
        table: the servo model.
        joint_map: how the servos sit on the joints: what a calibration has to find.
        body: the joints.
        faults: what goes wrong.
        clock: in [s].

    Attributes:
        line: the pty.
        servos: by id.
        faults: what goes wrong; may be changed at any time.
    """

    def __init__(
        self,
        table: ServoTable,
        joint_map: JointMap,
        body: JointBody,
        faults: BoardFaults | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.line = PtyLine()
        self.table, self.body = table, body
        self.faults = BoardFaults() if faults is None else faults
        self._map, self._clock = joint_map, clock
        self._parser = table.dialect.parser()
        self._due: list[tuple[float, int, bytes]] = []
        self._nb_sent = 0
        self._line_free = 0.0
        self.servos = {servo_id: EmulatedServo(table, servo_id) for servo_id in joint_map.servo_ids}
        self._goal = body.position.copy()
        self._sense()
        for servo in self.servos.values():
            servo.set("goal", servo.get("position"))
        self._next = clock() + body.step_time

    def poll(self, timeout: float = 0.001) -> None:
        """Do what is due, and wait for bytes no longer than `timeout` [s]."""
        now = self._clock()
        wake = min(self._next, self._due[0][0] if self._due else self._next)
        ready, _, _ = select.select([self.line], [], [], min(max(wake - now, 0.0), timeout))
        if ready:
            data = self.line.read()
            if self.line.rate_is(self.table.dialect.baud):
                for frame in self._parser.feed(data):
                    self._answer(frame)
            else:
                self._parser.clear()
        now = self._clock()
        while self._due and self._due[0][0] <= now:
            self.line.write(heapq.heappop(self._due)[2])
        if now - self._next > MOST_BEHIND:
            self._next = now
        while self._next <= now:
            self._move(now)
            self._next += self.body.step_time

    def replug(self) -> str:
        """Hang up and come back under another name, which is returned."""
        old = self.line
        self.line = PtyLine()  # before the old one goes, or it would get the same name again
        old.close()
        self._due.clear()
        self._parser.clear()
        return self.line.name

    def close(self) -> None:
        """Hang up and free the body."""
        self.line.close()
        self.body.close()

    def _move(self, now: float) -> None:
        servos = [self.servos[servo_id] for servo_id in self._map.servo_ids]
        strength = np.zeros(len(servos))
        for servo, k in zip(servos, range(len(servos)), strict=True):
            servo.watch(now)
            if servo.powered:
                limit = servo.table.registers["torque_limit"]
                strength[k] = min(max(servo.get("torque_limit") * limit.scale, 0.0), 1.0)
        goals = self._map.to_angles([servo.get("goal") for servo in servos])
        self._goal = np.where(strength > 0.0, goals, self.body.position)
        self.body.advance(self._goal, strength)
        self._sense()

    def _sense(self) -> None:
        ticks = self._map.to_ticks(self.body.position)
        speed = self._map.direction * self.body.speed
        load = self._map.direction * self.body.load
        for k, servo_id in enumerate(self._map.servo_ids):
            servo = self.servos[servo_id]
            servo.set("position", int(ticks[k]))
            servo.set("speed", round(float(speed[k]) / self.table.registers["speed"].scale))
            servo.set("load", round(float(load[k]) / self.table.registers["load"].scale))

    def _answer(self, frame: Frame) -> None:
        now = self._clock()
        dialect = self.table.dialect
        per_byte = 10.0 / dialect.baud
        for servo in self.servos.values():
            servo.hear(now)
        # The pty delivers at once what a wire would still be carrying.
        length = len(frame.body) + dialect.reply_overhead
        self._line_free = max(self._line_free, now) + length * per_byte
        if self.faults.echo:
            self._send(self._line_free, _as_request(dialect.name, frame))
        late = LATE_BY if self.faults.strikes("delay") else 0.0
        for servo_id, data in self._replies(frame):
            servo = self.servos[servo_id]
            error = servo.error | self.faults.alarms.get(servo_id, 0)
            reply = dialect.encode_reply(servo_id, error, data)
            if servo_id in self.faults.doubled:
                reply = bytes(a & b for a, b in zip(reply, reply[1:] + b"\xff", strict=True))
            self._line_free += len(reply) * per_byte + servo.get("return_delay") * 2e-6
            self._send(self._line_free + late, self.faults.spoil(reply))

    def _send(self, due: float, data: bytes) -> None:
        self._nb_sent += 1
        heapq.heappush(self._due, (due, self._nb_sent, data))

    def _replies(self, frame: Frame) -> list[tuple[int, bytes]]:
        wide = self.table.dialect.name == "dxl2"
        there = [i for i in self.servos if i not in self.faults.missing]
        asked = there if frame.servo_id == BROADCAST else [i for i in there if i == frame.servo_id]
        for servo_id in asked:
            if self.faults.strikes("reboot"):
                self.servos[servo_id].reboot()
        body = frame.body
        size = 2 if wide else 1
        address = int.from_bytes(body[:size], "little")
        if frame.code == ff_frames.PING:
            firmware = bytes([self.servos[asked[0]].get("firmware") & 0xFF]) if asked else b""
            model = self.table.model_number.to_bytes(2, "little") + firmware if wide else b""
            return [(i, model) for i in asked]
        if frame.code == ff_frames.READ and frame.servo_id != BROADCAST:
            count = int.from_bytes(body[size : 2 * size], "little")
            return [(i, self.servos[i].read(address, count)) for i in asked]
        if frame.code == ff_frames.WRITE:
            for i in asked:
                self.servos[i].write(address, body[size:])
            return [] if frame.servo_id == BROADCAST else [(i, b"") for i in asked]
        if frame.code == ff_frames.REBOOT and self.table.dialect.reboot is not None:
            for i in asked:
                self.servos[i].reboot()
            return [(i, b"") for i in asked]
        count = int.from_bytes(body[size : 2 * size], "little")
        if frame.code == ff_frames.SYNC_WRITE:
            rest = body[2 * size :]
            for start in range(0, len(rest), count + 1):
                if rest[start] in there:
                    self.servos[rest[start]].write(address, rest[start + 1 : start + 1 + count])
            return []
        if frame.code == ff_frames.SYNC_READ and self.table.dialect.sync_read is not None:
            return [(i, self.servos[i].read(address, count)) for i in body[2 * size :] if i in there]
        return []


def _as_request(protocol: str, frame: Frame) -> bytes:
    encode = dynamixel2_frames.encode if protocol == "dxl2" else ff_frames.encode
    return encode(frame.servo_id, frame.code, frame.body)
