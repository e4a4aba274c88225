"""The text of RealAnt's board: lines as its firmware prints them, and what is made of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from realant_bench import MAP, POSE, ROBOT

from firmware_bridge import realant_text as text
from firmware_bridge.realant_clock import BoardClock
from firmware_bridge.realant_text import Heard, Hello, Measured, ReportParser, TorqueChanged, Unread
from hebb_controller.errors import BadInputError

#: As ant14_cmd_dxl_nano33iot.ino prints it: Serial.print of number and tab, a second tab before the free memory.
MEAS = (
    b"meas 81234\t512\t734\t511\t733\t513\t735\t512\t736\t512\t734\t512\t734\t512\t734\t512\t734\t0\t0\t0\t0\t"
    b"34\t35\t36\t37\t38\t39\t40\t41\t\t21543\r\n"
)
#: As ant11_cmd_dxl.ino prints it: no temperatures, no free memory.
OLD_MEAS = MEAS[: MEAS.index(b"34\t35")] + b"0\t" * 8 + b"\r\n"
BROKEN_MEAS = MEAS[: MEAS.index(b"34\t35")] + b"- Failed to get present temperature\r\n"
REST_OF_IT = MEAS[MEAS.index(b"34\t35") :]
POSITIONS = (512, 734, 511, 733, 513, 735, 512, 736)
MEASURED = Measured(81234, POSITIONS, tuple(POSE), (34, 35, 36, 37, 38, 39, 40, 41))
STREAM = (
    b"realant says hello - ant14_cmd_dxl 2022-07-09\r\n- Succeeded to open the Dynamixel port\n"
    + MEAS
    + b"- Failed to get present position 0x81\r\n"
    + b"- recv: s1 512 s2 734\n\r\n"
    + b"- Succeeded to change torque on\r\n- Failed to change torque off\r\n"
    + BROKEN_MEAS
    + REST_OF_IT
)
REPORTS = [
    Hello(20220709),
    MEASURED,
    Unread((1, 8)),
    Heard("s1 512 s2 734"),
    TorqueChanged(True, True),
    TorqueChanged(False, False),
    Measured(81234, POSITIONS, tuple(POSE), None),
]


def test_goals_are_the_line_of_the_makers_script() -> None:
    """ant_send_cmd.py: s1 512 s2 512 s3 512 s4 512 s5 512 s6 512 s7 512 s8 512, attach_servos, detach_servos."""
    assert text.goals_line(dict.fromkeys(range(1, 9), 512)) == (
        b"s1 512 s2 512 s3 512 s4 512 s5 512 s6 512 s7 512 s8 512\n"
    )
    assert (text.ATTACH, text.DETACH) == (b"attach_servos\n", b"detach_servos\n")


@pytest.mark.parametrize(
    ("goals", "words"),
    [({}, "at least one"), ({9: 512}, "servo 9"), ({0: 512}, "servo 0"), ({1: 1024}, "1024"), ({1: -1}, "-1")],
)
def test_goals_that_cannot_be_are_refused(goals: dict[int, int], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        text.goals_line(goals)


def test_reports_whole_and_byte_by_byte() -> None:
    assert ReportParser().feed(STREAM) == REPORTS
    parser = ReportParser()
    assert [report for k in range(len(STREAM)) for report in parser.feed(STREAM[k : k + 1])] == REPORTS
    assert parser.nb_rejected == 0


def test_reports_between_rubbish() -> None:
    parser = ReportParser()
    assert parser.feed(b"\x80\x00\xff\n" + STREAM + b"\xffmeas 1") == REPORTS
    assert parser.nb_rejected == 1


def test_the_older_firmware() -> None:
    assert ReportParser().feed(OLD_MEAS) == [Measured(81234, POSITIONS, tuple(POSE), (0,) * 8)]


@pytest.mark.parametrize(
    "spoilt",
    [
        MEAS.replace(b"\t734", b"", 1),  # a number is missing
        MEAS.replace(b"\t734", b"\t734\t734", 1),  # one too many
        MEAS.replace(b"512\t734", b"512734", 1),  # a tab is missing
        MEAS.replace(b"\t512", b"\t1024", 1),  # more than the servo can tell
        MEAS.replace(b"\t512", b"\t0512", 1),  # nobody writes that
        MEAS.replace(b"\t512", b"\t-512", 1),
        MEAS.replace(b"\t512", b"\t5 12", 1),
        MEAS.replace(b"\t0\t0\t", b"\t0\t2\t", 1),  # a foot is there or not
        MEAS.replace(b"\t34\t", b"\t334\t", 1),  # no servo is as hot
        MEAS.replace(b"meas 81234", b"meas 8123x4"),
        MEAS.replace(b"meas ", b"mess "),
        MEAS[:60] + b"\r\n",
        MEAS[60:],
    ],
)
def test_a_line_that_is_not_whole_has_no_value(spoilt: bytes) -> None:
    parser = ReportParser()
    assert parser.feed(spoilt) == []
    assert parser.nb_rejected == 1


@given(st.integers(0, len(MEAS) - 3), st.integers(0, 7))
def test_a_flipped_bit_passes_only_as_another_digit(at: int, bit: int) -> None:
    """No checksum: what passes differs in one number, by one digit; nothing ever changes places."""
    spoilt = MEAS[:at] + bytes([MEAS[at] ^ 1 << bit]) + MEAS[at + 1 :]
    for report in ReportParser().feed(spoilt):
        assert isinstance(report, Measured) and report.temperatures is not None
        found = (report.board_ms, *report.positions, *report.goals, *report.temperatures)
        assert MEASURED.temperatures is not None
        truth = (MEASURED.board_ms, *MEASURED.positions, *MEASURED.goals, *MEASURED.temperatures)
        assert sum(a != b for a, b in zip(found, truth, strict=True)) <= 1


@given(st.binary(max_size=300), st.integers(0, len(STREAM)), st.integers(1, 50))
def test_any_rubbish_in_any_pieces(rubbish: bytes, at: int, piece: int) -> None:
    parser = ReportParser()
    data = STREAM[:at] + rubbish + b"\n" + STREAM
    found = [report for k in range(0, len(data), piece) for report in parser.feed(data[k : k + piece])]
    assert found[-len(REPORTS) :] == REPORTS


def test_counts_are_degrees_of_the_ax12() -> None:
    """rad -> count -> rad within half a count of 300/1023 degrees."""
    for share in np.linspace(0.0, 1.0, 200):
        angles = ROBOT.lower + share * (ROBOT.upper - ROBOT.lower)
        back = MAP.to_angles(MAP.to_ticks(angles))
        assert np.abs(back - angles).max() <= 0.5 * np.radians(300.0 / 1023.0) + 1e-12


def test_a_late_line_is_as_old_as_it_is() -> None:
    """Lines of a board that is 5000 s old come 3 ms after they were measured, one of them 15 ms later than that."""
    clock = BoardClock()
    start = 77.0
    for k in range(200):
        made = start + 0.021 * k
        late = 0.015 if k == 150 else 0.0
        told = clock.time_of(5_000_000 + 21 * k, made + 0.003 + late)
        assert told == pytest.approx(made + 0.003, abs=0.001)


def test_a_line_from_before_the_last_is_never_new() -> None:
    clock = BoardClock()
    assert clock.time_of(1000, 1.0) is not None
    assert clock.time_of(1021, 1.021) is not None
    assert clock.time_of(1000, 1.04) is None
    assert clock.time_of(1021, 1.042) is None
    assert clock.time_of(1063, 1.063) is not None


def test_a_changed_digit_of_the_clock_does_not_move_it() -> None:
    clock = BoardClock()
    for k in range(10):
        clock.time_of(81_000 + 20 * k, 5.0 + 0.02 * k)
    assert clock.time_of(91_200, 5.2) is None
    assert clock.time_of(81_220, 5.22) == pytest.approx(5.22, abs=1e-3)
    assert clock.nb_restarts == 0


def test_a_clock_that_began_anew_is_believed_after_three_lines() -> None:
    clock = BoardClock()
    for k in range(10):
        clock.time_of(81_000 + 20 * k, 5.0 + 0.02 * k)
    assert [clock.time_of(100 + 20 * k, 6.0 + 0.02 * k) is None for k in range(4)] == [True, True, False, False]
    assert clock.nb_restarts == 1


def test_clocks_that_drift_apart_stay_tied() -> None:
    """150 ppm over ten minutes are 90 ms."""
    clock = BoardClock()
    for k in range(30_000):
        host = 0.02 * k
        told = clock.time_of(round(1000.0 * host * (1.0 - 1.5e-4)) + 1, host)
    assert told == pytest.approx(host, abs=0.003)
