"""Publishes the robot's URDF on `robot_description`, latched: for RViz and whatever else wants to know the body."""

from __future__ import annotations

import sys

from rclpy.node import Node
from std_msgs.msg import String

from hebb_controller.robot_file import load_robot
from hebb_controller_ros import qos
from hebb_controller_ros.parameters import ParameterSpec, declare
from hebb_controller_ros.spin import run_node


class DescriptionNode(Node):
    """One robot's description on the ROS graph.

    Raises:
        BadInputError: unknown robot.
    """

    def __init__(self) -> None:
        super().__init__("robot_description_publisher")
        given = declare(self, [ParameterSpec("robot", "realant", "name or file of the robot")])
        from sim.urdf import robot_urdf

        self._publisher = self.create_publisher(String, "robot_description", qos.LATCHED)
        self._publisher.publish(String(data=robot_urdf(load_robot(given["robot"]))))


def main() -> int:
    """Run the node; return the exit code."""
    return run_node(DescriptionNode)


if __name__ == "__main__":
    sys.exit(main())
