"""The shape of the benchmark's ant for the page: its robot file has no body section, its body is PyBullet's own."""

from __future__ import annotations

import math

from hebb_controller.page.drawing import BASE, Link, RobotDrawing, Shape
from hebb_controller.robot import RobotSpec
from sim.ant_body import legs_of

TORSO_RADIUS = 0.25  # [m], as in ant.xml


def ant_drawing(robot: RobotSpec, body: str) -> RobotDrawing:
    """Return the drawing of the ant in one of its bodies.

    Raises:
        BadInputError: unknown body.
    """
    base = [Shape("sphere", radius=TORSO_RADIUS)]
    links: list[Link] = []
    for number, leg in enumerate(legs_of(body)):
        aux, upper, foot = ((x, y, 0.0) for x, y in leg.reach)
        base.append(Shape("capsule", leg.radius, aux))
        ax, ay, az = (float(v) for v in leg.ankle_axis.split())
        length = math.sqrt(ax * ax + ay * ay + az * az)
        hip = len(links)
        names = robot.joint_names[hip : hip + 2]
        links.append(Link(names[0], BASE, aux, (0.0, 0.0, 1.0), Shape("capsule", leg.radius, upper), number))
        axis = (ax / length, ay / length, az / length)
        links.append(Link(names[1], hip, upper, axis, Shape("capsule", leg.radius, foot), number, foot=True))
    reach = max(sum(math.hypot(*end) for end in leg.reach) for leg in legs_of(body))
    return RobotDrawing(tuple(base), tuple(links), reach)
