"""What answers a reading, without a middleware: repeated stamps, stops between readings, time that jumps."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy")
from firmware_bridge.board_line import ImuReading
from firmware_bridge.serial_plant import SerialPlant
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import Mode
from hebb_controller.signals import JointTargets, RobotState, Vector
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
from hebb_controller_ros.controller_setup import set_up
from hebb_controller_ros.encoding import ImuEncoder, JointStateEncoder
from hebb_controller_ros.sensor_pair import Reading, SensorPair

pytestmark = pytest.mark.ros
ROBOT = load_robot("realant")


class Topics:
    """Takes what a tick says."""

    def __init__(self) -> None:
        self.commands: list[JointTargets] = []
        self.modes: list[dict[str, Any]] = []

    def command(self, targets: JointTargets) -> None:
        self.commands.append(targets)

    def mode(self, entry: dict[str, Any]) -> None:
        self.modes.append(entry)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def made(**asked: Any) -> tuple[ControlTick, Topics]:
    given = {spec.name: spec.default for spec in CONTROLLER_PARAMETERS}
    given |= {"robot": ROBOT.name, "ramp_time": 0.0, "fade_time": 0.0} | asked
    topics = Topics()
    return ControlTick(set_up(given), topics, None, given, lambda _: None), topics  # type: ignore[arg-type]


def reading(stamp: float, age: float = 0.0, position: Vector = ROBOT.neutral, roll: float = 0.0) -> Reading:
    heard = time.monotonic() - age
    silent = np.full(ROBOT.nb_joints, np.nan)
    return Reading(RobotState(stamp, position.copy(), silent, roll, 0.0, 0.0, np.zeros(3)), heard, heard)


def walking(**asked: Any) -> tuple[ControlTick, Topics]:
    tick, topics = made(**asked)
    tick.activate(reading(0.0))
    for k in range(1, 20):
        tick.answer(reading(0.02 * k))
    assert tick.sequencer.learning
    return tick, topics


def weights(tick: ControlTick) -> Vector:
    return np.concatenate([w.ravel() for w in tick.sequencer.controller.network.snapshot()])


@pytest.mark.parametrize("lockstep", [False, True])
def test_a_stop_is_the_answer_to_the_same_reading_from_then_on(lockstep: bool) -> None:
    tick, topics = walking(lockstep=lockstep)
    last = reading(0.4)
    tick.answer(last)
    assert not topics.commands[-1].limp
    tick.stop("the operator")
    assert topics.commands[-1].limp
    nb = len(topics.commands)
    before = weights(tick)
    for _ in range(3):
        tick.answer(last)  # a plant that waits sends it again
    assert [t.limp for t in topics.commands[nb:]] == [True] * 3 and np.array_equal(weights(tick), before)


def test_a_stop_before_the_first_answer_holds_where_the_body_is() -> None:
    tick, topics = made(stop_limp=False, ramp_time=1.0)
    tick.activate(reading(0.0, position=ROBOT.lower))
    tick.stop("the operator")
    tick.answer(reading(0.02, position=ROBOT.lower))
    assert len(topics.commands) == 2 and not any(t.limp for t in topics.commands)
    for targets in topics.commands:
        np.testing.assert_array_equal(targets.value, ROBOT.lower)


def test_a_stop_that_holds_tells_of_a_gate_that_has_let_go() -> None:
    tick, topics = walking(stop_limp=False)
    for k in range(5):
        tick.answer(reading(1.0 + 0.02 * k, roll=2.0))
    tick.stop("the operator")
    assert topics.commands[-1].limp
    assert (topics.modes[-1]["phase"], topics.modes[-1]["mode"]) == ("stop", "limp")


def test_a_reading_of_which_half_is_old_is_never_answered() -> None:
    tick, topics = walking()
    before = weights(tick)
    # Joint states go on coming under new stamps; the IMU, with stamps of its own, was heard ever longer ago.
    for k in range(60):
        now = time.monotonic()
        tick.answer(dataclasses.replace(reading(0.4 + 0.02 * k), imu_heard=now - 0.12 - 0.02 * k))
    assert [m["mode"] for m in topics.modes if m["phase"] == "run"][-2:] == ["hold", "limp"]
    assert tick.sequencer.gate.mode is Mode.LIMP and np.array_equal(weights(tick), before)
    held = [t for t in topics.commands[19:] if not t.limp]
    assert 20 <= len(held) <= 30  # half a second of them


@pytest.mark.parametrize("policy", ["reset", "keep"])
def test_time_that_jumps_back_is_seen_by_a_timers_ticks_too(policy: str) -> None:
    tick, topics = made(tick="timer", time_jump=policy)
    tick.activate(reading(100.0))
    for k in range(1, 10):
        tick.tick(reading(100.0 + 0.02 * k))
    for k in range(10):
        tick.tick(reading(1.0 + 0.02 * k))
    assert topics.modes[-1]["life"] == (1 if policy == "reset" else 0) and topics.modes[-1]["begun_at"] == 1.0
    moved = [t.value for t in topics.commands[-9:]]
    assert np.abs(np.diff(moved, axis=0)).max() > 0.0  # the gate's slew is not stuck in the old time


@pytest.mark.parametrize("policy", ["reset", "keep", "freeze"])
def test_time_that_jumps_back_releases_no_robot_that_was_let_go(policy: str) -> None:
    tick, topics = walking(time_jump=policy)
    for k in range(5):
        tick.answer(reading(1.0 + 0.02 * k, roll=2.0))
    assert tick.sequencer.gate.mode is Mode.LIMP
    for stamp in (1.05, 0.9, 0.5):  # upright again, and one stamp before the last each time
        tick.answer(reading(stamp))
    assert tick.sequencer.gate.mode is Mode.LIMP and topics.commands[-1].limp
    tick.reset(reading(0.52))
    tick.answer(reading(0.54))
    assert not topics.commands[-1].limp


def test_stamps_that_only_jump_back_hide_no_fall() -> None:
    tick, topics = walking()
    for k in range(10):
        tick.answer(reading(0.3 - 0.02 * k, roll=2.0))
    assert all(t.limp for t in topics.commands[-10:]) and "tilted" in topics.modes[-1]["reason"]


def test_servos_that_let_go_take_the_controller_along() -> None:
    tick, topics = walking()
    before = weights(tick)
    tick.let_go("the servos let go: disarmed: servo 3 started anew")
    for k in range(5):
        tick.answer(reading(0.4 + 0.02 * k))
    assert topics.commands[-1].limp and np.array_equal(weights(tick), before)
    assert (topics.modes[-1]["mode"], topics.modes[-1]["reason"][:18]) == ("limp", "the servos let go:")
    tick.reset(reading(0.52))
    tick.answer(reading(0.54))
    assert not topics.commands[-1].limp
    tick.stop("the operator")
    tick.let_go("the servos let go: disarmed: told to")
    assert topics.modes[-1]["reason"] == "the operator"  # whoever stopped all has the word


def test_time_that_jumps_back_on_the_way_to_rest_ends_it() -> None:
    tick, topics = walking(ramp_time=0.1)
    tick.rest()
    tick.answer(reading(0.001))
    assert tick.silent and topics.modes[-1]["phase"] == "idle"


def test_an_imu_without_stamps_counts_when_it_comes_and_not_for_ever() -> None:
    joints, attitude, pair = JointStateEncoder(ROBOT), ImuEncoder(0.02), SensorPair(ROBOT, print)
    tick, _ = made()
    for k in range(1, 15):
        state = reading(0.02 * k).state
        pair.imu(attitude(dataclasses.replace(state, time=0.0)))
        newest = pair.joints(joints(state))
        time.sleep(0.02)
    assert newest is not None and not tick.stale(newest)
    time.sleep(0.1)
    newest = pair.joints(joints(reading(1.0).state))
    assert newest is not None and tick.stale(newest)


class Owner:
    """Servos that answer, whatever becomes of the IMU."""

    measured, warnings = True, ()

    def read(self) -> tuple[Vector, None]:
        return ROBOT.neutral + 0.01 * np.sin(20.0 * time.monotonic()), None


class SilentImu:
    """An IMU that speaks until it does not."""

    def __init__(self) -> None:
        self.speaks = True
        self._last: ImuReading | None = None

    def latest(self) -> ImuReading | None:
        if self.speaks:
            self._last = ImuReading(time.monotonic(), 0.0, 0.0, 0.0, np.zeros(3))
        return self._last


def test_a_board_whose_imu_falls_silent_is_not_believed_for_its_joints() -> None:
    imu = SilentImu()
    plant = SerialPlant(ROBOT, Owner(), imu, 0.0)  # type: ignore[arg-type]
    joints, attitude, pair = JointStateEncoder(ROBOT), ImuEncoder(0.02), SensorPair(ROBOT, print)
    tick, topics = made()
    end = time.monotonic() + 0.3
    while time.monotonic() < end + 1.0 and tick.sequencer.gate.mode is not Mode.LIMP:
        if time.monotonic() > end:
            imu.speaks = False
        state = plant.sense()
        pair.imu(attitude(state))
        found = pair.joints(joints(state))
        if found is not None and tick.silent:
            tick.activate(found)
        elif found is not None:
            tick.answer(found)
        time.sleep(0.02)
    assert tick.sequencer.gate.mode is Mode.LIMP and topics.commands[-1].limp
    assert [m["mode"] for m in topics.modes][-2:] == ["hold", "limp"]
