"""The sections of a robot file: servo, body with its drawn leg, joints."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from hebb_controller.body_spec import BodySpec, LegSpec, SegmentSpec
from hebb_controller.errors import BadInputError
from hebb_controller.leg_kinematics import standing_height
from hebb_controller.robot import BoardSpec, JointSpec, ServoSpec
from hebb_controller.robot_fields import Fields

#: Legs in joint order, with the signs of x and y against the front left drawing.
LEGS = (("front_left", (1, 1)), ("front_right", (1, -1)), ("back_left", (-1, 1)), ("back_right", (-1, -1)))


@dataclasses.dataclass(frozen=True)
class DrawnJoint:
    """Limits of one joint of the drawn leg, in [rad]."""

    lower: float
    upper: float
    neutral: float
    action_range: float


def read_servo(top: Fields, find: Callable[[str], Mapping[str, Any]]) -> ServoSpec:
    """Read the servo: the name of a shipped one, found by `find`, or a section with its figures."""
    value = top.raw("servo")
    if isinstance(value, str):
        try:
            fields = Fields(find(value), f"servo {value}", top.problems)
        except BadInputError as error:
            top.note("servo", str(error))
            return ServoSpec(value, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    else:
        fields = top.section("servo")
    speed_key = "no_load_speed_rpm" if fields.has("no_load_speed_rpm") else "no_load_speed_rad_s"
    per_unit = 2.0 * math.pi / 60.0 if speed_key.endswith("rpm") else 1.0
    servo = ServoSpec(
        name=fields.text("name", "servo"),
        stall_torque=fields.number("stall_torque_nm", 0.0, 1000.0, above=True),
        no_load_speed=per_unit * fields.number(speed_key, 0.0, 1000.0, above=True),
        position_gain=fields.number("position_gain_nm_per_rad", 0.0, 1e5, above=True),
        damping=fields.number("damping_nms_per_rad", 0.0, 1000.0, 0.0),
        deadband=fields.angle("deadband", 0.0, 0.0),
        backlash=fields.angle("backlash", 0.0, 0.0),
        latency=fields.number("latency_s", 0.0, 0.5, 0.0),
        resolution=fields.angle("resolution", 0.0, 0.0),
        armature=fields.number("armature_kg_m2", 0.0, 10.0, 0.0),
        friction=fields.number("friction_nm", 0.0, 100.0, 0.0),
        source=fields.text("source", ""),
    )
    if isinstance(value, str):
        fields.finish()
    return servo


def read_board(top: Fields) -> BoardSpec | None:
    """Read what stands between commands and servos; None where the file names nothing."""
    if not top.has("board"):
        return None
    fields = top.section("board")
    board = BoardSpec(
        ramp_step=fields.angle("ramp_step"),
        step_time=fields.number("step_time_s", 0.0, 1.0, above=True),
        furthest=fields.angle("furthest"),
        exchange=fields.number("exchange_s", 0.0, 1.0),
    )
    for key, value in (("ramp_step", board.ramp_step), ("furthest", board.furthest)):
        if value <= 0.0:
            fields.note(key, "must be above 0")
    return board


def read_body(fields: Fields) -> tuple[BodySpec, tuple[DrawnJoint, ...]]:
    """Read the body and the limits of its drawn leg's joints."""
    base = fields.section("base")
    shape = base.choice("shape", ("sphere", "box"))
    size = (base.number("radius_m", 0.0, 10.0, above=True),) if shape == "sphere" else base.vector("size_m", 3)
    if any(edge <= 0.0 for edge in size):
        base.note("size_m", "every edge must be above 0")
    hip = fields.vector("hip_m", 3)
    if not fields.problems and (hip[0] <= 0.0 or hip[1] <= 0.0):
        fields.note("hip_m", "the front left hip lies forward and left: x and y must be above 0")
    mirrored = fields.choice("hind_legs", ("mirrored", "same"), "mirrored") != "same"
    drawn = [_read_segment(section) for section in fields.sections("leg")]
    names = [segment.joint for segment, _ in drawn]
    for name in sorted({n for n in names if names.count(n) > 1}):
        fields.note("leg", f"joint {name!r} is there twice")
    body = BodySpec(
        base_shape=shape,
        base_size=size,
        base_mass=base.number("mass_kg", 0.0, 1000.0, above=True),
        start_height=fields.number("start_height_m", 0.0, 10.0, 0.0),
        fall_height=fields.number("fall_height_m", 0.0, 10.0, -1.0),
        hip=(hip[0], hip[1], hip[2]),
        segments=tuple(segment for segment, _ in drawn),
        legs=tuple(LegSpec(name, (x, y), (x if mirrored else 1, y)) for name, (x, y) in LEGS),
        foot_friction=fields.number("foot_friction", 0.0, 10.0, 0.8),
    )
    if fields.problems or not drawn:
        return body, tuple(joint for _, joint in drawn)
    stands = standing_height(body, np.array([joint.neutral for _, joint in drawn] * len(LEGS)))
    if body.start_height == 0.0:
        body = dataclasses.replace(body, start_height=stands)
    if body.fall_height < 0.0:
        body = dataclasses.replace(body, fall_height=0.5 * stands)
    if body.fall_height >= stands:
        fields.note("fall_height_m", f"{body.fall_height:g}: the base stands at {stands:.3f}, it would fall at once")
    return body, tuple(joint for _, joint in drawn)


def _read_segment(fields: Fields) -> tuple[SegmentSpec, DrawnJoint]:
    axis = fields.vector("axis", 3)
    norm = math.sqrt(sum(a * a for a in axis))
    if norm == 0.0:
        fields.note("axis", "must not be zero")
        norm = 1.0
    to = fields.vector("to_m", 3)
    segment = SegmentSpec(
        joint=fields.text("joint"),
        axis=(axis[0] / norm, axis[1] / norm, axis[2] / norm),
        to=(to[0], to[1], to[2]),
        radius=fields.number("radius_m", 0.0, 10.0, above=True),
        mass=fields.number("mass_kg", 0.0, 1000.0, above=True),
    )
    lower, upper = fields.angles("range")
    neutral = fields.angle("neutral", 0.0)
    if not lower <= neutral <= upper:
        fields.note("neutral", f"{math.degrees(neutral):g} deg lies outside the joint's range")
    reach = fields.angle("action_range", min(neutral - lower, upper - neutral), 0.0)
    if reach <= 0.0:
        fields.note("action_range", "must be above 0: how far action 1 moves the joint from neutral")
    return segment, DrawnJoint(lower, upper, neutral, reach)


def read_legs_joints(body: BodySpec, drawn: tuple[DrawnJoint, ...]) -> tuple[JointSpec, ...]:
    """Return the joints of all legs: names `leg_joint`, limits as drawn (mirrored axes turn mirrored)."""
    return tuple(
        JointSpec(f"{leg.name}_{segment.joint}", joint.lower, joint.upper, joint.neutral, joint.action_range)
        for leg in body.legs
        for segment, joint in zip(body.segments, drawn, strict=True)
    )


def read_joints(top: Fields) -> tuple[JointSpec, ...]:
    """Read the joints of a torque-driven robot, one by one."""
    joints = []
    for fields in top.sections("joints"):
        lower, upper = fields.angles("range")
        torque = fields.number("max_torque_nm", 0.0, 1e6, above=True)
        joints.append(JointSpec(fields.text("name"), lower, upper, fields.angle("neutral", 0.0), 0.0, torque))
    names = [joint.name for joint in joints]
    for name in sorted({n for n in names if names.count(n) > 1}):
        top.note("joints", f"{name!r} is there twice")
    return tuple(joints)
