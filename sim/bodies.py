"""Bodies by name: the robot as built, damaged, loaded, or on bad ground.

intact              as the robot file says
LEG_short           one leg's outer segment at 25 %, such as front_right_short
LEG_heavy           an extra tenth of the robot's mass on one leg's outer segment
short_legs          all outer segments at 80 %       long_legs    at 120 %
payload             a quarter of the robot's mass more on the base
low_friction        40 % of the friction
slope               uphill by 5 degrees
rough               bumps up to 6 % of the standing height
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from hebb_controller.errors import RobotError, unknown
from hebb_controller.leg_kinematics import standing_height, total_mass
from hebb_controller.robot import BodySpec, LegSpec, RobotSpec

SHORT = 0.25
HEAVY_LEG = 0.1
PAYLOAD = 0.25
SLOPE = math.radians(5.0)
ROUGHNESS = 0.06


@dataclass(frozen=True)
class Ground:
    """What the robot stands on.

    Attributes:
        friction: factor on the feet's friction coefficient.
        slope: rise along x, in [rad].
        roughness: height of the highest bump, in [m].
    """

    friction: float = 1.0
    slope: float = 0.0
    roughness: float = 0.0


def body_names(robot: RobotSpec) -> tuple[str, ...]:
    """Return the names of a robot's bodies, `intact` first."""
    legs = [leg.name for leg in _body(robot).legs]
    return (
        "intact",
        *(f"{leg}_short" for leg in legs),
        *(f"{leg}_heavy" for leg in legs),
        "short_legs",
        "long_legs",
        "payload",
        "low_friction",
        "slope",
        "rough",
    )


def embody(robot: RobotSpec, name: str) -> tuple[RobotSpec, Ground]:
    """Return a robot in the body called `name`, and the ground that it stands on.

    Raises:
        BadInputError: unknown body; the message lists them.
        RobotError: the robot has no body section.
    """
    body = _body(robot)
    if name not in body_names(robot):
        raise unknown(f"body of {robot.name}", name, body_names(robot))
    leg, _, change = name.rpartition("_")
    ground = Ground()
    if name == "payload":
        body = dataclasses.replace(body, base_mass=body.base_mass + PAYLOAD * total_mass(body))
    elif name in ("short_legs", "long_legs"):
        length = 0.8 if name == "short_legs" else 1.2
        body = _change_legs(body, [each.name for each in body.legs], outer_length=length)
    elif change == "short":
        body = _change_legs(body, [leg], outer_length=SHORT)
    elif change == "heavy":
        body = _change_legs(body, [leg], outer_extra_mass=HEAVY_LEG * total_mass(body))
    elif name == "low_friction":
        ground = Ground(friction=0.4)
    elif name == "slope":
        ground = Ground(slope=SLOPE)
    elif name == "rough":
        ground = Ground(roughness=ROUGHNESS * standing_height(body, robot.neutral))
    return dataclasses.replace(robot, body=body), ground


def _change_legs(body: BodySpec, names: list[str], **change: float) -> BodySpec:
    def changed(leg: LegSpec) -> LegSpec:
        return dataclasses.replace(leg, **change) if leg.name in names else leg  # type: ignore[arg-type]

    return dataclasses.replace(body, legs=tuple(changed(leg) for leg in body.legs))


def _body(robot: RobotSpec) -> BodySpec:
    if robot.body is None:
        raise RobotError(f"robot {robot.name!r} has no body section: its shape comes from {robot.model}")
    return robot.body
