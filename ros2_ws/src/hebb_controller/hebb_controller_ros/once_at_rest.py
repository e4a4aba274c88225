"""What has to wait until a body on its way to rest is there.

Lifecycle managers clean up and shut down in the same breath as they deactivate, and expect an answer at once; a body
that is left alone in mid-stride falls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node

#: How often is looked whether it is there, in [s].
LOOK = 0.02


class OnceAtRest:
    """Does one thing, at once or as soon as the body is at rest; the last one that was asked for.

    Args:
        node: the node.
        resting: returns True while the body is on its way.
    """

    def __init__(self, node: Node, resting: Callable[[], bool]) -> None:
        self._node, self._resting = node, resting
        self._work: Callable[[], None] | None = None
        self._timer: Any = None

    def __call__(self, work: Callable[[], None]) -> None:
        """Have `work` done."""
        self.forget()
        self._work = work
        if not self._look():
            self._timer = self._node.create_timer(LOOK, self._look, clock=Clock(clock_type=ClockType.STEADY_TIME))

    def forget(self) -> None:
        """Have nothing done any more."""
        self._work = None
        if self._timer is not None:
            self._timer.cancel()  # not destroyed: it may be the one that is calling
            self._timer = None

    def _look(self) -> bool:
        if self._work is None or self._resting():
            return False
        work = self._work
        self.forget()
        work()
        return True
