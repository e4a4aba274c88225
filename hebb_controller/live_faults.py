"""Faults that arrive while a robot walks, beside those that were known from the start.

Texts are those of `fault_schedule`, their steps counted from the arrival; `clear` ends everything. Wiped weights are
the controller's to carry out, actuator faults the body's: each side takes its part of the same texts.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import Ablation, parse_ablation, parse_fault
from hebb_controller.faults import NO_WEAKENING, Fault, FaultyActuators
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import JointTargets, RobotState, Vector

CLEAR = "clear"
_WIPE = "wipe="


@dataclass(frozen=True)
class Marker:
    """A fault's beginning or end.

    Attributes:
        step: control step.
        event: `start` or `end`.
        fault: the text that describes the fault, its steps absolute.
    """

    step: int
    event: str
    fault: str


def read_fault(text: str, step: int) -> Fault | Ablation | None:
    """Return what a text means that arrives at `step`, in absolute steps; None for `clear`.

    Raises:
        BadInputError: it cannot be read.
    """
    text = text.strip()
    if text == CLEAR:
        return None
    if is_wipe(text):
        wipe = parse_ablation(text.removeprefix(_WIPE))
        return dataclasses.replace(wipe, step=wipe.step + step)
    fault = parse_fault(text)
    return dataclasses.replace(fault, start=fault.start + step, stop=None if fault.stop is None else fault.stop + step)


def is_wipe(text: str) -> bool:
    """Return True if a text describes wiped weights, which are the controller's, and not a fault of actuators."""
    return text.startswith(_WIPE)


def fault_text(fault: Fault | Ablation) -> str:
    """Return a fault as a text that `read_fault` reads back, when it arrives at step 0."""
    if isinstance(fault, Ablation):
        return f"{_WIPE}{fault.share:g}@{fault.step}"
    number = "" if fault.value is None else f"={fault.value:g}"
    joints = f"@{','.join(fault.joints)}" if fault.joints else ""
    return f"{fault.kind}{number}@{fault.start}:{'' if fault.stop is None else fault.stop}{joints}"


def fault_label(text: str) -> str:
    """Return a fault's text without its steps, for people: `lock left_hip` for `lock@300:400@left_hip`."""
    kind, _, rest = text.partition("@")
    _, at, joints = rest.partition("@")
    return f"{kind} {joints}" if at else kind


class LiveFaults:
    """The actuator faults of one body, those of a schedule and those that come later.

    Args:
        robot: the robot.
        scheduled: faults known from the start.
        can_weaken: True if the body can take the torque from single servos.

    Raises:
        BadInputError: a fault that this robot or this body cannot have.
    """

    def __init__(self, robot: RobotSpec, scheduled: tuple[Fault, ...] = (), can_weaken: bool = True) -> None:
        self._robot, self._can_weaken = robot, can_weaken
        self._groups: list[tuple[tuple[Fault, ...], FaultyActuators]] = []
        self._holding: set[Fault] = set()
        if scheduled:
            self._befall(scheduled)

    def add(self, fault: Fault) -> None:
        """Let a fault, in absolute steps, befall the body.

        Raises:
            BadInputError: this robot or this body cannot have it.
        """
        self._befall((fault,))

    def clear(self) -> None:
        """End all faults, the scheduled ones too."""
        self._groups.clear()

    def apply(self, step: int, targets: JointTargets, state: RobotState) -> JointTargets:
        """Return what is left of a command at `step`."""
        for _, actuators in self._groups:
            targets = actuators.apply(step, targets, state)
        return targets

    def strength(self, step: int) -> Vector:
        """Return the share of torque that each joint has at `step`, shape `(nb_joints,)`."""
        share = np.ones(self._robot.nb_joints)
        for _, actuators in self._groups:
            share = share * actuators.strength(step)
        return share

    def holding(self, step: int) -> list[Fault]:
        """Return the faults that hold at `step`, in the order of their arrival."""
        return [fault for faults, _ in self._groups for fault in faults if fault.active(step)]

    def markers(self, step: int) -> list[Marker]:
        """Return which faults began or ended since the last call, and forget those that are over."""
        holding = set(self.holding(step))
        begun = [Marker(step, "start", fault_text(f)) for f in holding - self._holding]
        ended = [Marker(step, "end", fault_text(f)) for f in self._holding - holding]
        self._holding = holding
        self._groups = [
            (faults, actuators)
            for faults, actuators in self._groups
            if any(f.stop is None or f.stop > step for f in faults)
        ]
        return sorted(begun + ended, key=lambda marker: (marker.event, marker.fault))

    def _befall(self, faults: tuple[Fault, ...]) -> None:
        actuators = FaultyActuators(self._robot, faults)
        if actuators.needs_strength and not self._can_weaken:
            raise BadInputError(NO_WEAKENING)
        self._groups.append((faults, actuators))


def split_faults(texts: list[str] | tuple[str, ...]) -> tuple[tuple[Fault, ...], tuple[Ablation, ...]]:
    """Return the actuator faults and the wiped weights among texts whose steps are absolute.

    Raises:
        BadInputError: one that cannot be read.
    """
    read = [read_fault(text, 0) for text in texts if text.strip()]
    if None in read:
        raise BadInputError(f"{CLEAR!r} ends faults that run: it cannot be scheduled")
    return (
        tuple(fault for fault in read if isinstance(fault, Fault)),
        tuple(fault for fault in read if isinstance(fault, Ablation)),
    )
