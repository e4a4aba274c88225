"""From which pose torque may come on: what has to hold before anything is energised."""

from __future__ import annotations

import numpy as np

from firmware_bridge.board_line import BoardLine
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import JointMap
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

_TRIES = 8
#: A joint may lie this far beyond its limits when torque comes on, in [rad]: play, and legs that hang.
POSE_MARGIN = 0.1


def measured_ticks(line: BoardLine) -> list[int]:
    """Return the counts of all joints, every one just read.

    Raises:
        LinkError: a servo does not answer.
    """
    found: dict[int, int] = {}
    for _ in range(_TRIES):
        for reading in line.feedback():
            if reading.values is not None:
                found[reading.servo_id] = int(reading.values["position"])
        if len(found) == len(line.ids):
            return [found[servo_id] for servo_id in line.ids]
    missing = [servo_id for servo_id in line.ids if servo_id not in found]
    raise LinkError(f"port {line.path}: no pose from servo {', '.join(map(str, missing))}")


def torque_on(line: BoardLine, robot: RobotSpec, joint_map: JointMap, unseen: Vector) -> Vector:
    """Switch torque on where the joints are, and return that pose in [rad].

    Servos keep goals from before: one that is switched on with a stale goal jumps there (reachy_mini#1138). So the
    goals are made equal to the measured pose first.

    Args:
        line: a greeted line.
        robot: the robot.
        joint_map: from counts to angles.
        unseen: where the joints are taken to be on a line that measures nothing, shape `(nb_joints,)`, in [rad].

    Raises:
        LinkError: a joint outside its limits, or a servo that does not do as told; torque is off.
    """
    if not line.measured:
        pose = np.clip(unseen, robot.lower, robot.upper)
        line.power_on([int(tick) for tick in joint_map.to_ticks(pose)])
        return pose
    ticks = measured_ticks(line)
    pose = joint_map.to_angles(ticks)
    outside = (pose < robot.lower - POSE_MARGIN) | (pose > robot.upper + POSE_MARGIN)
    if outside.any():
        names = [
            f"{robot.joint_names[k]} at {pose[k]:.2f} rad ({robot.lower[k]:.2f} to {robot.upper[k]:.2f})"
            for k in np.flatnonzero(outside)
        ]
        raise LinkError(f"torque stays off, outside limits: {'; '.join(names)}: move it by hand, or calibrate")
    line.power_on(ticks)
    return pose
