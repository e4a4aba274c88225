"""What the view node knows of a robot from its topics, and the frame that the page is shown of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation
from hebb_controller.live_faults import fault_label, read_fault
from hebb_controller.page.frames import UNKNOWN, Disturbance, Frame, LaneFrame, Outcome
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray
from hebb_controller.safety import tilt_of
from hebb_controller_ros.messages import (
    JointIndex,
    attitude_in,
    attitude_of,
    joint_index,
    layer_weights,
    seconds,
    weight_change,
)
from sim.view.recovery_watch import RecoveryWatch, recent_speed

LANE = "robot"
#: Figures of the plant's diagnostics that are shown as the bus's health.
BUS_FIGURES = (
    "power",
    "health",
    "health_reason",
    "supply_V",
    "hottest_degC",
    "largest_load",
    "answers_missing",
    "answers_corrupt",
)
#: Beyond this tilt a robot is drawn as fallen, in [rad].
FALLEN_TILT = math.radians(60.0)


class ViewState:
    """Gathers messages; `frame` says how it goes.

    Args:
        robot: the robot.
        height: of its base while nobody tells where it is, in [m].
    """

    def __init__(self, robot: RobotSpec, height: float) -> None:
        self._robot, self._period = robot, 1.0 / robot.control_rate
        self._index: tuple[list[str], JointIndex] | None = None
        self._angles = robot.neutral.copy()
        self._position, self._attitude = (0.0, 0.0, height), (0.0, 0.0, 0.0)
        self._change, self._mode = math.nan, {"mode": "hold", "reason": "nothing heard of the controller yet"}
        self._plant: Mapping[str, Any] = {}
        self._bus: tuple[str, ...] = ()
        self._stopped, self._faults = False, list[str]()
        self._notice, self._nb_notices = "", 0
        self._layers: list[FloatArray] = []
        self._whole: tuple[tuple[FloatArray, ...], ...] = ()
        self._forget(0.0)

    @property
    def backend(self) -> str:
        """What moves the robot, as far as the plant has said."""
        return str(self._plant.get("backend", ""))

    def joints(self, message: Any) -> None:
        """Take joint states.

        Raises:
            BadInputError: joints that are not this robot's.
        """
        if self._index is None or self._index[0] != list(message.name):
            self._index = (list(message.name), joint_index(message.name, self._robot, "joint_states"))
        position = np.asarray(message.position, dtype=float)
        if position.size >= len(message.name):
            self._angles = position[list(self._index[1])]
        self._clock(seconds(message.header.stamp))

    def imu(self, message: Any) -> None:
        """Take an IMU's attitude; where there is ground truth, that counts."""
        if self._track:
            return
        roll, pitch, yaw = attitude_in(message)
        self._attitude = (roll, pitch, yaw)

    def odometry(self, message: Any) -> None:
        """Take ground truth."""
        now = seconds(message.header.stamp)
        self._clock(now)
        place, turn = message.pose.pose.position, message.pose.pose.orientation
        self._position = (place.x, place.y, place.z)
        self._attitude = attitude_of(turn.x, turn.y, turn.z, turn.w)
        steps = self._steps(now)
        # A message that was lost leaves the place where it was.
        self._track += [self._track[-1] if self._track else place.x] * max(steps + 1 - len(self._track), 0)
        self._track[-1] = place.x

    def plasticity(self, message: Any) -> None:
        """Take the norms of weights and of their change."""
        self._change = weight_change(message)

    def weights(self, message: Any) -> None:
        """Take one layer's weights; a frame carries them once all layers of a step are here.

        Raises:
            BadInputError: not such a message.
        """
        number, nb_layers, matrix = layer_weights(message)
        if number == 1:
            self._layers = []
        if number == len(self._layers) + 1:  # one that was lost costs the whole picture
            self._layers.append(matrix)
            if number == nb_layers:
                self._whole = (tuple(self._layers),)

    def mode(self, message: Any) -> None:
        """Take the controller's phase, mode and reason."""
        self._mode = json.loads(message.data)

    def plant(self, message: Any) -> None:
        """Take the plant's mode."""
        self._plant = json.loads(message.data)

    def estop(self, message: Any) -> None:
        """Take whether the emergency stop is latched."""
        self._stopped = bool(message.data)

    def marker(self, message: Any) -> None:
        """Take the beginning or end of a fault."""
        entry = json.loads(message.data)
        try:
            fault = read_fault(entry["fault"], 0)
        except BadInputError:
            return
        if fault is None:
            return
        step = self._steps(float(entry["stamp"]))
        if isinstance(fault, Ablation):
            self._watch.begin(f"wipe {fault.share:.0%}", step, step)
            return
        label = fault_label(entry["fault"])
        if entry["event"] == "start":
            self._faults.append(label)
            self._watch.begin(label, step, None)
        elif label in self._faults:
            self._faults.remove(label)
            self._watch.release(step, label)

    def diagnostics(self, message: Any) -> None:
        """Take the health of the servo bus, where there is one."""
        for status in message.status:
            figures = {entry.key: entry.value for entry in status.values}
            if "supply_V" in figures:
                self._bus = tuple(f"{name}: {figures[name]}" for name in BUS_FIGURES if figures.get(name))

    def notice(self, text: str) -> None:
        """Say something to the visitors."""
        self._notice, self._nb_notices = text, self._nb_notices + 1

    def frame(self) -> Frame:
        """Return how it goes."""
        known = len(self._track) > 1
        speed = recent_speed(self._track, self._period) if known else math.nan
        fallen = bool(tilt_of(self._attitude[0], self._attitude[1]) > FALLEN_TILT)
        disturbances = self._watch.update(max(len(self._track) - 1, 0), [self._track or [0.0]], [fallen])
        if not known:
            disturbances = tuple(Disturbance(d.label, d.start, d.end, (Outcome(UNKNOWN),)) for d in disturbances)
        reasons = (self._mode.get("reason", ""), self._plant.get("reason", ""))
        modes = (self._mode.get("mode", ""), self._plant.get("mode", ""))
        worst = next((mode for mode in ("limp", "hold") if mode in modes), "nominal")
        lane = LaneFrame(
            position=self._position,
            attitude=self._attitude,
            joints=tuple(np.nan_to_num(self._angles).tolist()),
            fallen=fallen,
            mode=worst,
            reason="; ".join(dict.fromkeys(reason for reason in reasons if reason)),
            plastic=self._mode.get("plasticity") == "on",
            speed=speed,
            change=self._change,
            faults=tuple(self._faults),
            faulty=self._faulty(),
        )
        weights, self._whole = self._whole, ()
        return Frame(
            time=self._now,
            lanes=(lane,),
            disturbances=disturbances,
            estop=f"e-stop: {self._mode.get('reason', '')}" if self._stopped else "",
            bus=self._bus,
            notice=self._notice,
            nb_notices=self._nb_notices,
            weights=weights,
        )

    def _faulty(self) -> tuple[bool, ...]:
        held: set[str] = set()
        for label in self._faults:
            _, _, joints = label.partition(" ")
            held |= set(joints.split(",")) if joints else set(self._robot.joint_names)
        return tuple(name in held for name in self._robot.joint_names)

    def _clock(self, now: float) -> None:
        if now < self._begun or now < self._begun + self._now - 1.0:  # another run has begun
            self._forget(now)
        if not self._heard:
            self._forget(now)
            self._heard = True
        self._now = max(self._now, now - self._begun)

    def _forget(self, now: float) -> None:
        self._begun, self._now, self._heard = now, 0.0, False
        self._track: list[float] = []
        self._faults.clear()
        self._watch = RecoveryWatch(1, self._period)

    def _steps(self, now: float) -> int:
        return max(round((now - self._begun) / self._period), 0)
