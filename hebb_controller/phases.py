"""The phases between standing and walking, and how they go: what `sequence.py` drives a controller through.

IDLE    nothing leaves
RAMP    from the measured pose to the neutral one, in a straight line; the network waits
FADE    the network's command grows from nothing to all; it learns from here on
RUN     the network's command
REST    from the last command to the neutral pose; then, or once the gate lets go, IDLE
STOP    the emergency stop: hold or limp
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hebb_controller.errors import BadInputError


class Phase(Enum):
    """Where in the sequence a controller is."""

    IDLE = "idle"
    RAMP = "ramp"
    FADE = "fade"
    RUN = "run"
    REST = "rest"
    STOP = "stop"


@dataclass(frozen=True)
class SequenceConfig:
    """How the phases go.

    Attributes:
        ramp_time: from the measured pose to the neutral one, and back at the end, in [s].
        fade_time: from no network to all of it, in [s].
        stop_limp: True: the actuators let go at an emergency stop; False: they hold the last command, unless the gate
            has let go or does so later.
    """

    ramp_time: float = 1.0
    fade_time: float = 0.5
    stop_limp: bool = True

    def __post_init__(self) -> None:
        """Refuse times that cannot be.

        Raises:
            BadInputError: with the setting and its value.
        """
        for name in ("ramp_time", "fade_time"):
            if not 0.0 <= getattr(self, name) <= 60.0:
                raise BadInputError(f"{name.replace('_', ' ')} {getattr(self, name)} s: must lie within 0 and 60")
