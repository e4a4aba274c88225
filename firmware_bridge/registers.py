"""Registers of servos as data: where a value lies, how many bytes it has, how it carries its sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from firmware_bridge.board_line import TickScale
from firmware_bridge.frames import Dialect
from hebb_controller.errors import BadInputError


class Sign(Enum):
    """How a register carries a sign."""

    NONE = "unsigned"
    TWOS = "two's complement"
    BIT15 = "sign-magnitude, bit 15"
    BIT11 = "sign-magnitude, bit 11"
    BIT10 = "sign-magnitude, bit 10"


#: What no servo of this size reads while it can talk: V, deg C, share of full load, rad/s.
_POSSIBLE = {"voltage": (3.0, 30.0), "temperature": (0.0, 125.0), "load": (-1.05, 1.05), "speed": (-30.0, 30.0)}
_SIGN_BIT = {Sign.BIT15: 15, Sign.BIT11: 11, Sign.BIT10: 10}


@dataclass(frozen=True, slots=True)
class Register:
    """One register.

    Attributes:
        address: of its first byte.
        size: in bytes, little endian.
        sign: how it carries a sign.
        scale: SI units per count; 1 for counts.
    """

    address: int
    size: int
    sign: Sign = Sign.NONE
    scale: float = 1.0

    @property
    def span(self) -> tuple[int, int]:
        """The smallest and largest value it holds."""
        if self.sign is Sign.NONE:
            return 0, (1 << 8 * self.size) - 1
        if self.sign is Sign.TWOS:
            half = 1 << 8 * self.size - 1
            return -half, half - 1
        most = (1 << _SIGN_BIT[self.sign]) - 1
        return -most, most

    def encode(self, value: int) -> bytes:
        """Return the bytes of a value.

        Raises:
            BadInputError: the register cannot hold it.
        """
        least, most = self.span
        if not least <= value <= most:
            raise BadInputError(f"register {self.address}: {value} does not lie within {least} and {most}")
        if self.sign in _SIGN_BIT and value < 0:
            value = -value | 1 << _SIGN_BIT[self.sign]
        return value.to_bytes(self.size, "little", signed=self.sign is Sign.TWOS)

    def decode(self, data: bytes) -> int:
        """Return the value of its bytes."""
        value = int.from_bytes(data, "little", signed=self.sign is Sign.TWOS)
        if self.sign in _SIGN_BIT:
            bit = 1 << _SIGN_BIT[self.sign]
            return -(value & bit - 1) if value & bit else value & bit - 1
        return value


@dataclass(frozen=True)
class ServoTable:
    """What the bridge needs to know of one servo model.

    Attributes:
        name: the model.
        model_number: what its model register holds.
        dialect: the protocol that it speaks.
        ticks_per_turn: position counts in 2 pi.
        centre: position count at mid-travel.
        max_tick: largest position count of a single turn.
        registers: by name. All tables have `model`, `firmware`, `id`, `baud`, `return_delay`, `torque`, `goal` and
            `position`; `speed`, `load`, `voltage`, `temperature`, `current`, `alarm`, `watchdog`, `torque_limit`,
            `torque_max`, `answers` (which requests it answers), `goal_min`, `goal_max`, `lock`, `offset`, `mode` where
            the servo has them.
        feedback: the readings that one block read covers, which lie side by side.
        unlocked: what `lock` must hold to let EEPROM be written; None without a lock.
        position_mode: what `mode` must hold for goals to be angles; None where both angle limits 0 make a wheel of it.
        source: where the addresses come from.
    """

    name: str
    model_number: int
    dialect: Dialect
    ticks_per_turn: float
    centre: int
    max_tick: int
    registers: Mapping[str, Register]
    feedback: tuple[str, ...]
    unlocked: int | None
    position_mode: int | None
    source: str

    @property
    def scale(self) -> TickScale:
        """What its positions count."""
        return TickScale(0, self.centre, self.max_tick, self.ticks_per_turn)

    @property
    def feedback_block(self) -> tuple[int, int]:
        """Address and size of the block that holds all feedback."""
        first = min(self.registers[name].address for name in self.feedback)
        last = max(self.registers[name].address + self.registers[name].size for name in self.feedback)
        return first, last - first

    def decode_feedback(self, data: bytes) -> dict[str, float]:
        """Return the readings of a block: `position` in ticks, the others in SI units (temperature in deg C)."""
        start, _ = self.feedback_block
        readings = {}
        for name in self.feedback:
            register = self.registers[name]
            offset = register.address - start
            readings[name] = register.decode(data[offset : offset + register.size]) * register.scale
        return readings

    def is_possible(self, readings: Mapping[str, float]) -> bool:
        """Return whether a servo can mean these readings, however good their checksum: see `_POSSIBLE`."""
        margin = self.ticks_per_turn / 8.0  # pushed beyond its range
        if not -margin <= readings["position"] <= self.max_tick + margin:
            return False
        return all(low <= readings[name] <= high for name, (low, high) in _POSSIBLE.items() if name in readings)
