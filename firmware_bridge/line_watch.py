"""One read of a whole line: what is believed of it, what it means for health, and the figures that diagnostics show."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np

from firmware_bridge.believed_pose import BelievedPose
from firmware_bridge.board_line import BoardLine, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.health import HealthLimits, HealthWatch, Level
from firmware_bridge.joint_map import JointMap
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

_TRIES = 3


class LineWatch:
    """Remembers what was read.

    Args:
        robot: the robot.
        joint_map: from counts to angles.
        clock: monotonic, in [s].

    Attributes:
        health: the thresholds' memory.
        looked: time of the last read, in [s].
        nb_cycles: reads of the whole line.
        voltage: lowest supply, in [V]; NaN where nobody measures it.
        temperature: of the hottest servo, in [deg C]; NaN where nobody measures it.
        load: largest share of full load; NaN where nobody measures it.
    """

    def __init__(self, robot: RobotSpec, joint_map: JointMap, clock: Callable[[], float] = time.monotonic) -> None:
        assert robot.servo is not None
        self._clock = clock
        self._top_speed = robot.servo.no_load_speed
        self._map = joint_map
        self.health = HealthWatch(HealthLimits(), robot.joint_names)
        self._pose = BelievedPose(joint_map, self._top_speed)
        self.nb_cycles = 0
        self.looked = clock()
        self.voltage = self.temperature = self.load = math.nan

    @property
    def angles(self) -> Vector:
        """Newest believable joint angles, shape `(nb_joints,)`, in [rad]; NaN before the first."""
        return self._pose.angles

    @property
    def seen(self) -> Vector:
        """When each was read, shape `(nb_joints,)`, in [s]."""
        return self._pose.seen

    @property
    def nb_implausible(self) -> int:
        """Readings that were not believed."""
        return self._pose.nb_implausible

    def begin(self, line: BoardLine) -> None:
        """Read a line that has just been greeted, and take its supply for the kind of battery.

        Raises:
            LinkError: a servo tells no pose, or the port is gone.
        """
        # What was commanded moves as fast as it was commanded: only what is measured can be implausible.
        self._pose.top_speed = self._top_speed if line.measured else math.inf
        self.forget()
        for _ in range(_TRIES):
            self.take(line)
            if np.isfinite(self.angles).all() or not line.measured:
                self.health.limits = HealthLimits.for_supply(self.voltage)
                return
        raise LinkError(f"port {line.path}: servos answer to their names but tell no pose")

    def forget(self) -> None:
        """Believe whatever comes next, and start to count anew: somebody has looked."""
        self._pose.forget()
        self.health.clear()

    def take(self, line: BoardLine) -> tuple[Level, str]:
        """Read the whole line once; return what health asks for, and why.

        Raises:
            LinkError: the port is gone.
        """
        readings = line.feedback()
        heard = self._pose.take(readings)
        self.voltage = _figure(readings, "voltage", min, self.voltage)
        self.temperature = _figure(readings, "temperature", max, self.temperature)
        self.load = _figure(readings, "load", lambda values: max(map(abs, values)), self.load)
        self.nb_cycles += 1
        self.looked = self._clock()
        return self.health.judge(readings, heard.tolist(), self.looked)

    def strain(self, goal: Vector) -> str:
        """Return which joint has been kept from its goal [rad] too long; only what is measured can tell."""
        return self.health.strained((goal - self.angles).tolist(), self.looked)


def _figure(readings: list[ServoReading], name: str, worst: Callable[[list[float]], float], before: float) -> float:
    values = [r.values[name] for r in readings if r.values is not None and name in r.values]
    return worst(values) if values else before
