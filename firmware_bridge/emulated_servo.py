"""One emulated bus servo: its registers, and what writing to them does."""

from __future__ import annotations

from firmware_bridge.registers import ServoTable

#: Registers below this address outlast a reboot: Feetech below 40, X series below 64, AX-12A below 24.
_RAM_STARTS = {"sts": 40, "dxl2": 64, "dxl1": 24}
_WATCHDOG_LAPSED = -1


class EmulatedServo:
    """The memory of a servo, and the little that its firmware does with it.

    Args:
        table: its model.
        servo_id: its id.

    Attributes:
        table: its model.
        nb_reboots: how often it started anew.
    """

    def __init__(self, table: ServoTable, servo_id: int) -> None:
        self.table = table
        self._memory = bytearray(256)
        self._eeprom = bytearray(_RAM_STARTS[table.dialect.name])
        self.nb_reboots = -1
        self.set("model", table.model_number)
        self.set("firmware", 0x0903 if table.registers["firmware"].size == 2 else 45)
        self.set("id", servo_id)
        self._eeprom[:] = self._memory[: len(self._eeprom)]
        self._heard = 0.0
        self.reboot()

    def reboot(self) -> None:
        """Start anew: EEPROM as it was saved, RAM at its defaults."""
        self.nb_reboots += 1
        position = self.get("position")
        self._memory[:] = bytes(256)
        self._memory[: len(self._eeprom)] = self._eeprom
        for name, value in (("voltage", 120), ("temperature", 30), ("goal", position), ("position", position)):
            self.set(name, value)
        if self.table.unlocked is not None:
            self.set("lock", 1 - self.table.unlocked)
        limit = self.table.registers["torque_limit"]
        self.set("torque_limit", round(1.0 / limit.scale))

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

    @property
    def error(self) -> int:
        """The error byte of its replies, of the servo's own making."""
        return 0

    @property
    def powered(self) -> bool:
        """True while it drives its motor."""
        return self.get("torque") == 1

    def read(self, address: int, size: int) -> bytes:
        """Return registers."""
        return bytes(self._memory[address : address + size]).ljust(size, b"\0")

    def write(self, address: int, data: bytes) -> None:
        """Take what a client writes."""
        goal = self.table.registers["goal"]
        if self.lapsed and address <= goal.address < address + len(data):
            return  # goals are read-only until the watchdog register is cleared (e-manual, bus watchdog)
        data = data[: max(0, 256 - address)]
        self._memory[address : address + len(data)] = data
        saved = self.table.unlocked is None or self.get("lock") == self.table.unlocked
        if saved:
            self._eeprom[:] = self._memory[: len(self._eeprom)]

    def hear(self, now: float) -> None:
        """Note that an instruction came, which feeds the watchdog."""
        self._heard = now

    def watch(self, now: float) -> None:
        """Stop where the joint is once the bus watchdog has run out."""
        register = self.table.registers.get("watchdog")
        if register is None or not self.powered:
            return
        count = self.get("watchdog")
        if count > 0 and now - self._heard > count * register.scale:
            self.set("watchdog", _WATCHDOG_LAPSED)
            self.set("goal", self.get("position"))

    @property
    def lapsed(self) -> bool:
        """True once its bus watchdog has run out."""
        return "watchdog" in self.table.registers and self.get("watchdog") == _WATCHDOG_LAPSED
