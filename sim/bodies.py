"""Bodies by name: the robot as built, damaged, loaded, wired wrongly, or on bad ground. LEG is such as `front_right`.

name                    family          what it is
intact                  intact          as the robot file says
LEG_short               short leg       one leg's outer segment at 25 %
LEG_half                half leg        at 60 %
LEG_long                long leg        at 140 %
LEG_footless            lost foot       at 70 %, its end bare: 40 % of the friction under this leg
LEG_heavy               heavy leg       an extra tenth of the robot's mass on one leg's outer segment
left_short, right_short, front_short, back_short, diagonal_short
                        two short legs  two outer segments at 25 %; the diagonal is front left and back right
short_legs, long_legs   all legs        all outer segments at 80 %, at 120 %
wide_stance, narrow_stance
                        stance          hips at 130 %, at 85 % of their distance from the middle
payload                 payload         a quarter of the robot's mass more on the base
double_payload          payload         half of it
payload_front, payload_back, payload_side
                        payload         a quarter of it on the base's front, back, left side
swapped_sides           wiring          the wires of left and right legs crossed
swapped_front_back      wiring          the wires of front and back legs crossed
low_friction, ice, sticky
                        ground          40 %, 20 %, 150 % of the friction
slope, steep, downhill  ground          uphill by 5 degrees, by 10, downhill by 5
cross_slope             ground          rising to the left by 5 degrees
rough, rougher          ground          bumps up to 6 %, 10 % of the standing height
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hebb_controller.body_spec import BodySpec
from hebb_controller.errors import RobotError, unknown
from hebb_controller.leg_kinematics import standing_height
from hebb_controller.robot import RobotSpec
from sim.alterations import change_legs, cross_wires, load_base, spread_hips, weigh_legs

SHORT, HALF, LONG = 0.25, 0.6, 1.4
FOOTLESS = 0.7
#: Estimate: hard plastic against a rubber foot. A plastic foot has 0.16 on smooth plastic and 0.44 on a mat
#: (github.com/mike-grayhat/bittlejuice).
BARE_FRICTION = 0.4
HEAVY_LEG = 0.1
PAYLOAD, DOUBLE_PAYLOAD = 0.25, 0.5
WIDE, NARROW = 1.3, 0.85
SLOPE, STEEP = math.radians(5.0), math.radians(10.0)
ROUGHNESS, ROUGHER = 0.06, 0.1


@dataclass(frozen=True)
class Ground:
    """What the robot stands on.

    Attributes:
        friction: factor on the feet's friction coefficient.
        slope: rise along x, in [rad].
        roughness: height of the highest bump, in [m].
        cross_slope: rise along y, to the left, in [rad]; on a slope, of the sloping plane about its own x axis.
    """

    friction: float = 1.0
    slope: float = 0.0
    roughness: float = 0.0
    cross_slope: float = 0.0


_ONE_LEG: dict[str, tuple[str, Callable[[BodySpec, list[str]], BodySpec]]] = {
    "short": ("short leg", partial(change_legs, outer_length=SHORT)),
    "heavy": ("heavy leg", partial(weigh_legs, share=HEAVY_LEG)),
    "half": ("half leg", partial(change_legs, outer_length=HALF)),
    "long": ("long leg", partial(change_legs, outer_length=LONG)),
    "footless": ("lost foot", partial(change_legs, outer_length=FOOTLESS, outer_friction=BARE_FRICTION)),
}

_PAIRS = {
    "left_short": ("front_left", "back_left"),
    "right_short": ("front_right", "back_right"),
    "front_short": ("front_left", "front_right"),
    "back_short": ("back_left", "back_right"),
    "diagonal_short": ("front_left", "back_right"),
}

_WHOLE: dict[str, tuple[str, Callable[[BodySpec], BodySpec]]] = {
    **{name: ("two short legs", partial(change_legs, legs=legs, outer_length=SHORT)) for name, legs in _PAIRS.items()},
    "short_legs": ("all legs", partial(change_legs, outer_length=0.8)),
    "long_legs": ("all legs", partial(change_legs, outer_length=1.2)),
    "wide_stance": ("stance", partial(spread_hips, share=WIDE)),
    "narrow_stance": ("stance", partial(spread_hips, share=NARROW)),
    "payload": ("payload", partial(load_base, share=PAYLOAD)),
    "double_payload": ("payload", partial(load_base, share=DOUBLE_PAYLOAD)),
    "payload_front": ("payload", partial(load_base, share=PAYLOAD, place=(1, 0, 0))),
    "payload_back": ("payload", partial(load_base, share=PAYLOAD, place=(-1, 0, 0))),
    "payload_side": ("payload", partial(load_base, share=PAYLOAD, place=(0, 1, 0))),
    "swapped_sides": ("wiring", partial(cross_wires, signs=(1, -1))),
    "swapped_front_back": ("wiring", partial(cross_wires, signs=(-1, 1))),
}

_GROUNDS = {
    "low_friction": Ground(friction=0.4),
    "ice": Ground(friction=0.2),
    "sticky": Ground(friction=1.5),
    "slope": Ground(slope=SLOPE),
    "steep": Ground(slope=STEEP),
    "downhill": Ground(slope=-SLOPE),
    "cross_slope": Ground(cross_slope=SLOPE),
}

#: Height of the highest bump, as a share of the standing height.
_BUMPS = {"rough": ROUGHNESS, "rougher": ROUGHER}


def body_names(robot: RobotSpec) -> tuple[str, ...]:
    """Return the names of a robot's bodies, `intact` first."""
    legs = [leg.name for leg in _body(robot).legs]
    one_leg = (f"{leg}_{change}" for change in _ONE_LEG for leg in legs)
    return ("intact", *one_leg, *_WHOLE, *_GROUNDS, *_BUMPS)


def body_family(name: str) -> str:
    """Return which kind of body this is, for tables: the family in this module's table.

    Raises:
        BadInputError: no body of any robot is called so; the message lists the kinds of names.
    """
    leg, _, change = name.rpartition("_")
    if name == "intact":
        return "intact"
    if name in _WHOLE:
        return _WHOLE[name][0]
    if name in _GROUNDS or name in _BUMPS:
        return "ground"
    if leg and change in _ONE_LEG:
        return _ONE_LEG[change][0]
    choices = ("intact", *(f"LEG_{each}" for each in _ONE_LEG), *_WHOLE, *_GROUNDS, *_BUMPS)
    raise unknown("body", name, choices)


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
    ground = _GROUNDS.get(name, Ground())
    if name in _BUMPS:
        ground = Ground(roughness=_BUMPS[name] * standing_height(body, robot.neutral))
    elif name in _WHOLE:
        body = _WHOLE[name][1](body)
    elif change in _ONE_LEG:
        body = _ONE_LEG[change][1](body, [leg])
    return dataclasses.replace(robot, body=body), ground


def _body(robot: RobotSpec) -> BodySpec:
    if robot.body is None:
        raise RobotError(f"robot {robot.name!r} has no body section: its shape comes from {robot.model}")
    return robot.body
