"""ROS messages to signals: joints by name, attitude from the quaternion, refusals that list what is wrong.

Takes any object with the fields of the standard message, whether rclpy or a recording's reader made it, so that a
replay decodes what the node decoded. `encoding.py` is the way back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import whole_number
from hebb_controller.robot import POSITION, RobotSpec
from hebb_controller.rules import FloatArray
from hebb_controller.signals import JointTargets, RobotState, Vector, attitude_angle

JointIndex = tuple[int, ...]


def seconds(stamp: Any) -> float:
    """Return a `builtin_interfaces/Time` in [s], rounded correctly: equal stamps are equal numbers everywhere."""
    return nanoseconds(stamp) / 1e9


def nanoseconds(stamp: Any) -> int:
    """Return a `builtin_interfaces/Time` in [ns]."""
    return int(stamp.sec) * 1_000_000_000 + int(stamp.nanosec)


def joint_index(names: list[str] | tuple[str, ...], robot: RobotSpec, topic: str) -> JointIndex:
    """Return where each of the robot's joints stands in a message that lists `names`.

    Raises:
        BadInputError: a joint is missing, unknown or named twice; the message lists them all.
    """
    missing = [name for name in robot.joint_names if name not in names]
    extra = [name for name in names if name not in robot.joint_names]
    twice = sorted({name for name in names if list(names).count(name) > 1})
    faults = [("missing", missing), ("unknown", extra), ("named twice", twice)]
    if any(found for _, found in faults):
        listed = "; ".join(f"{what}: {', '.join(found)}" for what, found in faults if found)
        raise BadInputError(f"{topic} does not name the joints of {robot.name}: {listed}")
    return tuple(list(names).index(name) for name in robot.joint_names)


def state_from_messages(joints: Any, imu: Any, index: JointIndex, measured: bool) -> RobotState:
    """Return the reading that a `sensor_msgs/JointState` and a `sensor_msgs/Imu` make together.

    Its stamp is that of the joints. The gyro and the attitude are those of the base: mount the IMU along its axes, or
    turn its messages before they come here.

    Args:
        joints: the joint state.
        imu: the IMU's message.
        index: what `joint_index` returned for these names.
        measured: True if the positions come from encoders.

    Raises:
        BadInputError: too few positions.
    """
    order = list(index)
    if len(joints.position) <= max(order):
        raise BadInputError(f"joint_states has {len(joints.position)} positions for {len(joints.name)} names")
    position = np.asarray(joints.position, dtype=float)[order]
    velocity = np.asarray(joints.velocity, dtype=float)
    velocity = velocity[order] if velocity.size > max(order) else np.full(len(order), math.nan)
    roll, pitch, yaw = attitude_in(imu)
    return RobotState(seconds(joints.header.stamp), position, velocity, roll, pitch, yaw, rates_in(imu), measured)


def attitude_in(imu: Any) -> tuple[float, float, float]:
    """Return roll, pitch and yaw of a `sensor_msgs/Imu` in [rad]; NaN where it says that it has none.

    It says so by a covariance that begins with -1 (its definition); its quaternion is then whatever the driver left
    there, in ROS 2 the one of a base that stands level.
    """
    if imu.orientation_covariance[0] < 0.0:
        return math.nan, math.nan, math.nan
    turn = imu.orientation
    return attitude_of(turn.x, turn.y, turn.z, turn.w)


def rates_in(imu: Any) -> Vector:
    """Return the angular velocity of a `sensor_msgs/Imu`, shape `(3,)`, in [rad/s]; NaN where it says it has none."""
    if imu.angular_velocity_covariance[0] < 0.0:
        return np.full(3, math.nan)
    spin = imu.angular_velocity
    return np.array([spin.x, spin.y, spin.z])


def attitude_of(x: float, y: float, z: float, w: float) -> tuple[float, float, float]:
    """Return roll, pitch and yaw of a quaternion, fixed axes (REP-103), in [rad]; NaN for one that turns nothing."""
    norm = x * x + y * y + z * z + w * w
    if not 0.5 < norm < 2.0:  # all zeros is how drivers without attitude fill the field
        return math.nan, math.nan, math.nan
    roll = math.atan2(2.0 * (w * x + y * z), norm - 2.0 * (x * x + y * y))
    pitch = math.asin(min(max(2.0 * (w * y - z * x) / norm, -1.0), 1.0))
    yaw = math.atan2(2.0 * (w * z + x * y), norm - 2.0 * (y * y + z * z))
    return attitude_angle(roll), attitude_angle(pitch), attitude_angle(yaw)


def quaternion_of(roll: float, pitch: float, yaw: float) -> tuple[float, float, float, float]:
    """Return x, y, z, w of an attitude in [rad], fixed axes (REP-103)."""
    cr, sr = math.cos(roll / 2), math.sin(roll / 2)
    cp, sp = math.cos(pitch / 2), math.sin(pitch / 2)
    cy, sy = math.cos(yaw / 2), math.sin(yaw / 2)
    return (
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
        cr * cp * cy + sr * sp * sy,
    )


def targets_from_message(message: Any, index: JointIndex) -> JointTargets:
    """Return the command of a one-point `trajectory_msgs/JointTrajectory`.

    A point without positions and with efforts of zero is the command to let go.

    Raises:
        BadInputError: not one point, or positions that are too few or not finite.
    """
    if len(message.points) != 1:
        raise BadInputError(f"joint_targets with {len(message.points)} points: must have one")
    point, time = message.points[0], seconds(message.header.stamp)
    if not len(point.positions) and len(point.effort) and not any(point.effort):
        return JointTargets(time, np.zeros(len(index)), POSITION, limp=True)
    if len(point.positions) != len(message.joint_names):
        raise BadInputError(f"joint_targets has {len(point.positions)} positions for {len(message.joint_names)} joints")
    value: Vector = np.asarray(point.positions, dtype=float)[list(index)]
    if not np.isfinite(value).all():
        raise BadInputError("joint_targets holds a position that is not finite")
    return JointTargets(time, value, POSITION)


def layer_weights(message: Any) -> tuple[int, int, FloatArray]:
    """Return the number of a layer, from 1, how many there are, and its weights, from a `~/weights` message.

    Raises:
        BadInputError: not such a message.
    """
    dims = message.layout.dim
    words = dims[0].label.split() if len(dims) == 3 else []
    number, nb_layers = (whole_number(words[1]), whole_number(words[3])) if len(words) == 4 else (None, None)
    counted = number is not None and nb_layers is not None and 1 <= number <= nb_layers
    if number is None or nb_layers is None or not counted or dims[1].size * dims[2].size != len(message.data):
        raise BadInputError("weights: not one layer with the dimensions 'layer K of N', post, pre")
    return number, nb_layers, np.array(message.data, dtype=np.float32).reshape(dims[1].size, dims[2].size)


def weight_change(plasticity: Any) -> float:
    """Return by how much the weights changed in a step, as a share of their norm, from a `~/plasticity` message."""
    rows = np.array(plasticity.data).reshape(-1, 3)
    return float(np.linalg.norm(rows[:, 1]) / max(np.linalg.norm(rows[:, 0]), 1e-12))


def took_over(mode: Mapping[str, Any], period: float) -> float | None:
    """Return the stamp of the first reading that the network answered, in [s]; None while a mode tells of no network.

    Args:
        mode: what `~/mode` says.
        period: of control, in [s].
    """
    if mode["phase"] not in ("fade", "run"):
        return None
    # Said after the tick that took over, which it counts already.
    return float(mode["begun_at"] + max(mode["step"] - 1, 0) * period)
