"""The controller node: a lifecycle node around one `Sequencer`.

configure loads the rulebook and compiles; activate ramps from the measured pose and fades the network in; deactivate
begins to bring the body to rest and returns at once: readings are answered, and the emergency stop is heard, until it
is there; cleanup and shutdown wait for that. An error stops. The emergency stop outlives all of it: pressed in any
state, it forbids activation until `~/reset`. What becomes of the weights: `hebb_controller.sequence`.
"""

from __future__ import annotations

import sys
from typing import Any

from geometry_msgs.msg import Twist
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleState, TransitionCallbackReturn
from std_msgs.msg import Empty

from hebb_controller.errors import HebbError
from hebb_controller.phases import Phase
from hebb_controller_ros import qos
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.controller_diagnostics import ControllerDiagnostics
from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
from hebb_controller_ros.controller_services import ControllerServices
from hebb_controller_ros.controller_setup import info_of, set_up
from hebb_controller_ros.controller_topics import ControllerTopics
from hebb_controller_ros.events_from_plant import listen_to_plant
from hebb_controller_ros.lifecycle_guard import GuardedLifecycleNode
from hebb_controller_ros.once_at_rest import OnceAtRest
from hebb_controller_ros.parameters import declare
from hebb_controller_ros.sensor_intake import SensorIntake
from hebb_controller_ros.sensor_pair import SensorPair
from hebb_controller_ros.spin import run_node
from hebb_controller_ros.velocity_command import VelocityCommand

SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class ControllerNode(GuardedLifecycleNode):
    """One robot's controller on the ROS graph.

    Attributes:
        tick: answers readings; None while unconfigured.
        finished: True when the process is to end.
        failure: why an automatic start failed; `run_node` ends with it.

    Raises:
        BadInputError: parameters that cannot work.
    """

    def __init__(self) -> None:
        super().__init__("hebb_controller")
        self.given: dict[str, Any] = declare(self, CONTROLLER_PARAMETERS)
        self.tick: ControlTick | None = None
        self.finished = False
        self.failure: HebbError | None = None
        self._stopped = ""  # why the emergency stop is latched, while there is no tick that knows
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._parts: list[Any] = []
        self._reporter: Any = None
        self._once_at_rest = OnceAtRest(self, self._resting)
        self._intake = SensorIntake(self, self.given)
        ControllerServices(self, lambda: self.tick, lambda: self._intake.newest, self._stop)
        self.create_subscription(
            Empty, "emergency_stop", lambda _: self._stop("emergency_stop was published"), qos.EVENT
        )
        if self.given["autostart"]:
            self._starter = self.create_timer(0.02, self._autostart, clock=self._steady)
        else:
            self.get_logger().info("waits to be configured and activated: `ros2 lifecycle set`, or autostart:=true")

    def _autostart(self) -> None:
        if self.tick is None:
            self.trigger_configure()
            self.finished = self.failure is not None
            return
        heard = self._topics.nb_listeners >= self.given["listeners"]
        ready = heard and self._intake.fresh is not None and not self.tick.sequencer.stopped
        if ready or not self.tick.silent:
            self._starter.cancel()
            if self.tick.silent:  # nobody else has
                self.trigger_activate()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the rulebook, check it against the robot, compile, and let the sensors count."""
        given, log = self.given, self.get_logger()
        self._tear_down()  # what a cleanup has left for a body on its way to rest
        try:
            setup = set_up(given)
        except HebbError as error:
            self.failure = error
            log.error(str(error))
            return FAILURE
        period = 1.0 / setup.robot.control_rate
        self._topics = ControllerTopics(self, setup.robot, given["command_interface"], setup.order, given["shadow"])
        velocity = VelocityCommand(given["cmd_vel_speed"], given["cmd_vel_timeout"]) if given["use_cmd_vel"] else None
        pair = SensorPair(setup.robot, log.error)
        self.tick = ControlTick(setup, self._topics, velocity, given, log.warning)
        diagnostics = ControllerDiagnostics(self, self.tick, pair, period)
        self._intake.open(self.tick, pair, diagnostics.periods)
        self._parts = listen_to_plant(self, self.tick)
        if velocity is not None:
            self._parts.append(self.create_subscription(Twist, "cmd_vel", velocity.take, qos.STREAM))
        self._reporter = self.create_timer(1.0, diagnostics.publish, clock=self._steady)
        self._topics.info(info_of(setup, given))
        if self._stopped:
            self.tick.stop(self._stopped)
        else:
            self._topics.estop(False)
        self.tick.tell_mode()
        log.info(f"{setup.robot.name} with rulebook {setup.rulebook} ({setup.book.digest[:12]})")
        if not given["autostart"]:
            self._intake.await_sensors()
        return SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Ramp from the measured pose; refused without a fresh reading, and while the stop is latched."""
        tick, reading = self.tick, self._intake.fresh
        cause = "" if tick is None or reading is None else tick.sequencer.cause_standing(reading.state)
        if tick is not None and tick.sequencer.stopped:
            cause = f"stopped ({tick.sequencer.stop_reason}): look at the robot, then call ~/reset"
        elif reading is None:
            cause = "no fresh joint_states and imu/data: both have to come, their stamps advancing"
        if tick is None or reading is None or cause:
            self.get_logger().error(f"not activated: {cause}")
            return FAILURE
        tick.activate(reading)
        if self.given["lockstep"]:
            tick.answer(reading)
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Begin to ramp to the neutral pose, where commands may pass; silent once it is there. The weights stay."""
        if self.tick is not None:
            self.tick.rest()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Forget everything that configuring made, once the body is at rest."""
        self._once_at_rest(self._tear_down)
        return SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop for good, once the body is at rest."""
        if self.tick is not None:
            self.tick.rest()
        self._once_at_rest(self._finish)
        return SUCCESS

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop safely after an error in a transition."""
        if self.tick is not None:
            self.tick.stop("an error in a lifecycle transition")
        self._tear_down()
        return SUCCESS

    def _resting(self) -> bool:
        return self.tick is not None and self.tick.sequencer.phase is Phase.REST

    def _finish(self) -> None:
        self._tear_down()
        self.finished = True

    def _tear_down(self) -> None:
        self._once_at_rest.forget()
        if self.tick is None:
            return
        self._intake.close()
        if self._reporter is not None:
            self.destroy_timer(self._reporter)
        for subscription in self._parts:
            self.destroy_subscription(subscription)
        self._topics.close()
        self._stopped, self.tick = self.tick.sequencer.stop_reason, None

    def _stop(self, reason: str) -> None:
        if self.tick is not None:
            self.tick.stop(reason)
        elif not self._stopped:
            self._stopped = reason
            self.get_logger().warning(f"stopped: {reason}")


def main() -> int:
    """Run the controller node; return the exit code."""
    return run_node(ControllerNode)


if __name__ == "__main__":
    sys.exit(main())
