"""When a life of the benchmark ends, to the step."""

from __future__ import annotations

import math
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("pybullet")

from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets, RobotState
from sim.ant import CONTROL_PERIOD, AntTask

pytestmark = pytest.mark.sim

REST = JointTargets(0.0, np.zeros(8), "torque")


class ScriptedAnt(AntTask):
    """The benchmark's rules alone: height and progress are functions of the control step, which counts from 0."""

    def __init__(self, height: Callable[[int], float], progress: Callable[[int], float]) -> None:
        super().__init__(load_robot("ant"))
        self._heights, self._progress, self._way = height, progress, 1000.0
        nothing = dict.fromkeys(("restore", "advance"), lambda _: None)
        self._worlds["intact"] = SimpleNamespace(height=lambda: 0.75, foot_contact=lambda: np.zeros(4), **nothing)

    def _read(self) -> RobotState:
        self._way -= CONTROL_PERIOD * self._progress(self._step)
        self._height, self._target_distance = self._heights(self._step), self._way
        zeros = np.zeros(8)
        return RobotState(0.0, zeros, zeros, 0.0, 0.0, 0.0, np.zeros(3), True, None)

    def length(self) -> tuple[int, bool]:
        """Return the control steps of a life, and whether it ended down."""
        self.reset(np.random.default_rng(0))
        for steps in range(1, 2000):
            transition = self.step(REST)
            if transition.done:
                return steps, transition.fallen
        raise AssertionError("it never ends")


def _always(value: float) -> Callable[[int], float]:
    return lambda step: value


@pytest.mark.parametrize(
    ("height", "progress", "length", "down"),
    [
        (_always(0.5), _always(1.0), 960, False),  # 1000 steps, of which 40 settle
        (_always(0.5), _always(0.0), 960, False),  # who stands still is not sent back
        # Steps 0 to 200 are free: the 31st backwards after them is one too many.
        (_always(0.5), _always(-1e-3), 201 + 31, False),
        (_always(0.5), lambda step: -1.0 if step < 231 else 1.0, 960, False),
        (_always(0.5), lambda step: -1.0 if step % 31 else 0.0, 960, False),  # thirty, and a rest, and thirty
        (_always(0.5), lambda step: -1.0 if step % 32 else 0.0, 7 * 32 + 1 + 31, False),
        # Down is down at once, but for the free steps, and up again is up.
        (_always(0.26), _always(1.0), 202, True),
        (_always(0.2601), _always(1.0), 960, False),
        (lambda step: 0.2 if step <= 200 else 0.5, _always(1.0), 960, False),
        (lambda step: 0.5 if step < 300 else 0.2, _always(1.0), 301, True),
        (lambda step: 0.5 if step < 300 else math.nan, _always(1.0), 301, True),
        # A simulator that has blown up ends even a free step.
        (_always(0.5), lambda step: 1.0 if step < 50 else math.nan, 51, False),
    ],
)
def test_episode_rules(
    height: Callable[[int], float], progress: Callable[[int], float], length: int, down: bool
) -> None:
    """When a life ends, to the step, from what its height and its progress are in each."""
    assert ScriptedAnt(height, progress).length() == (length, down)


def test_a_life_is_as_long_as_the_benchmarks() -> None:
    assert AntTask.max_steps * CONTROL_PERIOD == pytest.approx(15.84)


def test_an_ant_without_torque_is_sent_back_where_its_free_steps_end() -> None:
    """The same rules on the simulated body: it has fallen by then, and lies there."""
    task = AntTask(load_robot("ant"))
    task.reset(np.random.default_rng(0))
    for steps in range(1, 203):
        transition = task.step(REST)
        assert transition.done == (steps == 202)
    assert transition.fallen
    task.close()
