"""The watch node: a hold is told while the body goes on, the one in which every run ends is not."""

from __future__ import annotations

import json
import time

import pytest
from nav_msgs.msg import Odometry
from ros_processes import Ears, Nodes
from std_msgs.msg import String

from hebb_controller_ros import qos

pytestmark = pytest.mark.ros
HELD = "reading is more than 0.1 s old"


@pytest.mark.parametrize("body_goes_on", [True, False])
def test_a_hold_is_told_if_the_body_goes_on(nodes: Nodes, ears: Ears, body_goes_on: bool) -> None:
    odometry = ears.node.create_publisher(Odometry, "ground_truth/odom", qos.SENSOR)
    mode = ears.node.create_publisher(String, "hebb_controller/mode", qos.LATCHED)
    watch = nodes.start("watch_node")
    ears.spin_until(lambda: odometry.get_subscription_count() and mode.get_subscription_count())
    entry = {"phase": "run", "mode": "nominal", "reason": ""}
    mode.publish(String(data=json.dumps(entry)))

    def walk(first: int, last: int) -> None:
        for step in range(first, last):
            message = Odometry()
            message.header.stamp.nanosec = step * 20_000_000
            message.pose.pose.position.x = 0.01 * step
            odometry.publish(message)
            time.sleep(0.02)

    walk(1, 30)
    mode.publish(String(data=json.dumps(entry | {"mode": "hold", "reason": HELD})))
    if body_goes_on:
        time.sleep(0.1)
        walk(30, 49)
    time.sleep(1.1)  # two of its lines
    code, told = nodes.finish(watch, interrupt=True)
    assert code == 0 and "walking by itself" in told and "0.50 m/s" in told
    assert (f"HOLD: {HELD}" in told) == body_goes_on, told
