"""The controller node: a lifecycle node around one `Sequencer`.

A tick answers a reading as it comes (`tick: sensor`), or the newest one at the control rate on the node's clock
(`timer`). Two clocks never mix: stamps order readings, the steady clock measures their age, so that a stopped /clock
cannot hide a lost sensor.

configure loads the rulebook and compiles; activate ramps from the measured pose and fades the network in; deactivate
ramps to rest; an error stops. What becomes of the weights in each case: `hebb_controller.sequence`.
"""

from __future__ import annotations

import dataclasses
import sys
import time
from typing import Any

from geometry_msgs.msg import Twist
from rclpy.clock import Clock, ClockType
from rclpy.lifecycle import LifecycleNode, LifecycleState, TransitionCallbackReturn
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import Empty, String

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.live_faults import read_fault
from hebb_controller_ros import qos
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.controller_diagnostics import ControllerDiagnostics
from hebb_controller_ros.controller_parameters import CONTROLLER_PARAMETERS
from hebb_controller_ros.controller_services import ControllerServices
from hebb_controller_ros.controller_setup import info_of, set_up
from hebb_controller_ros.controller_topics import ControllerTopics
from hebb_controller_ros.parameters import declare
from hebb_controller_ros.sensor_pair import Reading, SensorPair
from hebb_controller_ros.spin import run_node
from hebb_controller_ros.velocity_command import VelocityCommand

#: How long `configure` waits for publishers of the sensors, and then for their first messages, in [s].
DISCOVERY, FIRST_READING = 1.0, 0.1
SUCCESS, FAILURE = TransitionCallbackReturn.SUCCESS, TransitionCallbackReturn.FAILURE


class ControllerNode(LifecycleNode):
    """One robot's controller on the ROS graph.

    Attributes:
        tick: answers readings; None while unconfigured.
        pair: the sensor streams; None while unconfigured.
        active: True between activation and deactivation.
        finished: True when the process is to end.
        failure: why an automatic start failed; `run_node` ends with it.

    Raises:
        BadInputError: parameters that cannot work.
    """

    def __init__(self) -> None:
        super().__init__("hebb_controller")
        self.given: dict[str, Any] = declare(self, CONTROLLER_PARAMETERS)
        self.tick: ControlTick | None = None
        self.pair: SensorPair | None = None
        self.active = self.finished = False
        self.failure: HebbError | None = None
        self._steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._parts: list[Any] = []
        ControllerServices(self, lambda: self.tick, self._newest)
        self._sensors = [
            self.create_subscription(JointState, "joint_states", self._on_joints, qos.SENSOR),
            self.create_subscription(Imu, "imu/data", self._on_imu, qos.SENSOR),
        ]
        if self.given["autostart"]:
            self._starter = self.create_timer(0.02, self._autostart, clock=self._steady)

    def _autostart(self) -> None:
        if self.tick is None:
            self.trigger_configure()
            self.finished = self.failure is not None
        elif self._fresh() is not None and self._topics.nb_listeners >= self.given["listeners"]:
            self._starter.cancel()
            self.trigger_activate()

    def on_configure(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Load the rulebook, check it against the robot, compile, and begin to hear the sensors and the operator."""
        given = self.given
        try:
            setup = set_up(given)
        except HebbError as error:
            self.failure = error
            self.get_logger().error(str(error))
            return FAILURE
        period = 1.0 / setup.robot.control_rate
        self._topics = ControllerTopics(self, setup.robot, given["command_interface"], setup.order, given["shadow"])
        velocity = VelocityCommand(given["cmd_vel_speed"], given["cmd_vel_timeout"]) if given["use_cmd_vel"] else None
        self.pair = SensorPair(setup.robot, self.get_logger().error)
        self.tick = ControlTick(setup, self._topics, velocity, given, self.get_logger().warning)
        self._diagnostics = ControllerDiagnostics(self, self.tick, self.pair, period)
        listen, pair = self.create_subscription, self.pair
        self._parts = [
            listen(String, "joint_states_source", lambda m: pair.source(m.data), qos.LATCHED),
            listen(String, "faults", self._on_fault, qos.EVENT),
            listen(Empty, "emergency_stop", self._on_emergency, qos.EVENT),
        ]
        if velocity is not None:
            self._parts.append(listen(Twist, "cmd_vel", velocity.take, qos.STREAM))
        self._timers_ = [
            self.create_timer(period, self._watch, clock=self._steady),
            self.create_timer(1.0, self._diagnostics.publish, clock=self._steady),
        ]
        if given["tick"] == "timer":
            self._timers_.append(self.create_timer(period, self._on_timer))
        self._topics.estop(False)
        self._topics.info(info_of(setup, given))
        self.tick.tell_mode()
        self.get_logger().info(f"{setup.robot.name} with rulebook {setup.rulebook} ({setup.book.digest[:12]})")
        if not given["autostart"]:
            self._await_discovery()
        return SUCCESS

    def on_activate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Ramp from the measured pose; refused without a fresh reading."""
        reading = self._fresh()
        if reading is None or self.tick is None:
            self.get_logger().error("not activated: no fresh joint_states and imu/data")
            return FAILURE
        cause = self.tick.sequencer.cause_standing(reading.state)
        if cause:
            self.get_logger().error(f"not activated: {cause}")
            return FAILURE
        self.tick.activate(reading)
        self.active = True
        if self.given["lockstep"]:
            self.tick.answer(reading)
        return super().on_activate(state)

    def on_deactivate(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Ramp to the neutral pose, then fall silent; the weights stay."""
        self.active = False
        if self.tick is not None:
            if not self.given["lockstep"]:
                self.tick.rest(time.sleep)
            self.tick.sequencer.idle()
            self.tick.tell_mode()
        return super().on_deactivate(state)

    def on_cleanup(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Forget everything that configuring made."""
        self._tear_down()
        return SUCCESS

    def on_shutdown(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop for good."""
        self._tear_down()
        self.finished = True
        return SUCCESS

    def on_error(self, state: LifecycleState) -> TransitionCallbackReturn:
        """Stop safely after an error in a transition."""
        if self.tick is not None:
            self.tick.stop("an error in a lifecycle transition")
        self._tear_down()
        return SUCCESS

    def _tear_down(self) -> None:
        self.active = False
        if self.tick is None:
            return
        for timer in self._timers_:
            self.destroy_timer(timer)
        for subscription in self._parts:
            self.destroy_subscription(subscription)
        self._topics.close()
        self.tick = self.pair = None

    def _await_discovery(self) -> None:
        # Who configures and activates in one breath, as lifecycle managers do, would be refused for want of a reading.
        end = time.monotonic() + DISCOVERY
        while time.monotonic() < end:
            if all(sensor.get_publisher_count() for sensor in self._sensors):
                time.sleep(FIRST_READING)
                return
            time.sleep(0.01)

    def _on_joints(self, message: JointState) -> None:
        if self.pair is not None:
            self._sensed(self.pair.joints(message))

    def _on_imu(self, message: Imu) -> None:
        if self.pair is not None:
            self._sensed(self.pair.imu(message))

    def _sensed(self, reading: Reading | None) -> None:
        if reading is None or self.tick is None or not self.active:
            return
        if self.given["tick"] == "sensor" or self.given["lockstep"]:
            self._diagnostics.periods.count()
            self.tick.answer(reading)

    def _on_timer(self) -> None:
        if self.active and self.tick is not None and self.pair is not None and self.pair.newest is not None:
            self._diagnostics.periods.count()
            self.tick.tick(self.pair.newest)

    def _watch(self) -> None:
        # Readings that no longer come cannot start a tick: this does, and the gate holds, then lets go.
        if self.active and self.tick is not None and self.pair is not None:
            reading = self.pair.newest
            if reading is not None and self.tick.stale(reading):
                self.tick.hold(reading)

    def _newest(self) -> Reading | None:
        return None if self.pair is None else self.pair.newest

    def _fresh(self) -> Reading | None:
        reading = self._newest()
        return None if reading is None or self.tick is None or self.tick.stale(reading) else reading

    def _on_fault(self, message: String) -> None:
        try:
            fault = read_fault(message.data, 0)
        except BadInputError as error:
            self.get_logger().error(f"fault not understood: {error}")
            return
        if isinstance(fault, Ablation) and self.tick is not None and self.active:
            self.tick.wipe(dataclasses.replace(fault, step=fault.step + self.tick.step))

    def _on_emergency(self, _: Empty) -> None:
        if self.tick is not None:
            self.tick.stop("emergency_stop was published")


def main() -> int:
    """Run the controller node; return the exit code."""
    return run_node(ControllerNode)


if __name__ == "__main__":
    sys.exit(main())
