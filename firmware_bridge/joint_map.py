"""Between joint angles and servo counts: the only place where ticks become radians.

    tick = zero_tick + direction * ticks_per_radian * angle

Zero is the model's zero angle (the URDF's), not the middle of a sweep: a rulebook's angles mean nothing otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from firmware_bridge.board_line import TickScale
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector


@dataclass(frozen=True)
class JointMap:
    """Which servo moves which joint, and how. Arrays are in joint order.

    Attributes:
        servo_ids: id of each joint's servo.
        zero_tick: count at the model's zero angle, shape `(nb_joints,)`.
        direction: +1 where counts grow with the angle, -1 where they fall.
        ticks_per_radian: shape `(nb_joints,)`.
    """

    servo_ids: tuple[int, ...]
    zero_tick: Vector
    direction: Vector
    ticks_per_radian: Vector

    def to_ticks(self, angles: Vector) -> npt.NDArray[np.int64]:
        """Return the counts nearest to finite angles [rad]; both of shape `(nb_joints,)`."""
        return np.asarray(np.rint(self.zero_tick + self.direction * self.ticks_per_radian * angles), dtype=np.int64)

    def to_angles(self, ticks: npt.ArrayLike) -> Vector:
        """Return the angles [rad] of counts; both of shape `(nb_joints,)`."""
        return np.asarray((np.asarray(ticks, dtype=float) - self.zero_tick) / (self.direction * self.ticks_per_radian))

    def check(self, robot: RobotSpec, scale: TickScale) -> None:
        """Refuse a map that this robot cannot use, with all reasons at once.

        Raises:
            BadInputError: wrong number of joints, doubled ids, or a joint whose limits leave the servo's single turn.
        """
        problems = []
        if len(self.servo_ids) != robot.nb_joints or len(self.zero_tick) != robot.nb_joints:
            raise BadInputError(f"{len(self.servo_ids)} servos for {robot.nb_joints} joints of {robot.name}")
        if len(set(self.servo_ids)) != len(self.servo_ids):
            problems.append(f"a servo id is there twice: {list(self.servo_ids)}")
        for name, low, high in zip(
            robot.joint_names, self.to_ticks(robot.lower), self.to_ticks(robot.upper), strict=True
        ):
            if not scale.lowest <= min(low, high) <= max(low, high) <= scale.highest:
                problems.append(
                    f"{name}: its limits lie at counts {low} and {high}, beyond {scale.lowest} to {scale.highest}"
                )
        if problems:
            raise BadInputError(f"{robot.name}: {'; '.join(problems)}: turn the horn on its shaft and calibrate again")


def nominal_map(robot: RobotSpec, scale: TickScale, ids: Sequence[int] = ()) -> JointMap:
    """Return the map of a robot built exactly as drawn: zero at mid-travel, every servo turning with its joint.

    Args:
        robot: the robot.
        scale: of the board's counts.
        ids: servos in joint order, at least as many as joints; none: 1, 2, ...

    Raises:
        BadInputError: fewer ids than joints.
    """
    nb = robot.nb_joints
    ids = ids or range(1, nb + 1)
    if len(ids) < nb:
        raise BadInputError(f"{robot.name} has {nb} joints, this board moves {len(ids)}")
    return JointMap(
        servo_ids=tuple(ids[:nb]),
        zero_tick=np.full(nb, float(scale.centre)),
        direction=np.ones(nb),
        ticks_per_radian=np.full(nb, scale.per_turn / (2.0 * np.pi)),
    )
