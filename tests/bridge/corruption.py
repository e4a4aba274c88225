"""Corrupted replies and what becomes of them: shared by the fuzz tests and by tests/benchmarks/bench_bus.py."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from firmware_bridge.believed_pose import BelievedPose
from firmware_bridge.board_line import ServoReading
from firmware_bridge.joint_map import JointMap
from firmware_bridge.registers import ServoTable

#: Time between two readings of a joint, in [s]: 50 Hz.
CYCLE = 0.02


@dataclass
class Fate:
    """How many corrupted replies got how far; each count is part of the one before."""

    corrupted: int = 0
    passed_checksum: int = 0
    possible: int = 0
    believed: int = 0
    worst_believed: float = 0.0


def flips(frame: bytes) -> Iterator[bytes]:
    """All 255 other values of each byte."""
    for at, byte in enumerate(frame):
        for other in range(256):
            if other != byte:
                yield frame[:at] + bytes([other]) + frame[at + 1 :]


def swaps(frame: bytes) -> Iterator[bytes]:
    """All exchanges of two bytes that differ."""
    for i in range(len(frame)):
        for j in range(i + 1, len(frame)):
            if frame[i] != frame[j]:
                spoilt = bytearray(frame)
                spoilt[i], spoilt[j] = spoilt[j], spoilt[i]
                yield bytes(spoilt)


def truncations(frame: bytes, following: bytes) -> Iterator[bytes]:
    """The frame without its end, followed by the next servo's reply."""
    for length in range(len(frame)):
        yield frame[:length] + following


def bursts(frame: bytes, first: int, rng: np.random.Generator, nb: int) -> Iterator[bytes]:
    """A burst of noise: from a random byte on, no earlier than `first`, two bytes or more are random."""
    for _ in range(nb):
        start = int(rng.integers(first, len(frame) - 1))
        end = int(rng.integers(start + 2, len(frame) + 1))
        noise = rng.bytes(end - start)
        if noise != frame[start:end]:
            yield frame[:start] + noise + frame[end:]


def follow(table: ServoTable, joint_map: JointMap, frame: bytes, spoilt: Iterator[bytes], top_speed: float) -> Fate:
    """Return how far corrupted versions of a servo's reply got, when the servo was last seen one cycle ago."""
    dialect = table.dialect
    (whole,) = dialect.parser().feed(frame)
    true = dialect.reply_of(whole)
    assert true is not None
    values = table.decode_feedback(true.data)
    fate = Fate()
    pose = BelievedPose(joint_map, top_speed)
    for bytes_ in spoilt:
        fate.corrupted += 1
        parser = dialect.reply_parser()
        frames = parser.feed(bytes_) + parser.finish()
        for reply in map(dialect.reply_of, frames):
            if reply is None or reply.servo_id != true.servo_id or len(reply.data) != len(true.data):
                continue  # nobody asked for that
            if reply == true:
                continue
            fate.passed_checksum += 1
            told = table.decode_feedback(reply.data)
            if not table.is_possible(told):
                continue
            fate.possible += 1
            if told["position"] == values["position"]:
                continue
            pose.forget()
            for time in (0.0, CYCLE):  # seen, and seen again: what comes next is measured by it
                pose.take([ServoReading(true.servo_id, time, 0, values)])
            if pose.take([ServoReading(true.servo_id, 2.0 * CYCLE, 0, told)])[0]:
                fate.believed += 1
                wrong = joint_map.to_angles([told["position"]]) - joint_map.to_angles([values["position"]])
                fate.worst_believed = max(fate.worst_believed, float(abs(wrong[0])))
    return fate
