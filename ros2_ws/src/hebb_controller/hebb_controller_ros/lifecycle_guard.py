"""A lifecycle node that says no to a transition which its state does not have.

rclpy (Jazzy) raises there instead, out of the service's callback: a second `activate` would end the process of a robot
that walks.
"""

from __future__ import annotations

from typing import Any

from rclpy.lifecycle import LifecycleNode


class GuardedLifecycleNode(LifecycleNode):
    """Answers `change_state` in every state."""

    # rclpy's own name for what answers the service; a release that calls it otherwise goes without this guard.
    def _LifecycleNodeMixin__on_change_state(self, request: Any, response: Any) -> Any:
        try:
            return super()._LifecycleNodeMixin__on_change_state(request, response)
        except RuntimeError as error:  # rclpy's RCLError is one
            _, state = self._state_machine.current_state
            asked = request.transition.label or request.transition.id
            self.get_logger().error(f"transition {asked} refused: not possible while {state} ({_first_line(error)})")
            response.success = False
            return response


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
