"""The shape of a robot as the page draws it: links that turn about joints, each with capsules, spheres or boxes.

Made from the body section of a robot file; a robot whose shape comes from elsewhere (`ant`) brings its own drawing.
Vectors are in [m], in the frame of the link, which at angle 0 is parallel to its parent's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import RobotError
from hebb_controller.leg_kinematics import leg_hip, leg_segments
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

Point = tuple[float, float, float]
BASE = -1


@dataclass(frozen=True, slots=True)
class Shape:
    """One solid.

    Attributes:
        kind: `capsule` from the frame's origin to `to`, `sphere` about the origin, or `box` about it.
        radius: of a capsule or sphere, in [m].
        to: other end of a capsule.
        size: edges of a box.
    """

    kind: str
    radius: float = 0.0
    to: Point = (0.0, 0.0, 0.0)
    size: Point = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Link:
    """One moving link.

    Attributes:
        joint: name of the joint that turns it.
        parent: index of the parent link, or `BASE`.
        origin: of its frame in the parent's.
        axis: of the joint, a unit vector.
        shape: its solid.
        leg: which leg it belongs to.
        foot: True if a foot is at the end of its capsule.
    """

    joint: str
    parent: int
    origin: Point
    axis: Point
    shape: Shape
    leg: int
    foot: bool = False


@dataclass(frozen=True, slots=True)
class RobotDrawing:
    """A whole robot.

    Attributes:
        base: solids of the base.
        links: in joint order; a parent comes before its children.
        reach: how far it spreads sideways from its middle, in [m].
    """

    base: tuple[Shape, ...]
    links: tuple[Link, ...]
    reach: float


def drawing_of(robot: RobotSpec) -> RobotDrawing:
    """Return the drawing of a robot from its body section.

    Raises:
        RobotError: it has none.
    """
    body = robot.body
    if body is None:
        raise RobotError(f"robot {robot.name!r} has no body section to draw: its shape comes from {robot.model}")
    if body.base_shape == "sphere":
        base = Shape("sphere", radius=body.base_size[0])
    else:
        base = Shape("box", size=(body.base_size[0], body.base_size[1], body.base_size[2]))
    links: list[Link] = []
    for number, leg in enumerate(body.legs):
        origin, parent = leg_hip(body, leg), BASE
        segments = leg_segments(body, leg)
        for k, segment in enumerate(segments):
            shape = Shape("capsule", segment.radius, segment.to)
            joint = robot.joint_names[len(links)]
            links.append(Link(joint, parent, origin, segment.axis, shape, number, foot=k == len(segments) - 1))
            origin, parent = segment.to, len(links) - 1
    return RobotDrawing((base,), tuple(links), _reach(tuple(links)))


def joint_turn(axis: Point, angle: float) -> tuple[float, float, float, float]:
    """Return the rotation of a joint, `(w, x, y, z)`."""
    sine = math.sin(0.5 * angle)
    return (math.cos(0.5 * angle), sine * axis[0], sine * axis[1], sine * axis[2])


def attitude_turn(roll: float, pitch: float, yaw: float) -> tuple[float, float, float, float]:
    """Return the rotation by roll about x, then pitch about y, then yaw about z, `(w, x, y, z)`; NaN counts as 0."""
    halves = (0.5 * angle if math.isfinite(angle) else 0.0 for angle in (roll, pitch, yaw))
    (cr, sr), (cp, sp), (cy, sy) = ((math.cos(half), math.sin(half)) for half in halves)
    return (
        cr * cp * cy + sr * sp * sy,
        sr * cp * cy - cr * sp * sy,
        cr * sp * cy + sr * cp * sy,
        cr * cp * sy - sr * sp * cy,
    )


def rotate(turn: tuple[float, float, float, float], vector: Point | Vector) -> Vector:
    """Return a vector turned by a quaternion `(w, x, y, z)`, shape `(3,)`."""
    pure = np.array(turn[1:])
    across = 2.0 * np.cross(pure, vector)
    return np.asarray(vector + turn[0] * across + np.cross(pure, across))


def _reach(links: tuple[Link, ...]) -> float:
    places: list[float] = []
    for link in links:
        start = 0.0 if link.parent == BASE else places[link.parent]
        places.append(start + math.hypot(*link.origin))
    return max((p + math.hypot(*k.shape.to) for p, k in zip(places, links, strict=True)), default=0.5)
