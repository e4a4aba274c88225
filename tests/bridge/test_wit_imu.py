"""A serial IMU: rates and angles make a reading only where they belong together."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest

from firmware_bridge.errors import LinkError
from firmware_bridge.pty_line import PtyLine
from firmware_bridge.wit_imu import ANGLE, RATE, WitImu, WitPairs, WitParser, encode

ANGLES, SPIN, TURN = np.array([0.1, 0.2, 0.3]), np.array([3.0, 0.0, -0.5]), np.array([0.0, 1.0, 0.0])


def test_angles_without_rates_are_no_reading() -> None:
    pairs = WitPairs()
    assert pairs.take(ANGLE, ANGLES, 1.0) is None
    assert pairs.take(RATE, SPIN, 1.01) is None  # nor are rates alone
    reading = pairs.take(ANGLE, ANGLES, 1.01)
    assert reading is not None and reading.time == 1.01
    assert (reading.roll, reading.pitch, reading.yaw) == tuple(ANGLES)
    np.testing.assert_array_equal(reading.angular_velocity, SPIN)


@pytest.mark.parametrize(("period", "nb_lost", "is_read"), [(0.01, 1, True), (0.02, 1, True), (0.02, 2, False)])
def test_one_lost_rate_frame_is_got_over_and_a_gyro_that_ended_is_not(
    period: float, nb_lost: int, is_read: bool
) -> None:
    pairs = WitPairs()
    pairs.take(RATE, SPIN, 5.0)
    assert pairs.take(ANGLE, ANGLES, 5.001) is not None
    for k in range(1, nb_lost + 1):
        reading = pairs.take(ANGLE, ANGLES, 5.001 + k * period)
    assert (reading is not None) == is_read
    pairs.take(RATE, TURN, 9.0)
    again = pairs.take(ANGLE, ANGLES, 9.001)
    assert again is not None
    np.testing.assert_array_equal(again.angular_velocity, TURN)


def heard(imu: WitImu, what: Callable[[], bool]) -> None:
    end = time.monotonic() + 2.0
    while not what():
        assert time.monotonic() < end
        imu.latest()


def test_an_imu_whose_gyro_falls_silent_grows_old() -> None:
    line = PtyLine()
    imu = WitImu(line.name)
    line.write(encode(ANGLE, ANGLES))
    time.sleep(0.05)
    assert imu.latest() is None  # the plant does not arm with this
    line.write(encode(RATE, SPIN) + encode(ANGLE, ANGLES))
    heard(imu, lambda: imu.latest() is not None)
    first = imu.latest()
    time.sleep(0.05)
    line.write(encode(ANGLE, -ANGLES))
    time.sleep(0.05)
    assert imu.latest() is first  # with the age that it has
    line.write(encode(RATE, TURN) + encode(ANGLE, -ANGLES))
    heard(imu, lambda: imu.latest() is not first)
    line.close()
    with pytest.raises(LinkError):
        imu.latest()
    imu.close()


def test_a_corrupt_frame_is_skipped() -> None:
    parser = WitParser()
    frames = encode(RATE, SPIN) + encode(ANGLE, ANGLES)
    assert [kind for kind, _ in parser.feed(b"\x55" + frames[:5] + bytes([frames[5] ^ 4]) + frames[6:])] == [ANGLE]
    assert parser.nb_corrupt >= 1
