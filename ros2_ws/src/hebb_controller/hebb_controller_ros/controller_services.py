"""The services of the controller node: standard types, and answers that say why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from std_srvs.srv import SetBool, Trigger

from hebb_controller.errors import HebbError
from hebb_controller.phases import Phase
from hebb_controller.weights_file import load_weights, save_weights
from hebb_controller_ros.control_tick import ControlTick

if TYPE_CHECKING:
    from rclpy.node import Node

    from hebb_controller_ros.sensor_pair import Reading

Work = Callable[[ControlTick, bool], str]


class ControllerServices:
    """Offers the services for as long as the node lives; unconfigured, all but the stop answer that it is.

    Args:
        node: what offers them, and whose parameter `weights_file` names the file of weights.
        tick: returns what answers readings; None while unconfigured.
        newest: returns the newest reading; None before the first.
        stop: latches the emergency stop, configured or not.
    """

    def __init__(
        self,
        node: Node,
        tick: Callable[[], ControlTick | None],
        newest: Callable[[], Reading | None],
        stop: Callable[[str], None],
    ) -> None:
        self._node, self._tick, self._newest, self._stop = node, tick, newest, stop
        node.create_service(Trigger, "~/estop", self._estop)
        node.create_service(SetBool, "~/enable", self._enable)
        triggers: dict[str, Work] = {
            "reset": self._reset,
            "reset_plasticity": self._reset_plasticity,
            "save_weights": self._save_weights,
            "load_weights": self._load_weights,
        }
        switches: dict[str, Work] = {"freeze_plasticity": self._freeze}
        for kind, works in ((Trigger, triggers), (SetBool, switches)):
            for name, work in works.items():
                node.create_service(kind, f"~/{name}", self._answerer(work))

    def _answerer(self, work: Work) -> Callable[[Any, Any], Any]:
        def answer(request: Any, response: Any) -> Any:
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

    def _estop(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        self._stop("~/estop was called")
        response.success = True
        response.message = "stopped, until ~/reset; this is not a safety function: keep a hand on the power"
        return response

    def _enable(self, request: SetBool.Request, response: SetBool.Response) -> SetBool.Response:
        if request.data:
            return self._answerer(self._enabled)(request, response)
        self._stop("~/enable was called with false")
        response.success, response.message = True, "stopped, until ~/enable with true or ~/reset"
        return response

    def _enabled(self, tick: ControlTick, _: bool) -> str:
        return self._reset(tick, True) if tick.sequencer.stopped else "nothing to do: not stopped"

    def _reset(self, tick: ControlTick, _: bool) -> str:
        tick.reset(self._newest())
        if tick.sequencer.phase in (Phase.IDLE, Phase.REST):
            return "not stopped any more; nothing moves: it is not active"
        return "ramping from the measured pose; the weights are those from before the stop"

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
        load_weights(self._weights_file(), tick.sequencer.controller.network, tick.setup.book.digest)
        return f"weights of {self._weights_file()}"

    def _weights_file(self) -> Path:
        return Path(self._node.get_parameter("weights_file").value)
