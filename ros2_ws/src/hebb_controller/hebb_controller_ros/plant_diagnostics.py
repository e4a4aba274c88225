"""What the plant node says of itself once a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hebb_controller_ros.diagnostics import LEVELS, DiagnosticsPublisher, Periods

if TYPE_CHECKING:
    from hebb_controller_ros.plant_node import PlantNode


class PlantDiagnostics:
    """The plant's status.

    Args:
        node: the plant node.
        period: of its loop, in [s].
    """

    def __init__(self, node: PlantNode, period: float) -> None:
        self._node = node
        self._publisher = DiagnosticsPublisher(node, node.robot.name)
        self._periods = Periods(period)

    def count_period(self) -> None:
        """Note that the loop came round."""
        self._periods.count()

    def publish(self) -> None:
        """Publish the status."""
        node = self._node
        figures = {
            "backend": node.backend,
            "mode": node.mode.value,
            "stop_reason": node.reason,
            "steps": str(node.step),
            "unanswered_readings": str(node.missed),
            **self._periods.figures(),
            **({} if node.live is None else node.live.figures()),
        }
        self._publisher.publish(LEVELS[node.mode], node.reason, figures)
