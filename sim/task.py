"""The seam between a simulated task and whoever drives it: evolution, evaluation, the live loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import JointTargets, RobotState


@dataclass(frozen=True, slots=True)
class Transition:
    """What one control step led to.

    Attributes:
        state: the reading after the step.
        reward: the step's reward: the sum of the weighted terms.
        terms: the weighted reward terms by name.
        done: True if the task's own rules end the episode here.
        fallen: True if the robot has fallen.
    """

    state: RobotState
    reward: float
    terms: dict[str, float] = field(default_factory=dict)
    done: bool = False
    fallen: bool = False


class Task(Protocol):
    """A robot with a job, in a simulator. Implemented by `ant.AntTask` and `walk.WalkTask`.

    Attributes:
        robot: the robot.
        max_steps: control steps in a whole episode.
        control_period: in [s].
    """

    robot: RobotSpec
    max_steps: int
    control_period: float

    @property
    def bodies(self) -> Sequence[str]:
        """Names of the bodies it can be reset to; the first is `intact`."""

    def reset(self, rng: np.random.Generator, body: str = "intact") -> RobotState:
        """Start an episode on `body` and return the first reading.

        Raises:
            BadInputError: unknown body; the message lists them.
        """

    def step(self, targets: JointTargets) -> Transition:
        """Apply the targets for one control period."""

    def picture(self, width: int, height: int) -> np.ndarray:
        """Return a rendered view of the robot, shape `(height, width, 3)`, uint8."""

    def close(self) -> None:
        """Free the simulator."""
