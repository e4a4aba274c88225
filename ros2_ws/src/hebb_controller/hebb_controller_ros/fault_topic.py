"""Faults that come by topic while a body moves: what they do to commands; those of weights are the controller's."""

from __future__ import annotations

from collections.abc import Callable

from rclpy.node import Node
from std_msgs.msg import String

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.live_faults import LiveFaults, read_fault
from hebb_controller_ros import qos


class FaultTopic:
    """Listens to `faults`, and says what is not done.

    Args:
        node: the plant node.
        faults: gains what is asked for.
        step: returns the step that the body is at.
    """

    def __init__(self, node: Node, faults: LiveFaults, step: Callable[[], int]) -> None:
        self._faults, self._step, self._log = faults, step, node.get_logger()
        node.create_subscription(String, "faults", self._on_fault, qos.EVENT)

    def _on_fault(self, message: String) -> None:
        try:
            fault = read_fault(message.data, self._step())
            if isinstance(fault, Ablation):
                return  # the controller's weights
            if fault is None:
                self._faults.clear()
                return
            self._faults.add(fault)
            self._log.info(f"fault {message.data}")
        except BadInputError as error:
            self._log.error(f"not done: {error}")
