"""The recorder node: every topic of ours into one MCAP file, bytes as they came."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from diagnostic_msgs.msg import DiagnosticArray
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import Bool, Float64MultiArray, String
from trajectory_msgs.msg import JointTrajectory

from hebb_controller.errors import MissingExtraError
from hebb_controller_ros import qos
from hebb_controller_ros.parameters import ParameterSpec, declare
from hebb_controller_ros.spin import run_node

#: What is recorded: topic, type, and whether it is latched.
TOPICS: tuple[tuple[str, Any, bool], ...] = (
    ("joint_states", JointState, False),
    ("joint_states_source", String, True),
    ("robot_description", String, True),
    ("imu/data", Imu, False),
    ("joint_targets", JointTrajectory, False),
    ("shadow/joint_targets", JointTrajectory, False),
    ("ground_truth/odom", Odometry, False),
    ("faults", String, False),
    ("fault_markers", String, False),
    ("plant/state", String, True),
    ("hebb_controller/observation", Float64MultiArray, False),
    ("hebb_controller/plasticity", Float64MultiArray, False),
    ("hebb_controller/mode", String, True),
    ("hebb_controller/estop_state", Bool, True),
    ("hebb_controller/info", String, True),
    ("/diagnostics", DiagnosticArray, False),
)
PARAMETERS = (
    ParameterSpec("folder", "recordings", "folder of the recordings; nothing in it is ever overwritten"),
    ParameterSpec("robot", "robot", "how the file's name begins"),
)


class RecorderNode(Node):
    """Writes one recording, from its start to its end.

    Raises:
        MissingExtraError: mcap is not installed.
        RunFailedError: the file cannot be written.
    """

    def __init__(self) -> None:
        super().__init__("recorder")
        given = declare(self, PARAMETERS)
        try:
            from hebb_controller_ros.mcap_writer import McapWriter
        except ImportError as error:
            raise MissingExtraError("mcap", "record") from error
        self._file = McapWriter(Path(given["folder"]), given["robot"])
        for topic, kind, latched in TOPICS:
            name = f"{kind.__module__.split('.')[0]}/msg/{kind.__name__}"
            full = topic if topic.startswith("/") else f"{self.get_namespace().rstrip('/')}/{topic}"
            profile = qos.LATCHED if latched else qos.RECORD
            self.create_subscription(kind, topic, self._taker(full, name), profile, raw=True)
        self.create_timer(0.5, self._file.flush, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self.get_logger().info(f"recording to {self._file.path}")

    def _taker(self, topic: str, kind: str) -> Callable[[bytes], None]:
        def take(data: bytes) -> None:
            self._file.write(topic, kind, data, time.time_ns())
            if topic.endswith("hebb_controller/info"):
                self._file.metadata(json.loads(deserialize_message(data, String).data))

        return take

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def main() -> int:
    """Run the recorder node; return the exit code."""
    return run_node(RecorderNode)


if __name__ == "__main__":
    sys.exit(main())
