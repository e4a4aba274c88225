"""Frames of Dynamixel Protocol 2.0 (X series).

    FF FF FD 00  id  length lo hi  instruction  parameters  crc lo hi       length = parameters + 3, stuffing included

A reply is an instruction too, 55h, whose first parameter is the error byte. FF FF FD within instruction and parameters
is followed by a stuffed FD. CRC-16 with polynomial 8005h, initial 0, not reflected, over everything from the header on.
Source: emanual.robotis.com/docs/en/dxl/protocol2 (frames) and /docs/en/dxl/crc (CRC).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

from firmware_bridge.frames import BROADCAST, MAX_ID, Dialect, Frame, FrameParser, Reply, check_request, check_sync
from hebb_controller.errors import BadInputError

PING, READ, WRITE, REBOOT = 0x01, 0x02, 0x03, 0x08
STATUS, SYNC_READ, SYNC_WRITE = 0x55, 0x82, 0x83
HEADER = b"\xff\xff\xfd\x00"
MARK, STUFFED = b"\xff\xff\xfd", b"\xff\xff\xfd\xfd"
#: Longest frame that a servo may send us, in bytes after the length: a longer one is a corrupt length.
MAX_LENGTH = 512


def _crc_of_byte(value: int) -> int:
    crc = value << 8
    for _ in range(8):
        crc = (crc << 1) ^ 0x8005 if crc & 0x8000 else crc << 1
    return crc & 0xFFFF


_TABLE = tuple(_crc_of_byte(value) for value in range(256))


def crc16(data: bytes | bytearray) -> int:
    """Return the checksum of a frame's bytes up to the checksum itself."""
    crc = 0
    for byte in data:
        crc = ((crc << 8) & 0xFFFF) ^ _TABLE[(crc >> 8) ^ byte]
    return crc


def encode(servo_id: int, code: int, body: bytes = b"") -> bytes:
    """Return a whole frame, stuffed."""
    inner = (bytes([code]) + body).replace(MARK, STUFFED)
    frame = HEADER + bytes([servo_id]) + struct.pack("<H", len(inner) + 2) + inner
    return frame + struct.pack("<H", crc16(frame))


def scan(buffer: bytearray) -> tuple[int, Frame | None, bool]:
    """Look for a frame at the start of a buffer; see `frames.Scan`."""
    if not HEADER.startswith(bytes(buffer[:4])):
        return 1, None, False
    if len(buffer) < 7:
        return 0, None, False
    servo_id, length = buffer[4], buffer[5] | buffer[6] << 8
    if not (servo_id <= MAX_ID or servo_id == BROADCAST) or not 3 <= length <= MAX_LENGTH:
        return 1, None, False
    if len(buffer) < length + 7:
        return 0, None, False
    end = length + 5
    if crc16(buffer[:end]) != buffer[end] | buffer[end + 1] << 8:
        return 1, None, True
    inner = bytes(buffer[7:end]).replace(STUFFED, MARK)
    return length + 7, Frame(servo_id, inner[0], inner[1:]), False


def ping(servo_id: int) -> bytes:
    """Return the request for a sign of life, which a servo answers with its model number and firmware."""
    check_request(servo_id)
    return encode(servo_id, PING)


def read(servo_id: int, address: int, size: int) -> bytes:
    """Return the request for `size` bytes from a register on."""
    check_request(servo_id, address, size)
    return encode(servo_id, READ, struct.pack("<HH", address, size))


def write(servo_id: int, address: int, data: bytes) -> bytes:
    """Return the request that writes `data` from a register on."""
    check_request(servo_id, address, len(data))
    return encode(servo_id, WRITE, struct.pack("<H", address) + data)


def sync_write(address: int, data: Mapping[int, bytes]) -> bytes:
    """Return one frame that writes to many servos, all the same number of bytes."""
    sizes = {len(part) for part in data.values()}
    check_sync(list(data), max(sizes, default=0))
    if len(sizes) != 1:
        raise BadInputError(f"sync write of {sorted(sizes)} bytes: all servos get the same number")
    body = b"".join(bytes([servo_id]) + part for servo_id, part in data.items())
    return encode(BROADCAST, SYNC_WRITE, struct.pack("<HH", address, sizes.pop()) + body)


def sync_read(address: int, size: int, ids: Sequence[int]) -> bytes:
    """Return one frame that asks many servos for the same registers."""
    check_sync(ids, 0)
    check_request(ids[0], address, size)
    return encode(BROADCAST, SYNC_READ, struct.pack("<HH", address, size) + bytes(ids))


def reboot(servo_id: int) -> bytes:
    """Return the request to start anew, which alone clears a latched hardware error."""
    check_request(servo_id)
    return encode(servo_id, REBOOT)


def reply_of(frame: Frame) -> Reply | None:
    """Return the reply that a frame is, or None if it is a request: an adapter's echo."""
    if frame.code != STATUS or not frame.body:
        return None
    return Reply(frame.servo_id, frame.body[0], frame.body[1:])


def encode_reply(servo_id: int, error: int, data: bytes) -> bytes:
    """Return the reply that a servo sends."""
    return encode(servo_id, STATUS, bytes([error]) + data)


def _parser() -> FrameParser:
    return FrameParser(scan)


#: Bit 128 of the error byte is the hardware alert; the low bits find fault with the request.
DYNAMIXEL2 = Dialect(
    name="dxl2",
    baud=1_000_000,
    parser=_parser,
    ping=ping,
    read=read,
    write=write,
    sync_write=sync_write,
    sync_read=sync_read,
    reboot=reboot,
    reply_of=reply_of,
    encode_reply=encode_reply,
    reply_overhead=11,
    reply_parser=_parser,
    ping_size=3,  # model and firmware
    echo_size=None,
    errors={128: "hardware alert (read the hardware error register)"},
    latched_errors=128,
    serious_errors=128,
    refusals={
        1: "could not do it",
        2: "unknown instruction",
        3: "wrong checksum",
        4: "value out of range",
        5: "too few bytes",
        6: "value beyond its limits",
        7: "register not open for this",
    },
)
