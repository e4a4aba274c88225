"""The codec of our own board: what its document says, what a CRC must see, and streams cut and spoilt in every way."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import hebb_frames, hebb_messages
from firmware_bridge.frames import Frame, FrameParser
from firmware_bridge.hebb_frames import REPLY, Kind
from firmware_bridge.hebb_messages import Flag, Identity, ResetCause, State, Status
from hebb_controller.errors import BadInputError

FIRMWARE = Path(__file__).parents[2] / "firmware_bridge" / "firmware"
DOCUMENTED = re.findall(r"^([<>]) ([0-9A-F ]+)$", (FIRMWARE / "PROTOCOL.md").read_text(), re.M)
GOALS = (3000, 3500, 2500) * 4

counts = st.lists(st.integers(0, 0xFFFF), min_size=12, max_size=12)
sequences = st.integers(0, 0xFFFF)
requests = st.one_of(
    st.tuples(st.sampled_from([Kind.IDENTIFY, Kind.STATUS, Kind.ARM, Kind.DISARM]), sequences, st.just(b"")),
    st.tuples(st.just(Kind.SET_GOALS), sequences, counts.map(hebb_messages.pack_goals)),
    st.tuples(st.just(Kind.SET_WATCHDOG), sequences, st.binary(min_size=2, max_size=2)),
)
statuses = st.builds(
    Status,
    *[st.integers(0, 0xFF)] * 4,
    *[st.integers(0, 0xFFFF)] * 2,
    st.integers(0, 0xFFFFFFFF),
    *[st.integers(0, 0xFFFF)] * 7,
    counts.map(tuple),
)


def only(frames: list[Frame]) -> tuple[int, int, bytes]:
    assert len(frames) == 1
    return (frames[0].code, *hebb_frames.split(frames[0]))


def bit_by_bit(data: bytes) -> int:
    """Return the CRC by its definition: polynomial 0x1021, start 0xFFFF, most significant bit first."""
    crc = 0xFFFF
    for byte in data:
        for bit in range(7, -1, -1):
            top = crc >> 15 ^ byte >> bit & 1
            crc = (crc << 1 & 0xFFFF) ^ (0x1021 if top else 0)
    return crc


@given(st.binary(max_size=60))
def test_crc_is_the_one_it_says(data: bytes) -> None:
    # 29B1 for the nine digits: the catalogue of parametrised CRC algorithms, CRC-16/IBM-3740.
    assert hebb_frames.crc_of(b"123456789") == 0x29B1
    assert hebb_frames.crc_of(data) == bit_by_bit(data)


def test_documented_frames_are_ours() -> None:
    words = [bytes.fromhex(text) for _, text in DOCUMENTED]
    assert len(words) == 9
    identity = Identity(1, 1, 1, 12, 0x480C, 1000, 5000, 20000, ResetCause.POWER_ON, 0, 1234)
    flags = Flag.FRESH_GOALS | Flag.SUPPLY_TOLD
    status = Status(0, State.DISARMED, flags, 1, 0, 2, 1250, 7373, 100, 0, 2, 0, 0, 0, GOALS)
    assert words == [
        hebb_frames.encode(Kind.IDENTIFY, 1),
        hebb_frames.encode(Kind.IDENTIFY | REPLY, 1, hebb_messages.pack_identity(identity)),
        hebb_frames.encode(Kind.SET_GOALS, 2, hebb_messages.pack_goals(GOALS)),
        hebb_frames.encode(Kind.SET_GOALS | REPLY, 2, hebb_messages.pack_status(status)),
        hebb_frames.encode(Kind.ARM, 3),
        hebb_frames.encode(Kind.SET_WATCHDOG, 4, (50).to_bytes(2, "little")),
        hebb_frames.encode(Kind.DISARM, 5),
        hebb_frames.encode(Kind.STATUS, 0x1234),
        hebb_frames.encode(Kind.SET_GOALS, 6, hebb_messages.pack_goals([3000, *[hebb_messages.NO_PULSE] * 11])),
    ]
    code, sequence, body = only(hebb_frames.reply_parser().feed(words[3]))
    assert (code, sequence, hebb_messages.unpack_status(body)) == (0x83, 2, status)


def test_firmware_and_codec_have_the_same_numbers() -> None:
    header = (FIRMWARE / "protocol.h").read_text()
    defined = {name: value for name, value in re.findall(r"^#define (\w+) (\w+)", header, re.M)}
    listed = {
        name: int(value)
        for block in re.findall(r"enum \w+ \{([^}]*)\}", header)
        for name, value in re.findall(r"(\w+) = (\d+)", block)
    }

    def number(name: str) -> int:
        return int(defined[name].rstrip("u"), 0)

    ours = {
        "PROTOCOL_VERSION": hebb_messages.PROTOCOL_VERSION,
        "MODEL": hebb_messages.MODEL,
        "NB_CHANNELS": hebb_messages.NB_CHANNELS,
        "LOWEST": hebb_messages.SCALE.lowest,
        "CENTRE": hebb_messages.SCALE.centre,
        "HIGHEST": hebb_messages.SCALE.highest,
        "SYNC_1": hebb_frames.HEADER[0],
        "SYNC_2": hebb_frames.HEADER[1],
        "OVERHEAD": hebb_frames.OVERHEAD,
        "HEAD": hebb_frames.HEAD,
        "REPLY": REPLY,
        "IDENTITY_SIZE": hebb_messages.IDENTITY_SIZE,
        "WATCHDOG_DEFAULT": hebb_messages.WATCHDOG_DEFAULT,
        "WATCHDOG_LEAST": hebb_messages.WATCHDOG_SPAN[0],
        "WATCHDOG_MOST": hebb_messages.WATCHDOG_SPAN[1],
    }
    assert {name: number(name) for name in ours} == ours
    members = [*Kind, *hebb_messages.Result, *State, *Flag]
    assert listed == {str(member.name): int(member) for member in members}


@given(requests)
def test_requests_come_back_whole(request: tuple[Kind, int, bytes]) -> None:
    kind, sequence, body = request
    frame = hebb_frames.encode(kind, sequence, body)
    assert only(hebb_frames.request_parser().feed(frame)) == (kind, sequence, body)
    assert hebb_frames.reply_parser().feed(frame) == []  # an echo is no reply


@given(statuses, st.sampled_from([k for k in Kind if k != Kind.IDENTIFY]), sequences)
def test_statuses_come_back_whole(status: Status, kind: Kind, sequence: int) -> None:
    frame = hebb_frames.encode(kind | REPLY, sequence, hebb_messages.pack_status(status))
    code, told, body = only(hebb_frames.reply_parser().feed(frame))
    assert (code, told, hebb_messages.unpack_status(body)) == (kind | REPLY, sequence, status)
    assert hebb_frames.request_parser().feed(frame) == []


@given(st.lists(requests, min_size=1, max_size=4), st.binary(max_size=20), st.binary(max_size=20), st.data())
def test_frames_are_found_however_they_are_cut(
    wanted: list[tuple[Kind, int, bytes]], before: bytes, after: bytes, data: st.DataObject
) -> None:
    before, after = (part.replace(b"\xa5", b"\0") for part in (before, after))
    stream = before + b"".join(hebb_frames.encode(*request) for request in wanted) + after
    parser, found = hebb_frames.request_parser(), []
    while stream:
        nb = data.draw(st.sampled_from([1, 1, 2, 7, len(stream)]))
        found += parser.feed(stream[:nb])
        stream = stream[nb:]
    assert [only([frame]) for frame in found] == wanted
    parser.finish()
    assert parser.nb_rubbish == len(before) + len(after)


@given(st.binary(max_size=30), requests)
def test_rubbish_that_looks_like_a_frame_hides_none(rubbish: bytes, request: tuple[Kind, int, bytes]) -> None:
    parser = hebb_frames.request_parser()
    frames = parser.feed(rubbish + b"\xa5\x5a\x03" + hebb_frames.encode(*request)) + parser.finish()
    assert only(frames[-1:]) == request


@given(requests, st.integers(1, 255), st.data())
def test_no_wrong_byte_gets_through(request: tuple[Kind, int, bytes], flip: int, data: st.DataObject) -> None:
    frame = bytearray(hebb_frames.encode(*request))
    frame[data.draw(st.integers(0, len(frame) - 1))] ^= flip
    parser = hebb_frames.request_parser()
    assert parser.feed(bytes(frame)) + parser.finish() == []


def test_no_wrong_byte_in_a_status_gets_through() -> None:
    _, text = DOCUMENTED[3]
    frame = bytes.fromhex(text)
    parser = hebb_frames.reply_parser()
    for at in range(len(frame)):
        for flip in range(1, 256):
            broken = frame[:at] + bytes([frame[at] ^ flip]) + frame[at + 1 :]
            assert parser.feed(broken) + parser.finish() == []


@given(requests, st.integers(1, 0xFFFF), st.data())
def test_no_burst_within_16_bits_gets_through(request: tuple[Kind, int, bytes], flip: int, data: st.DataObject) -> None:
    frame = hebb_frames.encode(*request)
    guarded = int.from_bytes(frame[3:], "big")  # kind and length aside, which are checked by themselves
    shift = data.draw(st.integers(0, 8 * len(frame[3:]) - 16))
    broken = frame[:3] + (guarded ^ flip << shift).to_bytes(len(frame) - 3, "big")
    parser: FrameParser = hebb_frames.request_parser()
    assert parser.feed(broken) + parser.finish() == []


@given(st.binary(max_size=200))
def test_noise_is_nothing(noise: bytes) -> None:
    for parser in (hebb_frames.request_parser(), hebb_frames.reply_parser()):
        assert parser.feed(noise) + parser.finish() == []
        assert parser.nb_rubbish == len(noise)


def test_what_cannot_be_sent_is_refused() -> None:
    with pytest.raises(BadInputError, match="must be 24"):
        hebb_frames.encode(Kind.SET_GOALS, 1, b"")
    with pytest.raises(BadInputError, match="kind 9"):
        hebb_frames.encode(9, 1)
    for wrong in ([3000] * 11, [3000] * 11 + [-1], [3000] * 11 + [65536]):
        with pytest.raises(BadInputError, match="12 counts within 0 and 65535"):
            hebb_messages.pack_goals(wrong)


def test_causes_have_names() -> None:
    assert hebb_messages.cause_text(ResetCause.BROWN_OUT) == "brown-out"
    assert hebb_messages.cause_text(0b101) == "power came, brown-out"
    assert "bootloader" in hebb_messages.cause_text(0)
