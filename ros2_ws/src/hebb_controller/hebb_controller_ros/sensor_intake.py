"""From sensor messages to ticks: pairs what comes, has it answered, and notices what no longer comes.

A tick answers a reading as it comes (`tick: sensor`), or the newest one at the control rate on the node's clock
(`timer`). Two clocks never mix: stamps order readings, the steady clock measures their age, so that a stopped /clock
cannot hide a lost sensor. Of the node's lifecycle it knows nothing: it asks the tick whether anything is to leave.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from sensor_msgs.msg import Imu, JointState
from std_msgs.msg import String

from hebb_controller_ros import qos
from hebb_controller_ros.control_tick import ControlTick
from hebb_controller_ros.diagnostics import Periods
from hebb_controller_ros.sensor_pair import Reading, SensorPair

#: How long `await_sensors` waits for publishers, and then for their first messages, in [s].
DISCOVERY, FIRST_READING = 1.0, 0.1


class SensorIntake:
    """Hears the sensors for as long as the node lives; what they say counts between `open` and `close`.

    Args:
        node: the node.
        given: its parameters.
    """

    def __init__(self, node: Node, given: Mapping[str, Any]) -> None:
        self._node = node
        self._timed = given["tick"] == "timer" and not given["lockstep"]
        self._tick: ControlTick | None = None
        self._pair: SensorPair | None = None
        self._periods: Periods | None = None
        self._timers: list[Any] = []
        self._source: Any = None
        self._sensors = [
            node.create_subscription(JointState, "joint_states", self._on_joints, qos.SENSOR),
            node.create_subscription(Imu, "imu/data", self._on_imu, qos.SENSOR),
        ]

    def open(self, tick: ControlTick, pair: SensorPair, periods: Periods) -> None:
        """Let readings count.

        Args:
            tick: answers them.
            pair: brings the two streams together.
            periods: counts how often they are answered.
        """
        self._tick, self._pair, self._periods = tick, pair, periods
        # Latched: what was said before comes to whoever listens anew.
        self._source = self._node.create_subscription(String, "joint_states_source", self._on_source, qos.LATCHED)
        period = 1.0 / tick.setup.robot.control_rate
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        self._timers = [self._node.create_timer(period, self._watch, clock=steady)]
        if self._timed:
            self._timers.append(self._node.create_timer(period, self._on_timer))

    def close(self) -> None:
        """Let nothing count any more."""
        for timer in self._timers:
            self._node.destroy_timer(timer)
        if self._source is not None:
            self._node.destroy_subscription(self._source)
        self._timers, self._source = [], None
        self._tick = self._pair = self._periods = None

    @property
    def newest(self) -> Reading | None:
        """The newest reading, however old; None before the first."""
        return None if self._pair is None else self._pair.newest

    @property
    def fresh(self) -> Reading | None:
        """The newest reading; None where it is too old to be answered."""
        reading = self.newest
        return None if reading is None or self._tick is None or self._tick.stale(reading) else reading

    def await_sensors(self) -> None:
        """Wait until both sensors have publishers, and a moment for their first messages.

        Who configures and activates in one breath, as lifecycle managers do, would be refused for want of a reading.
        """
        end = time.monotonic() + DISCOVERY
        while time.monotonic() < end:
            if all(sensor.get_publisher_count() for sensor in self._sensors):
                time.sleep(FIRST_READING)
                return
            time.sleep(0.01)

    def _on_source(self, message: String) -> None:
        if self._pair is not None:
            self._pair.source(message.data)

    def _on_joints(self, message: JointState) -> None:
        if self._pair is not None:
            self._sensed(self._pair.joints(message))

    def _on_imu(self, message: Imu) -> None:
        if self._pair is not None:
            self._sensed(self._pair.imu(message))

    def _sensed(self, reading: Reading | None) -> None:
        if reading is not None and self._tick is not None and not self._tick.silent and not self._timed:
            self._count()
            self._tick.answer(reading)

    def _on_timer(self) -> None:
        # An old reading is the watch's: answered here, it would end the hold that the watch has begun.
        reading = self.fresh
        if reading is not None and self._tick is not None and not self._tick.silent:
            self._count()
            self._tick.tick(reading)

    def _watch(self) -> None:
        # Readings that no longer come cannot start a tick: this does, and the gate holds, then lets go.
        reading = self.newest
        if reading is not None and self._tick is not None and not self._tick.silent and self._tick.stale(reading):
            self._tick.hold(reading)

    def _count(self) -> None:
        if self._periods is not None:
            self._periods.count()
