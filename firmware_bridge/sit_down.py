"""Where a robot sinks to before its servos let go, and how it gets there."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from hebb_controller.leg_kinematics import leg_chain, standing_height
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

#: Sitting down takes this long before torque goes off, in [s].
SIT_TIME = 1.5
#: A foot may slide this far while the body sinks, in [m].
MOST_SLIDE = 0.06
#: Lower is better, but not at any turn of the joints: 10 mm for a radian, in [m/rad].
_PRICE = 0.01
_GRID = 9


def sit_pose(robot: RobotSpec) -> Vector:
    """Return the pose with the lowest base that the feet reach without sliding far, shape `(nb_joints,)`, in [rad].

    All legs fold alike. It is searched on a grid between the joint limits, so that no robot file has to say it.
    """
    body = robot.body
    if body is None:
        return robot.neutral
    nb = len(body.segments)
    grids = [
        np.unique(np.append(np.linspace(joint.lower, joint.upper, _GRID), joint.neutral)) for joint in robot.joints[:nb]
    ]
    feet = leg_chain(body, body.legs[0], robot.neutral[:nb])[0][-1]
    one_legged = dataclasses.replace(body, legs=body.legs[:1])
    neutral = robot.neutral[:nb]
    best, least = neutral, standing_height(one_legged, neutral)
    for angles in map(np.array, itertools.product(*grids)):
        slide = leg_chain(body, body.legs[0], angles)[0][-1] - feet
        if float(np.hypot(slide[0], slide[1])) > MOST_SLIDE:
            continue
        cost = standing_height(one_legged, angles) + _PRICE * float(np.abs(angles - neutral).sum())
        if cost < least:
            best, least = angles, cost
    return np.clip(np.tile(best, len(body.legs)), robot.lower, robot.upper)


class Sinking:
    """One way down: from a goal to the sitting pose, in a straight line.

    Args:
        start: goal at the beginning, shape `(nb_joints,)`, in [rad].
        end: pose to sit in, shape `(nb_joints,)`, in [rad].
        now: in [s].
    """

    def __init__(self, start: Vector, end: Vector, now: float) -> None:
        self._start, self._end, self._began = start, end, now

    def goal(self, now: float) -> Vector:
        """Return the goal at a time, shape `(nb_joints,)`, in [rad]."""
        share = min((now - self._began) / SIT_TIME, 1.0)
        return np.asarray(self._start + share * (self._end - self._start))

    def over(self, now: float) -> bool:
        """Return True once the robot sits."""
        return now - self._began > SIT_TIME
