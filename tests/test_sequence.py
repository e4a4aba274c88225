"""The phases around the network: how a walk begins and comes to rest, and that a stop is a stop."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot, state_at

from hebb_controller.errors import BadInputError
from hebb_controller.phases import Phase, SequenceConfig
from hebb_controller.safety import Mode, SafetyConfig, SafetyGate
from hebb_controller.sequence import Sequencer
from hebb_controller.signals import JointTargets

ROBOT = servo_robot()
PERIOD = 1.0 / ROBOT.control_rate


class Life:
    """A sequencer and its body: joints that are where they were told to be, a clock that goes on by periods."""

    def __init__(self, config: SequenceConfig | None = None, position: float = 0.5) -> None:
        book = random_rulebook(ROBOT)
        config = SequenceConfig(0.1, 0.1) if config is None else config
        self.sequencer = Sequencer(book.controller(ROBOT), SafetyGate(ROBOT, SafetyConfig(max_slew=5.0)), config)
        self.state = state_at(ROBOT, position=position)
        self.said: list[JointTargets | None] = []

    def tick(self, nb_steps: int = 1, **changes: object) -> JointTargets | None:
        """Tick through new readings; return the last command."""
        for _ in range(nb_steps):
            time = round(self.state.time + PERIOD, 9)
            self.state = dataclasses.replace(self.state, time=time, **changes)  # type: ignore[arg-type]
            self._say(self.sequencer.tick(self.state, time))
            self.sequencer.adapt()
        return self.said[-1]

    def wait(self, seconds: float) -> JointTargets | None:
        """Let the last reading grow old; return the last command."""
        for age in np.arange(PERIOD, seconds, PERIOD):
            self._say(self.sequencer.tick_old(self.state, float(age)))
        return self.said[-1]

    def walk(self, nb_steps: int = 60) -> None:
        self.sequencer.activate(self.state)
        self.tick(nb_steps)
        assert self.sequencer.phase is Phase.RUN

    def _say(self, targets: JointTargets | None) -> None:
        self.said.append(targets)
        if targets is not None and not targets.limp:
            self.state = dataclasses.replace(self.state, joint_position=targets.value)

    @property
    def position(self) -> list[float]:
        return list(self.state.joint_position)


def test_a_stop_is_released_by_a_reset_and_by_nothing_else() -> None:
    life = Life()
    life.walk()
    life.sequencer.stop("the operator")
    for idle in (False, True):
        if idle:
            life.sequencer.idle()  # what a deactivation does
            assert life.tick() is None
        with pytest.raises(BadInputError, match=r"not activated: stopped \(the operator\).*reset"):
            life.sequencer.activate(life.state)
    assert life.sequencer.stopped and life.sequencer.phase is Phase.IDLE
    life.sequencer.reset(life.state)
    assert not life.sequencer.stopped and life.tick() is None  # nobody has activated it
    life.sequencer.activate(life.state)
    assert life.tick() is not None


def test_a_stop_that_is_pressed_before_anything_runs_is_not_lost() -> None:
    life = Life()
    life.sequencer.stop("")
    with pytest.raises(BadInputError, match="no reason given"):
        life.sequencer.activate(life.state)
    assert life.sequencer.phase is Phase.IDLE and life.tick() is None


def test_a_reset_from_a_stop_ramps_again_with_the_same_weights() -> None:
    life = Life()
    life.walk()
    life.sequencer.stop("the operator")
    life.tick(5)
    weights = [w.copy() for w in life.sequencer.controller.network.snapshot()]
    life.sequencer.reset(life.state)
    assert life.sequencer.phase is Phase.RAMP
    life.tick()
    assert all(map(np.array_equal, weights, life.sequencer.controller.network.snapshot()))


def test_rest_is_a_ramp_through_the_gate_and_then_silence() -> None:
    life = Life(SequenceConfig(0.2, 0.0))
    life.walk()
    begun = life.position
    weights = [w.copy() for w in life.sequencer.controller.network.snapshot()]
    life.sequencer.rest()
    way = []
    while life.sequencer.phase is Phase.REST:
        targets = life.tick()
        assert targets is not None and not targets.limp
        way.append(targets.value)
    assert len(way) == 10 and np.array_equal(way[-1], ROBOT.neutral)
    np.testing.assert_allclose(np.diff([begun, *way], axis=0), np.tile((ROBOT.neutral - begun) / 10, (10, 1)))
    assert life.tick() is None and life.wait(0.3) is None
    assert all(map(np.array_equal, weights, life.sequencer.controller.network.snapshot()))


def test_rest_without_a_ramp_is_no_leap() -> None:
    life = Life(SequenceConfig(0.0, 0.0), position=-0.9)
    life.sequencer.activate(life.state)
    life.sequencer.rest()
    before = life.position
    life.tick(20)
    sent = [t.value for t in life.said if t is not None]
    assert np.abs(np.diff([before, *sent], axis=0)).max() <= 5.0 * PERIOD + 1e-9
    assert np.array_equal(sent[-1], ROBOT.neutral) and life.said[-1] is None


@pytest.mark.parametrize("spoil", ["fallen", "old", "stopped"])
def test_what_may_not_move_is_not_brought_to_rest(spoil: str) -> None:
    life = Life()
    life.walk()
    if spoil == "fallen":
        life.tick(5, roll=2.0)
    elif spoil == "old":
        life.wait(0.2)
        assert life.sequencer.gate.mode is Mode.HOLD
    else:
        life.sequencer.stop("the operator")
    life.sequencer.rest()
    assert life.sequencer.phase is Phase.IDLE and life.tick() is None


def test_readings_that_cease_on_the_way_to_rest_let_go_and_end_it() -> None:
    life = Life(SequenceConfig(1.0, 0.0))
    life.walk()
    life.sequencer.rest()
    life.tick(5)
    nb = len(life.said)
    assert life.wait(1.0) is None
    sent = [t for t in life.said[nb:] if t is not None]
    assert [t.limp for t in sent] == [False] * (len(sent) - 1) + [True] and 0.5 < len(sent) * PERIOD < 0.7


@pytest.mark.parametrize("limp", [True, False])
def test_a_stop_on_the_way_to_rest_is_obeyed_and_latched(limp: bool) -> None:
    life = Life(SequenceConfig(1.0, 0.0, stop_limp=limp))
    life.walk()
    life.sequencer.rest()
    life.tick(5)
    where = life.position
    life.sequencer.stop("the operator")
    targets = life.tick()
    assert targets is not None and targets.limp is limp and list(targets.value) == where
    assert life.tick() is None
    with pytest.raises(BadInputError, match="stopped"):
        life.sequencer.activate(life.state)
    life.sequencer.reset(life.state)
    assert life.sequencer.phase is Phase.IDLE


def test_a_reset_does_not_wake_what_comes_to_rest() -> None:
    life = Life(SequenceConfig(1.0, 0.0))
    life.walk()
    life.sequencer.rest()
    life.sequencer.reset(life.state)
    assert life.sequencer.phase is Phase.REST


def test_a_stop_that_holds_wakes_no_limp_robot() -> None:
    life = Life(SequenceConfig(0.0, 0.0, stop_limp=False))
    life.walk()
    assert life.tick(5, roll=2.0).limp  # type: ignore[union-attr]
    life.sequencer.stop("the operator")
    assert life.tick(3).limp  # type: ignore[union-attr]
    assert life.sequencer.tick_old(life.state, 0.01).limp  # type: ignore[union-attr]


def test_a_stop_that_holds_does_so_where_the_body_is() -> None:
    life = Life(SequenceConfig(1.0, 0.0, stop_limp=False), position=-0.7)
    life.sequencer.activate(life.state)
    life.sequencer.stop("the operator")  # before the first reading is answered
    targets = life.tick(3)
    assert targets is not None and not targets.limp and list(targets.value) == [-0.7, -0.7]


@pytest.mark.parametrize("spoil", ["fallen", "old"])
def test_a_stop_that_holds_lets_go_when_the_gate_does(spoil: str) -> None:
    life = Life(SequenceConfig(0.0, 0.0, stop_limp=False))
    life.walk()
    life.sequencer.stop("the operator")
    assert not life.tick().limp  # type: ignore[union-attr]
    last = life.tick(5, roll=2.0) if spoil == "fallen" else life.wait(1.0)
    assert last is not None and last.limp and life.sequencer.gate.mode is Mode.LIMP


def test_a_stop_that_lets_go_does_so_whatever_the_reading() -> None:
    life = Life()
    life.walk()
    life.sequencer.stop("the operator")
    life.wait(0.3)
    assert life.sequencer.gate.mode is Mode.HOLD
    assert all(t is not None and t.limp for t in life.said[-10:])
    assert life.tick(1, roll=float("nan")).limp  # type: ignore[union-attr]
