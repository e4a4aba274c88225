"""A simulated task as a plant, so that the same loop drives a simulator and a robot."""

from __future__ import annotations

import numpy as np

from hebb_controller.signals import JointTargets, RobotState, Vector
from sim.task import Task, Transition


class TaskPlant:
    """Drives a task through sense and actuate; keeps the last transition for whoever keeps the score.

    Args:
        task: the task; it stays the caller's, who may run many lives on it.
        rng: source of everything random in the body and the ground.
        body: name of the body.

    Attributes:
        task: the task.
        state: the newest reading.
        transition: what the last step led to; None before the first.

    Raises:
        BadInputError: unknown body.
    """

    def __init__(self, task: Task, rng: np.random.Generator, body: str = "intact") -> None:
        self.task = task
        self.state = task.reset(rng, body)
        self.transition: Transition | None = None
        if hasattr(task, "set_strength"):
            task.set_strength(np.ones(task.robot.nb_joints))
            self.set_strength = self._set_strength

    def sense(self) -> RobotState:
        """Return the newest reading."""
        return self.state

    def actuate(self, targets: JointTargets) -> None:
        """Apply the command for one control period."""
        self.transition = self.task.step(targets)
        self.state = self.transition.state

    def _set_strength(self, share: Vector) -> None:
        """Leave each servo this share of its torque, shape `(nb_joints,)`."""
        self.task.set_strength(share)  # type: ignore[attr-defined]

    def close(self) -> None:
        """Free the simulator."""
        self.task.close()
