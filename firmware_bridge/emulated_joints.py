"""What an emulated board's servos move: the seam, and joints without a body for when the bus alone is of interest."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector


class JointBody(Protocol):
    """Joints that follow goals. Implemented by `SlewJoints` and by the simulated body of `sim.desk_body`.

    Attributes:
        step_time: time that one `advance` takes, in [s].
        position: shape `(nb_joints,)`, in [rad].
        speed: shape `(nb_joints,)`, in [rad/s].
        load: share of full drive, within +-1, shape `(nb_joints,)`.
    """

    step_time: float
    position: Vector
    speed: Vector
    load: Vector

    def advance(self, goal: Vector, strength: Vector) -> None:
        """Move on by `step_time` towards `goal` [rad], each servo with this share of its torque."""

    def attitude(self) -> tuple[float, float, float, Vector]:
        """Return roll, pitch, yaw in [rad] and the gyro in [rad/s]."""

    def close(self) -> None:
        """Free what it holds."""


class SlewJoints:
    """Unloaded servos on a bench: dead time, then straight to the goal at no-load speed, through the gears' play.

    Args:
        robot: a robot with servos.
        step_time: in [s].
        start: angles at the beginning, the neutral pose by default, in [rad].
        backlash: half-width of the play between servo and joint, in [rad]; the servo senses its own side of it.
    """

    def __init__(
        self, robot: RobotSpec, step_time: float = 0.001, start: npt.ArrayLike | None = None, backlash: float = 0.0
    ) -> None:
        assert robot.servo is not None
        self.step_time = step_time
        self.position = np.array(robot.neutral if start is None else start, dtype=float)
        self.speed = np.zeros(robot.nb_joints)
        self.load = np.zeros(robot.nb_joints)
        self.joint_position = self.position.copy()
        self._backlash = backlash
        self._top_speed = robot.servo.no_load_speed
        nb_late = round(robot.servo.latency / step_time)
        self._goals = [self.position.copy() for _ in range(nb_late + 1)]

    def advance(self, goal: Vector, strength: Vector) -> None:
        """Move on by one step."""
        self._goals.append(np.array(goal, dtype=float))
        old = self._goals.pop(0)
        reach = self._top_speed * self.step_time
        change = np.where(strength > 0.0, np.clip(old - self.position, -reach, reach), 0.0)
        self.position = self.position + change
        self.speed = change / self.step_time
        self.load = np.clip(change / reach, -1.0, 1.0)
        self.joint_position = np.clip(
            self.joint_position, self.position - self._backlash, self.position + self._backlash
        )

    def attitude(self) -> tuple[float, float, float, Vector]:
        """Level and still."""
        return 0.0, 0.0, 0.0, np.zeros(3)

    def close(self) -> None:
        """Nothing to free."""
