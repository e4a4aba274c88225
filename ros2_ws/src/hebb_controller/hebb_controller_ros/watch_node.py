"""The watch node: one line in the terminal that lives while the robot walks, and a lasting one for what befalls it."""

from __future__ import annotations

import json
import sys
from collections import deque

import numpy as np
from nav_msgs.msg import Odometry
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from std_msgs.msg import Float64MultiArray, String

from hebb_controller.live_faults import is_wipe
from hebb_controller_ros import qos
from hebb_controller_ros.messages import seconds, weight_change
from hebb_controller_ros.parameters import ParameterSpec, declare
from hebb_controller_ros.spin import run_node

#: The speed is that over this time, in [s].
SPAN = 0.5
#: Speed of a full bar, in [m/s].
FULL = 0.8


class WatchNode(Node):
    """Prints what a person wants to see of a walk."""

    def __init__(self) -> None:
        super().__init__("watch")
        declare(self, [ParameterSpec("robot", "realant", "name of the robot, for the first line")])
        self._track: deque[tuple[float, float]] = deque(maxlen=500)
        self._change = float("nan")
        self._faults: list[str] = []
        self._told = self._pending = ""
        self._shown: float | None = None
        self._pending_since: float | None = None
        self.create_subscription(Odometry, "ground_truth/odom", self._on_odometry, qos.SENSOR)
        self.create_subscription(Float64MultiArray, "hebb_controller/plasticity", self._on_plasticity, qos.SENSOR)
        self.create_subscription(String, "hebb_controller/mode", self._on_mode, qos.LATCHED)
        self.create_subscription(String, "fault_markers", self._on_marker, qos.EVENT)
        self.create_timer(0.5, self._tell, clock=Clock(clock_type=ClockType.STEADY_TIME))

    @property
    def _newest(self) -> float | None:
        return self._track[-1][0] if self._track else None

    def _on_odometry(self, message: Odometry) -> None:
        self._track.append((seconds(message.header.stamp), message.pose.pose.position.x))

    def _on_plasticity(self, message: Float64MultiArray) -> None:
        self._change = weight_change(message)

    def _on_mode(self, message: String) -> None:
        entry = json.loads(message.data)
        words = {"ramp": "to the neutral pose", "fade": "random weights begin to learn", "run": "walking by itself"}
        words |= {"rest": "coming to rest"}
        text = words.get(entry["phase"], entry["phase"])
        # Said once the body has gone on: the hold in which every run ends, when it is gone, is none to speak of.
        self._pending = "" if entry["mode"] == "nominal" else f"  {entry['mode'].upper()}: {entry['reason']}"
        self._pending_since = self._newest
        if not self._pending and text != self._told:
            self._told = text
            print(f"  {text}", flush=True)

    def _on_marker(self, message: String) -> None:
        entry = json.loads(message.data)
        name = entry["fault"].split("@")[0]
        if entry["event"] == "start":
            self._faults.append(name)
            print(f"  {name} begins", flush=True)
            if is_wipe(name):
                self._faults.remove(name)
        elif name in self._faults:
            self._faults.remove(name)
            print(f"  {name} ends", flush=True)

    def _tell(self) -> None:
        newest = self._newest
        if newest is not None and newest == self._shown:
            return  # the body is gone: the run has ended
        self._shown = newest
        if self._pending and newest != self._pending_since:
            print(self._pending, flush=True)
            self._told, self._pending = self._pending, ""
        if len(self._track) < 2:
            return
        now, x = self._track[-1]
        then = next((past for past in self._track if now - past[0] <= SPAN), self._track[0])
        if now <= then[0]:
            return
        speed = round((x - then[1]) / (now - then[0]), 2) + 0.0  # no minus before a zero
        bar = "#" * min(max(round(24 * speed / FULL), 0), 24)
        change = "" if np.isnan(self._change) else f"   weights change {100 * self._change:5.1f} %"
        faulty = f"   {', '.join(self._faults)}" if self._faults else ""
        print(f"{now:6.1f} s  {speed:5.2f} m/s {bar:<24}{change}{faulty}", flush=True)


def main() -> int:
    """Run the watch node; return the exit code."""
    return run_node(WatchNode)


if __name__ == "__main__":
    sys.exit(main())
