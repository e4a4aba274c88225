"""The recorder node: every topic of ours into one MCAP file, bytes as they came."""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from rclpy.serialization import deserialize_message
from std_msgs.msg import String

from hebb_controller.errors import MissingExtraError, RunFailedError
from hebb_controller_ros import qos
from hebb_controller_ros.parameters import ParameterSpec, declare
from hebb_controller_ros.spin import run_node
from hebb_controller_ros.topic_names import RECORDED

PARAMETERS = (
    ParameterSpec("folder", "recordings", "folder of the recordings; nothing in it is ever overwritten"),
    ParameterSpec("robot", "robot", "how the file's name begins"),
)


class RecorderNode(Node):
    """Writes one recording, from its start to its end.

    Attributes:
        finished: True when the process is to end.
        failure: why the file takes no more; `run_node` ends with it.

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
        self.finished = False
        self.failure: RunFailedError | None = None
        self._file = McapWriter(Path(given["folder"]), given["robot"])
        for topic in RECORDED:
            package, _, message = topic.kind.split("/")
            kind = getattr(importlib.import_module(f"{package}.msg"), message)
            full = topic.name if topic.name.startswith("/") else f"{self.get_namespace().rstrip('/')}/{topic.name}"
            profile = qos.LATCHED_STATES if topic.latched else qos.RECORD
            self.create_subscription(kind, topic.name, self._taker(full, topic.kind), profile, raw=True)
        self.create_timer(0.5, self._flush, clock=Clock(clock_type=ClockType.STEADY_TIME))
        self.get_logger().info(f"recording to {self._file.path}")

    def _taker(self, topic: str, kind: str) -> Callable[[bytes], None]:
        def take(data: bytes) -> None:
            try:
                self._file.write(topic, kind, data, time.time_ns())
                if topic.endswith("hebb_controller/info"):
                    self._file.metadata(json.loads(deserialize_message(data, String).data))
            except RunFailedError as error:
                self._give_up(error)

        return take

    def _flush(self) -> None:
        try:
            self._file.flush()
        except RunFailedError as error:
            self._give_up(error)

    def _give_up(self, error: RunFailedError) -> None:
        # A full disk ends the recording and its process; what goes on is the launch's to say.
        self.failure, self.finished = error, True

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def main() -> int:
    """Run the recorder node; return the exit code."""
    return run_node(RecorderNode)


if __name__ == "__main__":
    sys.exit(main())
