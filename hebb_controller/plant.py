"""The seam to a body: anything that can be sensed and actuated. Implemented by simulators and by the serial bridge."""

from __future__ import annotations

from typing import Protocol

from hebb_controller.signals import JointTargets, RobotState


class Plant(Protocol):
    """A body with joints: simulated or real."""

    def sense(self) -> RobotState:
        """Return the newest reading."""

    def actuate(self, targets: JointTargets) -> None:
        """Hand the command to the joints; a simulator also advances by one control period."""

    def close(self) -> None:
        """Let go of the body; safe to call twice."""
