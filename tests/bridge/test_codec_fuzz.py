"""No corrupted frame yields a value, except where the checksum itself is blind; and then it has to be plausible.

A sum of bytes is blind to one in 256 random corruptions and to exchanged bytes. tests/benchmarks/bench_bus.py blind
prints the shares.
"""

from __future__ import annotations

import math

import corruption
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge import ff_frames
from firmware_bridge.believed_pose import JUMP_MARGIN, PUSHED
from firmware_bridge.joint_map import JointMap
from firmware_bridge.registers import ServoTable
from firmware_bridge.servo_tables import AX12A, STS3215, XL430

TABLES = [STS3215, XL430, AX12A]
#: No-load speed of the STS3215 at 12 V, in [rad/s]: servos/sts3215_12v.yaml.
TOP_SPEED = 45.0 * 2.0 * math.pi / 60.0
READINGS = {"speed": 1.0, "load": 0.25, "voltage": 12.1, "temperature": 41.0}


def feedback_frame(table: ServoTable, servo_id: int = 5, position: int = 300) -> bytes:
    """A reply with readings of a servo at work."""
    start, size = table.feedback_block
    data = bytearray(size)
    for name in table.feedback:
        register = table.registers[name]
        counts = position if name == "position" else round(READINGS[name] / register.scale)
        at = register.address - start
        data[at : at + register.size] = register.encode(counts)
    return table.dialect.encode_reply(servo_id, 0, bytes(data))


def one_joint(table: ServoTable) -> JointMap:
    scale = table.scale
    return JointMap((5,), np.array([float(scale.centre)]), np.ones(1), np.array([scale.per_turn / (2.0 * math.pi)]))


def fate_of(table: ServoTable, spoilt) -> corruption.Fate:
    return corruption.follow(table, one_joint(table), feedback_frame(table), spoilt, TOP_SPEED)


def check_believed(fate: corruption.Fate) -> None:
    assert fate.worst_believed <= PUSHED * TOP_SPEED * corruption.CYCLE + JUMP_MARGIN


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_no_other_value_of_any_one_byte_is_believed(table: ServoTable) -> None:
    frame = feedback_frame(table)
    fate = fate_of(table, corruption.flips(frame))
    assert fate.corrupted == 255 * len(frame)
    assert fate.passed_checksum == 0


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_reply_without_its_end_yields_nothing_whatever_follows(table: ServoTable) -> None:
    for position in range(0, 1000, 7):
        frame, following = feedback_frame(table), feedback_frame(table, 6, position)
        fate = fate_of(table, corruption.truncations(frame, following))
        # Two bytes short, the header behind it gives the last byte of data and the checksum: 255 deg C, which is no
        # temperature.
        assert fate.possible == 0


def test_a_reply_without_its_end_would_deceive_a_parser_that_trusts_the_checksum() -> None:
    # The reason for `scan_reply`: were it not for it, one in 256 would pass.
    dialect, deceived = STS3215.dialect, 0
    for position in range(1024):
        stream = feedback_frame(STS3215, 5, position)[:-3] + feedback_frame(STS3215, 6, 17)
        parser = dialect.parser()
        deceived += any(f.servo_id == 5 for f in parser.feed(stream) + parser.finish())
    assert deceived == 1024 // 256


@pytest.mark.parametrize(
    ("table", "blind"), [(STS3215, 1 / 256), (AX12A, 1 / 256), (XL430, 0.0)], ids=["sts3215", "ax12a", "xl430"]
)
def test_the_blind_share_is_what_theory_says_and_the_gate_catches_it(table: ServoTable, blind: float) -> None:
    frame = feedback_frame(table)
    first = len(frame) - table.feedback_block[1] - (2 if table is XL430 else 1)  # behind header, id, length and error
    fate = fate_of(table, corruption.bursts(frame, first, np.random.default_rng(1), 30_000))
    expected = blind * fate.corrupted
    # Within five standard deviations of a binomial. CRC-16 sees all bursts of up to 16 bits and misses one in 65536
    # of the longer ones: 0.5 expected here.
    assert abs(fate.passed_checksum - expected) <= max(5.0 * math.sqrt(expected), 4.0)
    check_believed(fate)
    # What passes has a random position as a rule: few of them are a place that the joint can have reached.
    assert fate.believed <= 0.25 * max(fate.passed_checksum, 4)


def test_exchanged_bytes_pass_a_sum_but_not_the_gate() -> None:
    fate = fate_of(STS3215, corruption.swaps(feedback_frame(STS3215)))
    assert fate.passed_checksum > 20  # a sum cannot see them
    assert fate.possible < fate.passed_checksum
    check_believed(fate)
    assert fate_of(XL430, corruption.swaps(feedback_frame(XL430))).passed_checksum == 0  # a CRC can


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(TABLES),
    st.lists(st.tuples(st.integers(1, 252), st.integers(0, 255), st.binary(max_size=30)), min_size=1, max_size=4),
    st.data(),
)
def test_any_cut_of_a_stream_yields_the_same_frames(table: ServoTable, sent, data) -> None:
    dialect = table.dialect
    stream = b"".join(dialect.encode_reply(*one) for one in sent)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    parser = dialect.parser()
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        found += parser.feed(stream[start:end])
    told = [dialect.reply_of(frame) for frame in found]
    assert [(r.servo_id, r.error, r.data) for r in told if r is not None] == sent
    assert parser.nb_rubbish == parser.nb_corrupt == 0


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([STS3215, AX12A]), st.lists(st.binary(max_size=60), max_size=6))
def test_noise_never_raises_and_every_frame_found_in_it_was_there(table: ServoTable, chunks: list[bytes]) -> None:
    parser = table.dialect.parser()
    found = [frame for chunk in chunks for frame in parser.feed(b"\xff\xff" + chunk)] + parser.finish()
    noise = b"".join(b"\xff\xff" + chunk for chunk in chunks)
    for frame in found:
        assert ff_frames.encode(frame.servo_id, frame.code, frame.body) in noise


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=6))
def test_noise_behind_a_dynamixel_header_is_no_frame(chunks: list[bytes]) -> None:
    parser = XL430.dialect.parser()
    stream = b"".join(b"\xff\xff\xfd\x00" + chunk for chunk in chunks)
    assert parser.feed(stream) + parser.finish() == []  # a CRC of 16 bits: never in so few examples
    assert parser.nb_rubbish == len(stream)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(TABLES), st.binary(max_size=40), st.binary(max_size=40), st.integers(0, 4095))
def test_a_true_reply_between_rubbish_is_found(table: ServoTable, before: bytes, after: bytes, position: int) -> None:
    frame = feedback_frame(table, position=min(position, table.max_tick))
    before = before.replace(b"\xff", b"\xfe")  # a header in it may open a frame of its own, whose checksum agrees
    parser = table.dialect.reply_parser()
    found = parser.feed(before + frame + after) + parser.finish()
    assert table.dialect.parser().feed(frame)[0] in found
