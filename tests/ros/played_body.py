"""Sensors played by the test: a body that stands still, and whatever the test takes away from it."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String

from hebb_controller.robot import MEASURED, RobotSpec
from hebb_controller.signals import RobotState, Vector
from hebb_controller_ros import qos
from hebb_controller_ros.encoding import ImuEncoder, JointStateEncoder


class PlayedBody:
    """Publishes joint states and IMU messages at the control rate while the listener spins.

    Attributes:
        with_imu: False: the IMU falls silent.
        with_joints: False: the joint states fall silent.
        roll: attitude, in [rad].
        time: stamp of the next reading, in [s].
        imu_ahead: by how much the stamps of an IMU of its own differ, in [s].
        frozen: True: it publishes on, under the stamp and with the attitude that it knew last.
        position: joint angles, in [rad].
        order: order in which joints are named; None: no names that the robot knows.
    """

    def __init__(self, ears: Any, robot: RobotSpec, namespace: str = "") -> None:
        self._robot = robot
        self._joints, self._imu = JointStateEncoder(robot), ImuEncoder(1.0 / robot.control_rate)
        node, prefix = ears.node, f"/{namespace}/" if namespace else "/"
        self._joint_states = node.create_publisher(JointState, f"{prefix}joint_states", qos.STREAM)
        self._imu_data = node.create_publisher(Imu, f"{prefix}imu/data", qos.STREAM)
        self._source = node.create_publisher(String, f"{prefix}joint_states_source", qos.LATCHED)
        self._source.publish(String(data=MEASURED))
        self.with_imu = self.with_joints = True
        self.roll, self.time, self.imu_ahead = 0.0, 100.0, 0.0
        self.frozen = False
        self.position: Vector = robot.neutral.copy()
        self.order: list[int] | None = list(range(robot.nb_joints))
        node.create_timer(1.0 / robot.control_rate, self._sense)

    def _sense(self) -> None:
        if not self.frozen:
            self.time = round(self.time + 1.0 / self._robot.control_rate, 9)
        silent = np.full(self._robot.nb_joints, math.nan)
        state = RobotState(self.time, self.position, silent, self.roll, 0.0, 0.0, np.zeros(3))
        if self.with_imu:
            self._imu_data.publish(self._imu(dataclasses.replace(state, time=self.time + self.imu_ahead)))
        if self.with_joints:
            self._joint_states.publish(self._named(self._joints(state)))

    def _named(self, message: JointState) -> JointState:
        if self.order is None:
            return JointState(header=message.header, name=["left_wheel"], position=[0.0])
        names = [self._robot.joint_names[k] for k in self.order]
        return JointState(header=message.header, name=names, position=[message.position[k] for k in self.order])
