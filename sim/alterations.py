"""What can be done to a body: legs changed, a load put on, wires crossed, hips moved apart."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from hebb_controller.body_spec import BodySpec
from hebb_controller.leg_kinematics import total_mass


def change_legs(body: BodySpec, legs: Sequence[str] | None = None, **change: float) -> BodySpec:
    """Return a body whose legs of these names have other fields of `LegSpec`; None: all its legs."""
    return dataclasses.replace(
        body,
        legs=tuple(
            dataclasses.replace(leg, **change) if legs is None or leg.name in legs else leg  # type: ignore[arg-type]
            for leg in body.legs
        ),
    )


def weigh_legs(body: BodySpec, legs: Sequence[str], share: float) -> BodySpec:
    """Return a body with a share of its mass added to the outer segment of each of these legs."""
    return change_legs(body, legs, outer_extra_mass=share * total_mass(body))


def load_base(body: BodySpec, share: float, place: tuple[int, int, int] = (0, 0, 0)) -> BodySpec:
    """Return a body with a load on its base.

    Args:
        body: the body.
        share: mass of the load, as a share of the robot's.
        place: of the load on the base: (0, 0, 0) in its middle, (1, 0, 0) on its front, (0, 1, 0) on its left side.
    """
    load = share * total_mass(body)
    mass = body.base_mass + load
    half = body.base_size * 3 if body.base_shape == "sphere" else tuple(0.5 * edge for edge in body.base_size)
    x, y, z = (
        (body.base_mass * centre + load * sign * reach) / mass
        for centre, sign, reach in zip(body.base_centre, place, half, strict=True)
    )
    return dataclasses.replace(body, base_mass=mass, base_centre=(x, y, z))


def cross_wires(body: BodySpec, signs: tuple[int, int]) -> BodySpec:
    """Return a body in which each leg hangs on the wires of another one.

    Joints keep their order, names and limits; their legs change places, and a joint's angle means in the new leg what
    it means in that leg's drawing: outwards stays outwards. Angles and foot contacts are felt where the wires lead.

    Args:
        body: the body.
        signs: of x and y, from a leg to the one that takes its place: (1, -1) crosses left and right.
    """
    at = {leg.mirror: leg for leg in body.legs}
    legs = tuple(at[signs[0] * leg.mirror[0], signs[1] * leg.mirror[1]] for leg in body.legs)
    return dataclasses.replace(body, legs=legs)


def spread_hips(body: BodySpec, share: float) -> BodySpec:
    """Return a body whose hips lie at this share of their distance from the middle, along x and y."""
    x, y, z = body.hip
    return dataclasses.replace(body, hip=(share * x, share * y, z))
