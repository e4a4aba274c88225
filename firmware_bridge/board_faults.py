"""What an emulated board does wrong, on purpose: at random rates, standing until it is taken back, or by a script."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from firmware_bridge.emulated_servo import OVERLOAD, EmulatedServo
from hebb_controller.errors import BadInputError

#: Kinds that strike each reply with a probability.
RATES = {
    "drop": "the reply is lost",
    "delay": "the reply comes 15 ms late",
    "glitch": "a rubbish byte comes before the reply",
    "flip": "one bit of the reply is flipped",
    "cut": "the reply ends in the middle",
    "reboot": "the servo starts anew: torque off, RAM at its defaults",
}
#: Kinds that stand, for one servo id, for the line, or from some time on.
STANDING = {
    "missing:ID": "servo ID does not answer",
    "doubled:ID": "two servos have ID and talk at once",
    "alarm:ID": "servo ID is overloaded",
    "hot:ID": "servo ID warms up by 5 deg C per second",
    "echo": "the adapter echoes every request",
    "chain": "in a sync read the servos behind a silent one are silent too",
    "sag:T": "after T s the supply sinks for 1 s, is gone for 0.5 s, and comes back",
}
LATE_BY = 0.015
#: Sagging and darkness of a script, in [s]; the voltages it sinks from and to, in [V]; warming, in [deg C/s].
_SAGGING, _DARKNESS = 1.0, 0.5
_FULL, _EMPTY = 12.0, 8.0
_WARMING, _HOTTEST = 5.0, 90.0


@dataclass
class BoardFaults:
    """The faults in force; all quiet by default.

    Attributes:
        rng: source of what strikes at random.
        rates: probability per reply, by kind.
        missing: ids that do not answer.
        doubled: ids that two servos have.
        alarms: why servos are overloaded, as bits of the error byte, by id.
        hot: ids that warm up.
        echo: the adapter echoes requests.
        chained: a silent servo silences those behind it in a sync read.
        sag_at: when the supply begins to sink, in [s] since the beginning; None: never.
        dark: the supply is gone.
        struck: how often each kind has struck.
    """

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    rates: dict[str, float] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    alarms: dict[int, int] = field(default_factory=dict)
    hot: set[int] = field(default_factory=set)
    echo: bool = False
    chained: bool = False
    sag_at: float | None = None
    dark: bool = False
    struck: dict[str, int] = field(default_factory=dict)
    _heat: dict[int, float] = field(default_factory=dict)
    _alarmed: set[int] = field(default_factory=set)

    def strikes(self, kind: str) -> bool:
        """Return whether a fault strikes this reply."""
        rate = self.rates.get(kind, 0.0)
        if rate <= 0.0 or self.rng.random() >= rate:
            return False
        self.struck[kind] = self.struck.get(kind, 0) + 1
        return True

    def lateness(self) -> float:
        """Return by how much the answers to this request are late, in [s]."""
        return LATE_BY if self.strikes("delay") else 0.0

    def spoil(self, reply: bytes) -> bytes:
        """Return what arrives of a reply."""
        if self.strikes("drop"):
            return b""
        if self.strikes("flip"):
            at, bit = int(self.rng.integers(len(reply))), int(self.rng.integers(8))
            reply = reply[:at] + bytes([reply[at] ^ 1 << bit]) + reply[at + 1 :]
        if self.strikes("cut"):
            reply = reply[: int(self.rng.integers(1, len(reply)))]
        if self.strikes("glitch"):
            reply = bytes([int(self.rng.integers(256))]) + reply
        return reply

    def press(self, servos: Sequence[EmulatedServo], elapsed: float, now: float, step: float) -> bool:
        """Do to the servos what lasts; return whether any of them drives differently now.

        Args:
            servos: all of them.
            elapsed: since the beginning, in [s].
            now: in [s].
            step: since the last call, in [s].
        """
        changed = False
        if self.alarms or self._alarmed:
            for servo in servos:
                changed |= self._overload(servo)
        for servo in servos if self.hot else ():
            if servo.get("id") in self.hot:
                heat = self._heat.get(id(servo), 30.0)
                self._heat[id(servo)] = min(heat + _WARMING * step, _HOTTEST)
                servo.set("temperature", round(self._heat[id(servo)]))
        if self.sag_at is not None:
            changed |= self._sag(servos, elapsed - self.sag_at, now)
        return changed

    def _overload(self, servo: EmulatedServo) -> bool:
        servo_id = servo.get("id")
        if servo_id in self.alarms:
            self._alarmed.add(servo_id)
            before = servo.strength
            servo.trip(self.alarms[servo_id])
            return servo.strength != before
        if servo_id in self._alarmed:
            self._alarmed.discard(servo_id)
            servo.recover(0xFF)
        return False

    def _sag(self, servos: Sequence[EmulatedServo], since: float, now: float) -> bool:
        if since < 0.0:
            return False
        if since < _SAGGING:
            for servo in servos:
                servo.set("voltage", round(10.0 * (_FULL + since / _SAGGING * (_EMPTY - _FULL))))
            return False
        was_dark, self.dark = self.dark, since < _SAGGING + _DARKNESS
        if self.dark and not was_dark:
            for servo in servos:
                servo.reboot(now)
        if not self.dark:
            self.sag_at = None
        return self.dark != was_dark


def read_faults(texts: Iterable[str], rng: np.random.Generator) -> BoardFaults:
    """Return the faults that `drop=0.001`, `missing:5`, `sag:10` or `echo` name.

    Raises:
        BadInputError: an unknown kind, or a number that cannot be.
    """
    faults = BoardFaults(rng)
    for text in texts:
        kind, equals, rate = text.partition("=")
        if kind in RATES and equals:
            try:
                faults.rates[kind] = float(rate)
            except ValueError as error:
                raise BadInputError(f"fault {text!r}: {rate!r} is no number") from error
            if not 0.0 <= faults.rates[kind] <= 1.0:
                raise BadInputError(f"fault {text!r}: a probability lies within 0 and 1")
            continue
        kind, _, number = text.partition(":")
        if text == "echo":
            faults.echo = True
        elif text == "chain":
            faults.chained = True
        elif kind == "alarm" and number.isdecimal():
            faults.alarms[int(number)] = OVERLOAD
        elif kind == "sag" and number.isdecimal():
            faults.sag_at = float(number)
        elif kind in ("missing", "doubled", "hot") and number.isdecimal():
            {"missing": faults.missing, "doubled": faults.doubled, "hot": faults.hot}[kind].add(int(number))
        else:
            raise BadInputError(f"fault {text!r}: choose among {', '.join([f'{k}=RATE' for k in RATES] + [*STANDING])}")
    return faults
