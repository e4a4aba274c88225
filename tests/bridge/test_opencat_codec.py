"""What is said to an OpenCat board and what it says: bytes of the maker's documents, and of a real board."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencat_bench import ROBOT, bittle_map

from firmware_bridge import opencat_frames as frames
from firmware_bridge.opencat_attitude import AttitudeTrack, body_rates
from firmware_bridge.opencat_replies import (
    Attitude,
    CommandedAngles,
    Echo,
    Remark,
    ReplyParser,
    Voltage,
    firmware_of,
)
from hebb_controller.errors import BadInputError

#: A real Bittle X answering `?`, `gp` and `j`: github.com/mike-grayhat/bittlejuice, measurements/before_flash and
#: reference, probe_transcript.txt.
QUERY_REPLY = b"Bittle X\r\nB10_260717\r\n?\r\n"
IMU_LINE = b"ICM:  0.01 -0.12 10.06 1791.8   -0.3   -0.9\r\n"
TABLE = (
    b"=\r\n0\t1\t2\t3\t4\t5\t6\t7\t8\t9\t10\t11\t12\t13\t14\t15\t\r\n"
    b"-30,\t-80,\t-45,\t0,\t0,\t0,\t0,\t0,\t75,\t75,\t75,\t75,\t-55,\t-55,\t-55,\t-55,\t\r\nj\r\n"
)
POSE = (-30, -80, -45, 0, 0, 0, 0, 0, 75, 75, 75, 75, -55, -55, -55, -55)
ATTITUDE = Attitude(math.radians(-0.9), math.radians(-0.3), math.radians(1791.8))
WORDS = b"Low power: 6.91V. The robot won't move.\r\nVoltage: 7.85 V\r\nP\r\n"
STREAM = QUERY_REPLY + IMU_LINE + TABLE + WORDS
REPLIES = [
    Remark("Bittle X"),
    Remark("B10_260717"),
    Echo("?"),
    ATTITUDE,
    CommandedAngles(POSE),
    Echo("j"),
    Remark("Low power: 6.91V. The robot won't move."),
    Voltage(7.85),
    Echo("P"),
]


def test_indexed_frame_of_the_manual() -> None:
    """docs.petoi.com, Python API: ['I', [8, 50, 9, 50, 10, 50, 11, 50, 0, 0], 3], packed as signed bytes and ended by ~
    (OpenCat, serialMaster/ardSerial.py, serialWriteNumToByte)."""
    sent = frames.indexed({8: 50, 9: 50, 10: 50, 11: 50, 0: 0})
    assert sent == bytes.fromhex("49 08 32 09 32 0a 32 0b 32 00 00 7e")


def test_listed_frame_of_the_manual() -> None:
    """The same page: 20,0,0,0,0,0,0,0,45,45,45,45,36,36,36,36 for joints 0 to 15."""
    sent = frames.listed([20] + [0] * 7 + [45] * 4 + [36] * 4)
    assert sent == bytes.fromhex("4c 14 00000000000000 2d2d2d2d 24242424 7e")


def test_lines_of_the_manual() -> None:
    """The same page: ['i', [8, -15, 9, -20], 2]; Serial protocol page: "m0 -30", "d", "kbalance"."""
    assert frames.indexed_text({8: -15, 9: -20}) == b"i8 -15 9 -20\n"
    assert frames.sequential_text({0: -30}) == b"m0 -30\n"
    assert (frames.REST, frames.skill("balance")) == (b"d\n", b"kbalance\n")


def test_negative_angles_are_signed_bytes_and_never_the_terminator() -> None:
    assert frames.indexed({12: -125, 13: -1}) == b"I\x0c\x83\x0d\xff~"
    for angle in range(-125, 126):
        assert frames.TERMINATOR not in frames.indexed({9: angle})[:-1]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: frames.indexed({8: 126}), "joint 8: 126 degrees"),
        (lambda: frames.indexed({8: -126}), "joint 8: -126 degrees"),
        (lambda: frames.indexed({16: 0}), "joint 16"),
        (lambda: frames.indexed({}), "at least one joint"),
        (lambda: frames.listed([0] * 15), "16 angles, not 15"),
        (lambda: frames.indexed_text({8: 201}), "201 degrees"),
        (lambda: frames.skill("sit\nd"), "skill"),
    ],
)
def test_what_cannot_be_said_is_refused(call, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        call()


def test_replies_whole() -> None:
    assert ReplyParser().feed(STREAM) == REPLIES


def test_replies_byte_by_byte() -> None:
    parser = ReplyParser()
    assert [reply for k in range(len(STREAM)) for reply in parser.feed(STREAM[k : k + 1])] == REPLIES
    assert parser.nb_rubbish == 0


def test_replies_between_rubbish() -> None:
    parser = ReplyParser()
    found = parser.feed(b"\x00\xff\x7e\x80\r\n" + STREAM + b"\xfe\x00junk")
    assert found == REPLIES
    assert parser.nb_rubbish == 1


@pytest.mark.parametrize(
    ("line", "angles"),
    [
        (b"ICM:-12.34-12.34100.00  159.0  -10.1  -12.5", (-12.5, -10.1, 159.0)),  # %6.2f run together
        (b"ICM:   0.1  -0.1   9.8   12.0   -3.5    4.0\t", (4.0, -3.5, 12.0)),  # as of 250712: %6.1f and a tab
        (b"MCU    1.0   -2.0    3.0", (3.0, -2.0, 1.0)),  # without acceleration there is no colon
    ],
)
def test_imu_lines_of_all_builds(line: bytes, angles: tuple[float, float, float]) -> None:
    """OpenCatEsp32, src/imu.h, print6Axis."""
    roll, pitch, yaw = map(math.radians, angles)
    assert ReplyParser().feed(line + b"\r\n") == [Attitude(roll, pitch, yaw)]


@pytest.mark.parametrize(
    "line",
    [
        b"ICM:  0.01 -0.12 10.06 1791.8   -0.3",  # a number is missing
        b"ICM:  0.01 -0.12 10.06 1791.8   -0.3   -0",
        b"ICM:  0.01 -0.12 10.06 1791.8   -0.3   -x.9",
        b"ICM:  0.01 -0.12 10.06 1791.8   -0.3  280.9",  # no roll
        b"75,\t75,\t75,\t",  # a table that lost its beginning
        TABLE.splitlines()[2].replace(b",", b"", 1),
    ],
)
def test_broken_lines_have_no_value(line: bytes) -> None:
    parser = ReplyParser()
    assert parser.feed(line + b"\r\n") == []
    assert parser.nb_rubbish == 1


@given(st.binary(max_size=200), st.integers(0, len(STREAM)), st.integers(1, 40))
def test_any_rubbish_in_any_pieces(rubbish: bytes, at: int, piece: int) -> None:
    """It never raises, and what comes after the next line's end is read as ever."""
    parser = ReplyParser()
    data = STREAM[:at] + rubbish + b"\n" + STREAM
    found = [reply for k in range(0, len(data), piece) for reply in parser.feed(data[k : k + piece])]
    assert found[-len(REPLIES) :] == REPLIES


@given(st.integers(0, len(TABLE) - 1), st.integers(0, 255))
def test_a_changed_byte_changes_one_angle_at_most(at: int, byte: int) -> None:
    """There is no checksum: a digit may pass as another, but angles never change places."""
    data = TABLE[:at] + bytes([byte]) + TABLE[at + 1 :]
    for reply in ReplyParser().feed(data):
        if isinstance(reply, CommandedAngles):
            assert sum(a != b for a, b in zip(reply.angles, POSE, strict=True)) <= 1


def test_versions() -> None:
    assert firmware_of("B10_260717") == ("B", 260717)
    assert firmware_of("N_250224") == ("N", 250224)
    assert firmware_of("Software version: B10") is None


def test_a_degree_is_the_resolution() -> None:
    """rad -> count -> rad within half a count, over what all joints may do."""
    wired = bittle_map()
    for share in np.linspace(0.0, 1.0, 400):
        angles = ROBOT.lower + share * (ROBOT.upper - ROBOT.lower)
        back = wired.to_angles(wired.to_ticks(angles))
        assert np.abs(back - angles).max() <= math.radians(0.5) + 1e-12
    wired.check(ROBOT, frames.SCALE)


def test_rates_are_those_of_a_turning_body() -> None:
    """A body that turns about its own axes at a known rate, seen every 4 ms in steps of 0.1 degrees."""
    track = AttitudeTrack()
    rate = np.array([0.5, -0.8, 0.3])
    angles, step = np.array([0.2, 0.3, -3.1]), 1e-4
    for k in range(2001):
        roll, pitch, _ = angles
        if k % 40 == 0:
            tenths = [math.radians(round(math.degrees(a), 1)) for a in angles]
            track.take(Attitude(*tenths), k * step)
        p, q, r = rate
        turn = q * math.sin(roll) + r * math.cos(roll)
        angles = angles + step * np.array(
            [p + turn * math.tan(pitch), q * math.cos(roll) - r * math.sin(roll), turn / math.cos(pitch)]
        )
    assert track.reading is not None
    # A tenth of a degree over the 16 ms of a difference, and the turn of the axes meanwhile.
    np.testing.assert_allclose(track.reading.angular_velocity, rate, atol=math.radians(0.1) / 0.015 + 0.02)
    assert track.nb_implausible == 0
    assert -math.pi <= track.reading.yaw <= math.pi


def test_small_turns_are_plain_rates() -> None:
    rates = body_rates(Attitude(0.0, 0.0, math.pi - 0.01), Attitude(0.0, 0.0, math.pi + 0.01), 0.02)
    np.testing.assert_allclose(rates, [0.0, 0.0, 1.0])


def test_a_changed_digit_of_tens_is_not_believed_but_a_new_truth_is() -> None:
    track = AttitudeTrack()
    level, odd = Attitude(0.0, 0.0, 0.0), Attitude(math.radians(40.0), 0.0, 0.0)
    track.take(level, 0.0)
    track.take(odd, 0.004)
    track.take(level, 0.008)
    assert track.nb_implausible == 1 and track.reading is not None and track.reading.roll == 0.0
    for k in range(3, 8):
        track.take(odd, 0.004 * k)
    assert track.reading.roll == pytest.approx(math.radians(40.0))
