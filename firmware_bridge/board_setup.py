"""Another id, rate or return delay for one servo: the only place where EEPROM is written.

Every step is read back. A servo that is lost half-way is still somewhere: `hebb board find --all-bauds` tells where.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from firmware_bridge.errors import LinkError
from firmware_bridge.frames import MAX_ID
from firmware_bridge.lone_servo import ADVICE, LoneServo
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort
from hebb_controller.errors import BadInputError

#: What the rate register holds for each rate: Feetech's memory table; e-manuals of XL430-W250 and AX-12A.
BAUD_CODES = {
    "sts": {1_000_000: 0, 500_000: 1, 250_000: 2, 128_000: 3, 115_200: 4, 76_800: 5, 57_600: 6, 38_400: 7},
    "dxl2": {57_600: 1, 115_200: 2, 1_000_000: 3, 2_000_000: 4, 3_000_000: 5, 4_000_000: 6},
    "dxl1": {1_000_000: 1, 500_000: 3, 250_000: 7, 115_200: 16, 57_600: 34},
}


#: Largest return delay, in units of 2 us (all three memory tables).
MOST_DELAY = 254


@dataclass(frozen=True)
class Change:
    """What is to become of a servo.

    Attributes:
        old: its id now.
        new: its id then; may be the same.
        baud: the rate that it answers at now, in [bit/s].
        to_baud: the rate that it is to answer at then, in [bit/s].
        return_delay: how long it is to wait before it answers, in [us]; None: as it is.
    """

    old: int
    new: int
    baud: int
    to_baud: int
    return_delay: int | None = None

    def check(self, protocol: str) -> None:
        """Refuse what cannot be, or changes nothing.

        Raises:
            BadInputError: with the value and what is allowed.
        """
        for servo_id in (self.old, self.new):
            if not 0 <= servo_id <= MAX_ID:
                raise BadInputError(f"servo id {servo_id}: must lie within 0 and {MAX_ID}")
        if self.to_baud not in BAUD_CODES[protocol]:
            rates = ", ".join(map(str, sorted(BAUD_CODES[protocol])))
            raise BadInputError(f"rate {self.to_baud}: {protocol} servos take {rates}")
        if self.return_delay is not None and not 0 <= self.return_delay <= 2 * MOST_DELAY:
            raise BadInputError(f"return delay {self.return_delay} us: must lie within 0 and {2 * MOST_DELAY}")
        if (self.old, self.baud, self.return_delay) == (self.new, self.to_baud, None):
            raise BadInputError(f"servo {self.old} at {self.baud} baud: give another id, rate or return delay")


def change_servo(
    open_port: Callable[[int], SerialPort],
    table: ServoTable,
    change: Change,
    confirm: Callable[[str], bool],
    tell: Callable[[str], None],
) -> None:
    """Change a servo's id or rate, for good.

    Args:
        open_port: opens the port at a rate [bit/s].
        table: the servo's protocol and registers.
        change: what to do.
        confirm: asks the operator.
        tell: shows what was done.

    Raises:
        BadInputError: a change that cannot be, or that the operator does not want.
        LinkError: nobody or too many answer, or the servo does not do as told; the message says what to do.
    """
    change.check(table.dialect.name)
    port = open_port(change.baud)
    try:
        servo = LoneServo(port, table, change.old)
        name = servo.sole()
        if change.new != change.old and not LoneServo(port, table, change.new).absent():
            raise LinkError(f"port {port.path}: somebody answers to id {change.new} already: nothing was changed")
        if not confirm(f"servo {change.old} ({name}): {_words(change)}"):
            raise BadInputError("not confirmed: nothing was changed")
        port = _write(open_port, port, table, change)
    finally:
        port.close()
    tell(f"servo {change.old}: {_words(change)}: done and read back")


def _words(change: Change) -> str:
    parts = [f"id {change.old} becomes {change.new}"] if change.new != change.old else []
    parts += [f"{change.baud} baud becomes {change.to_baud}"] if change.to_baud != change.baud else []
    parts += [f"it waits {change.return_delay} us before it answers"] if change.return_delay is not None else []
    return ", ".join(parts)


def _write(open_port: Callable[[int], SerialPort], port: SerialPort, table: ServoTable, change: Change) -> SerialPort:
    """Write the change and read it back; return the port, which may be another one now. EEPROM is shut in any case."""
    servo = LoneServo(port, table, change.old)
    servo.put("torque", 0, "let go")
    try:
        if table.unlocked is not None:
            servo.put("lock", table.unlocked, "unlock its EEPROM")
        if change.return_delay is not None:
            servo.put("return_delay", change.return_delay // 2, "take its return delay")
        if change.new != change.old:
            servo.write("id", change.new)
            servo = LoneServo(port, table, change.new)
            servo.expect("id", change.new, "take its new id")
        if change.to_baud != change.baud:
            code = BAUD_CODES[table.dialect.name][change.to_baud]
            servo.write("baud", code)
            port.close()
            port = open_port(change.to_baud)
            servo = LoneServo(port, table, change.new)
            servo.expect("baud", code, "take its new rate")
        if table.unlocked is not None:
            servo.put("lock", 1 - table.unlocked, "lock its EEPROM")
    except (LinkError, KeyboardInterrupt):
        if table.unlocked is not None:
            with contextlib.suppress(LinkError):
                for servo_id in (change.old, change.new):
                    LoneServo(port, table, servo_id).write("lock", 1 - table.unlocked)
        raise
    if change.new != change.old and not LoneServo(port, table, change.old).absent():
        raise LinkError(f"port {port.path}: somebody still answers to id {change.old}: {ADVICE}")
    return port
