"""A calibration as keys and values, units in the keys, and back."""

from __future__ import annotations

import math
from typing import Any

from calibration.record import METHODS, Calibration, JointRecord, Measured
from firmware_bridge.boards import BOARDS
from hebb_controller.robot_fields import Fields

SCHEMA = 1
#: Field of `Measured` -> its key in the file, and the largest value that is no nonsense.
_MEASURED = {
    "latency": ("latency_s", 1.0),
    "latency_spread": ("latency_spread_s", 1.0),
    "speed": ("speed_rad_s", 100.0),
    "speed_spread": ("speed_spread_rad_s", 100.0),
    "repeatability": ("repeatability_rad", 1.0),
    "play_beyond_encoder": ("play_beyond_encoder_rad", 1.0),
    "play_within_servo": ("play_within_servo_rad", 1.0),
    "voltage": ("voltage_v", 100.0),
}


def content_of(calibration: Calibration) -> dict[str, Any]:
    """Return what a calibration's file holds, but for its digest."""
    return {
        "schema": SCHEMA,
        "robot": calibration.robot,
        "robot_hash": calibration.robot_hash,
        "body_hash": calibration.body_hash,
        "protocol": calibration.protocol,
        "created": calibration.created,
        "tool": calibration.tool,
        "joints": [_joint_content(joint) for joint in calibration.joints],
    }


def _joint_content(joint: JointRecord) -> dict[str, Any]:
    return {
        "joint": joint.name,
        "servo_id": joint.servo_id,
        "model": joint.model,
        "firmware": joint.firmware,
        "eeprom_offset": joint.eeprom_offset,
        "method": joint.method,
        "zero_tick": joint.zero_tick,
        "direction": joint.direction,
        "ticks_per_radian": joint.ticks_per_radian,
        "residual_rad": joint.residual,
        "limits_rad": [joint.lower, joint.upper],
        "neutral_rad": joint.neutral,
        "limits_ticks": [joint.tick(joint.lower), joint.tick(joint.upper)],
        "neutral_tick": joint.tick(joint.neutral),
        "measured": {key: getattr(joint.measured, name) for name, (key, _) in _MEASURED.items()},
    }


def calibration_from(fields: Fields) -> Calibration:
    """Return the calibration that a file's fields describe; what is wrong with them is noted there."""
    fields.raw("schema")
    return Calibration(
        robot=fields.text("robot"),
        robot_hash=fields.text("robot_hash"),
        body_hash=fields.text("body_hash"),
        protocol=fields.choice("protocol", tuple(BOARDS)),
        created=fields.text("created"),
        tool=fields.text("tool"),
        joints=tuple(_read_joint(joint) for joint in fields.sections("joints")),
    )


def _read_joint(fields: Fields) -> JointRecord:
    measured = fields.section("measured")
    lower, upper = fields.angles("limits")
    record = JointRecord(
        name=fields.text("joint"),
        servo_id=_whole(fields, "servo_id", 0, 253),
        model=fields.text("model"),
        firmware=None if _null(fields, "firmware") else _whole(fields, "firmware", -1, 2**32),
        eeprom_offset=None if _null(fields, "eeprom_offset") else _whole(fields, "eeprom_offset", -(2**31), 2**31),
        method=fields.choice("method", METHODS),
        zero_tick=fields.number("zero_tick", -1e6, 1e6),
        direction=_whole(fields, "direction", -1, 1),
        ticks_per_radian=fields.number("ticks_per_radian", 0.0, 1e6, above=True),
        residual=fields.number("residual_rad", 0.0, math.pi),
        lower=lower,
        upper=upper,
        neutral=fields.angle("neutral"),
        measured=Measured(
            **{
                name: None if _null(measured, key) else measured.number(key, 0.0, most)
                for name, (key, most) in _MEASURED.items()
            }
        ),
    )
    if record.direction == 0:
        fields.note("direction", "must be 1 or -1")
    ticks = (fields.raw("limits_ticks"), fields.raw("neutral_tick"))
    if record.direction and ticks != ([record.tick(lower), record.tick(upper)], record.tick(record.neutral)):
        fields.note("limits_ticks", "do not follow from limits, zero and scale")
    return record


def _null(fields: Fields, key: str) -> bool:
    """Return whether a field is there and says `null`."""
    return fields.has(key) and fields.raw(key) is None


def _whole(fields: Fields, key: str, lowest: int, highest: int) -> int:
    value = fields.number(key, lowest, highest)
    if value != round(value):
        fields.note(key, f"{value:g}: must be a whole number")
    return round(value)
