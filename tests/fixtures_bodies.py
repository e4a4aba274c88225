"""Bodies of servo robots for tests, by name."""

from __future__ import annotations

from hebb_controller.body_spec import BodySpec
from hebb_controller.robot import RobotSpec
from sim.bodies import embody

LEGS = ("front_left", "front_right", "back_left", "back_right")


def body_of(robot: RobotSpec, name: str) -> BodySpec:
    """Return the body that a robot has under a name."""
    body = embody(robot, name)[0].body
    assert body is not None
    return body
