"""A body that lives by itself: servos behind a serial port, armed by an operator's act, told of by its board."""

from __future__ import annotations

import math
import time

from rclpy.node import Node
from sensor_msgs.msg import Imu
from std_msgs.msg import String
from std_srvs.srv import Trigger

from firmware_bridge.board_line import ImuReading
from firmware_bridge.board_report import Power
from firmware_bridge.serial_plant import SerialPlant
from hebb_controller.errors import HebbError
from hebb_controller.signals import RobotState
from hebb_controller_ros import qos
from hebb_controller_ros.messages import attitude_in, rates_in
from hebb_controller_ros.plant_trouble import ALLOWED, ramps

#: `~/arm` waits so long for a command to start from the pose, in [s].
ARM_WITHIN = 10.0


class LiveBody:
    """What the plant node does with such a body beside moving it.

    Torque comes on when an operator has allowed it and a command starts from where the body lies, as the controller's
    ramp does. Starting the node and activating the controller allows it once; after whatever disarms it, `~/arm`
    followed by the controller's `~/reset` alone does. Commands that were going on all the while are no start, however
    near the pose they pass: since `~/arm` they must have rested, limp or silent, or the controller has said that it
    ramps.

    Args:
        node: the plant node.
        plant: the body.
    """

    def __init__(self, node: Node, plant: SerialPlant) -> None:
        self._plant, self._warn = plant, node.get_logger().warning
        self._allowed_until, self._rested = math.inf, True
        node.create_service(Trigger, "~/arm", self._on_arm)
        node.create_subscription(String, "hebb_controller/mode", self._on_mode, qos.LATCHED_STATES)
        for text in plant.warnings:
            self._warn(text)

    def sense(self) -> RobotState | None:
        """Return a new reading, None while the link is lost: `trouble` says why."""
        try:
            return self._plant.sense()
        except OSError:
            return None

    def rest(self) -> None:
        """Take note that commands rest: they are limp, or none has come for a while."""
        self._rested = True

    def join(self) -> bool:
        """A command starts from the pose: return whether it may reach the servos, which are armed if they may be."""
        if self.armed:
            return True
        if not self._waits:
            return False
        self._allowed_until = 0.0
        try:
            self._plant.arm()
        except HebbError as error:
            self._warn(f"not armed: {error}")
        return self.armed

    @property
    def armed(self) -> bool:
        """True while goals reach the servos."""
        return self._plant.armed

    @property
    def _waits(self) -> bool:
        return self._rested and time.monotonic() <= self._allowed_until

    def trouble(self) -> str:
        """Return why commands do not reach the servos, or nothing; `plant_trouble` knows how it begins."""
        report = self._plant.report()
        if report.power is Power.DISARMED and self._waits:
            return f"{ALLOWED} torque comes on as a command starts from the pose"
        return "" if report.power is Power.ARMED else f"{report.power.value}: {report.reason}"

    def figures(self) -> dict[str, str]:
        """Return the board's health for diagnostics."""
        report = self._plant.report()
        return {
            "power": report.power.value,
            "health": report.level.name.lower(),
            "health_reason": report.reason,
            "supply_V": f"{report.voltage:.1f}",
            "hottest_degC": f"{report.temperature:.0f}",
            "largest_load": f"{report.load:.2f}",
            "oldest_joint_ms": f"{1e3 * report.oldest:.0f}",
            "bus_cycles": str(report.nb_cycles),
            "answers_missing": str(report.nb_missing),
            "answers_corrupt": str(report.nb_corrupt),
            "answers_not_asked_for": str(report.nb_foreign),
            "answers_not_believed": str(report.nb_implausible),
            "goals_limited": str(report.nb_limited),
            "goals_refused": str(report.nb_refused),
        }

    def _on_mode(self, message: String) -> None:
        if ramps(message.data):
            self.rest()

    def _on_arm(self, _request: Trigger.Request, response: Trigger.Response) -> Trigger.Response:
        report = self._plant.report()
        response.success = report.power is Power.DISARMED
        if response.success:
            self._allowed_until, self._rested = time.monotonic() + ARM_WITHIN, False
            response.message = f"call the controller's ~/reset within {ARM_WITHIN:g} s: torque comes on as it starts"
        else:
            response.message = "is armed" if report.power is Power.ARMED else f"cannot be: {report.reason}"
        return response


class TopicImu:
    """The user's own IMU on `imu/data`, as the bridge wants it.

    Args:
        node: the plant node.
    """

    def __init__(self, node: Node) -> None:
        self._latest: ImuReading | None = None
        node.create_subscription(Imu, "imu/data", self._on_imu, qos.SENSOR)

    def _on_imu(self, message: Imu) -> None:
        self._latest = ImuReading(time.monotonic(), *attitude_in(message), rates_in(message))

    def latest(self) -> ImuReading | None:
        """Return the newest reading, or None before the first."""
        return self._latest

    def close(self) -> None:
        """Nothing to let go of."""
