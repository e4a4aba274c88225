"""MJCF from a robot and the ground that it stands on: the same bodies, joints and contacts as `urdf` gives to Bullet.

Contacts are listed pair by pair. That is how Bullet's rules are said in MuJoCo's words: friction is the product of both
sides' coefficients (MuJoCo alone takes the larger one), links of one leg never touch each other or the base, links of
two legs do. Joints carry the rotor's inertia, which Bullet cannot; see `mujoco`.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from hebb_controller.body_spec import BodySpec, SegmentSpec
from hebb_controller.errors import RobotError
from hebb_controller.leg_kinematics import GRAVITY, leg_hip, leg_segments
from hebb_controller.robot import RobotSpec
from sim.bodies import Ground
from sim.ground import BEHIND, CELL, CELLS
from sim.rotation import quaternion
from sim.urdf import base_inertia, capsule_inertia

#: Sliding friction is this much stiffer than contact itself. At MuJoCo's own 1, feet that stand on a slope of 10
#: degrees creep downhill 0.7 mm/s faster than at 10; from there to 100 it is a tenth of that. Coulomb's law holds them.
IMPRATIO = 10.0
#: Time constant of contact, in [s]. At MuJoCo's own 0.02 a foot that lands at 0.5 m/s sinks 3 mm into the floor; floor
#: and feet of these robots are hard, as they are in Bullet. Shorter ones need time steps below 1 ms.
CONTACT_TIME = 0.005
GROUND = "ground"


def robot_mjcf(robot: RobotSpec, ground: Ground, timestep: float) -> str:
    """Return a world of one robot as MJCF; its joints are in joint order and carry the robot's joint names.

    Rough ground gets a height field whose numbers are all 0: they are written into the compiled model.

    Args:
        robot: the robot, in its body.
        ground: what it stands on.
        timestep: in [s].

    Raises:
        RobotError: the robot has no body or no servo.
    """
    body = robot.body
    if body is None or robot.servo is None:
        raise RobotError(f"robot {robot.name!r} cannot walk in MuJoCo: its file needs servo and body")
    links, frictions = [], [("base", -1, body.foot_friction)]
    for k, leg in enumerate(body.legs):
        segments = leg_segments(body, leg)
        place, inner = leg_hip(body, leg), []
        for m, segment in enumerate(segments):
            joint = robot.joints[k * len(segments) + m]
            inner.append(
                f'<body name="{joint.name}_link" pos="{_numbers(place)}"><joint name="{joint.name}" type="hinge" '
                f'axis="{_numbers(segment.axis)}" range="{joint.lower!r} {joint.upper!r}" '
                f'armature="{robot.servo.armature!r}"/>{_segment(joint.name, segment)}'
            )
            outer = m == len(segments) - 1
            frictions.append((joint.name, k, body.foot_friction * (leg.outer_friction if outer else 1.0)))
            place = segment.to
        links.append("".join(inner) + "</body>" * len(segments))
    motors = (
        f'<general joint="{joint.name}" biastype="affine" gainprm="1" biasprm="0 0 -1" forcerange="-1 1"/>'
        for joint in robot.joints
    )
    field, floor = _floor(ground)
    contacts = _pairs(frictions, ground, CONTACT_TIME)
    return (
        f'<mujoco model="{robot.name}"><compiler angle="radian" autolimits="true"/>'
        f'<option timestep="{timestep!r}" gravity="0 0 {-GRAVITY!r}" integrator="implicitfast" cone="elliptic" '
        f'impratio="{IMPRATIO!r}"><flag autoreset="disable"/></option>'
        '<visual><global fovy="50" offwidth="1920" offheight="1080"/>'
        '<headlight ambient="0.6 0.6 0.6" diffuse="0.4 0.4 0.4"/></visual>'
        # What touches what is said below, pair by pair.
        f'<default><geom contype="0" conaffinity="0"/></default><asset>{field}'
        '<texture type="skybox" builtin="flat" rgb1="1 1 1" width="32" height="32"/></asset>'
        f'<worldbody>{floor}<body name="base"><freejoint/>{_base(body)}{"".join(links)}</body></worldbody>'
        f"<contact>{contacts}</contact><actuator>{''.join(motors)}</actuator></mujoco>"
    )


def _base(body: BodySpec) -> str:
    shape = (
        f'type="sphere" size="{body.base_size[0]!r}"'
        if body.base_shape == "sphere"
        else f'type="box" size="{_numbers(tuple(0.5 * edge for edge in body.base_size))}"'
    )
    return (
        f'<inertial pos="{_numbers(body.base_centre)}" mass="{body.base_mass!r}" '
        f'diaginertia="{_numbers(base_inertia(body))}"/><geom name="base" {shape} rgba="0.35 0.37 0.40 1"/>'
    )


def _segment(name: str, segment: SegmentSpec) -> str:
    length = float(np.linalg.norm(segment.to))
    x, y, z = segment.to
    across, along = capsule_inertia(segment.mass, segment.radius, length)
    # Turn z into the segment's direction: pitch by its angle from the vertical, then yaw.
    frame = (
        f'pos="{_numbers((0.5 * x, 0.5 * y, 0.5 * z))}" '
        f'quat="{_quat(quaternion(0.0, math.atan2(math.hypot(x, y), z), math.atan2(y, x)))}"'
    )
    return (
        f'<inertial {frame} mass="{segment.mass!r}" diaginertia="{_numbers((across, across, along))}"/>'
        f'<geom name="{name}" type="capsule" size="{segment.radius!r} {0.5 * length!r}" {frame} '
        'rgba="0.93 0.51 0.20 1"/>'
    )


def _floor(ground: Ground) -> tuple[str, str]:
    """Return the asset and the geom of the ground."""
    turn = quaternion(ground.cross_slope, -ground.slope, 0.0)
    look = f'name="{GROUND}" quat="{_quat(turn)}" rgba="0.55 0.60 0.65 1"'
    if ground.roughness == 0.0:
        return "", f'<geom {look} type="plane" size="0 0 1"/>'
    half = tuple(0.5 * (cells - 1) * CELL for cells in CELLS)
    # The field's middle lies ahead of the start, along the slope.
    ahead = half[0] - BEHIND
    place = (ahead * math.cos(ground.slope), 0.0, ahead * math.sin(ground.slope))
    size = _numbers((*half, ground.roughness, 0.1))
    field = f'<hfield name="{GROUND}" nrow="{CELLS[1]}" ncol="{CELLS[0]}" size="{size}"/>'
    return field, f'<geom {look} type="hfield" hfield="{GROUND}" pos="{_numbers(place)}"/>'


def _pairs(links: list[tuple[str, int, float]], ground: Ground, softness: float) -> str:
    """Return the contact pairs of links, each with its name, leg (-1: the base) and friction; softness in [s]."""
    pairs = [(GROUND, name, ground.friction * friction) for name, _, friction in links]
    pairs += [
        (one, other, mu * nu)
        for (one, leg, mu), (other, another, nu) in combinations(links, 2)
        if leg != another and leg >= 0
    ]
    # Sliding friction alone, as in Bullet: no torsional, no rolling friction.
    return "".join(
        f'<pair geom1="{one}" geom2="{other}" condim="3" friction="{mu!r} {mu!r} 0.005 0.0001 0.0001" '
        f'solref="{softness!r} 1"/>'
        for one, other, mu in pairs
    )


def _quat(turn: tuple[float, float, float, float]) -> str:
    x, y, z, w = turn
    return _numbers((w, x, y, z))


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(repr(float(v)) for v in values)
