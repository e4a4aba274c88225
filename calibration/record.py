"""What a calibration holds: per joint, how its servo sits on it, and what the servo was measured to do."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field

import numpy as np

from firmware_bridge.board_line import Handshake
from firmware_bridge.joint_map import JointMap
from hebb_controller.robot import RobotSpec

#: How the zero was found.
METHODS = ("jig", "stop", "jog")


@dataclass(frozen=True)
class Measured:
    """What one servo did on its joint; None where nobody measured.

    Attributes:
        latency: dead time from command to first motion, in [s].
        latency_spread: standard deviation over the steps that it comes from, in [s].
        speed: top speed, in [rad/s].
        speed_spread: standard deviation over the steps, in [rad/s].
        repeatability: half of what approaching one goal from both sides differs by, as the encoder sees it, in [rad].
        play_beyond_encoder: half-width of the play between encoder and joint, in [rad].
        play_within_servo: half-width of what a held encoder gives way when the joint is rocked by hand, in [rad].
        voltage: of the supply meanwhile, in [V].
    """

    latency: float | None = None
    latency_spread: float | None = None
    speed: float | None = None
    speed_spread: float | None = None
    repeatability: float | None = None
    play_beyond_encoder: float | None = None
    play_within_servo: float | None = None
    voltage: float | None = None

    @property
    def backlash(self) -> float | None:
        """Half-width of all play that was measured, in [rad]."""
        parts = [p for p in (self.play_beyond_encoder, self.play_within_servo) if p is not None]
        return sum(parts) if parts else None


@dataclass(frozen=True)
class JointRecord:
    """How one servo sits on its joint.

    Attributes:
        name: of the joint.
        servo_id: its servo or channel.
        model: of the servo, as the handshake called it.
        firmware: of the servo; None where servos do not tell.
        eeprom_offset: homing offset in the servo's EEPROM, in counts; None where servos have none.
        method: `jig`, `stop` or `jog`.
        zero_tick: count at the model's zero angle.
        direction: +1 where counts grow with the angle, -1 where they fall.
        ticks_per_radian: above 0.
        residual: largest distance of a pose from the fit, in [rad].
        lower: limit, in [rad].
        upper: limit, in [rad].
        neutral: in [rad].
        measured: what the servo did.
    """

    name: str
    servo_id: int
    model: str
    firmware: int | None
    eeprom_offset: int | None
    method: str
    zero_tick: float
    direction: int
    ticks_per_radian: float
    residual: float
    lower: float
    upper: float
    neutral: float
    measured: Measured = field(default_factory=Measured)

    def tick(self, angle: float) -> int:
        """Return the count nearest to an angle [rad]."""
        return round(self.zero_tick + self.direction * self.ticks_per_radian * angle)

    def angle(self, tick: float) -> float:
        """Return the angle [rad] of a count."""
        return (tick - self.zero_tick) / (self.direction * self.ticks_per_radian)


@dataclass(frozen=True)
class Calibration:
    """The calibration of a robot, or, while the procedure runs, of some of its joints.

    Attributes:
        robot: its name.
        robot_hash: hash of joints and limits.
        body_hash: hash of the body's geometry.
        protocol: of its board.
        created: when it was finished, ISO 8601 with time zone.
        tool: what made it.
        joints: in the robot's joint order.
    """

    robot: str
    robot_hash: str
    body_hash: str
    protocol: str
    created: str
    tool: str
    joints: tuple[JointRecord, ...]

    @property
    def servo_ids(self) -> tuple[int, ...]:
        """Servo of each joint."""
        return tuple(joint.servo_id for joint in self.joints)

    @property
    def joint_map(self) -> JointMap:
        """The map that the bridge drives by."""
        return JointMap(
            servo_ids=self.servo_ids,
            zero_tick=np.array([joint.zero_tick for joint in self.joints]),
            direction=np.array([float(joint.direction) for joint in self.joints]),
            ticks_per_radian=np.array([joint.ticks_per_radian for joint in self.joints]),
        )

    @property
    def expected(self) -> Handshake:
        """What the line has to tell of itself."""
        return Handshake(
            model=self.joints[0].model if self.joints else "",
            firmware={j.servo_id: j.firmware for j in self.joints if j.firmware is not None},
            offsets={j.servo_id: j.eeprom_offset for j in self.joints if j.eeprom_offset is not None},
        )

    def joint(self, name: str) -> JointRecord | None:
        """Return the record of a joint, or None."""
        return next((joint for joint in self.joints if joint.name == name), None)

    def with_joint(self, record: JointRecord, robot: RobotSpec) -> Calibration:
        """Return the same with one joint's record added or replaced."""
        records = {joint.name: joint for joint in self.joints} | {record.name: record}
        return dataclasses.replace(self, joints=tuple(records[n] for n in robot.joint_names if n in records))


def body_hash(robot: RobotSpec) -> str:
    """Return a hash of what gives angle zero its meaning: where joints sit, and how they turn.

    Masses and radii are left out: a heavier battery asks for no new calibration.
    """
    body = robot.body
    shape: list[object] = [robot.model]
    if body is not None:
        shape += [body.hip, [(s.joint, s.axis, s.to) for s in body.segments]]
        shape += [(leg.name, leg.mirror, leg.bend) for leg in body.legs]
    return hashlib.sha256(json.dumps(shape).encode()).hexdigest()[:16]
