"""What can be done to a body's actuators while it walks: stuck, saturated, limp, weak, late or crooked joints.

A fault changes the joint targets on their way from the controller to the safety gate, which therefore still has the
last word. What a target cannot express, a joint that gives way, is a share of torque per joint: it is folded into the
torques of a torque-driven robot, and handed to the plant's servos (`set_strength`) on a position-driven one.

Steps count control steps from 0 at the start of a life. A fault holds for `start <= step < stop`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.robot import POSITION, RobotSpec
from hebb_controller.signals import JointTargets, RobotState, Vector


@dataclass(frozen=True)
class FaultKind:
    """What a kind of fault takes.

    Attributes:
        summary: one line for help texts.
        default: its number when none is given; None where it has none.
        lowest: smallest number allowed.
        highest: largest number allowed.
        position_only: True if it makes sense on a position-driven robot alone.
    """

    summary: str
    default: float | None = None
    lowest: float = 0.0
    highest: float = 0.0
    position_only: bool = False


KINDS: dict[str, FaultKind] = {
    "saturate": FaultKind("the command is that of action +1, or of the number given", 1.0, -1.0, 1.0),
    "freeze": FaultKind("the command sticks at the value it has at the start"),
    "limp": FaultKind("the joint gives way: no torque"),
    "lock": FaultKind("the joint holds the angle it has at the start", position_only=True),
    "weak": FaultKind("the joint keeps this share of its torque", 0.5, 0.0, 1.0),
    "delay": FaultKind("the command comes this many steps late", 1.0, 1.0, 1000.0),
    "offset": FaultKind("the command is off by this angle [rad]", 0.1, -3.15, 3.15, position_only=True),
}
#: Kinds that take torque from single servos, which simulated bodies can and servos behind a port cannot.
WEAKENING = ("limp", "weak")
#: What to do instead of these, there.
NO_WEAKENING = "faults limp and weak: servos behind a port keep their torque: saturate, freeze, lock, delay and offset"


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        kind: a key of `KINDS`.
        start: first step of the fault.
        stop: first step without it; None: it stays.
        joints: names of the joints it befalls; empty: all.
        value: the kind's number (share, steps or [rad]); None: the kind's default.
    """

    kind: str
    start: int
    stop: int | None = None
    joints: tuple[str, ...] = ()
    value: float | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be.

        Raises:
            BadInputError: unknown kind, an empty span, or a number out of range.
        """
        if self.kind not in KINDS:
            raise unknown("fault", self.kind, KINDS)
        kind = KINDS[self.kind]
        if self.start < 0 or (self.stop is not None and self.stop <= self.start):
            stop = "" if self.stop is None else self.stop
            raise BadInputError(f"fault {self.kind} at {self.start}:{stop}: needs 0 <= START < STOP, such as 300:400")
        if self.value is None:
            return
        if kind.default is None:
            raise BadInputError(f"fault {self.kind} takes no number, got {self.value:g}")
        if not kind.lowest <= self.value <= kind.highest:
            raise BadInputError(
                f"fault {self.kind} with {self.value:g}: must lie within {kind.lowest:g} and {kind.highest:g}"
            )
        if self.kind == "delay" and self.value != int(self.value):
            raise BadInputError(f"fault delay with {self.value:g}: counts whole control steps")

    @property
    def number(self) -> float:
        """The kind's number, its default filled in; 0 where the kind takes none."""
        return self.value if self.value is not None else KINDS[self.kind].default or 0.0

    def active(self, step: int) -> bool:
        """Return True if the fault holds at `step`."""
        return self.start <= step and (self.stop is None or step < self.stop)

    def check_robot(self, robot: RobotSpec) -> None:
        """Refuse a fault that this robot cannot have.

        Raises:
            BadInputError: a joint that it lacks, or a position fault on a torque-driven robot.
        """
        for joint in self.joints:
            if joint not in robot.joint_names:
                raise unknown(f"joint of {robot.name}", joint, robot.joint_names)
        if KINDS[self.kind].position_only and robot.actuation != POSITION:
            raise BadInputError(f"fault {self.kind} needs a position-driven robot: {robot.name} is driven by torque")

    def mask(self, robot: RobotSpec) -> npt.NDArray[np.bool_]:
        """Return True for every joint that it befalls, shape `(nb_joints,)`."""
        return np.array([not self.joints or name in self.joints for name in robot.joint_names])


class FaultyActuators:
    """Applies faults to one life's stream of joint targets; remembers what sticks and what comes late.

    Args:
        robot: the robot.
        faults: what befalls it.

    Raises:
        BadInputError: a fault that this robot cannot have.
    """

    def __init__(self, robot: RobotSpec, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            fault.check_robot(robot)
        self._robot = robot
        self._faults = [(fault, fault.mask(robot)) for fault in faults]
        longest = max((int(f.number) for f in faults if f.kind == "delay"), default=0)
        self._nb_kept = longest + 1
        self.reset()

    def reset(self) -> None:
        """Forget what sticks: a new life."""
        self._stuck: dict[int, Vector] = {}
        self._past: list[Vector] = []

    def apply(self, step: int, targets: JointTargets, state: RobotState) -> JointTargets:
        """Return what reaches the safety gate when the controller commands `targets` at `step`.

        Args:
            step: control steps since the start of the life.
            targets: the controller's command.
            state: the reading that the command answers.
        """
        if not self._faults:
            return targets
        self._past = [*self._past, targets.value][-self._nb_kept :]
        value = targets.value.copy()
        for k, (fault, mask) in enumerate(self._faults):
            if fault.active(step):
                value[mask] = self._faulty(k, fault, value, state)[mask]
        return dataclasses.replace(targets, value=value)

    def strength(self, step: int) -> Vector:
        """Return the share of torque that each joint has at `step`, shape `(nb_joints,)`: 1 when healthy."""
        share = np.ones(self._robot.nb_joints)
        for fault, mask in self._faults:
            if fault.active(step) and fault.kind in WEAKENING:
                share[mask] *= 0.0 if fault.kind == "limp" else fault.number
        return share

    @property
    def needs_strength(self) -> bool:
        """True if the plant must be able to weaken single servos."""
        return self._robot.actuation == POSITION and any(f.kind in WEAKENING for f, _ in self._faults)

    def _faulty(self, key: int, fault: Fault, value: Vector, state: RobotState) -> Vector:
        robot = self._robot
        if fault.kind == "saturate":
            full = fault.number * robot.action_scale
            return np.clip(robot.neutral + full, robot.lower, robot.upper) if robot.actuation == POSITION else full
        if fault.kind == "freeze":
            return self._stuck.setdefault(key, value.copy())
        if fault.kind == "lock":
            return self._stuck.setdefault(key, state.joint_position.copy())
        if fault.kind == "delay":
            return self._past[max(len(self._past) - 1 - int(fault.number), 0)]
        if fault.kind == "offset":
            return value + fault.number
        if robot.actuation == POSITION:  # limp and weak: the plant's servos lose torque instead
            return value
        return value * (0.0 if fault.kind == "limp" else fault.number)
