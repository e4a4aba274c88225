"""The benchmark's body: PyBullet's own `mjcf/ant.xml`, damaged in memory, and its lean twin.

PyBullet loads the MJCF file as 20 links: every joint sits on a massless link with the real one fixed to it, and four
more links are fixed to the torso. The lean twin has the same masses, inertias, shapes and joints on 8 links, which
steps about 1.4 times as fast; tests/test_ant_equality.py holds it against the original. Masses and inertias are read
from PyBullet itself, so there is no second copy of its conventions (inertia of a capsule from its bounding box).

The damage of Najarro & Risi 2020 is geometric: a leg's outer segment ends at 0.1 instead of 0.4 on both axes. Half of
that segment, which the paper has not, is a damage to judge rules by that were chosen on the paper's.
"""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pybullet
import pybullet_data

from hebb_controller.errors import unknown

#: Leg -> its outer segment, as named in ant.xml.
_OUTER = {
    "front_left": "left_ankle_geom",
    "front_right": "right_ankle_geom",
    "back_left": "third_ankle_geom",
    "back_right": "fourth_ankle_geom",
}
#: Damage -> the share of the outer segment that it leaves.
_LEFT = {"short": 0.25, "half": 0.5}
#: Body -> the geom that is cut and the share of it that is left.
DAMAGE: dict[str, tuple[str, float] | None] = {
    "intact": None,
    **{f"{leg}_{cut}": (geom, share) for cut, share in _LEFT.items() for leg, geom in _OUTER.items()},
}
SELF_COLLISION = pybullet.URDF_USE_SELF_COLLISION | pybullet.URDF_USE_SELF_COLLISION_EXCLUDE_ALL_PARENTS


@dataclass(frozen=True)
class AntLeg:
    """One leg as ant.xml draws it.

    Attributes:
        hip: name of the hip joint; ankle: of the ankle joint.
        reach: ends of aux, leg and foot capsules relative to their own frames, three times `(x, y)`, in [m].
        radius: of the capsules, in [m].
        ankle_axis: as written, which is not a unit vector: Bullet's dynamics depend on it.
        limits: hip lower, hip upper, ankle lower, ankle upper, in [rad].
    """

    hip: str
    ankle: str
    reach: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    radius: float
    ankle_axis: str
    limits: tuple[float, float, float, float]


def ant_mjcf(body: str) -> str:
    """Return ant.xml with the damage of `body` worked in.

    Raises:
        BadInputError: unknown body; the message lists them.
    """
    if body not in DAMAGE:
        raise unknown("ant body", body, DAMAGE)
    root = ElementTree.parse(Path(pybullet_data.getDataPath(), "mjcf", "ant.xml")).getroot()
    cut, share = DAMAGE[body] or ("", 1.0)
    for geom in root.iter("geom"):
        if cut and geom.get("name") == cut:
            ends = [float(v) for v in geom.get("fromto", "").split()]
            geom.set("fromto", " ".join(repr(round(v * share, 12)) for v in ends))
    return ElementTree.tostring(root, encoding="unicode")


def load_original(client: int, body: str) -> int:
    """Load the 20-link ant into `client`, as PyBullet's own environment does, and return its id."""
    with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
        file.write(ant_mjcf(body))
        file.flush()
        return int(pybullet.loadMJCF(file.name, flags=SELF_COLLISION, physicsClientId=client)[0])


def load_lean(client: int, body: str) -> int:
    """Load the 8-link twin into `client` and return its id."""
    with tempfile.NamedTemporaryFile("w", suffix=".urdf") as file:
        file.write(lean_urdf(body))
        file.flush()
        flags = SELF_COLLISION | pybullet.URDF_USE_INERTIA_FROM_FILE
        ant = int(pybullet.loadURDF(file.name, [0, 0, 0.75], flags=flags, physicsClientId=client))
    for link in range(-1, pybullet.getNumJoints(ant, physicsClientId=client)):
        # ant.xml's default geom friction; URDF has no place for it.
        pybullet.changeDynamics(ant, link, lateralFriction=1.5, physicsClientId=client)
    return ant


def legs_of(body: str) -> list[AntLeg]:
    """Read the four legs of a body from ant.xml."""
    torso = ElementTree.fromstring(ant_mjcf(body)).find("worldbody/body")
    assert torso is not None
    legs = []
    for aux in torso.findall("body"):
        parts = list(aux.iter("body"))
        ends = [tuple(float(v) for v in p.find("geom").get("fromto").split()[3:5]) for p in parts]  # type: ignore[union-attr]
        hip, ankle = (p.find("joint") for p in parts[1:])
        assert hip is not None and ankle is not None
        degrees = [float(v) for joint in (hip, ankle) for v in joint.get("range", "").split()]
        legs.append(
            AntLeg(
                hip=hip.get("name", ""),
                ankle=ankle.get("name", ""),
                reach=(ends[0], ends[1], ends[2]),  # type: ignore[arg-type]
                radius=float(parts[0].find("geom").get("size")),  # type: ignore[union-attr, arg-type]
                ankle_axis=ankle.get("axis", ""),
                limits=tuple(math.radians(v) for v in degrees),  # type: ignore[arg-type]
            )
        )
    return legs


def lean_urdf(body: str) -> str:
    """Return the 8-link twin of a body as URDF."""
    client = pybullet.connect(pybullet.DIRECT)
    try:
        ant = load_original(client, body)
        dynamics = [pybullet.getDynamicsInfo(ant, k, physicsClientId=client) for k in range(-1, 20)]
    finally:
        pybullet.disconnect(client)
    mass, inertia = dynamics[0][0], list(dynamics[0][2])
    torso_shapes = ["<collision><geometry><sphere radius='0.25'/></geometry></collision>"]
    links, joints = [], []
    for k, leg in enumerate(legs_of(body)):
        # Per leg, Bullet's links are: aux (fixed), hip (massless), leg (fixed), ankle (massless), foot (fixed).
        aux, upper, foot = (dynamics[1 + 5 * k + n] for n in (0, 2, 4))
        x, y, _ = aux[3]
        for axis, distance in enumerate((y * y, x * x, x * x + y * y)):
            inertia[axis] += aux[2][axis] + aux[0] * distance
        mass += aux[0]
        torso_shapes.append(_capsule(leg.reach[0], leg.radius))
        links += [
            f"<link name='{leg.hip}'>{_inertial(upper)}{_capsule(leg.reach[1], leg.radius)}</link>",
            f"<link name='{leg.ankle}'>{_inertial(foot)}{_capsule(leg.reach[2], leg.radius)}</link>",
        ]
        joints += [
            _joint(leg.hip, "torso", leg.reach[0], "0 0 1", leg.limits[:2]),
            _joint(leg.ankle, leg.hip, leg.reach[1], leg.ankle_axis, leg.limits[2:]),
        ]
    torso = f"<link name='torso'>{_inertial((mass, 0, inertia, (0, 0, 0)))}{''.join(torso_shapes)}</link>"
    return f"<robot name='ant'>{torso}{''.join(links)}{''.join(joints)}</robot>"


def _inertial(dynamics: tuple) -> str:  # type: ignore[type-arg]
    mass, _, (xx, yy, zz), (x, y, z) = dynamics[:4]
    return (
        f"<inertial><origin xyz='{x!r} {y!r} {z!r}'/><mass value='{mass!r}'/>"
        f"<inertia ixx='{xx!r}' iyy='{yy!r}' izz='{zz!r}' ixy='0' ixz='0' iyz='0'/></inertial>"
    )


def _capsule(end: tuple[float, float], radius: float) -> str:
    x, y = end
    return (
        f"<collision><origin xyz='{x / 2!r} {y / 2!r} 0' rpy='0 {math.pi / 2!r} {math.atan2(y, x)!r}'/>"
        f"<geometry><capsule radius='{radius!r}' length='{math.hypot(x, y)!r}'/></geometry></collision>"
    )


def _joint(name: str, parent: str, place: tuple[float, float], axis: str, limits: tuple[float, ...]) -> str:
    return (
        f"<joint name='{name}_joint' type='revolute'><parent link='{parent}'/><child link='{name}'/>"
        f"<origin xyz='{place[0]!r} {place[1]!r} 0'/><axis xyz='{axis}'/>"
        f"<limit lower='{limits[0]!r}' upper='{limits[1]!r}' effort='0' velocity='0'/></joint>"
    )
