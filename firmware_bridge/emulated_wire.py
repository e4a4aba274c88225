"""Emulated servos on one wire, without a port: bytes in with a time, bytes out with a time, and joints that move.

Sans-I/O: `EmulatedBoard` hangs it on a pty and on the real clock; tests drive it on a clock of their own.
"""

from __future__ import annotations

import numpy as np

from firmware_bridge import dynamixel2_frames, ff_frames
from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.emulated_joints import JointBody
from firmware_bridge.emulated_servo import EmulatedServo
from firmware_bridge.frames import BROADCAST, Frame
from firmware_bridge.joint_map import JointMap
from firmware_bridge.pty_board import BodyClock, Outbox
from firmware_bridge.registers import ServoTable


class EmulatedWire:
    """Servos of one model that move a body.

    Args:
        table: the servo model.
        joint_map: how the servos sit on the joints: what a calibration has to find.
        body: the joints.
        faults: what goes wrong.
        now: time at the beginning, in [s].
        baud: rate of the line, in [bit/s].

    Attributes:
        servos: by the id that they had at the beginning.
        faults: what goes wrong; may be changed at any time.
        began: time at the beginning, in [s].
    """

    def __init__(
        self, table: ServoTable, joint_map: JointMap, body: JointBody, faults: BoardFaults, now: float, baud: int
    ) -> None:
        self.table, self.body, self.faults = table, body, faults
        self._map, self._baud = joint_map, baud
        self._parser = table.dialect.parser()
        self._outbox = Outbox()
        self._free = self.began = now
        self.servos = {servo_id: EmulatedServo(table, servo_id) for servo_id in joint_map.servo_ids}
        self._sense()
        for servo in self.servos.values():
            servo.set("goal", servo.get("position"))
        self._clock = BodyClock(body, now)
        self._stale = True
        self._goal = body.position.copy()
        self._strength = np.zeros(len(self.servos))

    def hear(self, data: bytes, now: float) -> None:
        """Take bytes that arrived at `now` [s], and queue what the servos say to them."""
        for frame in self._parser.feed(data):
            self._answer(frame, now)

    def clear(self) -> None:
        """Forget half a request, and what has not been said yet."""
        self._parser.clear()
        self._outbox.clear()

    def garble(self) -> None:
        """Bytes came at another rate: nobody makes anything of them."""
        self.clear()

    def say(self, now: float) -> list[bytes]:
        """Return what has become due by `now` [s]."""
        return self._outbox.take(now)

    def wakes(self) -> float:
        """Return when something happens next, in [s]."""
        return self._outbox.wakes(self._clock.next)

    def advance(self, now: float) -> None:
        """Move the joints on to `now` [s]."""
        for due in self._clock.steps(now):
            self._move(due)

    def _move(self, now: float) -> None:
        servos = list(self.servos.values())
        self._stale |= self.faults.press(servos, now - self.began, now, self.body.step_time)
        for servo in servos:
            self._stale |= servo.watch(now)
        if self._stale:
            self._stale = False
            self._strength = np.array([servo.strength for servo in servos])
            self._goal = self._map.to_angles([servo.raw_goal for servo in servos])
        goal = np.where(self._strength > 0.0, self._goal, self.body.position)
        self.body.advance(goal, self._strength)

    def _sense(self) -> None:
        ticks = self._map.to_ticks(self.body.position)
        speed = self._map.direction * self.body.speed
        load = self._map.direction * self.body.load
        for k, servo in enumerate(self.servos.values()):
            servo.place(int(ticks[k]), float(speed[k]), float(load[k]))

    def _answer(self, frame: Frame, now: float) -> None:
        dialect = self.table.dialect
        per_byte = 10.0 / self._baud
        self._sense()
        self._stale = True
        there = [servo for servo in self.servos.values() if self._hears(servo, now)]
        for servo in there:
            servo.hear(now)
        # A pty delivers at once what a wire would still be carrying.
        self._free = max(self._free, now) + (len(frame.body) + dialect.reply_overhead) * per_byte
        if self.faults.echo:
            self._outbox.send(self._free, _as_request(dialect.name, frame))
        late = self.faults.lateness()
        asked = [s for s in there if frame.servo_id in (BROADCAST, s.get("id"))]
        for servo in asked:
            if self.faults.strikes("reboot"):
                servo.reboot(now)
        ids = [servo.get("id") for servo in there]
        doubled = self.faults.doubled | {servo_id for servo_id in ids if ids.count(servo_id) > 1}
        for servo, refusal, data in self._replies(frame, [s for s in asked if not s.deaf(now)], now):
            servo_id = servo.get("id")
            reply = dialect.encode_reply(servo_id, servo.error | refusal, data)
            if servo_id in doubled:  # a second one begins a byte later: a dominant 0 wins
                reply = bytes(a & b for a, b in zip(reply, reply[1:] + b"\xff", strict=True))
            self._free += len(reply) * per_byte + servo.get("return_delay") * 2e-6
            self._outbox.send(self._free + late, self.faults.spoil(reply))

    def _hears(self, servo: EmulatedServo, now: float) -> bool:
        return servo.get("id") not in self.faults.missing and not self.faults.dark and not servo.deaf(now)

    def _replies(self, frame: Frame, asked: list[EmulatedServo], now: float) -> list[tuple[EmulatedServo, int, bytes]]:
        """Do what a request says; return who answers with what error and data."""
        wide = self.table.dialect.name == "dxl2"
        body, size = frame.body, 2 if wide else 1
        address, count = int.from_bytes(body[:size], "little"), int.from_bytes(body[size : 2 * size], "little")
        alone = frame.servo_id != BROADCAST
        if frame.code == ff_frames.PING:
            model = self.table.model_number.to_bytes(2, "little")
            return [(s, 0, model + bytes([s.get("firmware") & 0xFF]) if wide else b"") for s in asked]
        if frame.code == ff_frames.READ and alone:
            return [(s, 0, s.read(address, count)) for s in asked if s.get("answers") >= self._all_answered - 1]
        if frame.code == ff_frames.SYNC_READ and self.table.dialect.sync_read is not None:
            return self._chain(body[2 * size :], asked, address, count)
        if frame.code == ff_frames.WRITE:
            done = [(s, s.write(address, body[size:]), b"") for s in asked]
        elif frame.code == ff_frames.REBOOT and self.table.dialect.reboot is not None:
            done = [(s, 0, b"") for s in asked]
            for servo in asked:
                self.faults.alarms.pop(servo.get("id"), None)
                servo.reboot(now)
        elif frame.code == ff_frames.SYNC_WRITE:
            by_id = {s.get("id"): s for s in asked}
            rest = body[2 * size :]
            for start in range(0, len(rest), count + 1):
                if rest[start] in by_id:
                    by_id[rest[start]].write(address, rest[start + 1 : start + 1 + count])
            return []
        else:
            return []
        return [answer for answer in done if alone and answer[0].get("answers") >= self._all_answered]

    @property
    def _all_answered(self) -> int:
        """The level of `answers` at which writes are answered; one below, only reads are."""
        return 1 if self.table.dialect.name == "sts" else 2

    def _chain(
        self, ids: bytes, asked: list[EmulatedServo], address: int, count: int
    ) -> list[tuple[EmulatedServo, int, bytes]]:
        by_id = {s.get("id"): s for s in asked}
        answers = []
        for servo_id in ids:
            if servo_id in by_id:
                answers.append((by_id[servo_id], 0, by_id[servo_id].read(address, count)))
            elif self.faults.chained:
                break  # those behind wait for an answer that does not come
        return answers


def _as_request(protocol: str, frame: Frame) -> bytes:
    encode = dynamixel2_frames.encode if protocol == "dxl2" else ff_frames.encode
    return encode(frame.servo_id, frame.code, frame.body)
