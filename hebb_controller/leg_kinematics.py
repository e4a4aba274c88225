"""Where the links of a standing robot are, and what its servos have to hold: forward kinematics and statics.

Vectors are in the base frame (x forward, y left, z up), in [m].
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from hebb_controller.body_spec import BodySpec, LegSpec, SegmentSpec
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

GRAVITY = 9.81  # [m/s^2]


def leg_hip(body: BodySpec, leg: LegSpec) -> tuple[float, float, float]:
    """Return the place of a leg's first joint."""
    x, y, z = body.hip
    return (leg.mirror[0] * x, leg.mirror[1] * y, z)


def leg_segments(body: BodySpec, leg: LegSpec) -> tuple[SegmentSpec, ...]:
    """Return the segments of one leg as it is built: mirrored, its outer segment cut, stretched or weighted.

    An axis of rotation is a pseudovector: mirrored once, it turns the other way round, so that equal joint angles
    give mirror-symmetric poses.
    """
    sx, sy = leg.bend
    handed = sx * sy
    segments = []
    for drawn in body.segments:
        outer = drawn is body.segments[-1]
        length = leg.outer_length if outer else 1.0
        (ax, ay, az), (tx, ty, tz) = drawn.axis, drawn.to
        segments.append(
            dataclasses.replace(
                drawn,
                axis=(handed * sx * ax, handed * sy * ay, handed * az),
                to=(sx * tx * length, sy * ty * length, tz * length),
                mass=drawn.mass * length + (leg.outer_extra_mass if outer else 0.0),
            )
        )
    return tuple(segments)


def total_mass(body: BodySpec) -> float:
    """Return the mass of the whole robot, in [kg]."""
    return body.base_mass + sum(s.mass for leg in body.legs for s in leg_segments(body, leg))


def leg_chain(body: BodySpec, leg: LegSpec, angles: Vector) -> tuple[Vector, Vector]:
    """Return where a leg's joints are and which way their axes point.

    Args:
        body: the body.
        leg: one of its legs.
        angles: of the leg's joints, shape `(nb_segments,)`, in [rad].

    Returns:
        Places of the joints and, last, of the foot's end, shape `(nb_segments + 1, 3)`; axes, `(nb_segments, 3)`.
    """
    places, axes = [np.array(leg_hip(body, leg))], []
    turn = np.eye(3)
    for segment, angle in zip(leg_segments(body, leg), angles, strict=True):
        axis = np.array(segment.axis)
        axes.append(turn @ axis)
        turn = turn @ _rotation(axis, float(angle))
        places.append(places[-1] + turn @ np.array(segment.to))
    return np.array(places), np.array(axes)


def standing_height(body: BodySpec, angles: Vector) -> float:
    """Return the height of the base's centre above flat ground that its lowest point just touches.

    Args:
        body: the body.
        angles: all joint angles, legs in order, shape `(nb_joints,)`, in [rad].
    """
    half = body.base_size[0] if body.base_shape == "sphere" else 0.5 * body.base_size[2]
    lowest = -half
    for leg, own in zip(body.legs, np.split(np.asarray(angles, dtype=float), len(body.legs)), strict=True):
        places, _ = leg_chain(body, leg, own)
        for k, segment in enumerate(body.segments):
            lowest = min(lowest, min(places[k][2], places[k + 1][2]) - segment.radius)
    return -float(lowest)


def standing_torques(robot: RobotSpec, angles: Vector) -> Vector:
    """Return the torque that each servo holds while the robot stands still, shape `(nb_joints,)`, in [N m].

    All feet carry, as evenly as the centre of mass allows, and nothing holds them sideways: a floor with friction
    takes a part of the load off the servos.

    Args:
        robot: a robot with a body.
        angles: all joint angles, shape `(nb_joints,)`, in [rad].
    """
    body = robot.body
    assert body is not None
    legs = np.split(np.asarray(angles, dtype=float), len(body.legs))
    chains = [leg_chain(body, leg, own) for leg, own in zip(body.legs, legs, strict=True)]
    masses = [[segment.mass for segment in leg_segments(body, leg)] for leg in body.legs]
    carried = _foot_forces(body, chains, masses)
    torques = []
    for (places, axes), own, force in zip(chains, masses, carried, strict=True):
        middles = 0.5 * (places[:-1] + places[1:])
        for k, axis in enumerate(axes):
            load = np.cross(places[-1] - places[k], (0.0, 0.0, force))
            for middle, mass in zip(middles[k:], own[k:], strict=True):
                load = load + np.cross(middle - places[k], (0.0, 0.0, -mass * GRAVITY))
            torques.append(-float(axis @ load))
    return np.array(torques)


def _foot_forces(body: BodySpec, chains: list[tuple[Vector, Vector]], masses: list[list[float]]) -> Vector:
    """Return the vertical force on each foot, in [N]: weight and moments balanced, with the least sum of squares."""
    total, moment = body.base_mass, body.base_mass * np.array(body.base_centre)
    for (places, _), own in zip(chains, masses, strict=True):
        total += sum(own)
        moment = moment + np.array(own) @ (0.5 * (places[:-1] + places[1:]))
    feet = np.array([places[-1] for places, _ in chains])
    balance = np.stack([np.ones(len(feet)), feet[:, 0], feet[:, 1]])
    forces, *_ = np.linalg.lstsq(balance, GRAVITY * np.array([total, moment[0], moment[1]]), rcond=None)
    return np.asarray(forces)


def _rotation(axis: Vector, angle: float) -> Vector:
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + math.sin(angle) * cross + (1.0 - math.cos(angle)) * (cross @ cross))
