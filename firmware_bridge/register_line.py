"""A line of bus servos with registers, as its owner sees it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from firmware_bridge.board_line import Handshake, ImuReading, ServoReading
from firmware_bridge.errors import LinkError
from firmware_bridge.feedback_cycle import FeedbackCycle
from firmware_bridge.handshake import shake_hands
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_bus import ServoBus

_TRIES = 3
#: Units of the Dynamixel bus watchdog: 100 ms.
_WATCHDOG_UNITS = 5
#: So far a joint may be from its goal when torque comes on, in turns: 3.6 degrees.
_STILL = 0.01
_FAR = 1 << 30
#: How long one servo may take to confirm that it has let go, in [s]: the others are waiting.
_HURRY = 0.006
#: What else a servo takes to 0 when it lets go by itself (e-manual, alarm shutdown).
_LIMITED = {"ax12a": "torque_limit"}


class RegisterLine:
    """Bus servos of one model; see `BoardLine`.

    Args:
        port: the open port.
        table: the model.
        ids: the servos, in joint order.

    Attributes:
        bus: questions and answers, for those who set servos up.
        cycle: one reading of all servos, within a budget of time.
    """

    measured = True
    #: A Dynamixel whose watchdog has run out stops, but keeps its torque.
    guards_itself = False
    imu: ImuReading | None = None
    resting: tuple[int, ...] | None = None

    def __init__(self, port: SerialPort, table: ServoTable, ids: Sequence[int]) -> None:
        self.bus = ServoBus(port, table, ids)
        self.path, self.ids, self.scale, self.counts = port.path, self.bus.ids, table.scale, self.bus.counts
        self.baud = port.baud
        self.cycle = FeedbackCycle(self.bus)
        self._nb_looked = 0
        self._looked_at = ["torque"] + [n for n in ("watchdog", _LIMITED.get(table.name, "")) if n in table.registers]
        self._still = round(_STILL * table.ticks_per_turn)
        self._can_watch = "watchdog" in table.registers
        self._to_be_watched = False
        self._limits: dict[int, int] = {}  # torque limits that a servo has not confirmed

    def greet(self) -> Handshake:
        """Ask every servo who it is; servos that are slow to answer get a larger budget, and a warning."""
        hands = shake_hands(self.bus)
        self.cycle.budget = max(self.cycle.budget, 1.2 * self.bus.cycle_time() + 0.001)
        torque = self.bus.get_all("torque")
        return dataclasses.replace(hands, driving=tuple(i for i in self.ids if torque.get(i)))

    def feedback(self) -> list[ServoReading]:
        """Return what every servo tells now, in joint order."""
        return self.cycle.read()

    def put_goals(self, ticks: Sequence[int]) -> None:
        """Send goals to all servos in one frame; the first ones arm the watchdog.

        Not `power_on`: between the two the owner may be busy for longer than a watchdog waits.
        """
        if self._to_be_watched:
            self.bus.put_all("watchdog", dict.fromkeys(self.ids, _WATCHDOG_UNITS))
            self._to_be_watched = False
        self.bus.put_all("goal", dict(zip(self.ids, ticks, strict=True)))

    def power_on(self, ticks: Sequence[int]) -> None:
        """Write goals, read them back, then switch torque on.

        A goal may be read wrong, or the joint have moved since: before torque comes on, every position is read anew.
        """
        if self._can_watch:
            self.bus.put_all("watchdog", dict.fromkeys(self.ids, 0))  # clears one that has run out
        goals = dict(zip(self.ids, ticks, strict=True))
        self._put_until_read_back("goal", goals)
        self._check_still(goals)
        try:
            self._put_until_read_back("torque", dict.fromkeys(self.ids, 1))
        except LinkError:
            self.power_off()
            raise
        self._to_be_watched = self._can_watch

    def _put_until_read_back(self, name: str, values: dict[int, int]) -> None:
        left = dict(values)
        for _ in range(_TRIES):
            self.bus.put_all(name, left)
            held = self.bus.get_all(name)
            left = {i: value for i, value in left.items() if held.get(i) != value}
            if not left:
                return
        ids = _list(left)
        raise LinkError(f"port {self.path}: torque stays off: servo {ids} does not take its {name}{self._why(left)}")

    def _why(self, ids: Iterable[int]) -> str:
        """Return which hardware errors stand in the way, in words: an X series servo ignores us until its reboot."""
        if self.bus.table.dialect.reboot is None or "alarm" not in self.bus.table.registers:
            return ""
        alarms = {i: self.bus.get(i, "alarm") for i in ids}
        told = [f"servo {i} has hardware error {alarm:#04x}" for i, alarm in alarms.items() if alarm]
        return f" ({'; '.join(told)}: find the cause, then reboot it)" if told else ""

    def _check_still(self, goals: dict[int, int]) -> None:
        moved = dict(goals)
        for _ in range(_TRIES):
            held = self.bus.get_all("position")
            moved = {i: goal for i, goal in moved.items() if abs(held.get(i, _FAR) - goal) > self._still}
            if not moved:
                return
        ids = _list(moved)
        raise LinkError(f"port {self.path}: torque stays off: servo {ids} moves, or its position was read wrong")

    def power_off(self) -> list[int]:
        """Switch torque off: one frame to all first, for speed; then each servo by itself, for certainty.

        A servo that reports an alarm has obeyed: the alarm is not about the request (lelamp_runtime#9).
        """
        left = list(self.ids)
        self._to_be_watched = False
        try:
            self.bus.put_all("torque", dict.fromkeys(self.ids, 0))
        except LinkError:
            return left
        for _ in range(_TRIES):
            left = [servo_id for servo_id in left if not self._off(servo_id)]
        try:
            held = self.bus.get_all("torque") if left else {}
        except LinkError:
            return left
        return [servo_id for servo_id in left if held.get(servo_id) != 0]  # one that acknowledges nothing may be read

    def _off(self, servo_id: int) -> bool:
        try:
            reply = self.bus.put(servo_id, "torque", 0, self.bus.port.now() + _HURRY)
        except LinkError:
            return False
        return reply is not None and not self.bus.table.dialect.refuses(reply.error)

    def lost_power(self) -> str:
        """Read torque back, of all servos where one question does it: a servo that started anew has lost it.

        Not in a cycle whose time went into asking twice: there is another one soon, and silence is told anyway.
        """
        if not self.cycle.undisturbed:
            return ""
        lost = self._lost()
        if not lost and self._limits:
            self._limit_again()
        return lost

    def _lost(self) -> str:
        self._nb_looked += 1
        name = self._looked_at[self._nb_looked % len(self._looked_at)]
        ids = self.ids
        if self.bus.table.dialect.sync_read is None:
            ids = (ids[self._nb_looked // len(self._looked_at) % len(ids)],)
        held = self.bus.get_all(name, ids, self.bus.port.now() + 0.5 * self.cycle.budget)
        if name == "watchdog":
            lapsed = [i for i, value in held.items() if value < 0]
            self._to_be_watched |= not lapsed and 0 in held.values()  # the frame that was to arm it was lost
            return f"servo {_list(lapsed)}: the bus watchdog has run out" if lapsed else ""
        limp = [i for i, value in held.items() if value == 0]  # an AX-12A protects itself by its torque limit
        return f"servo {_list(limp)} lost torque: started anew, or protects itself" if limp else ""

    def limit_torque(self, share: float) -> None:
        """Leave the servos this share of the cap that their EEPROM sets; nobody confirms one frame to all."""
        full = round(1.0 / self.bus.table.registers["torque_limit"].scale)
        self._limits = {i: round(share * min(self.bus.caps.get(i, full), full)) for i in self.ids}
        self.bus.put_all("torque_limit", self._limits)

    def _limit_again(self) -> None:
        """Write limits again that a servo has not taken; not where it reads 0: so an AX-12A shuts itself down."""
        held = self.bus.get_all("torque_limit", list(self._limits), self.bus.port.now() + 0.5 * self.cycle.budget)
        self._limits = {i: limit for i, limit in self._limits.items() if held.get(i) not in (limit, 0)}
        if self._limits:
            self.bus.put_all("torque_limit", self._limits)

    def silencer(self) -> bytes:
        """Return the frame that switches torque off everywhere."""
        register = self.bus.table.registers["torque"]
        return self.bus.table.dialect.sync_write(register.address, dict.fromkeys(self.ids, register.encode(0)))

    def close(self) -> None:
        """Let go of the port."""
        self.bus.port.close()


def _list(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))
