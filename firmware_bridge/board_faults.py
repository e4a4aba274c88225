"""What an emulated board does wrong, on purpose: at random rates, or standing until it is taken back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

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
#: Kinds that stand, for one servo id or for the line.
STANDING = {
    "missing": "servo ID does not answer",
    "doubled": "two servos have ID and talk at once",
    "alarm": "servo ID reports the error byte of an overload",
    "echo": "the adapter echoes every request",
}
LATE_BY = 0.015


@dataclass
class BoardFaults:
    """The faults in force; all quiet by default.

    Attributes:
        rng: source of what strikes at random.
        rates: probability per reply, by kind.
        missing: ids that do not answer.
        doubled: ids that two servos have.
        alarms: error byte by id.
        echo: the adapter echoes requests.
        struck: how often each kind has struck.
    """

    rng: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    rates: dict[str, float] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    doubled: set[int] = field(default_factory=set)
    alarms: dict[int, int] = field(default_factory=dict)
    echo: bool = False
    struck: dict[str, int] = field(default_factory=dict)

    def strikes(self, kind: str) -> bool:
        """Return whether a fault strikes this reply."""
        rate = self.rates.get(kind, 0.0)
        if rate <= 0.0 or self.rng.random() >= rate:
            return False
        self.struck[kind] = self.struck.get(kind, 0) + 1
        return True

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


def read_faults(texts: Iterable[str], rng: np.random.Generator) -> BoardFaults:
    """Return the faults that `drop=0.001`, `missing:5` or `echo` name.

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
        kind, _, servo = text.partition(":")
        if kind == "echo" and not servo:
            faults.echo = True
        elif kind in STANDING and servo.isdecimal():
            if kind == "alarm":
                faults.alarms[int(servo)] = 32
            else:
                (faults.missing if kind == "missing" else faults.doubled).add(int(servo))
        else:
            kinds = [f"{kind}=RATE" for kind in RATES] + ["missing:ID", "doubled:ID", "alarm:ID", "echo"]
            raise BadInputError(f"fault {text!r}: choose among {', '.join(kinds)}")
    return faults
