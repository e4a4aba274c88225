"""What befalls a life and when: faults of the body, wiped weights, the end of plasticity; and how scripts write it.

SPAN     START:STOP or START:          steps START <= t < STOP; without STOP it stays
JOINTS   @JOINT,JOINT                  only these joints; all without it
FAULT    KIND[=NUMBER]@SPAN[JOINTS]    such as weak=0.5@300:400@front_left_hip
WIPE     SHARE@STEP                    such as 0.333@400
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.faults import Fault
from hebb_controller.network_face import Network

#: Digits of a control step at most: at 50 Hz a billion steps are eight months.
STEP_DIGITS = 9


@dataclass(frozen=True)
class Ablation:
    """A share of all weights, chosen at random, becomes zero at the start of a step.

    Attributes:
        share: of the synapses, in (0, 1].
        step: control step.
    """

    share: float
    step: int

    def __post_init__(self) -> None:
        """Refuse a share or a step that cannot be.

        Raises:
            BadInputError: with what is allowed.
        """
        if not 0.0 < self.share <= 1.0:
            raise BadInputError(f"share of weights {self.share:g}: must lie in (0, 1]")
        if self.step < 0:
            raise BadInputError(f"step {self.step} of zeroed weights: must be 0 or more")


@dataclass(frozen=True)
class FaultSchedule:
    """Everything that befalls one life.

    Attributes:
        faults: of the actuators.
        ablations: of the weights.
        stop_plasticity: first step without plasticity; None: it never stops.
    """

    faults: tuple[Fault, ...] = ()
    ablations: tuple[Ablation, ...] = ()
    stop_plasticity: int | None = None

    def __post_init__(self) -> None:
        """Refuse a negative step.

        Raises:
            BadInputError: with the step.
        """
        if self.stop_plasticity is not None and self.stop_plasticity < 0:
            raise BadInputError(f"stop of plasticity at step {self.stop_plasticity}: must be 0 or more")

    @property
    def window(self) -> tuple[int, int | None] | None:
        """First step of the first perturbation and first step after the last one.

        The end is None if one of them stays; the whole is None without perturbations. The end of plasticity is a
        condition of the experiment, not a perturbation.
        """
        starts = [f.start for f in self.faults] + [a.step for a in self.ablations]
        if not starts:
            return None
        if any(f.stop is None for f in self.faults):
            return min(starts), None
        stops = [f.stop for f in self.faults if f.stop is not None] + [a.step for a in self.ablations]
        return min(starts), max(stops)

    def active(self, step: int) -> bool:
        """Return True if an actuator fault holds, or weights are wiped, at `step`."""
        return any(f.active(step) for f in self.faults) or any(a.step == step for a in self.ablations)

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready description."""
        return asdict(self)


def zero_weights(network: Network, share: float, rng: np.random.Generator) -> None:
    """Set a random share of all weights to zero: `round(share * nb_synapses)` of them, all layers alike."""
    wiped = rng.permutation(network.nb_synapses)[: round(share * network.nb_synapses)]
    layers = network.weights
    first = 0
    for layer in layers:
        inside = wiped[(wiped >= first) & (wiped < first + layer.size)] - first
        layer.reshape(-1)[inside] = 0.0
        first += layer.size


def whole_number(text: str, digits: int = STEP_DIGITS) -> int | None:
    """Return a whole number of ASCII digits, with a minus or without; None for anything else.

    Whatever comes, nothing is raised: int() also reads other alphabets' digits, isdigit() takes some that int() does
    not, and beyond 4300 digits int() raises.
    """
    unsigned = text.removeprefix("-")
    return int(text) if unsigned.isascii() and unsigned.isdecimal() and len(unsigned) <= digits else None


def parse_span(text: str) -> tuple[int, int | None]:
    """Return `START:STOP` as two steps, the second None for `START:`.

    Raises:
        BadInputError: anything else.
    """
    start, colon, stop = text.partition(":")
    first, last = whole_number(start), whole_number(stop)
    if not colon or first is None or (stop and last is None):
        raise BadInputError(f"bad span {_short(text)}: write START:STOP in control steps, such as 300:400")
    return first, last


def parse_fault(text: str, kind: str = "") -> Fault:
    """Return the fault that `KIND[=NUMBER]@SPAN[@JOINT,JOINT]` describes.

    Args:
        text: the description; without the part before the first @ when `kind` is given.
        kind: the kind, where a flag of its own names it.

    Raises:
        BadInputError: anything else.
    """
    parts = text.split("@") if kind else text.split("@", 1)[1:] and text.split("@")
    head = kind if kind else parts[0] if parts else ""
    where = parts if kind else parts[1:]
    if not head or len(where) not in (1, 2) or not all(where):
        shape = "START:STOP[@JOINT,JOINT]" if kind else "KIND[=NUMBER]@START:STOP[@JOINT,JOINT]"
        raise BadInputError(f"bad fault {_short(text)}: write {shape}")
    name, equals, number = head.partition("=")
    start, stop = parse_span(where[0])
    joints = tuple(where[1].split(",")) if len(where) == 2 else ()
    return Fault(name, start, stop, joints, _number(number, text) if equals else None)


def parse_ablation(text: str) -> Ablation:
    """Return the ablation that `SHARE@STEP` describes.

    Raises:
        BadInputError: anything else.
    """
    share, at, step = text.partition("@")
    when = whole_number(step)
    if not at or when is None:
        raise BadInputError(f"bad ablation {_short(text)}: write SHARE@STEP, such as 0.333@400")
    return Ablation(_number(share, text), when)


def parse_schedule(
    saturate: Sequence[str] = (),
    freeze: Sequence[str] = (),
    faults: Sequence[str] = (),
    zero: Sequence[str] = (),
    stop_plasticity: int | None = None,
) -> FaultSchedule:
    """Return the schedule that the flags of `hebb evaluate` and `hebb run` describe.

    Raises:
        BadInputError: the first description that cannot be read.
    """
    parsed = [parse_fault(text, "saturate") for text in saturate]
    parsed += [parse_fault(text, "freeze") for text in freeze]
    parsed += [parse_fault(text) for text in faults]
    return FaultSchedule(tuple(parsed), tuple(parse_ablation(text) for text in zero), stop_plasticity)


def _number(text: str, whole: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadInputError(f"bad number {_short(text)} in {_short(whole)}: write a decimal such as 0.333")
    return value


def _short(text: str) -> str:
    # One line for people, whatever came over the network.
    return repr(text) if len(text) <= 80 else f"{text[:80]!r}..."
