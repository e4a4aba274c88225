"""One emulated bus servo: its registers, what writing to them does, and what its maker has it do by itself.

Sources: Feetech's STS memory table; the e-manual's control tables of XL430-W250 and AX-12A. Where those are silent the
servo is made awkward rather than kind: it is deaf while it starts anew, and keeps goals from before.
"""

from __future__ import annotations

import math

from firmware_bridge.emulated_servo_kinds import FACTORY, OFFSET_SIGN, RAM_STARTS, Way, way_of
from firmware_bridge.registers import ServoTable

_TOLD_ONLY = ("model", "firmware", "position", "speed", "load", "voltage", "temperature", "current", "alarm")
_WATCHDOG_LAPSED = -1
#: Protocol 2.0 refusals, and the AX-12A's bits for the same.
_BEYOND_LIMITS, _NOT_OPEN, _NOT_DONE = 6, 7, 1
_AX_ANGLE_LIMIT, _AX_RANGE = 2, 8
_ALERT, OVERLOAD = 128, 32
#: A Feetech takes this in its torque register as "you stand at mid-travel now" (its SDK's offset calibration).
_CENTRE_HERE = 128
#: How long a servo is deaf after it started anew, in [s]: ours, for no manual says.
_START_TIME = 0.1


class EmulatedServo:
    """The memory of a servo, and what its firmware does with it.

    Args:
        table: its model.
        servo_id: its id.

    Attributes:
        table: its model.
        nb_reboots: how often it started anew.
        goals_seen: smallest and largest goal ever written, in counts.
        error: the error byte of its replies, as far as it is about itself.
    """

    def __init__(self, table: ServoTable, servo_id: int) -> None:
        self.table = table
        self._protocol = table.dialect.name
        self._memory = bytearray(256)
        self._eeprom = bytearray(RAM_STARTS[self._protocol])
        self._raw = table.centre
        self._aim: int | None = None  # where steps have brought its goal, as count of the bare encoder
        self._deaf_until = self._heard = -math.inf
        self.nb_reboots, self.error = -1, 0
        self.goals_seen: tuple[int, int] | None = None
        for name, value in {**FACTORY[self._protocol], "model": table.model_number, "id": servo_id}.items():
            self.set(name, value)
        self._eeprom[:] = self._memory[: len(self._eeprom)]
        self.reboot(-math.inf)

    def reboot(self, now: float) -> None:
        """Start anew: EEPROM as it was saved, RAM at its defaults, deaf for a while."""
        self.nb_reboots += 1
        self._memory[:] = bytes(256)
        self._memory[: len(self._eeprom)] = self._eeprom
        self.error, self._aim = 0, None
        for name, value in (("voltage", 120), ("temperature", 30), ("torque_limit", self.get("torque_max"))):
            self.set(name, value)
        if self.table.unlocked is not None:
            self.set("lock", 1 - self.table.unlocked)
        if self._protocol == "dxl2":
            self.set("answers", 2)  # in RAM there
        self.place(self._raw, 0.0, 0.0)
        self.set("goal", self.get("position"))
        self._deaf_until = now + _START_TIME

    def deaf(self, now: float) -> bool:
        """Return whether it is still starting."""
        return now < self._deaf_until

    def get(self, name: str) -> int:
        """Return what a register holds."""
        register = self.table.registers[name]
        return register.decode(bytes(self._memory[register.address : register.address + register.size]))

    def set(self, name: str, value: int) -> None:
        """Let the servo itself change a register, within what that can hold."""
        register = self.table.registers[name]
        least, most = register.span
        data = register.encode(min(max(value, least), most))
        self._memory[register.address : register.address + register.size] = data

    def place(self, raw: int, speed: float, load: float) -> None:
        """Tell where the shaft is: count of the bare encoder, speed [rad/s], load [share of full drive]."""
        self._raw = raw
        told = raw + self._shift
        self.set("position", told % 4096 if self._protocol == "sts" and self._shift else told)
        self.set("speed", round(speed / self.table.registers["speed"].scale))
        self.set("load", round(load / self.table.registers["load"].scale))

    @property
    def _shift(self) -> int:
        return OFFSET_SIGN[self._protocol] * self.get("offset") if "offset" in self.table.registers else 0

    @property
    def raw_goal(self) -> int:
        """Where it drives to, as count of the bare encoder; at a speed or a PWM, which nobody tells it, it stands."""
        goal = self.get("goal")
        low, high = self.get("goal_min"), self.get("goal_max")
        way = self._way
        if way is not Way.POSITION:
            return self._aim if way is Way.STEPS and self._aim is not None else self._raw
        return (min(max(goal, low), high) if low < high else goal) - self._shift  # an STS goes to its limits

    @property
    def _way(self) -> Way:
        mode = self.get("mode") if "mode" in self.table.registers else None
        return way_of(self._protocol, mode, self.get("goal_min"), self.get("goal_max"))

    @property
    def strength(self) -> float:
        """Share of its torque that it drives with, 0 to 1; 0: limp."""
        if self.get("torque") != 1:
            return 0.0
        return min(max(self.get("torque_limit") * self.table.registers["torque_limit"].scale, 0.0), 1.0)

    def trip(self, bits: int) -> None:
        """Protect itself from an overload, as its kind does.

        The X series lets go until it is rebooted; the AX-12A takes its torque limit to 0; the STS goes on, and says so.
        """
        if self._protocol == "dxl2":
            self.set("alarm", self.get("alarm") | bits)
            self.set("torque", 0)
            self.error |= _ALERT
            return
        if self._protocol == "dxl1" and not self.error & bits:
            self.set("torque_limit", 0)
        self.error |= bits

    def recover(self, bits: int) -> None:
        """Drop an alarm that is over; the X series does not until its reboot."""
        if self._protocol != "dxl2":
            self.error &= ~bits

    def read(self, address: int, size: int) -> bytes:
        """Return registers."""
        return bytes(self._memory[address : address + size]).ljust(size, b"\0")

    def write(self, address: int, data: bytes) -> int:
        """Take what a client writes, and return the error byte's part that is about this request."""
        refusal = self._refusal(address, data)
        if refusal:
            return refusal
        kept = {name: self.get(name) for name in _TOLD_ONLY if name in self.table.registers}
        torque_before = self.get("torque")
        data = data[: max(0, 256 - address)]
        self._memory[address : address + len(data)] = data
        for name, value in kept.items():
            self.set(name, value)
        if self._protocol == "sts" and self.get("torque") == _CENTRE_HERE:
            self.set("torque", torque_before)
            self.set("offset", self._raw - self.table.centre)
        if self.table.unlocked is None or self.get("lock") == self.table.unlocked:
            self._eeprom[:] = self._memory[: len(self._eeprom)]
        goal = self._covers("goal", address, data)
        if goal is not None:
            low, high = self.goals_seen or (goal, goal)
            self.goals_seen = min(low, goal), max(high, goal)
            self._aim = self._raw + goal
        return 0

    def _covers(self, name: str, address: int, data: bytes) -> int | None:
        """Return what a write would put into a register, or None if it does not touch all of that."""
        register = self.table.registers[name]
        part = data[register.address - address :][: register.size] if register.address >= address else b""
        return register.decode(part) if len(part) == register.size else None

    def _refusal(self, address: int, data: bytes) -> int:
        goal = self._covers("goal", address, data)
        low, high = self.get("goal_min"), self.get("goal_max")
        if self._protocol == "dxl2":
            if self.get("torque") == 1 and address < len(self._eeprom):
                return _NOT_OPEN  # EEPROM is shut while torque is on
            if goal is not None and (self.lapsed or not low <= goal <= high):
                return _NOT_OPEN if self.lapsed else _BEYOND_LIMITS
            if self.error and self._covers("torque", address, data) == 1:
                return _NOT_DONE  # shut down until its reboot
        if self._protocol == "dxl1" and goal is not None and not low <= goal <= high:
            return _AX_RANGE if goal > self.table.max_tick else _AX_ANGLE_LIMIT
        return 0

    def hear(self, now: float) -> None:
        """Note that an instruction came, which feeds the watchdog."""
        self._heard = now

    def watch(self, now: float) -> bool:
        """Stop where the joint is once the bus watchdog has run out; return whether it just did."""
        register = self.table.registers.get("watchdog")
        if register is None or self.get("torque") != 1:
            return False
        count = self.get("watchdog")
        if count > 0 and now - self._heard > count * register.scale:
            self.set("watchdog", _WATCHDOG_LAPSED)
            self.set("goal", self.get("position"))
            return True
        return False

    @property
    def lapsed(self) -> bool:
        """True once its bus watchdog has run out."""
        return "watchdog" in self.table.registers and self.get("watchdog") == _WATCHDOG_LAPSED
