"""Frames of our own servo board: `firmware/PROTOCOL.md` describes every byte, `firmware/protocol.h` has the same.

    A5 5A  kind  sequence lo hi  length  body  CRC lo hi

Every kind has one length, so that a corrupt length byte is seen at once; the CRC-16 (IBM-3740) of all between the sync
bytes and itself sees every error within 16 neighbouring bits. Requests and replies have different kinds: an echo is no
reply. Replies carry the sequence number of their request: a late one is no reply to the next.
"""

from __future__ import annotations

import binascii
import struct
from collections.abc import Mapping
from enum import IntEnum

from firmware_bridge.frames import Frame, FrameParser, Scan
from firmware_bridge.hebb_messages import GOALS_SIZE, IDENTITY_SIZE, STATUS_SIZE
from hebb_controller.errors import BadInputError

BAUD = 250_000
HEADER = b"\xa5\x5a"
#: Bytes of a frame before its body, and beside it.
HEAD, OVERHEAD = 6, 8
REPLY = 0x80


class Kind(IntEnum):
    """Requests; a reply's kind is the request's, plus `REPLY`."""

    IDENTIFY = 1
    STATUS = 2
    SET_GOALS = 3
    ARM = 4
    DISARM = 5
    SET_WATCHDOG = 6


REQUEST_SIZES: Mapping[int, int] = {
    Kind.IDENTIFY: 0,
    Kind.STATUS: 0,
    Kind.SET_GOALS: GOALS_SIZE,
    Kind.ARM: 0,
    Kind.DISARM: 0,
    Kind.SET_WATCHDOG: 2,
}
REPLY_SIZES: Mapping[int, int] = {
    kind | REPLY: IDENTITY_SIZE if kind == Kind.IDENTIFY else STATUS_SIZE for kind in REQUEST_SIZES
}


def crc_of(data: bytes) -> int:
    """Return the CRC-16/IBM-3740: polynomial 0x1021, starting from 0xFFFF."""
    return binascii.crc_hqx(data, 0xFFFF)


def encode(kind: int, sequence: int, body: bytes = b"") -> bytes:
    """Return a whole frame.

    Raises:
        BadInputError: an unknown kind, or a body that does not have its length.
    """
    size = REQUEST_SIZES.get(kind, REPLY_SIZES.get(kind))
    if size != len(body):
        raise BadInputError(f"frame of kind {kind} with a body of {len(body)} bytes: must be {size}")
    inner = struct.pack("<BHB", kind, sequence & 0xFFFF, size) + body
    return HEADER + inner + crc_of(inner).to_bytes(2, "little")


def split(frame: Frame) -> tuple[int, bytes]:
    """Return the sequence number and the body proper of a parsed frame."""
    return int.from_bytes(frame.body[:2], "little"), frame.body[2:]


def _scan_for(sizes: Mapping[int, int]) -> Scan:
    def scan(buffer: bytearray) -> tuple[int, Frame | None, bool]:
        wrong = (1, None, False)
        if not HEADER.startswith(bytes(buffer[:2])):
            return wrong
        if len(buffer) < 3:
            return 0, None, False
        size = sizes.get(buffer[2])
        if size is None or (len(buffer) >= HEAD and buffer[5] != size):
            return wrong
        end = HEAD + size
        if len(buffer) < end + 2:
            return 0, None, False
        if crc_of(bytes(buffer[2:end])) != int.from_bytes(buffer[end : end + 2], "little"):
            return 1, None, True
        # The board is alone on its line: it has no id. The sequence number opens the body.
        return end + 2, Frame(0, buffer[2], bytes(buffer[3:5] + buffer[HEAD:end])), False

    return scan


def request_parser() -> FrameParser:
    """Return what the board hears with: it takes no reply for a request."""
    return FrameParser(_scan_for(REQUEST_SIZES))


def reply_parser() -> FrameParser:
    """Return what the host hears with: it takes no echo for a reply."""
    return FrameParser(_scan_for(REPLY_SIZES))
