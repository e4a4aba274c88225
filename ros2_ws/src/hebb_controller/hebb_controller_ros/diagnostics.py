"""Diagnostics: figures as key and value, and the periods of a loop."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping

import numpy as np
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus, KeyValue
from rclpy.node import Node

from hebb_controller.safety import Mode
from hebb_controller_ros import qos

#: What a mode means to whoever watches.
LEVELS = {Mode.NOMINAL: DiagnosticStatus.OK, Mode.HOLD: DiagnosticStatus.WARN, Mode.LIMP: DiagnosticStatus.ERROR}


class Periods:
    """Times between the calls of a loop.

    Args:
        wanted: in [s].

    Attributes:
        nb_missed: periods longer than one and a half of the wanted, so far.
        nb: periods so far.
    """

    def __init__(self, wanted: float) -> None:
        self._wanted = wanted
        self._last: float | None = None
        self._recent: deque[float] = deque(maxlen=1000)
        self.nb_missed = self.nb = 0

    def count(self) -> None:
        """Note that the loop came round."""
        now = time.monotonic()
        if self._last is not None:
            period = now - self._last
            self._recent.append(period)
            self.nb += 1
            self.nb_missed += period > 1.5 * self._wanted
        self._last = now

    def figures(self) -> dict[str, str]:
        """Return rate and percentiles of the last thousand periods."""
        if not self._recent:
            return {"loop_hz": "0.0"}
        recent = np.array(self._recent)
        p50, p99 = np.percentile(recent, [50, 99])
        return {
            "loop_hz": f"{1.0 / recent.mean():.1f}",
            "period_p50_ms": f"{1e3 * p50:.2f}",
            "period_p99_ms": f"{1e3 * p99:.2f}",
            "overruns": str(self.nb_missed),
        }


class DiagnosticsPublisher:
    """Publishes one status on /diagnostics.

    Args:
        node: whose status it is.
        hardware_id: the robot.
    """

    def __init__(self, node: Node, hardware_id: str) -> None:
        self._node, self._hardware_id = node, hardware_id
        self._publisher = node.create_publisher(DiagnosticArray, "/diagnostics", qos.COMMAND)

    def publish(self, level: bytes, message: str, figures: Mapping[str, str]) -> None:
        """Publish a status with its figures."""
        status = DiagnosticStatus(
            level=level,
            name=self._node.get_fully_qualified_name(),
            message=message or "good",
            hardware_id=self._hardware_id,
            values=[KeyValue(key=key, value=value) for key, value in figures.items()],
        )
        array = DiagnosticArray(status=[status])
        array.header.stamp = self._node.get_clock().now().to_msg()
        self._publisher.publish(array)
