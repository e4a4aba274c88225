"""One joint, moved slowly at the operator's word; torque goes off at the end, whatever happens."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from firmware_bridge.board_report import Power
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.health import Level
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.loop import Pacer
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

#: How fast, in [rad/s]: a hand can be pulled away.
SPEED = 0.5
#: Goals go out at this period, in [s], also while nothing moves: the owner lets go of a caller who is silent.
PERIOD = 0.02
#: What a key adds to the goal, in [rad].
STEP = math.radians(2.0)
KEYS = "n p: next, previous joint; + -: 2 degrees; 0: neutral; q: quit"
#: A measured joint this far from its goal has not arrived, in [rad]; after so long it never will, in [s].
_ARRIVED, _SETTLING = 0.1, 1.0
#: Goals this close are the same, in [rad].
_SAME = 1e-9


class Jog:
    """A robot under torque, of which one joint at a time moves.

    Args:
        owner: of its line, armed.
        robot: the robot.
        speed: of the goal, in [rad/s].
        pace: waits for the next period.

    Attributes:
        goal: where every joint is told to be, shape `(nb_joints,)`, in [rad].
        angles: where they are, as far as is known, shape `(nb_joints,)`, in [rad].
    """

    def __init__(
        self, owner: BusOwner, robot: RobotSpec, speed: float = SPEED, pace: Callable[[], None] | None = None
    ) -> None:
        self._owner, self._robot = owner, robot
        self._reach = speed * PERIOD
        self._pace = Pacer(PERIOD).wait if pace is None else pace
        self.angles, _ = owner.read()
        self.goal = np.clip(self.angles, robot.lower, robot.upper)
        self._wanted = self.goal.copy()
        self._held = False

    def want(self, index: int, angle: float) -> float:
        """Say where a joint is to go [rad]; return that, held within its limits."""
        joint = self._robot.joints[index]
        self._wanted[index] = min(max(angle, joint.lower), joint.upper)
        return float(self._wanted[index])

    @property
    def wanted(self) -> Vector:
        """Where every joint is to go, shape `(nb_joints,)`, in [rad]."""
        return self._wanted

    @property
    def there(self) -> bool:
        """True once the goals have come to where they are to go."""
        return bool(np.all(np.abs(self._wanted - self.goal) < _SAME))

    def step(self) -> None:
        """Move on by one period.

        Raises:
            RunFailedError: the board has let go; the message says why.
            LinkError: the link is lost.
        """
        self._pace()
        if not self._held:  # the owner kept the last goal: to run ahead of it would end in a jump
            self.goal = self.goal + np.clip(self._wanted - self.goal, -self._reach, self._reach)
        self._owner.write(self.goal)
        self.angles, _ = self._owner.read()
        report = self._owner.report()
        if report.power is not Power.ARMED:
            raise RunFailedError(f"the board has let go: {report.reason}")
        if report.level >= Level.SIT:
            raise RunFailedError(f"the board sits down: {report.reason}")
        self._held = report.level is Level.HOLD


def joint_index(robot: RobotSpec, name: str) -> int:
    """Return the place of a joint.

    Raises:
        BadInputError: no such joint; the message lists them.
    """
    if name not in robot.joint_names:
        raise BadInputError(f"{robot.name} has no joint {name!r}: choose one of {', '.join(robot.joint_names)}")
    return robot.joint_names.index(name)


def check_angle(robot: RobotSpec, index: int, angle: float) -> None:
    """Refuse an angle [rad] beyond a joint's limits.

    Raises:
        BadInputError: with both.
    """
    joint = robot.joints[index]
    if not joint.lower <= angle <= joint.upper:
        low, high = math.degrees(joint.lower), math.degrees(joint.upper)
        raise BadInputError(f"{joint.name}: {math.degrees(angle):g} deg lies beyond {low:g} to {high:g} deg")


def jog_to(jog: Jog, robot: RobotSpec, index: int, angle: float, measured: bool) -> float:
    """Move one joint to an angle [rad], and return where it stands then [rad].

    Args:
        jog: the robot, under torque.
        robot: the robot.
        index: of the joint.
        angle: within its limits, in [rad].
        measured: whether angles are measured: then arriving is checked.

    Raises:
        RunFailedError: the board lets go, or the joint does not arrive.
        LinkError: the link is lost.
    """
    jog.want(index, angle)
    while not jog.there:
        jog.step()
    for _ in range(round(_SETTLING / PERIOD)):
        jog.step()
    rest = float(jog.angles[index]) - angle
    if measured and abs(rest) > _ARRIVED:
        name = robot.joint_names[index]
        raise RunFailedError(
            f"{name} stays {abs(math.degrees(rest)):.0f} deg from its goal: is it caught, or overloaded?"
        )
    return float(jog.angles[index])


def jog_by_keys(
    jog: Jog, robot: RobotSpec, index: int, key: Callable[[float], str], live: Callable[[Sequence[str]], None]
) -> None:
    """Move joints by keys until `q`; see `KEYS`.

    Args:
        jog: the robot, under torque.
        robot: the robot.
        index: of the first joint.
        key: returns the next key, waiting at most so many seconds; empty if there is none.
        live: shows lines in place of those before.

    Raises:
        RunFailedError: the board lets go.
        LinkError: the link is lost.
    """
    while True:
        pressed = key(0.0)
        if pressed == "q":
            return
        if pressed and pressed in "np":
            jog.want(index, float(jog.goal[index]))  # what was left behind stays where it is
            index = (index + (1 if pressed == "n" else -1)) % robot.nb_joints
        elif pressed and pressed in "+=-":
            jog.want(index, float(jog.wanted[index]) + (-STEP if pressed == "-" else STEP))
        elif pressed == "0":
            jog.want(index, robot.joints[index].neutral)
        jog.step()
        live([*_lines(jog, robot, index), KEYS])


def _lines(jog: Jog, robot: RobotSpec, index: int) -> list[str]:
    return [
        f"{'>' if k == index else ' '} {joint.name:20s} {math.degrees(jog.angles[k]):+7.1f} deg, goal "
        f"{math.degrees(jog.goal[k]):+7.1f} ({math.degrees(joint.lower):+.0f} to {math.degrees(joint.upper):+.0f})"
        for k, joint in enumerate(robot.joints)
    ]
