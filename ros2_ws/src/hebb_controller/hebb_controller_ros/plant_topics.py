"""What the plant node says: readings, where they come from, the clock, markers and its own mode."""

from __future__ import annotations

import math

from nav_msgs.msg import Odometry
from rclpy.node import Node
from rosgraph_msgs.msg import Clock
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String

from hebb_controller.live_faults import Marker
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import RobotState
from hebb_controller_ros import qos
from hebb_controller_ros.encoding import ImuEncoder, JointStateEncoder, marker_message, odometry, stamp
from sim.urdf import robot_urdf


class PlantTopics:
    """The publishers of a plant node.

    Args:
        node: the node.
        robot: its robot.
        clock: True if it publishes simulated time.
        imu: True if it publishes imu/data; False: somebody else does.
    """

    def __init__(self, node: Node, robot: RobotSpec, clock: bool, imu: bool = True) -> None:
        self._joint_state, self._imu_message = JointStateEncoder(robot), ImuEncoder(1.0 / robot.control_rate)
        self._joints = node.create_publisher(JointState, "joint_states", qos.STREAM)
        self._imu = node.create_publisher(Imu, "imu/data", qos.STREAM) if imu else None
        self._odometry = node.create_publisher(Odometry, "ground_truth/odom", qos.STREAM)
        self._source = node.create_publisher(String, "joint_states_source", qos.LATCHED)
        self._markers = node.create_publisher(String, "fault_markers", qos.EVENT)
        self._state = node.create_publisher(String, "~/state", qos.LATCHED_STATES)
        # Which body this is, for RViz and whoever else wants to draw it: the intact one, whatever befell the real one.
        self._description = node.create_publisher(String, "robot_description", qos.LATCHED)
        self._description.publish(String(data=robot_urdf(robot)))
        self._clock = node.create_publisher(Clock, "/clock", qos.CLOCK) if clock else None

    def publish(self, state: RobotState) -> None:
        """Publish one reading: the IMU before the joints, whose arrival starts the controller's tick."""
        if self._imu is not None and math.isfinite(
            state.roll
        ):  # an IMU that has not spoken yet says nothing here either
            self._imu.publish(self._imu_message(state))
        self._joints.publish(self._joint_state(state))
        if self._clock is not None:
            self._clock.publish(Clock(clock=stamp(state.time)))
        if state.truth is not None:
            self._odometry.publish(odometry(state, state.truth))

    @property
    def nb_listeners(self) -> int:
        """How many listen to the joint states."""
        return int(self._joints.get_subscription_count())

    def source(self, text: str) -> None:
        """Say, for whoever comes late too, whether positions are measured or commanded."""
        self._source.publish(String(data=text))

    def state(self, text: str) -> None:
        """Say the node's mode."""
        self._state.publish(String(data=text))

    def markers(self, markers: list[Marker], time: float) -> None:
        """Mark faults that begin or end at a reading's `time`, in [s]."""
        for marker in markers:
            self._markers.publish(marker_message(marker, time))
