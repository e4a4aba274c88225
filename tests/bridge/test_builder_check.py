"""`hebb check`: what is wrong is found, named and counted; nothing moves and no torque comes on."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable

import numpy as np
import pytest
from board_thread import bench_board, running
from builder_bench import CalmImu, Together
from builder_cli import BUSY, failed_rows, hebb
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import preflight_servos
from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_line import Handshake, ImuReading
from firmware_bridge.check_result import CheckResult, Verdict, passed, results_table
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_imu import EmulatedImu
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.line_sampling import LineSample
from firmware_bridge.preflight import preflight
from firmware_bridge.preflight_imu import imu_results, level, sign, still
from firmware_bridge.serial_plant import SerialConfig
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_tables import STS3215
from firmware_bridge.wit_imu import WitImu
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from hebb_controller.signals import Vector

ROBOT = load_robot("sts12")
#: At a lower rate than the robot's a busy computer cannot make the line look slow.
CALM = dataclasses.replace(ROBOT, control_rate=20.0)
MAP = nominal_map(ROBOT, STS3215.scale)


class Desk(SlewJoints):
    """Servos on a bench, and an IMU that is mounted and turned as told."""

    def __init__(self, start: Vector | None = None) -> None:
        super().__init__(ROBOT, start=start)
        self.roll, self.pitch, self.spin = 0.0, 0.0, np.zeros(3)
        self.turning: Callable[[], None] = lambda: None

    def attitude(self) -> tuple[float, float, float, Vector]:
        self.turning()
        return self.roll, self.pitch, 0.0, self.spin


class Bench(Together):
    """A board and an IMU on one body."""

    def __init__(self, faults: BoardFaults | None = None, start: Vector | None = None, imu_talks: bool = True) -> None:
        self.body = Desk(start)
        self.board = EmulatedBoard(STS3215, MAP, self.body, faults)
        self.imu = EmulatedImu(self.body)
        super().__init__(self.board, *([self.imu] if imu_talks else []))

    @property
    def config(self) -> SerialConfig:
        return SerialConfig(self.board.line.name, "sts", self.imu.line.name, MAP)

    def check(self, supply: float | None = 12.0) -> dict[str, CheckResult]:
        book = load_rulebook("sts12")
        book = dataclasses.replace(book, robot_hash=CALM.contract_hash, control_rate=CALM.control_rate)
        results = preflight(CALM, self.config, book, supply, None, 0.4)
        return {result.name: result for result in results}


def failures(results: dict[str, CheckResult]) -> set[str]:
    """Return what failed, but for what a busy computer may spoil."""
    return {name for name, result in results.items() if result.verdict is Verdict.FAIL} - BUSY


def test_a_good_robot_passes_and_nothing_moves() -> None:
    with running(Bench()) as bench:  # type: ignore[arg-type,var-annotated]
        results = bench.check()
        assert failures(results) == set(), results_table(list(results.values()))
        assert {name for name, result in results.items() if result.verdict is Verdict.WARN} <= {"imu sign", *BUSY}
        servos = bench.board.servos.values()
        assert [servo.get("torque") for servo in servos] == [0] * 12
        assert {servo.goals_seen for servo in servos} == {None}
        np.testing.assert_array_equal(bench.body.position, ROBOT.neutral)
    names = list(results)
    assert names.index("servos") < names.index("loop") < names.index("imu level")


@pytest.mark.parametrize(
    ("faults", "check", "found"),
    [
        (BoardFaults(missing={5}), "servos", "no answer from servo 5"),
        (BoardFaults(doubled={5}), "servos", "servo 5"),
        (BoardFaults(alarms={7: 32}), "alarms", "servo 7: overload"),
        (BoardFaults(missing=set(range(13))), "servos", "no servo answers at 1000000 baud"),
    ],
)
def test_servo_faults_fail_by_name(faults: BoardFaults, check: str, found: str) -> None:
    with running(Bench(faults)) as bench:  # type: ignore[arg-type,var-annotated]
        results = bench.check()
    assert failures(results) == {check}
    assert found in results[check].found
    assert results[check].advice


def test_a_wrong_rate_fails() -> None:
    board = EmulatedBoard(STS3215, MAP, SlewJoints(ROBOT), baud=500_000)
    with running(board):
        results = preflight(CALM, SerialConfig(board.line.name, "sts", "level", MAP), duration=0.2)
    (bad,) = [result for result in results if result.verdict is Verdict.FAIL]
    assert bad.name == "servos" and "the rate right?" in bad.found


@pytest.mark.parametrize(
    ("voltage", "supply", "verdict"),
    [
        (12.0, 12.0, Verdict.OK),
        (10.8, 12.0, Verdict.WARN),
        (9.9, 12.0, Verdict.FAIL),
        (8.0, 12.0, Verdict.FAIL),
        (8.0, None, Verdict.OK),  # two full cells, as far as anyone can tell
        (6.2, None, Verdict.FAIL),
        (9.2, None, Verdict.FAIL),  # neither two full cells nor three that are not empty
        (12.0, 7.4, Verdict.FAIL),
    ],
)
def test_the_supply_is_held_against_the_battery(voltage: float, supply: float | None, verdict: Verdict) -> None:
    seen = LineSample(True, voltages=[voltage + 0.3, voltage])
    assert preflight_servos.supply(seen, supply).verdict is verdict


def test_a_sagging_supply_and_a_hot_servo_are_seen_on_the_line() -> None:
    with running(Bench()) as bench:  # type: ignore[arg-type,var-annotated]
        bench.board.servos[4].set("voltage", 98)
        bench.board.servos[9].set("temperature", 66)
        results = bench.check()
    assert failures(results) == {"supply", "temperature"}
    assert "9.8 V" in results["supply"].found and "66 deg C" in results["temperature"].found


def test_a_pose_outside_limits_fails_and_a_far_one_warns() -> None:
    start = ROBOT.neutral.copy()
    start[2] = 0.3
    with running(Bench(start=start)) as bench:  # type: ignore[arg-type,var-annotated]
        results = bench.check()
        assert failures(results) == {"pose"}
        assert "front_left_knee at 17 deg (-135 to 0)" in results["pose"].found
    start[2] = 0.0
    with running(Bench(start=start)) as bench:  # type: ignore[arg-type,var-annotated]
        assert bench.check()["pose"].verdict is Verdict.WARN


def test_a_robot_that_is_driven_already_fails_and_keeps_its_torque() -> None:
    with running(Bench()) as bench:  # type: ignore[arg-type,var-annotated]
        for servo in bench.board.servos.values():
            servo.set("torque", 1)
        results = bench.check()
        assert failures(results) == {"torque"}
        assert [servo.get("torque") for servo in bench.board.servos.values()] == [1] * 12  # it would fall


def test_an_imu_upside_down_or_silent_fails() -> None:
    with running(Bench()) as bench:  # type: ignore[arg-type,var-annotated]
        bench.body.roll = math.pi - 0.02
        results = bench.check()
        assert failures(results) == {"imu level"}
        assert "upside down" in results["imu level"].found
    with running(Bench(imu_talks=False)) as bench:  # type: ignore[arg-type,var-annotated]
        results = bench.check()
        assert failures(results) == {"imu"}
        assert results["imu"].found == "says nothing"


def at(roll: float, pitch: float, spin: float = 0.0) -> ImuReading:
    return ImuReading(0.0, roll, pitch, 0.0, np.array([0.0, 0.0, spin]))


def test_leaning_and_turning_are_graded() -> None:
    assert level([at(0.02, -0.03)]).verdict is Verdict.OK
    assert level([at(0.0, 0.2)]).verdict is Verdict.WARN
    assert level([at(0.0, -0.5)]).verdict is Verdict.FAIL
    assert level([at(math.pi, 0.0)]).verdict is level([at(-math.pi, 0.0)]).verdict is Verdict.FAIL
    assert still([at(0.0, 0.0, 0.01)]).verdict is Verdict.OK
    assert still([at(0.0, 0.0, -0.2)]).verdict is Verdict.FAIL
    assert still([at(0.0, 0.0, 0.2), at(0.0, 0.0, -0.2)]).verdict is Verdict.FAIL  # shaken, though still on average


@pytest.mark.parametrize(
    ("pitch", "roll", "gyro", "verdict"),
    [(1, 0, 1, Verdict.OK), (-1, 0, -1, Verdict.FAIL), (0, 1, 0, Verdict.FAIL), (1, 0, -1, Verdict.FAIL)],
)
def test_the_sign_of_a_tilt(pitch: int, roll: int, gyro: int, verdict: Verdict) -> None:
    body = Desk()
    emulated = CalmImu(body)
    with running(emulated):  # type: ignore[arg-type]
        imu = WitImu(emulated.line.name)
        while imu.latest() is None:
            pass
        first = imu.latest()
        assert first is not None

        def nose_down() -> None:
            body.spin = np.array([0.0, 0.5 * gyro, 0.0])
            body.turning = turn

        def turn() -> None:  # once per reading of the IMU, 100 times a second
            body.pitch += 0.005 * pitch
            body.roll += 0.005 * roll

        seen = LineSample(True, cycle_times=[0.01], attitudes=[first])
        *_, result = imu_results(CALM, "port", seen, imu.latest, nose_down)
        imu.close()
    assert (result.name, result.verdict) == ("imu sign", verdict), result


def test_a_tilt_that_nobody_makes_is_a_warning() -> None:
    assert sign(0.0, 0.0, 0.0).verdict is Verdict.WARN


@given(st.floats(0.21, 1.0), st.floats(-0.1, 0.1), st.floats(0.8, 1.2))
def test_every_tilt_nose_down_passes_and_its_mirror_fails(pitch: float, roll: float, share: float) -> None:
    assert sign(roll, pitch, share * pitch).verdict is Verdict.OK
    assert sign(roll, -pitch, -share * pitch).verdict is Verdict.FAIL
    assert sign(pitch, roll, share * roll).verdict is Verdict.FAIL


def test_a_slow_line_fails() -> None:
    slow = LineSample(True, cycle_times=[0.021] * 50, read_times=[0.02] * 50, periods=[0.021] * 49)
    line = bench_line()
    assert preflight_servos.loop(ROBOT, line, slow).verdict is Verdict.FAIL
    late = LineSample(True, cycle_times=[0.005] * 50, read_times=[0.004] * 50, periods=[0.02] * 40 + [0.04] * 9)
    assert preflight_servos.loop(ROBOT, line, late).verdict is Verdict.FAIL
    good = LineSample(True, cycle_times=[0.005] * 50, read_times=[0.004] * 50, periods=[0.02] * 49)
    assert preflight_servos.loop(ROBOT, line, good).verdict is Verdict.OK


def test_answers_that_come_late_fail_on_the_line() -> None:
    with running(Bench(BoardFaults(np.random.default_rng(0), {"delay": 0.9}))) as bench:  # type: ignore[arg-type,var-annotated]
        results = bench.check()
    bad = {name for name, result in results.items() if result.verdict is Verdict.FAIL}
    assert bad & {"answers", "servos"}


def bench_line() -> object:
    return dataclasses.make_dataclass("Line", [("baud", int)])(1_000_000)


def test_what_a_calibration_says_counts() -> None:
    with running(Bench()) as bench:  # type: ignore[arg-type,var-annotated]
        config = dataclasses.replace(bench.config, expect=lambda hands: [f"servo 3: firmware {hands.firmware[3]}"])
        results = preflight(CALM, config, None, 12.0, None, 0.2)
        named = {result.name: result for result in results}
        assert named["same servos"].verdict is Verdict.FAIL
        assert named["same servos"].found == "servo 3: firmware 2307"
        bare = preflight(CALM, dataclasses.replace(bench.config, joint_map=None), None, 12.0, None, 0.2)
        assert {result.name: result.verdict for result in bare}["calibration"] is Verdict.WARN


def test_limits_beyond_the_servos_turn_and_doubled_ids_fail() -> None:
    turned = dataclasses.replace(MAP, zero_tick=MAP.zero_tick + 1800.0)
    with running(Bench()) as bench:  # type: ignore[arg-type,var-annotated]
        results = preflight(CALM, dataclasses.replace(bench.config, joint_map=turned), None, 12.0, None, 0.2)
    assert {r.name for r in results if r.verdict is Verdict.FAIL} >= {"limits"}
    doubled = dataclasses.replace(MAP, servo_ids=(1, 1, *range(3, 13)))
    results = preflight(CALM, SerialConfig("/dev/nowhere", "sts", "level", doubled))
    assert [r.name for r in results if r.verdict is Verdict.FAIL] == ["limits"]


def test_a_rulebook_of_another_robot_fails() -> None:
    results = preflight(ROBOT, SerialConfig("/dev/nowhere", "sts", "level"), load_rulebook("realant"))
    bad = {result.name for result in results if result.verdict is Verdict.FAIL}
    assert bad == {"rulebook", "port"}


def test_alarms_of_the_handshake_count_even_if_gone() -> None:
    with running(bench_board("sts")) as board:
        from firmware_bridge.boards import find_board

        line = find_board("sts").open(board.line.name, MAP.servo_ids)
        seen = LineSample(True, errors={4: 4})
        result = preflight_servos.alarms(line, Handshake(alarms={3: 1}), seen)
        line.close()
    assert result.verdict is Verdict.FAIL
    assert result.found == "servo 3: voltage; servo 4: overheat"


def test_the_verb_prints_a_table_or_json_and_the_code_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    with running(Bench(BoardFaults(missing={5}))) as bench:  # type: ignore[arg-type,var-annotated]
        words = ["check", "--port", bench.board.line.name, "--imu-port", bench.imu.line.name, "--calibration", "none"]
        assert hebb(words) == 1
        assert "FAIL servos" in capsys.readouterr().out
        assert hebb([*words, "--json"]) == 1
        rows = json.loads(capsys.readouterr().out)
        assert {row["verdict"] for row in rows if row["check"] == "servos"} == {"fail"}
        assert hebb([*words, "--robot", "ant"]) == 2
        assert hebb([*words, "--rulebook", "nobody"]) == 2
        bench.board.faults = BoardFaults()
        code = hebb([*words, "--supply", "12"])
        failed = failed_rows(capsys.readouterr().out)
        assert failed <= BUSY and code == bool(failed)
    assert hebb(["check", "--port", "/dev/nowhere", "--imu-port", "level", "--calibration", "none"]) == 1


def test_warnings_pass_and_a_single_failure_does_not() -> None:
    good, odd, bad = (CheckResult("x", verdict, "seen", "do") for verdict in (Verdict.OK, Verdict.WARN, Verdict.FAIL))
    assert passed([]) and passed([good, odd])
    assert not passed([good, bad, odd])
    assert results_table([good, odd, bad]).endswith("3 checks: 1 failed, 1 to look at")


def test_a_port_in_use_fails() -> None:
    with running(bench_board("sts")) as board:
        held = SerialPort(board.line.name, 1_000_000)
        results = preflight(ROBOT, SerialConfig(board.line.name, "sts", "level"))
        held.close()
    assert [r.found for r in results if r.name == "port"] == [f"port {board.line.name}: another program has it open"]
