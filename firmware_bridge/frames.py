"""What a bus protocol is to the rest of the bridge: functions that make requests, a parser, and what to call things.

Sans-I/O: bytes in, frames out. Nothing here knows a port or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from hebb_controller.errors import BadInputError

#: Servo ids that a frame may carry; 254 addresses all servos, 253 and 255 mean something else to some protocol.
MAX_ID, BROADCAST = 252, 254


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame whose checksum is right.

    Attributes:
        servo_id: who it is for, or from.
        code: the instruction of a request; the error byte of a Feetech or Dynamixel 1.0 reply; 0x55 for a Dynamixel 2.0
            reply, whose error byte opens `body`.
        body: the parameters.
    """

    servo_id: int
    code: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What a servo answered: its id, its error byte, and the data that it was asked for."""

    servo_id: int
    error: int
    data: bytes


#: Looks at the start of a buffer: how many bytes are done with (0: wait for more), the frame among them, and whether
#: they were a frame with a wrong checksum.
Scan = Callable[[bytearray], tuple[int, Frame | None, bool]]


class FrameParser:
    """Finds frames in a stream of bytes, however it is cut and whatever lies between them.

    Args:
        scan: the protocol's own look at the start of a buffer.

    Attributes:
        nb_rubbish: bytes that belonged to no frame.
        nb_corrupt: frames whose checksum was wrong.
    """

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._buffer = bytearray()
        self.nb_rubbish = self.nb_corrupt = 0

    def feed(self, data: bytes) -> list[Frame]:
        """Take more bytes and return the frames that are now whole."""
        self._buffer += data
        frames = []
        while self._buffer:
            nb_done, frame, corrupt = self._scan(self._buffer)
            if nb_done == 0:
                break
            del self._buffer[:nb_done]
            self.nb_corrupt += corrupt
            if frame is None:
                self.nb_rubbish += nb_done
            else:
                frames.append(frame)
        return frames

    def finish(self) -> list[Frame]:
        """No more is coming: return the frames hidden behind what looked like the beginning of a longer one."""
        frames = []
        while self._buffer:
            del self._buffer[0]
            self.nb_rubbish += 1
            frames += self.feed(b"")
        return frames

    def clear(self) -> None:
        """Forget what has not become a frame."""
        self.nb_rubbish += len(self._buffer)
        self._buffer.clear()


@dataclass(frozen=True)
class Dialect:
    """A protocol of servos on one line.

    Attributes:
        name: such as `sts`.
        baud: the rate it is used at.
        parser: makes a parser of its frames.
        ping: `(id)`.
        read: `(id, address, size)`.
        write: `(id, address, data)`.
        sync_write: `(address, {id: data})`: one frame for many servos, which do not answer.
        sync_read: `(address, size, ids)`: one frame, one reply per servo in that order; None: read one by one.
        reboot: `(id)`; None where there is no such instruction.
        reply_of: the reply that a frame is, or None if it is a request (an echo).
        encode_reply: `(id, error, data)`, for emulators.
        reply_overhead: bytes of a reply beside its data.
        reply_parser: makes a parser of replies, which refuses what only a mixture of two replies can be.
        ping_size: bytes of data in the answer to a ping.
        echo_size: bytes of data that our own read request seems to carry when an adapter echoes it; None where a
            request cannot be taken for a reply.
        errors: meaning of the bits of the error byte.
        latched_errors: bits of the error byte that tell a servo's state, not a bad request.
        serious_errors: those of them that a walking robot has to sit down for; the supply is watched by its voltage.
        refusals: meaning of the rest of the error byte where that is a number, not bits.
    """

    name: str
    baud: int
    parser: Callable[[], FrameParser]
    ping: Callable[[int], bytes]
    read: Callable[[int, int, int], bytes]
    write: Callable[[int, int, bytes], bytes]
    sync_write: Callable[[int, Mapping[int, bytes]], bytes]
    sync_read: Callable[[int, int, Sequence[int]], bytes] | None
    reboot: Callable[[int], bytes] | None
    reply_of: Callable[[Frame], Reply | None]
    encode_reply: Callable[[int, int, bytes], bytes]
    reply_overhead: int
    reply_parser: Callable[[], FrameParser]
    ping_size: int
    echo_size: int | None
    errors: Mapping[int, str] = field(default_factory=dict)
    latched_errors: int = 0xFF
    serious_errors: int = 0
    refusals: Mapping[int, str] = field(default_factory=dict)

    def error_text(self, error: int) -> str:
        """Return what an error byte says, in words, or nothing."""
        names = [name for bit, name in self.errors.items() if error & bit]
        refusal = error & ~self.latched_errors
        return ", ".join(names + ([self.refusals[refusal]] if refusal in self.refusals else []))

    def refuses(self, error: int) -> bool:
        """Return whether the servo did not do as told; an alarm alone does not mean that."""
        return bool(error & ~self.latched_errors & 0xFF)


def check_request(servo_id: int, address: int = 0, size: int = 1) -> None:
    """Refuse what no servo can be asked.

    Raises:
        BadInputError: with the value and what is allowed.
    """
    if not (0 <= servo_id <= MAX_ID or servo_id == BROADCAST):
        raise BadInputError(f"servo id {servo_id}: must lie within 0 and {MAX_ID}")
    if not 0 <= address <= 0xFFFF or not 0 <= size <= 128:
        raise BadInputError(f"register {address}, {size} bytes: addresses are 0 to 65535, at most 128 bytes at once")


def check_sync(ids: Sequence[int], size: int) -> None:
    """Refuse a list of servos that one frame cannot address.

    Raises:
        BadInputError: empty, doubled or impossible ids, or more than a frame carries.
    """
    if not ids or len(set(ids)) != len(ids):
        raise BadInputError(f"servo ids {list(ids)}: one frame needs at least one id, each once")
    for servo_id in ids:
        check_request(servo_id)
    if len(ids) * (size + 1) > 230:
        raise BadInputError(f"{len(ids)} servos with {size} bytes each do not fit into one frame of 250 bytes")
