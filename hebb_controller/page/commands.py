"""What the page asks of a source. Every command is one frozen dataclass; a source answers with a notice in a frame."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NewBrain:
    """New random weights, and the robots back at the start; faults stay.

    Attributes:
        seed: where they are drawn from; None: the next one.
    """

    seed: int | None = None


@dataclass(frozen=True, slots=True)
class StandUp:
    """Back on the feet, the gate and an e-stop released, weights kept."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Allow torque on servos behind a port, and ramp from the pose that they are in."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of actuators, or wiped weights.

    Attributes:
        text: as `live_faults.read_fault` reads it, its steps counted from the arrival.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Clear:
    """End all faults."""


@dataclass(frozen=True, slots=True)
class Plasticity:
    """Stop or resume plasticity, in the control lane if there is one.

    Attributes:
        on: True: the weights change again.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class Body:
    """Another body, weights kept.

    Attributes:
        name: one of the stage's bodies.
    """

    name: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Another ground, sloping or slippery, weights kept.

    Attributes:
        name: one of the stage's grounds.
    """

    name: str


@dataclass(frozen=True, slots=True)
class EStop:
    """All actuators let go, until `StandUp`. Anyone may send it.

    Attributes:
        who: for the reason that is shown.
    """

    who: str = "a visitor"


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop or resume time.

    Attributes:
        on: True: time stands still.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One control step, while paused."""


@dataclass(frozen=True, slots=True)
class RealtimeFactor:
    """Seconds of the robots per second.

    Attributes:
        value: above 0.
    """

    value: float


@dataclass(frozen=True, slots=True)
class Record:
    """Begin or end a recording of the life.

    Attributes:
        on: True: begin.
    """

    on: bool


@dataclass(frozen=True, slots=True)
class SaveWeights:
    """Write the weights of the first lane to a file."""


@dataclass(frozen=True, slots=True)
class LoadWeights:
    """Take up the weights that were saved last, or those of a file.

    Attributes:
        path: of the file; empty: those saved last.
    """

    path: str = ""


Command = (
    NewBrain
    | StandUp
    | Arm
    | Fault
    | Clear
    | Plasticity
    | Body
    | Ground
    | EStop
    | Pause
    | Step
    | RealtimeFactor
    | Record
    | SaveWeights
    | LoadWeights
)
