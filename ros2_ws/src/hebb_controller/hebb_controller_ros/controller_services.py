"""The services of the controller node: standard types, and answers that say why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from std_srvs.srv import SetBool, Trigger

from hebb_controller.errors import HebbError
from hebb_controller.sequence import Phase
from hebb_controller.weights_file import load_weights, save_weights
from hebb_controller_ros.control_tick import ControlTick

if TYPE_CHECKING:
    from rclpy.node import Node

    from hebb_controller_ros.sensor_pair import Reading

Work = Callable[[ControlTick, bool], str]


class ControllerServices:
    """Offers the services for as long as the node lives; unconfigured, each answers that it is.

    Args:
        node: what offers them, and whose parameter `weights_file` names the file of weights.
        tick: returns what answers readings; None while unconfigured.
        newest: returns the newest reading; None before the first.
    """

    def __init__(
        self, node: Node, tick: Callable[[], ControlTick | None], newest: Callable[[], Reading | None]
    ) -> None:
        self._node, self._tick, self._newest = node, tick, newest
        triggers: dict[str, Work] = {
            "estop": self._estop,
            "reset": self._reset,
            "reset_plasticity": self._reset_plasticity,
            "save_weights": self._save_weights,
            "load_weights": self._load_weights,
        }
        switches: dict[str, Work] = {"enable": self._enable, "freeze_plasticity": self._freeze}
        for kind, works in ((Trigger, triggers), (SetBool, switches)):
            for name, work in works.items():
                node.create_service(kind, f"~/{name}", self._answerer(work))

    def _answerer(self, work: Work) -> Callable[[object, object], object]:
        def answer(request, response):  # type: ignore[no-untyped-def]
            tick = self._tick()
            if tick is None:
                response.success, response.message = False, "not configured yet"
                return response
            try:
                response.message = work(tick, bool(getattr(request, "data", True)))
                response.success = True
            except HebbError as error:
                response.success, response.message = False, str(error)
            tick.tell_mode()
            return response

        return answer

    def _estop(self, tick: ControlTick, _: bool) -> str:
        tick.stop("~/estop was called")
        return "stopped, until ~/reset; this is not a safety function: keep a hand on the power"

    def _reset(self, tick: ControlTick, _: bool) -> str:
        tick.reset(self._newest())
        return "ramping from the measured pose; the weights are those from before the stop"

    def _enable(self, tick: ControlTick, on: bool) -> str:
        if not on:
            tick.stop("~/enable was called with false")
            return "stopped, until ~/enable with true or ~/reset"
        if tick.sequencer.phase is not Phase.STOP:
            return "nothing to do: not stopped"
        return self._reset(tick, True)

    def _reset_plasticity(self, tick: ControlTick, _: bool) -> str:
        tick.sequencer.reset_plasticity()
        return f"new random weights: life {tick.sequencer.life}"

    def _freeze(self, tick: ControlTick, on: bool) -> str:
        tick.sequencer.frozen = on
        return "weights frozen" if on else "weights change again"

    def _save_weights(self, tick: ControlTick, _: bool) -> str:
        path = save_weights(self._weights_file(), tick.sequencer.controller.network, tick.setup.book.digest)
        return f"wrote {path}"

    def _load_weights(self, tick: ControlTick, _: bool) -> str:
        load_weights(self._weights_file(), tick.sequencer.controller.network)
        return f"weights of {self._weights_file()}"

    def _weights_file(self) -> Path:
        return Path(self._node.get_parameter("weights_file").value)
