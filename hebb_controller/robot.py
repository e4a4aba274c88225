"""What a robot is: its joints in order, their limits, its servo; the shape of its body is `body_spec.py`'s.

A robot is described once, in one YAML file (`robot_file.py` reads it); every other part of the project takes the joint
order, the limits and the neutral pose from the `RobotSpec`.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hebb_controller.body_spec import BodySpec
from hebb_controller.signals import Vector

POSITION, TORQUE = "position", "torque"
MEASURED, COMMANDED = "measured", "commanded"


@dataclass(frozen=True)
class JointSpec:
    """One actuated joint.

    Attributes:
        name: unique name, the one that ROS and the servo table use.
        lower: lower limit, in [rad].
        upper: upper limit, in [rad].
        neutral: angle at action 0, in [rad].
        action_range: angle between action 0 and action 1, in [rad] (0 for a torque-driven joint).
        max_torque: torque at action 1 of a torque-driven joint, in [N m] (0 for a position-driven joint).
    """

    name: str
    lower: float
    upper: float
    neutral: float
    action_range: float = 0.0
    max_torque: float = 0.0


@dataclass(frozen=True)
class ServoSpec:
    """A position servo, from its datasheet.

    Attributes:
        name: model name.
        stall_torque: in [N m], at the nominal voltage.
        no_load_speed: in [rad/s], at the nominal voltage.
        position_gain: torque per position error until the stall torque is reached, in [N m/rad].
        damping: torque that the position loop takes back per joint speed, until the stall torque, in [N m s/rad].
        deadband: position error that the servo ignores (half-width), in [rad].
        backlash: free play of the gears (half-width), in [rad].
        latency: time from command to response, in [s].
        resolution: position step, in [rad].
        armature: reflected inertia of the rotor, in [kg m^2].
        friction: dry friction of the gears, in [N m].
        source: where the numbers come from.
    """

    name: str
    stall_torque: float
    no_load_speed: float
    position_gain: float
    damping: float
    deadband: float
    backlash: float
    latency: float
    resolution: float
    armature: float
    friction: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class BoardSpec:
    """A servo board that approaches every pose at its own pace, and takes no other before it is there.

    The joint that moves furthest sets the number of steps, all joints arrive together, and one more step passes before
    the board listens again.

    Attributes:
        ramp_step: change per step of the joint that moves furthest, in [rad].
        step_time: in [s].
        furthest: the host asks for no more change of a joint in one command, in [rad]: the rest follows with the next.
        exchange: what a command and its answer take beyond the steps, in [s].
    """

    ramp_step: float
    step_time: float
    furthest: float
    exchange: float


@dataclass(frozen=True)
class RobotSpec:
    """A robot.

    Attributes:
        name: unique name, also the name of its file.
        description: one line for tables.
        actuation: `position` or `torque`.
        control_rate: in [Hz].
        observation: name of its default observation layout.
        action_filter: share of the new action in the low-pass filter, 0 < x <= 1; 1 means no filter.
        joints: in joint order: legs in order, from the body outwards.
        servo: the servo of every joint; None for a torque-driven robot.
        body: its shape; None where `model` names a ready one.
        model: a model file of PyBullet's data folder, such as `mjcf/ant.xml`; empty where `body` is given.
        feedback: `measured`: its servos tell their angles; `commanded`: they do not, and readings repeat the command.
        board: what stands between commands and servos, where that has a pace of its own; None: commands pass at once.
    """

    name: str
    description: str
    actuation: str
    control_rate: float
    observation: str
    action_filter: float
    joints: tuple[JointSpec, ...]
    servo: ServoSpec | None = None
    body: BodySpec | None = None
    model: str = ""
    feedback: str = MEASURED
    board: BoardSpec | None = None

    @property
    def nb_joints(self) -> int:
        """Number of actuated joints."""
        return len(self.joints)

    @property
    def joint_names(self) -> tuple[str, ...]:
        """Names in joint order."""
        return tuple(j.name for j in self.joints)

    @cached_property
    def lower(self) -> Vector:
        """Lower limits, shape `(nb_joints,)`, in [rad]."""
        return np.array([j.lower for j in self.joints])

    @cached_property
    def upper(self) -> Vector:
        """Upper limits, shape `(nb_joints,)`, in [rad]."""
        return np.array([j.upper for j in self.joints])

    @cached_property
    def neutral(self) -> Vector:
        """Angles at action 0, shape `(nb_joints,)`, in [rad]."""
        return np.array([j.neutral for j in self.joints])

    @cached_property
    def action_scale(self) -> Vector:
        """What action 1 means: [rad] from neutral or [N m], shape `(nb_joints,)`."""
        key = "max_torque" if self.actuation == TORQUE else "action_range"
        return np.array([getattr(j, key) for j in self.joints])

    @cached_property
    def contract_hash(self) -> str:
        """Hash of what a rulebook relies on: joints in order with limits and scaling, actuation and rate.

        Servo and body are left out on purpose: the rules are meant to meet bodies that they were not evolved on.
        """
        contract = [self.actuation, self.control_rate, [dataclasses.astuple(j) for j in self.joints]]
        return hashlib.sha256(json.dumps(contract).encode()).hexdigest()[:16]
