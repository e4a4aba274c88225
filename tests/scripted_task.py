"""A task that is a script, and a life of it as `hebb evaluate` lives one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from fixtures_rulebooks import random_rulebook

from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.robot import RobotSpec
from hebb_controller.safety import SafetyGate
from hebb_controller.signals import GroundTruth, JointTargets, RobotState
from sim.episode_trace import EpisodeTrace, record_life
from sim.task import Transition
from sim.task_plant import TaskPlant


class ScriptedTask:
    """A robot that moves 0.02 m a step, and whose every other number follows from a script."""

    bodies: Sequence[str] = ("intact",)
    max_steps = 50
    control_period = 0.02

    def __init__(self, robot: RobotSpec, falls_at: int = 10**9, done_at: Sequence[int] = ()) -> None:
        self.robot, self.falls_at, self.done_at = robot, falls_at, done_at

    def reset(self, rng: np.random.Generator, body: str = "intact") -> RobotState:
        self.steps = 0
        return self._state()

    def step(self, targets: JointTargets) -> Transition:
        self.steps += 1
        fallen = self.steps >= self.falls_at
        done = fallen or self.steps in self.done_at or self.steps >= self.max_steps
        return Transition(self._state(), 1.0, {}, done, fallen)

    def _state(self) -> RobotState:
        zeros = np.zeros(self.robot.nb_joints)
        truth = GroundTruth(np.array([5.0 + 0.02 * self.steps, 0.0, 0.3]), np.zeros(3), 0.0, 0.0, np.zeros(4))
        return RobotState(0.02 * self.steps, zeros, zeros, 0.0, 0.0, 0.0, np.zeros(3), True, truth)

    def picture(self, width: int, height: int) -> np.ndarray:
        return np.zeros((height, width, 3), dtype=np.uint8)

    def close(self) -> None:
        pass


def scripted(task: ScriptedTask, schedule: FaultSchedule, horizon: int = 50) -> EpisodeTrace:
    controller = random_rulebook(task.robot).controller(task.robot)
    rng = np.random.default_rng(0)
    plant = TaskPlant(task, rng)
    controller.reset(rng)
    return record_life(plant, controller, SafetyGate(task.robot), schedule, rng, horizon)
