"""The other side of bench_ros.py: answers each joint state with a ready-made trajectory, as fast as rclpy goes."""

from __future__ import annotations

import sys

import rclpy
from sensor_msgs.msg import Imu, JointState
from trajectory_msgs.msg import JointTrajectory

from hebb_controller.robot_file import load_robot
from hebb_controller.signals import JointTargets
from hebb_controller_ros import qos
from hebb_controller_ros.encoding import TargetsEncoder


def main() -> int:
    """Echo until interrupted."""
    rclpy.init()
    node = rclpy.create_node("echo")
    robot = load_robot("realant")
    message = TargetsEncoder(robot)(JointTargets(0.0, robot.neutral, "position"))
    answers = node.create_publisher(JointTrajectory, "joint_targets", qos.COMMAND)

    def answer(joints: JointState) -> None:
        message.header.stamp = joints.header.stamp
        answers.publish(message)

    node.create_subscription(Imu, "imu/data", lambda _: None, qos.SENSOR)
    node.create_subscription(JointState, "joint_states", answer, qos.SENSOR)
    try:
        rclpy.spin(node)
    except (KeyboardInterrupt, rclpy.executors.ExternalShutdownException):
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
