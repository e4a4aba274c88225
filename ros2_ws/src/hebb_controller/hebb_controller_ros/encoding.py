"""Signals to ROS messages: each class keeps one message and refills it, for making one anew costs more than filling it.

Positions in [rad], attitude as a quaternion, specific force with gravity included (REP-145). Numbers cross as float64.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Sequence

import numpy as np
from builtin_interfaces.msg import Duration, Time
from nav_msgs.msg import Odometry
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import Float32MultiArray, Float64MultiArray, MultiArrayDimension, String
from trajectory_msgs.msg import JointTrajectory, JointTrajectoryPoint

from hebb_controller.live_faults import Marker
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray
from hebb_controller.signals import GroundTruth, JointTargets, RobotState, Vector
from hebb_controller_ros.messages import quaternion_of
from sim.rotation import into_base

#: Standard gravity, in [m/s^2].
GRAVITY = 9.80665


def stamp(time: float) -> Time:
    """Return a time in [s] as a message, to the nearest nanosecond."""
    whole, part = divmod(round(time * 1e9), 1_000_000_000)
    return Time(sec=whole, nanosec=part)


def doubles(values: Vector) -> array[float]:
    """Return a vector as what rclpy takes without looking at every number."""
    return array("d", np.ascontiguousarray(values, dtype=float).tobytes())


class TargetsEncoder:
    """Joint targets as one-point trajectories.

    Args:
        robot: the robot, whose joint order the messages have.
    """

    def __init__(self, robot: RobotSpec) -> None:
        period = round(1e9 / robot.control_rate)
        self._point = JointTrajectoryPoint(time_from_start=Duration(sec=period // 10**9, nanosec=period % 10**9))
        self._message = JointTrajectory(joint_names=list(robot.joint_names), points=[self._point])
        self._let_go = array("d", [0.0] * robot.nb_joints)

    def __call__(self, targets: JointTargets) -> JointTrajectory:
        """Return the message for a command; it is good until the next call."""
        self._message.header.stamp = stamp(targets.time)
        self._point.positions = array("d") if targets.limp else doubles(targets.value)
        self._point.effort = self._let_go if targets.limp else array("d")
        return self._message


class JointStateEncoder:
    """Joint angles as joint states; a robot that senses no speed gets the difference quotient of its angles.

    Args:
        robot: the robot, whose joint order the messages have.
    """

    def __init__(self, robot: RobotSpec) -> None:
        self._message = JointState(name=list(robot.joint_names))
        self._rate = robot.control_rate
        # Not empty: some readers of recordings refuse arrays of unequal lengths. Nobody here senses torque.
        self._message.effort = array("d", [0.0] * robot.nb_joints)
        self._last: Vector | None = None

    def __call__(self, state: RobotState) -> JointState:
        """Return the message for a reading; it is good until the next call."""
        velocity = state.joint_velocity
        if not np.isfinite(velocity).all():
            last = state.joint_position if self._last is None else self._last
            velocity = (state.joint_position - last) * self._rate
        self._last = state.joint_position
        self._message.header.stamp = stamp(state.time)
        self._message.position = doubles(state.joint_position)
        self._message.velocity = doubles(velocity)
        return self._message


class ImuEncoder:
    """The base's attitude, gyro and specific force as IMU messages.

    Args:
        period: between readings, in [s]: what velocities are differentiated over.
    """

    def __init__(self, period: float) -> None:
        self._message = Imu()
        self._message.header.frame_id = "imu_link"
        self._period = period
        self._last: Vector | None = None

    def __call__(self, state: RobotState) -> Imu:
        """Return the message for a reading; it is good until the next call."""
        message = self._message
        message.header.stamp = stamp(state.time)
        turn, spin, force = message.orientation, message.angular_velocity, message.linear_acceleration
        attitude = turn.x, turn.y, turn.z, turn.w = _turn(state)
        spin.x, spin.y, spin.z = (float(v) for v in state.angular_velocity_base_in_base)
        force.x, force.y, force.z = (float(v) for v in into_base(attitude, self._upward(state)))
        return message

    def _upward(self, state: RobotState) -> tuple[float, ...]:
        # Acceleration less gravity, in world axes: what an accelerometer feels.
        acceleration = np.zeros(3)
        if state.truth is not None:
            velocity = state.truth.linear_velocity_base_in_world
            if self._last is not None:
                acceleration = (velocity - self._last) / self._period
            self._last = velocity
        return tuple(acceleration + np.array([0.0, 0.0, GRAVITY]))


def _turn(state: RobotState) -> tuple[float, float, float, float]:
    # x, y, z, w of the base in the world; a robot that senses no heading is told as heading straight ahead.
    return quaternion_of(state.roll, state.pitch, state.yaw if np.isfinite(state.yaw) else 0.0)


def odometry(state: RobotState, truth: GroundTruth) -> Odometry:
    """Return what the simulator knows: pose of the base in the world, its velocity in its own axes."""
    message = Odometry(child_frame_id="base_link")
    message.header.stamp, message.header.frame_id = stamp(state.time), "world"
    place, turn = message.pose.pose.position, message.pose.pose.orientation
    place.x, place.y, place.z = (float(v) for v in truth.position_base_in_world)
    attitude = turn.x, turn.y, turn.z, turn.w = _turn(state)
    moving = message.twist.twist
    velocity = into_base(attitude, tuple(truth.linear_velocity_base_in_world))
    moving.linear.x, moving.linear.y, moving.linear.z = (float(v) for v in velocity)
    spin = state.angular_velocity_base_in_base
    moving.angular.x, moving.angular.y, moving.angular.z = (float(v) for v in spin)
    return message


def labelled(rows: Vector, row_label: str, column_label: str) -> Float64MultiArray:
    """Return a matrix, shape `(m, n)`, with labelled axes."""
    message = Float64MultiArray()
    nb_rows, nb_columns = rows.shape
    message.layout.dim = [
        MultiArrayDimension(label=row_label, size=nb_rows, stride=rows.size),
        MultiArrayDimension(label=column_label, size=nb_columns, stride=nb_columns),
    ]
    message.data = doubles(rows.ravel())
    return message


def layer_message(weights: FloatArray, layer: int, nb_layers: int) -> Float32MultiArray:
    """Return one layer's weights, shape `(post, pre)`, as `messages.layer_weights` reads them; layers count from 1."""
    message = Float32MultiArray()
    post, pre = weights.shape
    message.layout.dim = [
        MultiArrayDimension(label=f"layer {layer} of {nb_layers}", size=1, stride=weights.size),
        MultiArrayDimension(label="post", size=post, stride=weights.size),
        MultiArrayDimension(label="pre", size=pre, stride=pre),
    ]
    message.data = array("f", np.ascontiguousarray(weights, dtype=np.float32).tobytes())
    return message


def marker_message(marker: Marker, time: float) -> String:
    """Return a fault's beginning or end, marked at a reading's `time` in [s], as `fault_markers` carries it."""
    entry = {"step": marker.step, "stamp": time, "event": marker.event, "fault": marker.fault}
    return String(data=json.dumps(entry))


def plain(values: Vector | Sequence[float]) -> Float64MultiArray:
    """Return a vector without labels."""
    return Float64MultiArray(data=doubles(np.asarray(values, dtype=float)))
