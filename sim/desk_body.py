"""A simulated body that follows servo goals in real time: what walks on the desk behind an emulated board.

The bridge's emulators never meet the simulator; the command line hands them this, which has the shape of their seam.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from hebb_controller.robot import POSITION, RobotSpec
from hebb_controller.signals import JointTargets, RobotState
from sim.task_plant import TaskPlant
from sim.walk import WalkTask


class DeskBody:
    """A walking robot whose joints follow goals, one physics step at a time.

    Args:
        robot: the robot.
        seed: the ground is that of episode 0 of `hebb evaluate` on this seed, with lives of the task's own length.
        body: name of the body.
        step_time: in [s]; the control step of a walk is two physics steps.

    Attributes:
        step_time: in [s].
        position: joint angles, shape `(nb_joints,)`, in [rad].
        speed: of the joints, shape `(nb_joints,)`, in [rad/s].
        load: share of full drive, shape `(nb_joints,)`.
        distance: how far it has come along x, in [m].
        fallen: it fell while a servo drove it; lying down without torque is no fall.
    """

    def __init__(self, robot: RobotSpec, seed: int = 0, body: str = "intact", step_time: float = 0.01) -> None:
        self.step_time = step_time
        robot = dataclasses.replace(robot, board=None)  # the emulated board has its own pace
        self._task = WalkTask(robot, randomise=False, physics_steps=1, control_period=step_time)
        self._plant = TaskPlant(self._task, np.random.default_rng([seed, 0]), body)
        self.speed = np.zeros(robot.nb_joints)
        self.load = np.zeros(robot.nb_joints)
        self.fallen = False
        self._see(self._plant.state)

    def advance(self, goal: np.ndarray, strength: np.ndarray) -> None:
        """Move on by `step_time` towards `goal` [rad], each servo with this share of its torque."""
        before = self.position
        self._plant.set_strength(strength)
        self._plant.actuate(JointTargets(self._plant.state.time, goal, POSITION))
        self._see(self._plant.state)
        self.speed = (self.position - before) / self.step_time
        self.load = self._task.drive
        down = self._plant.transition is not None and self._plant.transition.fallen
        self.fallen = self.fallen or (down and bool(strength.any()))

    def _see(self, state: RobotState) -> None:
        assert state.truth is not None
        self._state = state
        self.position = self._task.joint_angles
        self.distance = float(state.truth.position_base_in_world[0])

    def attitude(self) -> tuple[float, float, float, np.ndarray]:
        """Return roll, pitch, yaw in [rad] and the gyro in [rad/s]."""
        state = self._state
        return state.roll, state.pitch, state.yaw, state.angular_velocity_base_in_base

    def close(self) -> None:
        """Free the simulator."""
        self._plant.close()
