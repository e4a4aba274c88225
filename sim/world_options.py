"""The world that a life takes place in, as far as somebody who repeats a measurement chooses it."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from hebb_controller.errors import BadInputError, unknown
from sim.randomise import NOMINAL, Ranges
from sim.world import BULLET, ENGINES


@dataclass(frozen=True)
class WorldOptions:
    """How a world differs from the one that the rules evolved in; the defaults are that world.

    `dataclasses.asdict` makes the record of it, and `WorldOptions(**record)` reads it.

    Attributes:
        engine: the physics: `bullet` or `mujoco`.
        extra_latency: added to every servo's latency, drawn or not, in [s].
        control_rate: control steps per second, in [Hz]; None: as the robot file says. The controller does not know:
            its action filter and its plasticity go by the step.
        noise: factor on what sensors are off by in a randomised life: noise, biases and the heading's drift. A life
            that is not randomised has perfect sensors, whatever the factor.
    """

    engine: str = BULLET
    extra_latency: float = 0.0
    control_rate: float | None = None
    noise: float = 1.0

    def __post_init__(self) -> None:
        """Refuse a world that cannot be.

        Raises:
            BadInputError: with the option, its value and what is allowed.
        """
        if self.engine not in ENGINES:
            raise unknown("engine", self.engine, ENGINES)
        for name, value in (("extra latency", self.extra_latency), ("noise", self.noise)):
            if not 0.0 <= value < math.inf:
                raise BadInputError(f"{name} {value}: must be 0 or more")
        if self.control_rate is not None and not 1.0 <= self.control_rate <= 1000.0:
            raise BadInputError(f"control rate {self.control_rate} Hz: must lie within 1 and 1000")

    def ranges(self, randomise: bool) -> Ranges:
        """Return how far a life strays from the robot file in this world."""
        drawn = Ranges() if randomise else NOMINAL
        shortest, longest = drawn.latency
        return dataclasses.replace(
            drawn,
            latency=(shortest + self.extra_latency, longest + self.extra_latency),
            attitude_bias=drawn.attitude_bias * self.noise,
            attitude_noise=drawn.attitude_noise * self.noise,
            gyro_bias=drawn.gyro_bias * self.noise,
            gyro_noise=drawn.gyro_noise * self.noise,
            encoder_noise=drawn.encoder_noise * self.noise,
            yaw_drift=drawn.yaw_drift * self.noise,
        )
