"""What a servo's EEPROM says of how it takes goals, and what to think of it: a goal in another mode is no angle.

Sources: Feetech's STS memory table (register 33: 0 position, 1 speed, 2 PWM, 3 steps); the e-manual's control tables of
XL430-W250 (11: 3 is position) and AX-12A (6 and 8: a wheel where both are 0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from firmware_bridge.joint_map import JointMap
from firmware_bridge.registers import ServoTable
from hebb_controller.robot import RobotSpec

#: Registers that hold it; a servo without modes has no `mode`.
NAMES = ("mode", "goal_min", "goal_max", "torque_max")
#: A goal limit this far within a joint's limit is not worth a word, in counts: rounding.
_ROUNDING = 1


@dataclass(frozen=True)
class ServoSettings:
    """Of one servo.

    Attributes:
        mode: operating mode; None where there is none.
        goal_min: smallest goal that it takes, in counts; with `goal_max` 0 there are no limits.
        goal_max: largest goal that it takes, in counts.
        torque_max: torque that it allows itself, in counts of `torque_limit`.
    """

    mode: int | None
    goal_min: int
    goal_max: int
    torque_max: int


def wrong_modes(table: ServoTable, settings: Mapping[int, ServoSettings]) -> list[str]:
    """Return which servos would not take a goal for an angle, and how to put that right, one line per mode."""
    wanted, registers = table.position_mode, table.registers
    if wanted is None:
        wheels = [i for i, s in settings.items() if s.goal_min == s.goal_max == 0]
        limits = f"(registers {registers['goal_min'].address} and {registers['goal_max'].address})"
        cure = f"write {table.max_tick} into register {registers['goal_max'].address}"
        return [f"servo {_list(wheels)} turns as a wheel, both angle limits {limits} are 0: {cure}"] if wheels else []
    at = registers["mode"].address
    cure = f"with torque off write {wanted} into register {at}"
    if table.unlocked is not None:
        cure += f", its EEPROM unlocked ({table.unlocked} in register {registers['lock'].address}) meanwhile"
    modes = sorted({s.mode for s in settings.values() if s.mode is not None} - {wanted})
    return [
        f"servo {_list([i for i, s in settings.items() if s.mode == mode])} is in mode {mode} (register {at}), where "
        f"a goal is no angle: {cure}"
        for mode in modes
    ]


def low_caps(table: ServoTable, settings: Mapping[int, ServoSettings]) -> list[str]:
    """Return which servos are set to give less torque than they could, one line per share."""
    scale, at = table.registers["torque_limit"].scale, table.registers["torque_max"].address
    shares = {i: round(100.0 * scale * s.torque_max) for i, s in settings.items()}
    return [
        f"servo {_list([i for i, own in shares.items() if own == share])} is set to {share} % of its torque (register "
        f"{at}), and keeps to that: weaker than its datasheet"
        for share in sorted(set(shares.values()))
        if share < 100
    ]


def short_spans(spans: Mapping[int, tuple[int, int]], robot: RobotSpec, joint_map: JointMap) -> list[str]:
    """Return which joints cannot reach their limits, because their servo takes no goals there.

    Args:
        spans: as in `Handshake`.
        robot: the robot.
        joint_map: how the servos sit on it.
    """
    warnings = []
    ends = np.sort([joint_map.to_ticks(robot.lower), joint_map.to_ticks(robot.upper)], axis=0)
    for name, servo_id, low, high in zip(robot.joint_names, joint_map.servo_ids, *ends, strict=True):
        least, most = spans.get(servo_id, (int(low), int(high)))
        if least < most and (least > low + _ROUNDING or most < high - _ROUNDING):
            warnings.append(
                f"{name}: servo {servo_id} takes goals of {least} to {most} counts, the joint's limits lie at {low} "
                f"and {high}: it stops short, widen the servo's angle limits"
            )
    return warnings


def _list(ids: list[int]) -> str:
    return ", ".join(map(str, ids))
