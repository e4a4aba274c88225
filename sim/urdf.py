"""URDF from a robot: the base and one link per joint, no fixed links, capsules with their own inertia.

Bullet's cost is in links, so hips, feet and sensor mounts get none. Masses and inertias are those of solid capsules of
even density; servos are part of their link. A base whose centre of mass lies off its middle keeps the moments of
inertia of an even one, about that centre.
"""

from __future__ import annotations

import math

import numpy as np

from hebb_controller.body_spec import BodySpec, SegmentSpec
from hebb_controller.errors import RobotError
from hebb_controller.leg_kinematics import leg_hip, leg_segments
from hebb_controller.robot import RobotSpec


def robot_urdf(robot: RobotSpec) -> str:
    """Return a robot as URDF; its movable joints are in joint order and carry the robot's joint names.

    Raises:
        RobotError: the robot has no body.
    """
    body = robot.body
    if body is None:
        raise RobotError(f"robot {robot.name!r} has no body section: its shape comes from {robot.model}")
    links, joints = [_base_link(body)], []
    for k, leg in enumerate(body.legs):
        parent, place = "base", leg_hip(body, leg)
        segments = leg_segments(body, leg)
        for m, segment in enumerate(segments):
            joint = robot.joints[k * len(segments) + m]
            link = f"{joint.name}_link"
            outer = m == len(segments) - 1
            friction = body.foot_friction * (leg.outer_friction if outer else 1.0)
            links.append(_segment_link(link, segment, friction))
            joints.append(
                f'  <joint name="{joint.name}" type="revolute"><parent link="{parent}"/><child link="{link}"/>'
                f'<origin xyz="{_numbers(place)}"/><axis xyz="{_numbers(segment.axis)}"/>'
                f'<limit lower="{joint.lower!r}" upper="{joint.upper!r}" '
                f'effort="{robot.servo.stall_torque if robot.servo else 0.0!r}" '
                f'velocity="{robot.servo.no_load_speed if robot.servo else 0.0!r}"/></joint>'
            )
            parent, place = link, segment.to
    return "\n".join(['<?xml version="1.0"?>', f'<robot name="{robot.name}">', *links, *joints, "</robot>", ""])


def capsule_inertia(mass: float, radius: float, length: float) -> tuple[float, float]:
    """Return the moments of inertia of a solid capsule about its centre, across and along its axis, in [kg m^2].

    Args:
        mass: in [kg].
        radius: in [m].
        length: between the centres of its caps, in [m].
    """
    cylinder, sphere = math.pi * radius**2 * length, 4.0 / 3.0 * math.pi * radius**3
    in_cylinder = mass * cylinder / (cylinder + sphere)
    in_caps = mass - in_cylinder
    along = 0.5 * in_cylinder * radius**2 + 0.4 * in_caps * radius**2
    # Each cap is half a sphere whose centre of mass lies 3/8 r beyond the cylinder's end.
    caps = in_caps * (0.4 * radius**2 + 0.25 * length**2 + 0.375 * length * radius)
    across = in_cylinder * (0.25 * radius**2 + length**2 / 12.0) + caps
    return across, along


def base_inertia(body: BodySpec) -> tuple[float, float, float]:
    """Return the base's moments of inertia about its centre of mass, along x, y and z, in [kg m^2]."""
    if body.base_shape == "sphere":
        (radius,) = body.base_size
        return (0.4 * body.base_mass * radius**2,) * 3
    x, y, z = body.base_size
    xx, yy, zz = (body.base_mass / 12.0 * s for s in (y * y + z * z, x * x + z * z, x * x + y * y))
    return xx, yy, zz


def _base_link(body: BodySpec) -> str:
    inertia = base_inertia(body)
    if body.base_shape == "sphere":
        shape = f'<sphere radius="{body.base_size[0]!r}"/>'
    else:
        shape = f'<box size="{_numbers(body.base_size)}"/>'
    middle = (0.0, 0.0, 0.0)
    centre = body.base_centre
    return _link("base", middle, middle, body.base_mass, inertia, shape, body.foot_friction, _GREY, centre)


def _segment_link(name: str, segment: SegmentSpec, friction: float) -> str:
    length = float(np.linalg.norm(segment.to))
    x, y, z = segment.to
    across, along = capsule_inertia(segment.mass, segment.radius, length)
    middle = (0.5 * x, 0.5 * y, 0.5 * z)
    # Turn z into the segment's direction: pitch by its angle from the vertical, then yaw.
    turn = (0.0, math.atan2(math.hypot(x, y), z), math.atan2(y, x))
    shape = f'<capsule radius="{segment.radius!r}" length="{length!r}"/>'
    return _link(name, middle, turn, segment.mass, (across, across, along), shape, friction, _ORANGE)


_GREY, _ORANGE = "0.35 0.37 0.40 1", "0.93 0.51 0.20 1"


def _link(
    name: str,
    place: tuple[float, ...],
    turn: tuple[float, ...],
    mass: float,
    inertia: tuple[float, ...],
    shape: str,
    friction: float,
    colour: str,
    centre: tuple[float, ...] | None = None,
) -> str:
    """Return one link; its centre of mass is the shape's place unless given."""
    origin = f'<origin xyz="{_numbers(place)}" rpy="{_numbers(turn)}"/>'
    of_mass = f'<origin xyz="{_numbers(centre or place)}" rpy="{_numbers(turn)}"/>'
    xx, yy, zz = inertia
    return (
        f'  <link name="{name}"><inertial>{of_mass}<mass value="{mass!r}"/>'
        f'<inertia ixx="{xx!r}" iyy="{yy!r}" izz="{zz!r}" ixy="0" ixz="0" iyz="0"/></inertial>'
        f"<visual>{origin}<geometry>{shape}</geometry>"
        f'<material name="{name}_colour"><color rgba="{colour}"/></material></visual>'
        f"<collision>{origin}<geometry>{shape}</geometry></collision>"
        f'<contact><lateral_friction value="{friction!r}"/></contact></link>'
    )


def _numbers(values: tuple[float, ...]) -> str:
    return " ".join(repr(float(v)) for v in values)
