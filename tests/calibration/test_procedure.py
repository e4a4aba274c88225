"""The whole dialogue against emulated boards over a pty: planted errors, a kill and a resume, all that is refused."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from planted_board import HandJoints, Operator, Planted, crab, opener, plant, running

from calibration.matching import calibration_table, check_table, compare
from calibration.plan import Plan, part_path
from calibration.procedure import calibrate
from calibration.record import Calibration, JointRecord
from calibration.record_file import load_calibration
from firmware_bridge.boards import find_board
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.errors import LinkError
from firmware_bridge.serial_port import SerialPort
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.robot import RobotSpec

POSES = (math.radians(-40.0), math.radians(70.0))
QUICK = {"angles": POSES, "nb_steps": 6, "rock_time": 0.3}


class Bench:
    """A planted robot on the bench, its board running."""

    def __init__(self, robot: RobotSpec, protocol: str, planted: Planted, board: EmulatedBoard, out: Path) -> None:
        self.robot, self.kind, self.planted, self.board, self.out = robot, find_board(protocol), planted, board, out
        self.operator = self.somebody()

    def somebody(self, seed: int = 0) -> Operator:
        assert isinstance(self.board.body, HandJoints)
        self.operator = Operator(self.robot, self.board.body, np.random.default_rng(seed))
        return self.operator

    def plan(self, **changes: object) -> Plan:
        return Plan(self.robot, self.kind, (1, 2, 3, 4), self.out, **{**QUICK, **changes})

    def run(self, **changes: object) -> Calibration | None:
        port = SerialPort(self.board.line.name, self.kind.baud)
        try:
            return calibrate(self.plan(**changes), opener(port, self.kind), self.operator.talk)
        finally:
            port.close()

    def check(self, calibration: Calibration) -> tuple[list[str], str]:
        port = SerialPort(self.board.line.name, self.kind.baud)
        try:
            return check_table(calibration, self.kind.open_line(port, calibration.servo_ids))
        finally:
            port.close()


def bench(protocol: str, out: Path, seed: int = 7) -> Bench:
    robot = crab("ax12a" if protocol == "dxl1" else "sts3215_12v")
    planted, board = plant(robot, protocol, np.random.default_rng(seed))
    return Bench(robot, protocol, planted, board, out)


def assert_recovered(robot: RobotSpec, planted: Planted, joint: JointRecord) -> None:
    k = robot.joint_names.index(joint.name)
    true = planted.joint_map
    scale = true.ticks_per_radian[k]
    assert joint.direction == true.direction[k]
    assert (joint.zero_tick - true.zero_tick[k]) / scale == pytest.approx(0.0, abs=0.01)
    assert joint.ticks_per_radian == pytest.approx(scale, rel=0.01)
    measured = joint.measured
    assert measured.latency == pytest.approx(planted.latency, abs=0.005)
    assert measured.speed == pytest.approx(planted.speed, rel=0.05)
    assert measured.play_beyond_encoder == pytest.approx(planted.backlash, abs=0.004)
    assert measured.play_within_servo == pytest.approx(planted.gear_play, abs=0.004)
    assert measured.voltage == pytest.approx(12.0)
    print(
        f"{joint.name}: zero {(joint.zero_tick - true.zero_tick[k]) / scale:+.4f} rad,"
        f" scale {100 * (joint.ticks_per_radian / scale - 1):+.2f} %,"
        f" latency {1e3 * (measured.latency - planted.latency):+.1f} ms,"
        f" speed {100 * (measured.speed / planted.speed - 1):+.1f} %,"
        f" play {measured.backlash - planted.backlash - planted.gear_play:+.4f} rad"
    )


@pytest.mark.parametrize("protocol", ["dxl2", "dxl1"])
def test_planted_errors_are_recovered_on_other_servos(protocol: str, tmp_path: Path) -> None:
    on = bench(protocol, tmp_path / "c.json", seed=11)
    name = on.robot.joint_names[2]
    with running(on.board):
        assert on.run(joints=(name,)) is None  # three joints are still to be done
    joint = load_calibration(part_path(on.out), on.robot, whole=False).joint(name)
    assert joint is not None
    assert_recovered(on.robot, on.planted, joint)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A bench that was calibrated whole, with a kill in the middle."""
    on = bench("sts", tmp_path_factory.mktemp("calibrated") / "c.json")
    with running(on.board):
        third = on.robot.joint_names[2]
        on.operator.stop_at = lambda text: any(third in t for t in on.operator.told[-4:]) and "go past it" in text
        with pytest.raises(KeyboardInterrupt):
            on.run()
        assert not on.out.exists()
        kept = load_calibration(part_path(on.out), on.robot, whole=False)
        assert [j.name for j in kept.joints] == list(on.robot.joint_names[:2])
        assert all(servo.get("torque") == 0 for servo in on.board.servos.values())
        first = on.operator
        result = on.somebody(1) and on.run()
        assert result is not None
        assert on.operator.asked == list(on.robot.joint_names[2:])
        assert any("going on: 2 of 4" in text for text in on.operator.told)
        assert not any("going on" in text for text in first.told)
        assert [result.joint(j.name) for j in kept.joints] == list(kept.joints)
        yield on


def test_a_robot_is_calibrated_in_spite_of_a_kill(done: Bench) -> None:
    assert not part_path(done.out).exists()
    calibration = load_calibration(done.out, done.robot)
    for joint in calibration.joints:
        assert_recovered(done.robot, done.planted, joint)
    assert all(servo.get("torque") == 0 for servo in done.board.servos.values())
    live = [table for table in done.operator.tables if any("> " in line for line in table)]
    assert any("12.0" in line for table in live for line in table), "the live table shows the supply"
    assert all(name in calibration_table(calibration) for name in done.robot.joint_names)


def test_a_finished_calibration_fits_its_servos(done: Bench) -> None:
    calibration = load_calibration(done.out, done.robot)
    problems, table = done.check(calibration)
    assert problems == []
    assert "all servos fit" in table
    assert calibration.expected.firmware == {i: done.board.servos[i].get("firmware") for i in (1, 2, 3, 4)}
    assert compare(calibration, calibration.expected) == []


@pytest.mark.parametrize(
    ("register", "value", "word"), [("firmware", 0x0A03, "firmware"), ("offset", 37, "EEPROM offset")]
)
def test_servos_that_were_reflashed_or_rehomed_are_refused(done: Bench, register: str, value: int, word: str) -> None:
    calibration = load_calibration(done.out, done.robot)
    servo = done.board.servos[3]
    before = servo.get(register)
    servo.set(register, value)
    try:
        problems, table = done.check(calibration)
    finally:
        servo.set(register, before)
    assert [p for p in problems if "servo 3" in p and word in p and str(value) in p and str(before) in p]
    assert not [p for p in problems if "servo 3" not in p]
    assert "calibrate these joints again" in table


def test_another_servo_model_is_refused(done: Bench) -> None:
    calibration = load_calibration(done.out, done.robot)
    done.board.servos[2].set("model", 9)
    try:
        with pytest.raises(LinkError, match="servo 2 is model 9"):
            done.check(calibration)
    finally:
        done.board.servos[2].set("model", 777)
    other = dataclasses.replace(calibration.expected, model="sts3250")
    assert len(compare(calibration, other)) == 4


def test_naming_a_joint_does_it_anew_and_keeps_the_others(done: Bench) -> None:
    before = load_calibration(done.out, done.robot)
    name = done.robot.joint_names[1]
    done.somebody(2)
    after = done.run(joints=(name,), moves=False)
    assert after is not None and after == dataclasses.replace(load_calibration(done.out, done.robot))
    changed = [j.name for j in after.joints if before.joint(j.name) != j]
    assert changed == [name]
    again = after.joint(name)
    assert again is not None and again.measured.latency is None  # nothing was moved
    record = before.joint(name)
    assert record is not None and again.zero_tick == pytest.approx(record.zero_tick, abs=0.01 * record.ticks_per_radian)


def test_all_that_cannot_be_is_told_at_once_and_only_that_is_asked_again(tmp_path: Path) -> None:
    on = bench("sts", tmp_path / "c.json", seed=3)
    names = on.robot.joint_names
    with running(on.board):
        on.operator.wrong_jigs = (names[1], names[3])
        with pytest.raises(RunFailedError) as caught:
            on.run(moves=False)
        text = str(caught.value)
        assert "\n" not in text
        assert f"{names[1]}: " in text and f"{names[3]}: " in text and names[0] not in text
        assert not on.out.exists()
        on.somebody(1)
        assert on.run(moves=False) is not None
        assert on.operator.asked == [names[1], names[3]]


def test_an_unfinished_calibration_of_other_servos_is_not_gone_on_with(tmp_path: Path) -> None:
    on = bench("sts", tmp_path / "c.json", seed=4)
    with running(on.board):
        assert on.run(joints=(on.robot.joint_names[0],), moves=False, method="stop") is None
        on.board.servos[1].set("firmware", 0x0B00)
        with pytest.raises(BadInputError, match="servo 1 .*firmware.*--afresh"):
            on.run(moves=False)
        with pytest.raises(BadInputError, match="servo ids for front_left_knee"):
            calibrate(
                dataclasses.replace(on.plan(), servo_ids=(2, 1, 3, 4)),
                opener(port := SerialPort(on.board.line.name, on.kind.baud), on.kind),
                on.operator.talk,
            )
        port.close()


def test_a_servo_that_is_not_there_is_told_before_anybody_does_anything(tmp_path: Path) -> None:
    on = bench("sts", tmp_path / "c.json", seed=5)
    on.board.faults.missing |= {2, 4}
    with running(on.board), pytest.raises(LinkError, match="2, 4"):
        on.run()
    assert on.operator.told == []


def test_names_that_are_no_joints_are_refused(tmp_path: Path) -> None:
    on = bench("sts", tmp_path / "c.json", seed=5)
    with running(on.board), pytest.raises(BadInputError, match="no joint tail"):
        on.run(joints=("tail",))


def test_a_servo_that_changes_while_it_is_calibrated_is_not_saved(tmp_path: Path) -> None:
    on = bench("sts", tmp_path / "c.json", seed=6)
    with running(on.board):

        def reflash(text: str) -> bool:
            if "on a stand" in text:
                on.board.servos[4].set("firmware", 0x0C00)
            return False

        on.operator.stop_at = reflash
        before = on.board.servos[4].get("firmware")
        with pytest.raises(RunFailedError, match=f"servo 4 tells firmware 3072, a while ago {before}"):
            on.run(joints=(on.robot.joint_names[3],), moves=False)
    assert not part_path(on.out).exists()
