"""Frames against the bytes in the makers' own manuals, however the line delivers them."""

from __future__ import annotations

import itertools

import pytest

from firmware_bridge import dynamixel2_frames, ff_frames
from firmware_bridge.frames import BROADCAST, Dialect, Frame, FrameParser
from hebb_controller.errors import BadInputError

STS, DXL1, DXL2 = ff_frames.STS, ff_frames.DYNAMIXEL1, dynamixel2_frames.DYNAMIXEL2

# Requests: (dialect, what we call, the manual's bytes).
# Feetech: "Communication Protocol User Manual", examples 1, 2, 3, 4, 7 and 8 of the chapter on instructions.
# Robotis: emanual.robotis.com/docs/en/dxl/protocol1 and .../protocol2, the example of each instruction; DX-116 user
# manual, example 20 and the lock example.
REQUESTS = [
    (STS, STS.ping(1), "FF FF 01 02 01 FB"),
    (STS, STS.read(1, 0x38, 2), "FF FF 01 04 02 38 02 BE"),
    (STS, ff_frames.encode(BROADCAST, ff_frames.WRITE, b"\x05\x01"), "FF FF FE 04 03 05 01 F4"),
    (STS, STS.write(1, 0x2A, bytes.fromhex("00080000E803")), "FF FF 01 09 03 2A 00 08 00 00 E8 03 D5"),
    (
        STS,
        STS.sync_write(0x2A, dict.fromkeys((1, 2, 3, 4), bytes.fromhex("00080000E803"))),
        "FF FF FE 20 83 2A 06 01 00 08 00 00 E8 03 02 00 08 00 00 E8 03 03 00 08 00 00 E8 03 04 00 08 00 00 E8 03 58",
    ),
    (STS, STS.sync_read(0x38, 8, (1, 2)), "FF FF FE 06 82 38 08 01 02 36"),
    (DXL1, DXL1.ping(1), "FF FF 01 02 01 FB"),
    (DXL1, DXL1.read(1, 0x2B, 1), "FF FF 01 04 02 2B 01 CC"),
    (DXL1, ff_frames.encode(BROADCAST, ff_frames.WRITE, b"\x03\x01"), "FF FF FE 04 03 03 01 F6"),
    (DXL1, DXL1.write(0, 0x2F, b"\x01"), "FF FF 00 04 03 2F 01 C8"),
    (DXL1, DXL1.write(0, 0x30, b"\x40\x00"), "FF FF 00 05 03 30 40 00 87"),
    (
        DXL1,
        DXL1.sync_write(
            0x1E,
            {
                0: bytes.fromhex("10005001"),
                1: bytes.fromhex("20026003"),
                2: bytes.fromhex("30007001"),
                3: bytes.fromhex("20028003"),
            },
        ),
        "FF FF FE 18 83 1E 04 00 10 00 50 01 01 20 02 60 03 02 30 00 70 01 03 20 02 80 03 12",
    ),
    (DXL2, DXL2.ping(1), "FF FF FD 00 01 03 00 01 19 4E"),
    (DXL2, dynamixel2_frames.encode(BROADCAST, 1), "FF FF FD 00 FE 03 00 01 31 42"),
    (DXL2, DXL2.read(1, 132, 4), "FF FF FD 00 01 07 00 02 84 00 04 00 1D 15"),
    (DXL2, DXL2.write(1, 116, (512).to_bytes(4, "little")), "FF FF FD 00 01 09 00 03 74 00 00 02 00 00 CA 89"),
    (DXL2, dynamixel2_frames.reboot(1), "FF FF FD 00 01 03 00 08 2F 4E"),
    (DXL2, DXL2.sync_read(132, 4, (1, 2)), "FF FF FD 00 FE 09 00 82 84 00 04 00 01 02 CE FA"),
    (
        DXL2,
        DXL2.sync_write(116, {1: (150).to_bytes(4, "little"), 2: (170).to_bytes(4, "little")}),
        "FF FF FD 00 FE 11 00 83 74 00 04 00 01 96 00 00 00 02 AA 00 00 00 82 87",
    ),
]
# Replies of the same sources: (dialect, the manual's bytes, id, error, data).
REPLIES = [
    (STS, "FF FF 01 02 00 FC", 1, 0, ""),
    (STS, "FF FF 01 04 00 18 05 DD", 1, 0, "18 05"),
    (STS, "FF FF 01 0A 00 00 08 00 00 00 00 79 1E 55", 1, 0, "00 08 00 00 00 00 79 1E"),
    (STS, "FF FF 02 0A 00 FF 07 00 00 00 00 77 23 53", 2, 0, "FF 07 00 00 00 00 77 23"),
    (DXL1, "FF FF 01 03 00 20 DB", 1, 0, "20"),
    (DXL1, "FF FF 00 02 08 F5", 0, 8, ""),
    (DXL2, "FF FF FD 00 01 07 00 55 00 06 04 26 65 5D", 1, 0, "06 04 26"),
    (DXL2, "FF FF FD 00 01 08 00 55 00 A6 00 00 00 8C C0", 1, 0, "A6 00 00 00"),
    (DXL2, "FF FF FD 00 02 08 00 55 00 1F 08 00 00 BA BE", 2, 0, "1F 08 00 00"),
    (DXL2, "FF FF FD 00 01 04 00 55 00 A1 0C", 1, 0, ""),
]
STREAMS = [(d, bytes.fromhex(text), i, e, bytes.fromhex(data)) for d, text, i, e, data in REPLIES]
IDS = [f"{d.name}-{text.replace(' ', '')}" for d, text, *_ in REPLIES]


def replies(dialect: Dialect, parser: FrameParser, *chunks: bytes) -> list[tuple[int, int, bytes]]:
    found: list[Frame] = [frame for chunk in chunks for frame in parser.feed(chunk)] + parser.finish()
    told = [dialect.reply_of(frame) for frame in found]
    return [(r.servo_id, r.error, r.data) for r in told if r is not None]


@pytest.mark.parametrize(("dialect", "ours", "manual"), REQUESTS, ids=[f"{d.name}-{m[:26]}" for d, _, m in REQUESTS])
def test_our_requests_are_the_manuals_bytes(dialect: Dialect, ours: bytes, manual: str) -> None:
    assert ours == bytes.fromhex(manual)
    (frame,) = dialect.parser().feed(ours)
    assert ours == (dynamixel2_frames if dialect is DXL2 else ff_frames).encode(frame.servo_id, frame.code, frame.body)


@pytest.mark.parametrize(("dialect", "stream", "servo_id", "error", "data"), STREAMS, ids=IDS)
def test_the_manuals_replies_are_understood(
    dialect: Dialect, stream: bytes, servo_id: int, error: int, data: bytes
) -> None:
    meant = [(servo_id, error, data)]
    assert dialect.encode_reply(servo_id, error, data) == stream
    for make in (dialect.parser, dialect.reply_parser):
        assert replies(dialect, make(), stream) == meant
        assert replies(dialect, make(), *[bytes([byte]) for byte in stream]) == meant
        assert replies(dialect, make(), stream + stream) == 2 * meant
        for rubbish in (b"\x00", b"\xff", b"\xff\xff", b"\xff\xff\xfd", b"\x55\x12\x34", stream[:-1], stream[:5]):
            parser = make()
            assert replies(dialect, parser, rubbish + stream) == meant, rubbish.hex()
            assert parser.nb_rubbish == len(rubbish)
            assert replies(dialect, make(), stream + rubbish) == meant, rubbish.hex()


@pytest.mark.parametrize("dialect", [STS, DXL1, DXL2], ids=lambda d: d.name)
def test_a_frame_inside_a_false_header_is_found(dialect: Dialect) -> None:
    stream = next(s for d, s, *_ in STREAMS if d is dialect)
    meant = next((i, e, data) for d, _, i, e, data in STREAMS if d is dialect)
    # A header that promises far more than comes: whoever waits for it must not miss the frame behind it.
    false = b"\xff\xff\xfd\x00\x07\xff\x00" if dialect is DXL2 else b"\xff\xff\x07\xc8"
    parser = dialect.reply_parser()
    assert parser.feed(false + stream) == []
    told = [dialect.reply_of(frame) for frame in parser.finish()]
    assert [(r.servo_id, r.error, r.data) for r in told if r is not None] == [meant]


@pytest.mark.parametrize("dialect", [STS, DXL1, DXL2], ids=lambda d: d.name)
def test_replies_of_many_servos_survive_the_loss_of_any_byte_of_one(dialect: Dialect) -> None:
    frames = [dialect.encode_reply(i, 0, bytes([10 * i, 8, 0, 0, 0, 0, 120, 30])) for i in (1, 2, 3)]
    for lost in range(len(frames[1])):
        stream = frames[0] + frames[1][:lost] + frames[1][lost + 1 :] + frames[2]
        told = replies(dialect, dialect.reply_parser(), stream)
        assert [t for t in told if t[0] != 2] == [(i, 0, bytes([10 * i, 8, 0, 0, 0, 0, 120, 30])) for i in (1, 3)]
        assert all(t[0] != 2 for t in told)


def test_dynamixel_stuffing_round_trips_every_tail_of_a_header() -> None:
    # Bodies of 4 bytes over the bytes that headers and stuffing are made of.
    for body in itertools.product(b"\xff\xfd\x00", repeat=5):
        stream = dynamixel2_frames.encode(1, dynamixel2_frames.STATUS, bytes(body))
        assert b"\xff\xff\xfd\x00" not in stream[4:-2]
        (frame,) = DXL2.parser().feed(stream)
        assert frame.body == bytes(body)


def test_a_reply_is_told_from_a_request_where_the_protocol_allows() -> None:
    (request,) = DXL2.parser().feed(DXL2.read(1, 132, 4))
    assert DXL2.reply_of(request) is None
    # Feetech and Protocol 1.0 do not: a ping is its own answer from a servo with a voltage alarm.
    assert STS.ping(1) == STS.encode_reply(1, 1, b"")


@pytest.mark.parametrize("dialect", [STS, DXL1, DXL2], ids=lambda d: d.name)
def test_impossible_requests_are_refused_in_one_line(dialect: Dialect) -> None:
    calls = [
        lambda: dialect.ping(300),
        lambda: dialect.ping(253),
        lambda: dialect.read(1, 70000, 2),
        lambda: dialect.read(1, 10, 500),
        lambda: dialect.sync_write(42, {}),
        lambda: dialect.sync_write(42, {1: b"\0\0", 2: b"\0"}),
        lambda: dialect.sync_write(42, {i: bytes(8) for i in range(60)}),
        lambda: STS.read(1, 300, 2),
        lambda: STS.write(1, 256, b"x"),
        lambda: STS.sync_read(56, 8, []),
        lambda: STS.sync_read(56, 8, [1, 1]),
    ]
    for call in calls:
        with pytest.raises(BadInputError) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_error_bytes_are_told_in_words_and_alarms_from_refusals() -> None:
    assert STS.error_text(1 | 32) == "voltage, overload"
    assert not STS.refuses(32) and not STS.refuses(1)  # an overloaded servo that is told to let go has let go
    assert DXL1.refuses(8) and not DXL1.refuses(4 | 32)
    assert DXL2.error_text(0x86) == "hardware alert (read the hardware error register), value beyond its limits"
    assert DXL2.refuses(0x87) and not DXL2.refuses(0x80)
