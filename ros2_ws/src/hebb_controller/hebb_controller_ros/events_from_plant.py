"""What a controller hears beside readings: wiped weights, and servos that have let go."""

from __future__ import annotations

import dataclasses
from typing import Any

from rclpy.node import Node
from std_msgs.msg import String

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.live_faults import read_fault
from hebb_controller_ros import qos
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.plant_trouble import LET_GO, trouble_in


def listen_to_plant(node: Node, tick: ControlTick) -> list[Any]:
    """Listen to `faults` and `plant/state` for as long as the subscriptions that are returned live."""

    def on_fault(message: String) -> None:
        try:
            fault = read_fault(message.data, 0)
        except BadInputError as error:
            node.get_logger().error(f"fault not understood: {error}")
            return
        if isinstance(fault, Ablation) and not tick.silent:
            tick.wipe(dataclasses.replace(fault, step=fault.step + tick.step))

    def on_plant(message: String) -> None:
        # A controller that went on commanding them would take them along, in mid-stride, as soon as they are armed.
        trouble = trouble_in(message.data)
        if trouble:
            tick.let_go(LET_GO + trouble)

    return [
        node.create_subscription(String, "faults", on_fault, qos.EVENT),
        node.create_subscription(String, "plant/state", on_plant, qos.LATCHED),
    ]
