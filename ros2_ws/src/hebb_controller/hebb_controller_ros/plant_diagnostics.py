"""What the plant node says of itself once a second."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hebb_controller.safety import Mode
from hebb_controller_ros.diagnostics import LEVELS, DiagnosticsPublisher, Periods

if TYPE_CHECKING:
    from rclpy.node import Node


class PlantDiagnostics:
    """The plant's status.

    Args:
        node: what publishes it.
        robot: the robot's name.
        period: of its loop, in [s].
    """

    def __init__(self, node: Node, robot: str, period: float) -> None:
        self._publisher = DiagnosticsPublisher(node, robot)
        self._periods = Periods(period)

    def count_period(self) -> None:
        """Note that the loop came round."""
        self._periods.count()

    def publish(self, mode: Mode, reason: str, figures: Mapping[str, str]) -> None:
        """Publish the status: mode and reason first, then the loop's periods among what else there is to tell."""
        told = {"mode": mode.value, "stop_reason": reason, **self._periods.figures(), **figures}
        self._publisher.publish(LEVELS[mode], reason, told)
