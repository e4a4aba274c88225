"""A calibration that no procedure made, for tests of what is done with one."""

from __future__ import annotations

import dataclasses

from planted_board import crab

from calibration.record import Calibration, JointRecord, Measured, body_hash
from hebb_controller.robot import RobotSpec

ROBOT = crab()


def calibration_of(robot: RobotSpec = ROBOT, **changes: object) -> Calibration:
    joints = tuple(
        JointRecord(
            name=joint.name,
            servo_id=k + 1,
            model="sts3215",
            firmware=2307,
            eeprom_offset=12,
            method="jig",
            zero_tick=2048.25 + k,
            direction=1 if k % 2 else -1,
            ticks_per_radian=651.9,
            residual=0.002,
            lower=joint.lower,
            upper=joint.upper,
            neutral=joint.neutral,
            measured=Measured(latency=0.007 + 0.001 * k, speed=4.6, play_beyond_encoder=0.004, voltage=11.9),
        )
        for k, joint in enumerate(robot.joints)
    )
    whole = Calibration(
        robot.name, robot.contract_hash, body_hash(robot), "sts", "2026-11-24T20:00:00+00:00", "hebb 0.1.0", joints
    )
    return dataclasses.replace(whole, **changes)


def changed(calibration: Calibration, k: int, **changes: object) -> Calibration:
    joints = list(calibration.joints)
    joints[k] = dataclasses.replace(joints[k], **changes)
    return dataclasses.replace(calibration, joints=tuple(joints))
