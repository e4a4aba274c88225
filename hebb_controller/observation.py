"""Observation layouts: from a robot's state to the network's input, by name and version.

The same code runs in training, under ROS and on a robot. A layout is a list of named parts with their widths; a change
of meaning, order or scaling is a new version, and rulebooks of another version are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import RobotState, Vector

#: Every input is held within this bound, as in PyBullet's walkers.
BOUND = 5.0


@dataclass(frozen=True)
class Layout:
    """A named observation.

    Attributes:
        name: its name.
        version: counts changes of meaning, order or scaling.
        summary: one line for tables.
        heading: True if it needs the yaw.
    """

    name: str
    version: int
    summary: str
    heading: bool


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("ant_bullet", 1, "the 28 numbers of AntBulletEnv-v0, ground truth included", True),
        Layout("servo", 1, "roll, pitch, gyro, joint angles, their differences, last filtered action", False),
        Layout("servo_heading", 1, "the servo layout and the sine and cosine of the yaw since the start", True),
    )
}


def layout_named(name: str) -> Layout:
    """Return the layout called `name`.

    Raises:
        BadInputError: no such layout; the message lists them.
    """
    if name not in LAYOUTS:
        raise unknown("observation layout", name, LAYOUTS)
    return LAYOUTS[name]


def observation_size(layout: str, robot: RobotSpec) -> int:
    """Return how many inputs a layout has on a robot."""
    layout_named(layout)
    if layout == "ant_bullet":
        return 8 + 2 * robot.nb_joints + 4
    return 5 + 3 * robot.nb_joints + (2 if layout == "servo_heading" else 0)


class Observer:
    """Turns states into observations; remembers the last joint angles, whose differences stand for speed.

    Args:
        layout: name of the layout.
        robot: the robot whose joint order, limits and rate apply.
    """

    #: Differences between control steps are small: this brings a brisk joint, 5 rad/s, to 1.
    SPEED_SCALE = 0.2
    #: Likewise for the gyro, 5 rad/s.
    GYRO_SCALE = 0.2

    def __init__(self, layout: str, robot: RobotSpec) -> None:
        self.layout = layout_named(layout)
        self.size = observation_size(layout, robot)
        self._robot = robot
        self._middle = 0.5 * (robot.lower + robot.upper)
        self._half_range = 0.5 * (robot.upper - robot.lower)
        self._fill = self._ant_bullet if layout == "ant_bullet" else self._servo
        self.reset()

    def reset(self) -> None:
        """Forget the last joint angles."""
        self._last_position: Vector | None = None

    def __call__(self, state: RobotState, last_action: Vector) -> Vector:
        """Return the observation, shape `(size,)`, each entry within +-5.

        Args:
            state: the newest reading.
            last_action: the last filtered action, shape `(nb_joints,)`, within +-1.

        Raises:
            BadInputError: the layout needs ground truth and the state has none.
        """
        observation = np.empty(self.size)
        self._fill(observation, state, last_action)
        return np.minimum(np.maximum(observation, -BOUND, out=observation), BOUND, out=observation)

    def _servo(self, out: Vector, state: RobotState, last_action: Vector) -> None:
        n = self._robot.nb_joints
        position = state.joint_position
        last = position if self._last_position is None else self._last_position
        self._last_position = position
        out[0], out[1] = state.roll, state.pitch
        out[2:5] = state.angular_velocity_base_in_base
        out[2:5] *= self.GYRO_SCALE
        out[5 : 5 + n] = (position - self._robot.neutral) / self._robot.action_scale
        out[5 + n : 5 + 2 * n] = (position - last) * (self._robot.control_rate * self.SPEED_SCALE)
        out[5 + 2 * n : 5 + 3 * n] = last_action
        if self.layout.heading:
            yaw = state.yaw if math.isfinite(state.yaw) else math.nan  # math.sin refuses infinity
            out[5 + 3 * n], out[6 + 3 * n] = math.sin(yaw), math.cos(yaw)

    def _ant_bullet(self, out: Vector, state: RobotState, last_action: Vector) -> None:
        truth = state.truth
        if truth is None:
            raise BadInputError("layout ant_bullet needs ground truth, which only a simulator has: use layout servo")
        cos, sin = math.cos(state.yaw), math.sin(state.yaw)
        vx, vy, vz = truth.linear_velocity_base_in_world
        bearing = truth.heading_to_target - state.yaw
        out[0] = truth.height_above_start
        out[1], out[2] = math.sin(bearing), math.cos(bearing)
        out[3], out[4], out[5] = 0.3 * (cos * vx + sin * vy), 0.3 * (cos * vy - sin * vx), 0.3 * vz
        out[6], out[7] = state.roll, state.pitch
        out[8:24:2] = (state.joint_position - self._middle) / self._half_range
        out[9:24:2] = 0.1 * state.joint_velocity
        out[24:28] = truth.foot_contact
