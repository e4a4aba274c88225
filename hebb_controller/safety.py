"""The gate after the network: whatever the weights have become, no command passes that the body cannot take.

    NOMINAL   the command passes, held within limits and slew
    HOLD      the last good command (torque-driven: no torque) until the cause is gone
    LIMP      the actuators let go until `reset`: a person looks first

A bad value becomes a mode, never a traceback. HOLD follows a non-finite command, a non-finite reading or a stale one
and ends by itself; when it lasts, it becomes LIMP. Tilt beyond the bound is LIMP at once it has been seen often enough
not to be a glitch.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError
from hebb_controller.robot import POSITION, RobotSpec
from hebb_controller.signals import JointTargets, RobotState, Vector


class Mode(Enum):
    """What the gate does with commands."""

    NOMINAL = "nominal"
    HOLD = "hold"
    LIMP = "limp"


@dataclass(frozen=True)
class SafetyConfig:
    """Bounds of the gate; None switches a check off. Limits and non-finite values are always checked.

    Attributes:
        max_slew: change of a joint's target per second, in [rad/s]; position-driven robots only.
        max_tilt: angle between the base's z axis and the vertical, in [rad].
        tilt_readings: readings in a row beyond `max_tilt` before it counts.
        max_age: age of a reading that may still be answered, in [s].
        max_hold: time in HOLD after which it becomes LIMP, in [s].
    """

    max_slew: float | None = None
    max_tilt: float | None = math.radians(75.0)
    tilt_readings: int = 3
    max_age: float | None = 0.1
    max_hold: float | None = 0.5

    def __post_init__(self) -> None:
        """Refuse bounds that cannot be.

        Raises:
            BadInputError: with the setting and its value.
        """
        for name in ("max_slew", "max_tilt", "max_age", "max_hold"):
            bound = getattr(self, name)
            if bound is not None and not 0.0 < bound < math.inf:
                raise BadInputError(f"{name.replace('_', ' ')} {bound}: must be above 0, or left out")
        if self.tilt_readings < 1:
            raise BadInputError(f"tilt readings {self.tilt_readings}: must be 1 or more")

    @staticmethod
    def limits_only() -> SafetyConfig:
        """Return the gate of the `ant` benchmark: its torque bound and non-finite values, and nothing else.

        The published task has no tilt or slew rule; a gate that changed it would change the comparison.
        """
        return SafetyConfig(None, None, 1, None, None)

    @staticmethod
    def for_robot(robot: RobotSpec) -> SafetyConfig:
        """Return the default gate of a robot.

        A servo's target may run at three times its no-load speed: faster than that it only winds up the position
        error, slower would change the gait that the rules were evolved with.
        """
        if robot.actuation != POSITION:
            return SafetyConfig.limits_only()
        return SafetyConfig(max_slew=3.0 * robot.servo.no_load_speed if robot.servo else None)


class SafetyGate:
    """One robot's gate and what it remembers: the mode, its reason and the last good command.

    Args:
        robot: the robot.
        config: the bounds; the robot's default ones if None.

    Attributes:
        mode: what the gate does now.
        reason: why it is not NOMINAL, one line; empty in NOMINAL.
        nb_limited: commands that were held within limits or slew so far.
    """

    def __init__(self, robot: RobotSpec, config: SafetyConfig | None = None) -> None:
        self.config = SafetyConfig.for_robot(robot) if config is None else config
        self._robot = robot
        self._position = robot.actuation == POSITION
        self.reset()

    def reset(self) -> None:
        """Return to NOMINAL and forget: somebody has looked."""
        self.mode, self.reason = Mode.NOMINAL, ""
        self.nb_limited = 0
        self._last: Vector | None = None
        self._last_time: float | None = None
        self._held_since: float | None = None
        self._nb_tilted = 0

    def let_go(self, reason: str) -> None:
        """Latch LIMP for what somebody else has seen, until `reset`."""
        if self.mode is not Mode.LIMP:
            self.mode, self.reason = Mode.LIMP, reason

    def __call__(self, targets: JointTargets, state: RobotState, now: float) -> JointTargets:
        """Return the command that may leave.

        Args:
            targets: the command that the controller wants.
            state: the reading that it answers.
            now: the time on the clock that stamps readings, in [s].
        """
        if self.mode is not Mode.LIMP:
            self._watch(targets, state, now)
        if self.mode is Mode.NOMINAL:
            value = self._limited(targets.value, state, now)
            self._last, self._last_time = value, now
            return dataclasses.replace(targets, value=value)
        nowhere = self._position and self._last is None and not _finite(state.joint_position)
        # Who wants to let go may always: a hold never takes that back.
        limp = targets.limp or self.mode is Mode.LIMP or nowhere
        return dataclasses.replace(targets, value=self._held(state), limp=limp)

    def _watch(self, targets: JointTargets, state: RobotState, now: float) -> None:
        fallen = self._tilted(state)
        cause = self._cause_to_hold(targets, state, now)
        if fallen:
            self.mode, self.reason = Mode.LIMP, f"tilted {math.degrees(tilt(state)):.0f} degrees"
        elif not cause:
            self.mode, self.reason, self._held_since = Mode.NOMINAL, "", None
        else:
            # The earlier of the two: a clock that jumps back must not put the end of holding off.
            self._held_since = now if self._held_since is None else min(self._held_since, now)
            too_long = self.config.max_hold is not None and now - self._held_since > self.config.max_hold
            self.mode, self.reason = (Mode.LIMP if too_long else Mode.HOLD), cause

    def _tilted(self, state: RobotState) -> bool:
        if self.config.max_tilt is None or not math.isfinite(tilt(state)):
            return False
        self._nb_tilted = self._nb_tilted + 1 if tilt(state) > self.config.max_tilt else 0
        return self._nb_tilted >= self.config.tilt_readings

    def _cause_to_hold(self, targets: JointTargets, state: RobotState, now: float) -> str:
        if not _finite(targets.value):
            return "command is not finite"
        sensed = (state.joint_position, [state.roll, state.pitch], state.angular_velocity_base_in_base)
        if not all(_finite(part) for part in sensed):
            return "reading is not finite"
        age = now - state.time
        if self.config.max_age is not None and not abs(age) <= self.config.max_age:
            return f"reading is more than {self.config.max_age:g} s old"
        return ""

    def _limited(self, value: Vector, state: RobotState, now: float) -> Vector:
        robot = self._robot
        if self._position:
            limited = np.clip(value, robot.lower, robot.upper)
            if self.config.max_slew is not None:
                # The first command starts from where the joints are; later ones from the last command.
                last = state.joint_position if self._last is None else self._last
                # To the nanosecond, in which ROS counts: the same stamps give the same bound wherever time began.
                elapsed = round(now - self._last_time, 9) if self._last_time is not None else 1.0 / robot.control_rate
                reach = self.config.max_slew * min(max(elapsed, 0.0), 2.0 / robot.control_rate)
                limited = np.clip(np.clip(limited, last - reach, last + reach), robot.lower, robot.upper)
        else:
            limited = np.clip(value, -robot.action_scale, robot.action_scale)
        self.nb_limited += not np.array_equal(limited, value)
        return limited

    def _held(self, state: RobotState) -> Vector:
        if not self._position:
            return np.zeros(self._robot.nb_joints)
        if self._last is not None:
            return self._last
        here = np.where(np.isfinite(state.joint_position), state.joint_position, self._robot.neutral)
        return np.clip(here, self._robot.lower, self._robot.upper)


def tilt(state: RobotState) -> float:
    """Return the angle between the base's z axis and the vertical, in [rad]; NaN where the attitude is not finite."""
    return float(tilt_of(state.roll, state.pitch))


def tilt_of(roll: npt.ArrayLike, pitch: npt.ArrayLike) -> Vector:
    """Return the angle between the base's z axis and the vertical, in [rad], for one attitude or many."""
    with np.errstate(invalid="ignore"):  # the cosine of infinity
        return np.asarray(np.arccos(np.clip(np.cos(roll) * np.cos(pitch), -1.0, 1.0)))


def _finite(values: object) -> bool:
    return bool(np.isfinite(np.asarray(values, dtype=float)).all())
