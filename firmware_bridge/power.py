"""Torque on without a jump, torque off whatever happens."""

from __future__ import annotations

import numpy as np

from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import JointMap
from firmware_bridge.servo_bus import ServoBus
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import Vector

_TRIES = 3
#: A joint may lie this far beyond its limits when torque comes on, in [rad]: play, and legs that hang.
POSE_MARGIN = 0.1


def measured_pose(bus: ServoBus) -> list[int]:
    """Return the counts of all joints, every one just read.

    Raises:
        LinkError: a servo does not answer.
    """
    found: dict[int, int] = {}
    for _ in range(_TRIES):
        for reading in bus.feedback():
            if reading.values is not None:
                found[reading.servo_id] = int(reading.values["position"])
        if len(found) == len(bus.ids):
            return [found[servo_id] for servo_id in bus.ids]
    missing = [servo_id for servo_id in bus.ids if servo_id not in found]
    raise LinkError(f"port {bus.port.path}: no pose from servo {', '.join(map(str, missing))}")


def torque_on(bus: ServoBus, robot: RobotSpec, joint_map: JointMap) -> Vector:
    """Make the goals equal to the measured pose, read them back, then switch torque on; return the pose in [rad].

    Servos keep goals from before: one that is switched on with a stale goal jumps there (reachy_mini#1138).

    Raises:
        LinkError: a joint outside its limits, or a servo that does not do as told; torque is off again.
    """
    ticks = measured_pose(bus)
    pose = joint_map.to_angles(ticks)
    outside = (pose < robot.lower - POSE_MARGIN) | (pose > robot.upper + POSE_MARGIN)
    if outside.any():
        names = [
            f"{robot.joint_names[k]} at {pose[k]:.2f} rad ({robot.lower[k]:.2f} to {robot.upper[k]:.2f})"
            for k in np.flatnonzero(outside)
        ]
        raise LinkError(f"torque stays off, outside limits: {'; '.join(names)}: move it by hand, or calibrate")
    goals = dict(zip(bus.ids, ticks, strict=True))
    _put_until_read_back(bus, "goal", goals)
    try:
        _put_until_read_back(bus, "torque", dict.fromkeys(bus.ids, 1))
    except LinkError:
        torque_off(bus)
        raise
    return pose


def _put_until_read_back(bus: ServoBus, name: str, values: dict[int, int]) -> None:
    left = dict(values)
    for _ in range(_TRIES):
        bus.put_all(name, left)
        left = {i: value for i, value in left.items() if bus.get(i, name) != value}
        if not left:
            return
    raise LinkError(f"torque stays off: servo {', '.join(map(str, left))} does not take its {name}")


def torque_off(bus: ServoBus) -> list[int]:
    """Switch torque off everywhere, and return the ids that did not say so. Never stops half-way.

    One frame to all first, for speed; then each servo by itself, for certainty. A servo that reports an alarm has
    obeyed: the alarm is not about the request.
    """
    failed = []
    try:
        bus.put_all("torque", dict.fromkeys(bus.ids, 0))
    except LinkError:
        return list(bus.ids)
    for servo_id in bus.ids:
        try:
            done = any(bus.put(servo_id, "torque", 0) is not None for _ in range(_TRIES))
        except LinkError:
            done = False
        if not done:
            failed.append(servo_id)
    return failed
