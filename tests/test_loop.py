"""The loop without ROS, on a plant made of three lines."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot, state_at

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from hebb_controller.loop import Pacer, StepRecord, run_loop
from hebb_controller.robot import RobotSpec
from hebb_controller.safety import Mode, SafetyConfig, SafetyGate
from hebb_controller.signals import JointTargets, RobotState, Vector

PERIOD = 0.02


class ToyPlant:
    """Joints that are where they were told to be; it notes the order of calls."""

    def __init__(self, robot: RobotSpec, silent_from: int = 10**9, calls: list[str] | None = None) -> None:
        self.robot, self.silent_from = robot, silent_from
        self.nb_sensed = 0
        self.now = 0.0
        self.sent: list[JointTargets] = []
        self.position = np.zeros(robot.nb_joints)
        self.calls = [] if calls is None else calls

    def sense(self) -> RobotState:
        self.calls.append("sense")
        self.nb_sensed += 1
        if self.nb_sensed > self.silent_from:
            raise TimeoutError("no answer")
        return state_at(self.robot, self.now, joint_position=self.position.copy())

    def actuate(self, targets: JointTargets) -> None:
        self.calls.append("actuate")
        self.sent.append(targets)
        self.position = targets.value
        self.now += PERIOD

    def close(self) -> None:
        pass


class WeakenablePlant(ToyPlant):
    """One that can take the torque from single servos."""

    def __init__(self, robot: RobotSpec) -> None:
        super().__init__(robot)
        self.strength: list[list[float]] = []

    def set_strength(self, share: Vector) -> None:
        self.strength.append(share.tolist())


def controller(robot: RobotSpec, seed: int = 0) -> Controller:
    made = random_rulebook(robot).controller(robot)
    made.reset(np.random.default_rng(seed))
    return made


def steps(plant: ToyPlant, nb: int, schedule: FaultSchedule | None = None, **options: object) -> list[StepRecord]:
    made = options.pop("controller", None) or controller(plant.robot)
    gate = options.pop("gate", None) or SafetyGate(plant.robot, SafetyConfig())
    rng = np.random.default_rng(0)
    return list(itertools.islice(run_loop(plant, made, gate, schedule, rng, **options), nb))  # type: ignore[arg-type]


def test_the_loop_is_sense_act_actuate_adapt(monkeypatch: pytest.MonkeyPatch) -> None:
    robot, calls = servo_robot(), []
    made = controller(robot)
    for name in ("act", "adapt"):
        original = getattr(made, name)
        monkeypatch.setattr(made, name, lambda *a, n=name, f=original: (calls.append(n), f(*a))[1])
    steps(ToyPlant(robot, calls=calls), 2, controller=made)
    assert calls == ["sense", "act", "actuate", "adapt"] * 2


def test_it_sends_what_the_controller_alone_would_send() -> None:
    robot = servo_robot()
    plant = ToyPlant(robot)
    records = steps(plant, 20)
    alone, body = controller(robot), ToyPlant(robot)
    for record in records:
        targets = alone.act(body.sense())
        body.actuate(targets)
        alone.adapt()
        assert np.array_equal(targets.value, record.targets.value)


def test_faults_reach_the_body_but_not_past_the_gate() -> None:
    robot = servo_robot()
    plant = ToyPlant(robot)
    records = steps(plant, 6, parse_schedule(faults=["offset=3@2:4"]))
    assert [r.perturbed for r in records] == [False, False, True, True, False, False]
    assert [t.value.max() for t in plant.sent[2:4]] == [1.0, 1.0]


def test_weights_are_wiped_once_and_plasticity_stops_on_time() -> None:
    robot = servo_robot()
    made = controller(robot)
    loop = run_loop(
        ToyPlant(robot),
        made,
        SafetyGate(robot),
        parse_schedule(zero=["1@3"], stop_plasticity=3),
        np.random.default_rng(0),
    )
    norms = []
    for _ in range(5):
        next(loop)
        norms.append(sum(float(np.abs(w).sum()) for w in made.network.weights))
    assert min(norms[:3]) > 0.0 and norms[3:] == [0.0, 0.0]


def test_weak_joints_need_a_plant_that_can_weaken_them() -> None:
    robot = servo_robot()
    schedule = parse_schedule(faults=["limp@1:2@j1"])
    with pytest.raises(BadInputError, match="cannot take the torque"):
        steps(ToyPlant(robot), 1, schedule)
    plant = WeakenablePlant(robot)
    steps(plant, 3, schedule)
    assert plant.strength == [[1, 1], [1, 0], [1, 1]]


def test_a_silent_body_is_held_and_then_let_go_without_a_traceback() -> None:
    robot = servo_robot()
    plant = ToyPlant(robot, silent_from=5)
    gate = SafetyGate(robot, SafetyConfig(max_age=0.05, max_hold=0.1))
    records = steps(plant, 20, gate=gate, clock=lambda: plant.now)
    modes = [r.mode for r in records]
    assert modes[:5] == [Mode.NOMINAL] * 5 and Mode.HOLD in modes and modes[-1] is Mode.LIMP
    assert plant.sent[-1].limp


def test_nothing_is_learnt_while_the_gate_holds() -> None:
    robot = servo_robot()
    plant = ToyPlant(robot, silent_from=1)
    made = controller(robot)
    gate = SafetyGate(robot, SafetyConfig(max_age=0.001))
    loop = run_loop(plant, made, gate, clock=lambda: plant.now)
    next(loop)
    before = [w.copy() for w in made.network.weights]
    for _ in range(5):
        next(loop)
    assert all(np.array_equal(a, b) for a, b in zip(before, made.network.weights, strict=True))


def test_a_body_that_never_answers_is_an_error() -> None:
    with pytest.raises(RunFailedError, match="no answer"):
        steps(ToyPlant(servo_robot(), silent_from=0), 1)


def test_the_pacer_keeps_the_period_and_does_not_catch_up() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(round(seconds, 9))
        now[0] += seconds

    pacer = Pacer(0.1, lambda: now[0], sleep)
    for work in (0.03, 0.0, 0.35, 0.02):
        now[0] += work
        pacer.wait()
    assert slept == [0.07, 0.1, 0.08]
    assert pacer.nb_late == 1
