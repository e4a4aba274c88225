"""What crosses the seam between a body and its controller: the sensed state and the joint targets.

SI units, radians, REP-103 axes (x forward, y left, z up). Arrays are in the robot's joint order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

#: Steps per radian in which attitudes are told: a billionth of a radian, far below any sensor.
ATTITUDE_STEPS = 2.0**30


def attitude_angle(angle: float) -> float:
    """Return a roll, pitch or yaw, in [rad], to the resolution that every source of attitudes keeps to.

    A quaternion on the way changes the last bits of an angle, and with them, after a while, a plastic network's whole
    life. Rounded on both sides, the angle that arrives is the one that left.
    """
    return round(angle * ATTITUDE_STEPS) / ATTITUDE_STEPS if math.isfinite(angle) else angle


@dataclass(frozen=True, slots=True)
class GroundTruth:
    """What only a simulator (or a motion-capture room) knows.

    Attributes:
        position_base_in_world: shape `(3,)`, in [m].
        linear_velocity_base_in_world: shape `(3,)`, in [m/s].
        heading_to_target: bearing of the target in the world, in [rad].
        height_above_start: height of the base above its height at reset, in [m].
        foot_contact: shape `(nb_feet,)`, 1.0 where a foot touches the ground; NaN where nobody looked.
    """

    position_base_in_world: Vector
    linear_velocity_base_in_world: Vector
    heading_to_target: float
    height_above_start: float
    foot_contact: Vector


@dataclass(frozen=True, slots=True)
class RobotState:
    """One reading of the sensors.

    Attributes:
        time: stamp of the reading, in [s].
        joint_position: shape `(nb_joints,)`, in [rad].
        joint_velocity: shape `(nb_joints,)`, in [rad/s]; NaN where the robot does not sense it.
        roll: attitude of the base about x, in [rad].
        pitch: attitude of the base about y, in [rad].
        yaw: heading since the start, in [rad]; NaN where the robot does not sense it.
        angular_velocity_base_in_base: the gyro, shape `(3,)`, in [rad/s].
        measured: True if joint positions come from encoders, False if they repeat the last command.
        truth: ground truth, or None on a robot.
    """

    time: float
    joint_position: Vector
    joint_velocity: Vector
    roll: float
    pitch: float
    yaw: float
    angular_velocity_base_in_base: Vector
    measured: bool = True
    truth: GroundTruth | None = None


@dataclass(frozen=True, slots=True)
class JointTargets:
    """One command for all joints.

    Attributes:
        time: stamp of the observation that the command answers, in [s].
        value: shape `(nb_joints,)`: [rad] when `kind` is `position`, [N m] when it is `torque`.
        kind: `position` or `torque`.
        limp: True if the actuators are to let go, whatever `value` says.
    """

    time: float
    value: Vector
    kind: str
    limp: bool = False
