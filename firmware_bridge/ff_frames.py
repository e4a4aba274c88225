"""Frames that open with FF FF: Feetech STS/SMS and Dynamixel Protocol 1.0, which differ in a few instructions only.

    FF FF  id  length  instruction | error  parameters  checksum        length = parameters + 2
    checksum = ~(id + length + instruction + parameters) & FF

Sources: Feetech "Communication Protocol User Manual" (STS/SMS series), whose sync read is instruction 82h;
emanual.robotis.com/docs/en/dxl/protocol1. The checksum sums bytes: it is blind to swapped bytes and to one in 256
random corruptions, so what it lets through still has to be plausible (`believed_pose.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firmware_bridge.frames import BROADCAST, MAX_ID, Dialect, Frame, FrameParser, Reply, check_request, check_sync
from hebb_controller.errors import BadInputError

PING, READ, WRITE, REBOOT = 0x01, 0x02, 0x03, 0x08
SYNC_READ, SYNC_WRITE = 0x82, 0x83
HEADER = b"\xff\xff"
#: Longest frame that a servo may send us, in bytes after the length byte: a longer one is a corrupt length.
MAX_LENGTH = 250


def encode(servo_id: int, code: int, body: bytes = b"") -> bytes:
    """Return a whole frame."""
    inner = bytes([servo_id, len(body) + 2, code]) + body
    return HEADER + inner + bytes([~sum(inner) & 0xFF])


def scan(buffer: bytearray) -> tuple[int, Frame | None, bool]:
    """Look for a frame at the start of a buffer; see `frames.Scan`."""
    if not HEADER.startswith(bytes(buffer[:2])):
        return 1, None, False
    if len(buffer) < 4:
        return 0, None, False
    servo_id, length = buffer[2], buffer[3]
    if not (servo_id <= MAX_ID or servo_id == BROADCAST) or not 2 <= length <= MAX_LENGTH:
        return 1, None, False
    if len(buffer) < length + 4:
        return 0, None, False
    inner = buffer[2 : length + 3]
    if ~sum(inner) & 0xFF != buffer[length + 3]:
        return 1, None, True
    return length + 4, Frame(servo_id, inner[2], bytes(inner[3:])), False


def scan_reply(buffer: bytearray) -> tuple[int, Frame | None, bool]:
    """Look for a reply at the start of a buffer; see `frames.Scan`.

    A reply that lost its end swallows the beginning of the next, and one time in 256 the checksum agrees. No register
    that the bridge reads holds FF FF, so a header within a reply tells of that; what was swallowed is found again.
    """
    nb_done, frame, corrupt = scan(buffer)
    if frame is not None and HEADER in frame.body:
        return 1, None, True
    return nb_done, frame, corrupt


def _check_address(address: int) -> None:
    if not 0 <= address <= 0xFF:
        raise BadInputError(f"register {address}: this protocol has addresses 0 to 255")


def ping(servo_id: int) -> bytes:
    """Return the request for a sign of life."""
    check_request(servo_id)
    return encode(servo_id, PING)


def read(servo_id: int, address: int, size: int) -> bytes:
    """Return the request for `size` bytes from a register on."""
    check_request(servo_id, address, size)
    _check_address(address)
    return encode(servo_id, READ, bytes([address, size]))


def write(servo_id: int, address: int, data: bytes) -> bytes:
    """Return the request that writes `data` from a register on."""
    check_request(servo_id, address, len(data))
    _check_address(address)
    return encode(servo_id, WRITE, bytes([address]) + data)


def sync_write(address: int, data: Mapping[int, bytes]) -> bytes:
    """Return one frame that writes to many servos, all the same number of bytes."""
    sizes = {len(part) for part in data.values()}
    check_sync(list(data), max(sizes, default=0))
    if len(sizes) != 1:
        raise BadInputError(f"sync write of {sorted(sizes)} bytes: all servos get the same number")
    _check_address(address)
    body = b"".join(bytes([servo_id]) + part for servo_id, part in data.items())
    return encode(BROADCAST, SYNC_WRITE, bytes([address, sizes.pop()]) + body)


def sync_read(address: int, size: int, ids: Sequence[int]) -> bytes:
    """Return one frame that asks many servos for the same registers (Feetech only)."""
    check_sync(ids, 0)
    check_request(ids[0], address, size)
    _check_address(address)
    return encode(BROADCAST, SYNC_READ, bytes([address, size, *ids]))


def reboot(servo_id: int) -> bytes:
    """Return the request to start anew (Feetech only)."""
    check_request(servo_id)
    return encode(servo_id, REBOOT)


def reply_of(frame: Frame) -> Reply | None:
    """Return the reply that a frame is. An echoed request looks like one: the handshake finds echoing adapters."""
    return Reply(frame.servo_id, frame.code, frame.body) if frame.servo_id != BROADCAST else None


def _parser() -> FrameParser:
    return FrameParser(scan)


def _reply_parser() -> FrameParser:
    return FrameParser(scan_reply)


STS = Dialect(
    name="sts",
    baud=1_000_000,
    parser=_parser,
    ping=ping,
    read=read,
    write=write,
    sync_write=sync_write,
    sync_read=sync_read,
    reboot=reboot,
    reply_of=reply_of,
    encode_reply=encode,
    reply_overhead=6,
    reply_parser=_reply_parser,
    ping_size=0,
    echo_size=2,  # address and size
    errors={1: "voltage", 2: "angle sensor", 4: "overheat", 8: "over-current", 32: "overload"},
    serious_errors=2 | 4 | 8 | 32,
)
#: AX-12A and its kin. Bits 8, 16 and 64 of the error byte find fault with the request, not with the servo.
DYNAMIXEL1 = Dialect(
    name="dxl1",
    baud=1_000_000,
    parser=_parser,
    ping=ping,
    read=read,
    write=write,
    sync_write=sync_write,
    sync_read=None,
    reboot=None,
    reply_of=reply_of,
    encode_reply=encode,
    reply_overhead=6,
    reply_parser=_reply_parser,
    ping_size=0,
    echo_size=2,  # address and size
    errors={
        1: "voltage",
        2: "angle limit",
        4: "overheat",
        8: "out of range",
        16: "checksum",
        32: "overload",
        64: "unknown instruction",
    },
    latched_errors=1 | 4 | 32,
    serious_errors=4 | 32,
)
