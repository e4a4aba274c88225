"""The emulated OpenCat board does what the firmware does, the harm included.

Expected behaviour is that of OpenCatEsp32 5022fb0 (src/moduleManager.h, reaction.h, motion.h) and OpenCat 3ba34bb; the
bytes are written out here, not made by our codec.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from opencat_bench import REST, STAND, Bench

from firmware_bridge.opencat_frames import WALKING_IDS

STAND_FRAME = b"L" + bytes(8) + bytes([30] * 8) + b"~"


@pytest.fixture
def bench() -> Iterator[Bench]:
    found = Bench()
    yield found
    found.close()


@pytest.fixture
def nyboard() -> Iterator[Bench]:
    found = Bench(nyboard=True)
    yield found
    found.close()


def test_a_pose_is_approached_in_steps_and_answered_when_reached(bench: Bench) -> None:
    """85 degrees at 2 per 8 ms and one step more: 43 x 8 ms; the token comes after that."""
    assert bench.say(STAND_FRAME, 0.30) == b""
    assert 30 < bench.legs()[0] < 75
    assert bench.wait(0.06) == b"L\r\n"
    assert bench.legs() == STAND
    bench.wait(0.2)  # the servos follow at their own pace
    np.testing.assert_allclose(np.degrees(bench.board.body.position), STAND, atol=1.0)


def test_the_imu_is_told_with_every_step_of_a_pose(bench: Bench) -> None:
    """Whoever waits for the token of a long way is not blind meanwhile."""
    bench.say(b"gP\n", 0.05)
    said = bench.say(STAND_FRAME, 0.30)
    assert 36 <= said.count(b"ICM:") <= 40  # one per 8 ms


def test_halves_of_a_step_are_rounded_up(bench: Bench) -> None:
    """Three degrees are two steps: C rounds 1.5, and 2.5, away from zero."""
    bench.say(STAND_FRAME)
    for angle, nb_steps in ((33, 2), (38, 3), (39, 1)):
        assert bench.say(b"I\x08" + bytes([angle]) + b"~", 0.001 + 0.008 * (nb_steps + 1)) == b""
        assert bench.wait(0.006) == b"I\r\n"


def test_indexed_pose_leaves_other_joints_alone(bench: Bench) -> None:
    assert bench.say(b"I\x08\x14\x0c\xec~") == b"I\r\n"
    assert bench.legs() == [20, -20, *REST[2:]]


def test_text_pose(bench: Bench) -> None:
    assert bench.say(b"i8 -15 9 -20\n") == b"i\r\n"
    assert bench.legs() == [-15, -55, -20, -55, 75, -55, 75, -55]


def test_the_sequential_pose_moves_one_joint_after_the_other(bench: Bench) -> None:
    bench.say(b"m8 15 9 15\n", 0.2)
    assert bench.legs()[0] < 75 and bench.legs()[2] == 75
    bench.wait(0.5)
    assert bench.legs()[2] == 15


def test_without_a_terminator_it_is_executed_after_10_ms_of_silence(bench: Bench) -> None:
    """Eight bytes of a frame for all joints: legs beyond get what an older frame left in the memory, and zeros."""
    bench.say(STAND_FRAME)
    assert bench.say(b"L" + bytes(8) + bytes([10, 10]), 0.012) == b""
    assert bench.firmware.joints.angles[8:] == [30] * 8  # not yet: it still listens
    said = bench.wait(1.0)
    assert said == b"L\r\n"
    after = bench.firmware.joints.angles[8:]
    assert after[:2] == [10, 10]
    assert after[2] == 126  # the firmware ends the memory with ~
    assert after[4:] == [30] * 4


def test_a_lost_byte_shifts_every_later_joint_and_nobody_says_so(bench: Bench) -> None:
    angles = bytes([20, 21, 22, 23, 24, 25, 26, 27])
    frame = b"L" + bytes(8) + angles[:2] + angles[3:] + b"~"
    assert bench.say(frame) == b"L\r\n"
    assert bench.firmware.joints.angles[8:] == [20, 21, 23, 24, 25, 26, 27, 126]


def test_of_two_frames_that_arrive_while_it_is_busy_the_first_wins(bench: Bench) -> None:
    bench.say(STAND_FRAME, 0.05)
    said = bench.say(b"I\x08\x0a~I\x08\x14~", 1.0)
    assert said == b"L\r\nI\r\n"
    assert bench.legs()[0] in (10, 20)
    bench.say(STAND_FRAME, 0.05)
    bench.say(b"i8 11\ni8 22\n", 1.0)
    assert bench.legs()[0] == 11


def test_endless_arguments_overflow_and_it_stands_up(bench: Bench) -> None:
    said = bench.say(b"L" + b"\x14" * 200, 0.005)
    for _ in range(30):
        said += bench.say(b"\x14" * 100, 0.005)
    said += bench.wait(1.5)
    assert b"OVFL\r\nk\r\n" in said
    assert bench.legs()[0] == 30


def test_rest_switches_off_and_the_next_token_brings_balancing_back(bench: Bench) -> None:
    bench.say(b"gb\n")
    assert not bench.firmware.balances
    assert bench.say(b"kup\n") == b"k\r\n"
    assert any(bench.firmware.joints.driven)
    assert bench.say(b"d\n") == b"g\r\nd\r\n"
    assert bench.legs() == REST
    assert not any(bench.firmware.joints.driven)
    assert bench.say(b"j\n").startswith(b"G\r\n=\r\n0\t1\t2\t")
    assert bench.firmware.balances


def test_joints_of_two_digits_cannot_be_switched_off(bench: Bench) -> None:
    bench.say(STAND_FRAME)
    bench.say(b"d8\n")
    bench.say(b"d12\n")
    assert not bench.firmware.joints.driven[8]
    assert bench.firmware.joints.driven[12]


def test_questions(bench: Bench) -> None:
    assert bench.say(b"?\n") == b"Bittle X\r\nB10_250712\r\n?\r\n"
    assert bench.say(b"P~") == b"Voltage: 7.80 V\r\nP\r\n"
    table = bench.say(b"j\n").split(b"\r\n")
    assert table[2] == b"".join(b"%d,\t" % a for a in [0] * 8 + [75] * 4 + [-55] * 4)
    assert bench.say(b"gp\n").splitlines()[0].startswith(b"ICM: -0.00  0.00  9.81")
    assert bench.say(b"w\n").startswith(b"Undefined token!\r\n")


def test_toggles_tell_what_they_became(bench: Bench) -> None:
    assert (bench.say(b"z\n"), bench.say(b"z\n")) == (b"Z\r\n", b"z\r\n")
    assert (bench.say(b"g\n"), bench.say(b"g\n")) == (b"g\r\n", b"G\r\n")
    assert not bench.firmware.random_mind


def test_limits_of_the_firmware(bench: Bench) -> None:
    bench.say(b"i8 120 12 -100 10 190\n", 3.0)
    joints = bench.firmware.joints.angles
    assert (joints[8], joints[12], joints[10]) == (80, -80, 190)


def test_a_flat_battery_ends_it(bench: Bench) -> None:
    bench.say(STAND_FRAME)
    bench.firmware.voltage = 6.9
    assert b"Low power: 6.90V. The robot won't move.\r\n" in bench.wait(0.1)
    bench.say(STAND_FRAME)
    assert not any(bench.firmware.joints.driven)


def test_while_balancing_it_rights_itself_unasked(bench: Bench) -> None:
    bench.say(b"gb\n")
    bench.firmware._attitude = lambda: (3.0, 0.0, 0.0, np.zeros(3))
    assert bench.wait(0.5) == b""
    assert bench.say(b"gB\n", 1.0).startswith(b"g\r\nEXCEPTION: Fall over\r\n")
    assert bench.legs() == STAND


def test_nothing_is_heard_at_another_rate() -> None:
    bench = Bench(baud=57_600)
    assert bench.say(b"?\n") == b""
    bench.say(STAND_FRAME)
    assert bench.legs() == REST
    bench.close()


def test_a_nyboard_is_quicker_with_half_frames_and_knows_other_tokens(nyboard: Bench) -> None:
    assert nyboard.say(b"?\n") == b"Bittle\r\nN_250224\r\n?\r\n"
    assert nyboard.say(b"I\x08", 0.008) == b""
    nyboard.say(b"\x14~", 0.5)  # after 5 ms of silence it is another command
    assert nyboard.firmware.joints.angles[8] == 126 - 46  # the terminator as an angle, held at the joint's limit
    assert (nyboard.say(b"G~"), nyboard.say(b"G~")) == (b"g\r\n", b"G\r\n")


def test_it_starts_anew(bench: Bench) -> None:
    bench.say(b"gb\n")
    bench.say(STAND_FRAME)
    bench.firmware.reboot(bench.now)
    said = bench.wait(1.0)
    assert b"* Start *\r\nBittle X\r\n" in said and said.endswith(b"Ready!\r\n")
    assert bench.firmware.balances and not any(bench.firmware.joints.driven)
    assert [bench.firmware.joints.angles[i] for i in WALKING_IDS] == REST
