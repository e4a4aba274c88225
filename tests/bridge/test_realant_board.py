"""The emulated RealAnt board does what its firmware does: github.com/OteRobotics/realant, ant14 and ant11."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from realant_bench import POSE, Bench


@pytest.fixture
def bench() -> Iterator[Bench]:
    found = Bench()
    yield found
    found.close()


def numbers(line: str) -> list[int]:
    return [int(word) for word in line.removeprefix("meas ").replace("\t\t", "\t").split("\t") if word]


def test_it_measures_unasked_every_21_ms(bench: Bench) -> None:
    """`millis() - last > 20`; numbers: clock, 8 positions, 8 goals (512 at first), 4 feet, 8 temperatures, memory."""
    lines = [line for line in bench.wait(1.0) if line]
    assert len(lines) in (46, 47)
    values = numbers(lines[20])
    assert len(values) == 30
    assert values[1:9] == POSE and values[9:17] == [512] * 8 and values[17:21] == [0] * 4
    assert values[21:29] == [34] * 8
    assert np.diff([numbers(line)[0] for line in lines]).tolist() == [21] * (len(lines) - 1)
    assert lines[20].endswith("\t34\t\t21543")


def test_the_older_firmware_tells_no_temperatures() -> None:
    bench = Bench(old=True)
    lines = [line for line in bench.wait(0.3) if line]
    assert lines[3].endswith("\t0" * 12 + "\t")
    bench.close()


def test_it_repeats_what_it_hears_and_does_it(bench: Bench) -> None:
    assert bench.say(b"attach_servos\n") == ["- recv: attach_servos\n"] + ["- Succeeded to change torque on"] * 8
    assert bench.say(b"s1 600 s2 700\n", 0.5) == ["- recv: s1 600 s2 700\n"]
    assert bench.board.setpoints == [600, 700] + [512] * 6
    ticks = 512 + np.degrees(bench.board.body.position[:2]) * 1023 / 300
    np.testing.assert_allclose(ticks, [600, 700], atol=1.0)
    assert bench.say(b"detach_servos\n")[1:] == ["- Succeeded to change torque off"] * 8
    bench.say(b"s1 400\n", 0.5)
    assert numbers([line for line in bench.wait(0.1) if line][-1])[1] == 600


def test_of_lines_that_arrive_together_the_first_counts(bench: Bench) -> None:
    bench.say(b"s1 600 s2 700\ns1 500 s2 500\n")
    assert bench.board.setpoints[:2] == [600, 700]
    bench.say(b"s1 400 s2 500\ndetach_servos\n")
    assert bench.board.setpoints[:1] == [400]
    bench.say(b"attach_servos\n")
    bench.say(b"s3 510\ndetach_servos\n")
    assert all(bench.board.torque)


def test_a_spoilt_number_is_what_is_left_of_it(bench: Bench) -> None:
    """Arduino's toInt: digits up to the first other character, or 0. The servo refuses what it cannot reach."""
    bench.say(b"s1 5x2 s2 x12 s3 5120 s9 100\n")
    assert bench.board.setpoints == [5, 0, 5120] + [512] * 5
    assert bench.board.goals[:3] == [5, 0, 512]


def test_a_servo_that_does_not_answer_tells_its_goal_and_then_that_it_does_not(bench: Bench) -> None:
    bench.board.faults.missing = {3}
    lines = [line for line in bench.wait(0.4) if line]
    at = next(k for k, line in enumerate(lines) if line.endswith("- Failed to get present temperature"))
    assert lines[at].startswith("meas ") and not lines[at + 1].startswith("meas")
    assert "- Failed to get present position 0x4" in lines
    assert numbers(lines[0])[3] == 512
    answers = [line.split()[1] for line in bench.say(b"attach_servos\n") if "torque" in line]
    assert answers == ["Succeeded", "Succeeded", "Failed", *["Succeeded"] * 5]


def test_poses_of_its_own(bench: Bench) -> None:
    bench.say(b"standup\n")
    assert bench.board.setpoints == [512, 224] * 4
    bench.say(b"reset\n")
    assert bench.board.setpoints == [512] * 8


def test_started_anew_it_says_hello_and_counts_from_zero(bench: Bench) -> None:
    bench.say(b"attach_servos\n")
    bench.board.reboot()
    said = bench.wait(1.2)
    assert "realant says hello - ant14_cmd_dxl 2022-07-09" in said
    assert numbers([line for line in said if line.startswith("meas")][-1])[0] < 1300
    assert all(bench.board.torque)  # the servos were not asked


def test_nothing_is_heard_at_another_rate() -> None:
    bench = Bench(baud=57_600)
    assert bench.say(b"attach_servos\n") == []
    assert not any(bench.board.torque)
    bench.close()
