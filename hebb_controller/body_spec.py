"""The shape and mass of a legged body: a base, and one leg that is drawn once and mirrored to the others.

Apart from what a rulebook relies on (`robot.py`): the rules are meant to meet bodies that they were not evolved on.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SegmentSpec:
    """One link of a leg: a capsule from its joint to the next, drawn for the front left leg.

    Attributes:
        joint: name of the joint within the leg, such as `hip`.
        axis: axis of the joint, unit vector `(x, y, z)` in the parent's frame.
        to: end of the capsule and place of the next joint, in [m].
        radius: in [m].
        mass: in [kg], servo included.
    """

    joint: str
    axis: tuple[float, float, float]
    to: tuple[float, float, float]
    radius: float
    mass: float


@dataclass(frozen=True)
class LegSpec:
    """Where one leg sits and how it differs from the front left drawing.

    Attributes:
        name: such as `front_left`.
        mirror: signs of x and y of the hip's place, such as `(1, -1)` for the right side.
        bend: the same signs for the segments: equal to `mirror` on a spider, `(1, y)` on a dog whose four knees all
            point back.
        outer_length: length of the outer segment as a share of the drawing.
        outer_extra_mass: added to the outer segment, in [kg].
        outer_friction: friction of the outer segment as a share of the body's.
    """

    name: str
    mirror: tuple[int, int]
    bend: tuple[int, int]
    outer_length: float = 1.0
    outer_extra_mass: float = 0.0
    outer_friction: float = 1.0


@dataclass(frozen=True)
class BodySpec:
    """The shape and mass of a legged body.

    Attributes:
        base_shape: `sphere` (size: radius) or `box` (size: x, y, z edges).
        base_size: in [m].
        base_mass: in [kg].
        start_height: height of the base's centre at reset, in [m].
        fall_height: below this height of the base's centre the robot has fallen, in [m].
        hip: place of the front left leg's first joint, in [m].
        segments: the links of one leg, from the body outwards.
        legs: the legs.
        foot_friction: lateral friction coefficient of the feet.
        base_centre: centre of mass of the base, from its middle, in [m].
    """

    base_shape: str
    base_size: tuple[float, ...]
    base_mass: float
    start_height: float
    fall_height: float
    hip: tuple[float, float, float]
    segments: tuple[SegmentSpec, ...]
    legs: tuple[LegSpec, ...]
    foot_friction: float
    base_centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
