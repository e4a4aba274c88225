"""Register tables of the servos that the bridge knows. Units after `scale`: rad/s, share of full load, V, deg C, A."""

from __future__ import annotations

import math

from firmware_bridge.dynamixel2_frames import DYNAMIXEL2
from firmware_bridge.ff_frames import DYNAMIXEL1, STS
from firmware_bridge.registers import Register, ServoTable, Sign
from hebb_controller.errors import unknown

_RPM = 2.0 * math.pi / 60.0

STS3215 = ServoTable(
    name="sts3215",
    model_number=777,
    dialect=STS,
    ticks_per_turn=4096.0,
    centre=2048,
    max_tick=4095,
    registers={
        "firmware": Register(0, 2),
        "model": Register(3, 2),
        "id": Register(5, 1),
        "baud": Register(6, 1),
        "return_delay": Register(7, 1, scale=2e-6),
        "answers": Register(8, 1),
        "goal_min": Register(9, 2),
        "goal_max": Register(11, 2),
        "torque_max": Register(16, 2, scale=1e-3),
        "offset": Register(31, 2, Sign.BIT11),
        "mode": Register(33, 1),
        "torque": Register(40, 1),
        "acceleration": Register(41, 1),
        "goal": Register(42, 2, Sign.BIT15),
        "torque_limit": Register(48, 2, scale=1e-3),
        "lock": Register(55, 1),
        "position": Register(56, 2, Sign.BIT15),
        "speed": Register(58, 2, Sign.BIT15, scale=2.0 * math.pi / 4096.0),
        "load": Register(60, 2, Sign.BIT10, scale=1e-3),
        "voltage": Register(62, 1, scale=0.1),
        "temperature": Register(63, 1),
        "alarm": Register(65, 1),
        "current": Register(69, 2, Sign.BIT15, scale=6.5e-3),
    },
    feedback=("position", "speed", "load", "voltage", "temperature"),
    unlocked=0,
    position_mode=0,
    source="Feetech STS3215 memory table (feetechrc.com), as in the vendor's SDK and two independent libraries",
)
XL430 = ServoTable(
    name="xl430",
    model_number=1060,
    dialect=DYNAMIXEL2,
    ticks_per_turn=4096.0,
    centre=2048,
    max_tick=4095,
    registers={
        "model": Register(0, 2),
        "firmware": Register(6, 1),
        "id": Register(7, 1),
        "baud": Register(8, 1),
        "return_delay": Register(9, 1, scale=2e-6),
        "mode": Register(11, 1),
        "offset": Register(20, 4, Sign.TWOS),
        "torque_max": Register(36, 2, scale=1.0 / 885.0),
        "goal_max": Register(48, 4),
        "goal_min": Register(52, 4),
        "torque": Register(64, 1),
        "answers": Register(68, 1),
        "alarm": Register(70, 1),
        "watchdog": Register(98, 1, Sign.TWOS, scale=0.020),
        "torque_limit": Register(100, 2, Sign.TWOS, scale=1.0 / 885.0),
        "goal": Register(116, 4, Sign.TWOS),
        "load": Register(126, 2, Sign.TWOS, scale=1e-3),
        "speed": Register(128, 4, Sign.TWOS, scale=0.229 * _RPM),
        "position": Register(132, 4, Sign.TWOS),
        "voltage": Register(144, 2, scale=0.1),
        "temperature": Register(146, 1),
    },
    feedback=("load", "speed", "position", "voltage", "temperature"),
    unlocked=None,
    position_mode=3,
    source="emanual.robotis.com/docs/en/dxl/x/xl430-w250 (control table)",
)
AX12A = ServoTable(
    name="ax12a",
    model_number=12,
    dialect=DYNAMIXEL1,
    ticks_per_turn=1023.0 * 360.0 / 300.0,
    centre=512,
    max_tick=1023,
    registers={
        "model": Register(0, 2),
        "firmware": Register(2, 1),
        "id": Register(3, 1),
        "baud": Register(4, 1),
        "return_delay": Register(5, 1, scale=2e-6),
        "goal_min": Register(6, 2),
        "goal_max": Register(8, 2),
        "torque_max": Register(14, 2, scale=1.0 / 1023.0),
        "answers": Register(16, 1),
        "torque": Register(24, 1),
        "goal": Register(30, 2),
        "torque_limit": Register(34, 2, scale=1.0 / 1023.0),
        "position": Register(36, 2),
        "speed": Register(38, 2, Sign.BIT10, scale=0.111 * _RPM),
        "load": Register(40, 2, Sign.BIT10, scale=1.0 / 1023.0),
        "voltage": Register(42, 1, scale=0.1),
        "temperature": Register(43, 1),
        "lock": Register(47, 1),
    },
    feedback=("position", "speed", "load", "voltage", "temperature"),
    unlocked=None,  # its lock shuts until the power is cut, and is open by itself
    position_mode=None,
    source="emanual.robotis.com/docs/en/dxl/ax/ax-12a (control table)",
)
TABLES = {table.dialect.name: table for table in (STS3215, XL430, AX12A)}


def find_table(protocol: str) -> ServoTable:
    """Return the table of the servo that stands for a protocol.

    Raises:
        BadInputError: unknown protocol; the message lists them.
    """
    if protocol not in TABLES:
        raise unknown("protocol", protocol, TABLES)
    return TABLES[protocol]
