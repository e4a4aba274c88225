"""The plant node: owns one body, publishes what it senses, moves it by what it is told, and guards it by itself.

A reading leaves with a stamp; the command that carries the same stamp answers it and moves the body at once, so that a
simulated period has no more latency than the messages take. In real time the next reading leaves at the next period,
answered or not; in lock-step it leaves when the answer has come. A missing answer repeats the last command for
`command_timeout`, holds, and after `limp_timeout` lets go, by the steady clock: a stopped /clock cannot hide it. A body
that was let go takes commands again when they start from where it lies.

Between command and body: faults, then the plant's own gate, so that no other process can take its limits away.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import time

import numpy as np
from rclpy.clock import Clock, ClockType
from rclpy.node import Node
from trajectory_msgs.msg import JointTrajectory

from firmware_bridge.serial_plant import SerialPlant
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.live_faults import LiveFaults, split_faults
from hebb_controller.robot import COMMANDED, MEASURED, POSITION
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import Mode, SafetyConfig, SafetyGate
from hebb_controller.signals import JointTargets
from hebb_controller_ros import qos
from hebb_controller_ros.command_watch import CommandWatch
from hebb_controller_ros.fault_topic import FaultTopic
from hebb_controller_ros.live_body import LiveBody, TopicImu
from hebb_controller_ros.messages import JointIndex, joint_index, targets_from_message
from hebb_controller_ros.parameters import declare
from hebb_controller_ros.plant_diagnostics import PlantDiagnostics
from hebb_controller_ros.plant_parameters import PLANT_PARAMETERS
from hebb_controller_ros.plant_topics import PlantTopics
from hebb_controller_ros.plants import PlantConfig, make_plant
from hebb_controller_ros.spin import run_node

#: Two stamps are the same, in [s]: today in seconds is told to 0.24 us by a double.
SAME_STAMP = 1e-6


class PlantNode(Node):
    """One body on the ROS graph.

    Attributes:
        finished: True once the horizon is reached: the process may end.

    Raises:
        BadInputError: parameters that cannot work.
    """

    def __init__(self) -> None:
        super().__init__("plant")
        given = declare(self, PLANT_PARAMETERS)
        self.robot = load_robot(given["robot"])
        self._watch = CommandWatch(given["command_timeout"], given["limp_timeout"])
        scheduled, _ = split_faults(given["faults"])
        names = ("backend", "body", "seed", "randomise", "port", "protocol", "imu_port", "calibration")
        kind = {name: given[name] for name in names}
        self.plant = make_plant(PlantConfig(robot=self.robot, **kind), lambda: TopicImu(self))
        self.live = LiveBody(self, self.plant) if isinstance(self.plant, SerialPlant) else None
        self._faults = LiveFaults(self.robot, scheduled, can_weaken=hasattr(self.plant, "set_strength"))
        # The age of a reading is the controller's to judge; here it is the commands' age that counts.
        self._gate = SafetyGate(self.robot, dataclasses.replace(SafetyConfig.for_robot(self.robot), max_age=None))
        self.backend, self._lockstep, self._horizon = given["backend"], given["lockstep"], given["horizon"]
        self.finished, self.step, self.missed = False, 0, 0
        self.mode, self.reason = Mode.HOLD, "no command yet"
        self._state = self.plant.sense()
        self._heard: float | None = None
        self._last = JointTargets(0.0, self._state.joint_position.copy(), POSITION)
        self._waiting = self._far = False
        self._limp = self.live is not None  # servos behind a port are not armed yet
        self._listeners = given["listeners"]
        self._rejoin_angle = given["rejoin_angle"]
        self._index: tuple[list[str], JointIndex] | None = None
        self._told: set[str] = set()
        own_imu = self.live is None or bool(given["imu_port"])
        self._topics = PlantTopics(self, self.robot, given["publish_clock"], own_imu)
        self._topics.source(MEASURED if self._state.measured else COMMANDED)
        self.create_subscription(JointTrajectory, "joint_targets", self._on_targets, qos.COMMAND)
        self._fault_topic = FaultTopic(self, self._faults, lambda: self.step)
        steady = Clock(clock_type=ClockType.STEADY_TIME)
        period = 1.0 / self.robot.control_rate
        self.create_timer(period / given["realtime_factor"], self._on_period, clock=steady)
        self._diagnostics = PlantDiagnostics(self, self.robot.name, period / given["realtime_factor"])
        self.create_timer(1.0, self._diagnose, clock=steady)
        self._tell_mode()

    def _on_period(self) -> None:
        if self._heard is None and self._topics.nb_listeners < self._listeners:
            return  # a recorder that is still looking for us must not miss the beginning
        self._diagnostics.count_period()
        age = None if self._heard is None else time.monotonic() - self._heard
        mode, reason = self._watch.mode(age)
        if self.live is not None and mode is Mode.LIMP:
            self.live.rest()
        self._enter(mode, reason)
        if not self._lockstep:
            if self._waiting:
                self.missed += self.mode is Mode.NOMINAL
                self._move(dataclasses.replace(self._last, limp=self._last.limp or self.mode is Mode.LIMP))
            self._sense()
        elif self.mode is not Mode.NOMINAL:
            self._sense()  # for a controller that came late or lost one: the same reading again, and nothing moves

    def _sense(self) -> None:
        self._waiting = True
        if self.live is not None:
            fresh = self.live.sense()
            if fresh is None:
                return  # the link is lost: no reading, so that the controller's gate sees it grow old
            self._state = fresh
        self._topics.publish(self._state)

    def _on_targets(self, message: JointTrajectory) -> None:
        try:
            if self._index is None or self._index[0] != message.joint_names:
                names = list(message.joint_names)
                self._index = (names, joint_index(names, self.robot, "joint_targets"))
            targets = targets_from_message(message, self._index[1])
        except BadInputError as error:
            self._tell_once(str(error))
            return
        if targets.time > self._state.time + SAME_STAMP:
            self._tell_once("joint_targets from the future: is it another simulator's clock?")
            return
        self._last = self._rejoined(targets)
        self._heard = time.monotonic()  # after arming, which takes its time: that is no silence of the controller's
        if self._waiting and abs(targets.time - self._state.time) < SAME_STAMP:
            self._enter(Mode.NOMINAL, "")
            self._move(self._last)
            if self._lockstep and not self.finished:
                self._sense()

    def _rejoined(self, targets: JointTargets) -> JointTargets:
        """Keep a limp body limp until a command comes close to its pose: it must not be thrown into a distant one."""
        if self.live is not None and targets.limp:
            self.live.rest()
        if not self._limp or targets.limp:
            return targets
        distance = float(np.abs(targets.value - self._state.joint_position).max())
        self._far = distance > self._rejoin_angle
        if not self._far and (self.live is None or self.live.join()):
            self._limp = False
            self._gate.reset()
            return targets
        return dataclasses.replace(targets, limp=True)

    def _move(self, targets: JointTargets) -> None:
        self._waiting = False
        self._topics.markers(self._faults.markers(self.step), self._state.time)
        faulty = self._faults.apply(self.step, targets, self._state)
        strength = getattr(self.plant, "set_strength", None)
        if strength is not None:
            strength(self._faults.strength(self.step))
        passed = self._gate(faulty, self._state, self._state.time)
        self._limp = passed.limp or targets.limp or (self.live is not None and not self.live.armed)
        self.plant.actuate(dataclasses.replace(passed, limp=self._limp))
        if self.live is None:
            self._state = self.plant.sense()
        self.step += self._heard is not None
        self.finished = self.finished or 0 < self._horizon <= self.step

    def _enter(self, mode: Mode, reason: str) -> None:
        trouble = "" if self.live is None or self._heard is None else self.live.trouble()
        if trouble:
            mode, reason = Mode.LIMP, trouble
        elif not reason and self._last.limp:
            mode = Mode.LIMP
            reason = "limp, and the commands are far from the pose" if self._far else "the controller lets go"
        elif not reason and self._gate.mode is not Mode.NOMINAL:
            mode, reason = self._gate.mode, self._gate.reason
        if (mode, reason) != (self.mode, self.reason):
            self.mode, self.reason = mode, reason
            self._tell_mode()

    def _diagnose(self) -> None:
        figures = {"backend": self.backend, "steps": str(self.step), "unanswered_readings": str(self.missed)}
        self._diagnostics.publish(self.mode, self.reason, figures | ({} if self.live is None else self.live.figures()))

    def _tell_mode(self) -> None:
        entry = {"mode": self.mode.value, "reason": self.reason, "backend": self.backend, "step": self.step}
        self._topics.state(json.dumps(entry))

    def _tell_once(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self.get_logger().error(f"command refused: {text}")

    def close(self) -> None:
        """Let go of the body.

        Raises:
            RunFailedError: servos may still drive.
        """
        if self.plant.close() and self.live is not None:
            raise RunFailedError(self.live.trouble())


def main() -> int:
    """Run the plant node; return the exit code."""
    return run_node(PlantNode)


if __name__ == "__main__":
    sys.exit(main())
