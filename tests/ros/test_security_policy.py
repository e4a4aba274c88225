"""The policy in docs/ros2_security.md: what the nodes do is what it allows."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("rclpy")
pytest.importorskip("serial")
from serial_bench import start

pytestmark = pytest.mark.ros
PAGE = Path(__file__).parents[2] / "docs" / "ros2_security.md"


def allowed(node: str, what: str) -> set[str]:
    """Return the topics that the policy lets a node `publish` or `subscribe` to."""
    found = re.search(r"```xml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert found is not None
    profile = ElementTree.fromstring(found.group(1)).find(f".//profile[@node='{node}']")
    assert profile is not None
    topics = profile.find(f"topics[@{what}='ALLOW']")
    assert topics is not None
    return {str(topic.text) for topic in topics}


def test_every_topic_of_both_nodes_is_allowed(nodes, ears, bench) -> None:  # type: ignore[no-untyped-def]
    start(nodes, bench, imu_port="")  # the user's own IMU: the most that the plant listens to
    nodes.start("controller_node", robot="sts12", use_cmd_vel=True, autostart=True)
    graph = ears.node
    asked = {
        "publish": graph.get_publisher_names_and_types_by_node,
        "subscribe": graph.get_subscriber_names_and_types_by_node,
    }
    for node, topic in (("plant", "plant/state"), ("hebb_controller", "joint_targets")):
        ears.spin_until(
            lambda n=node, t=topic: n in graph.get_node_names() and f"/{t}" in dict(asked["publish"](n, "/")), 30
        )
        ears.spin_for(1.0)  # what it does beside that is found by then
        for what, ask in asked.items():
            used = {name.lstrip("/") for name, _ in ask(node, "/")}
            assert used <= allowed(node, what), (node, what)
            assert len(used) > 3
