"""What the car's evolution searches: the rules and start weights of its network, then its convolutions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from hebb_controller.front_end import PAPER_LAYERS, FrontEnd, kernel_shapes
from hebb_controller.pixels import PixelLayout, pixel_layout_named
from hebb_controller.rules import FloatArray
from sim.car.driver import NB_ACTIONS, Driver
from sim.evolve_config import EvolveConfig
from sim.first_draw import FirstDraw
from sim.genome import Genome

#: Pixels that the car sees where the settings name none.
PAPER_PIXELS = "car_rgb"


@dataclass(frozen=True)
class CarGenome:
    """The layout of the car's search vector.

    Attributes:
        pixels: how the car looks at a picture.
        network: the layout of all but the last `nb_kernels` numbers.
    """

    pixels: PixelLayout
    network: Genome

    @staticmethod
    def of(config: EvolveConfig) -> CarGenome:
        """Return the layout for settings.

        Raises:
            BadInputError: unknown names, or sizes that cannot be.
        """
        pixels = pixel_layout_named(config.layout or PAPER_PIXELS)
        features = FrontEnd.of(pixels.shape, np.zeros(_nb_kernels(pixels), dtype=np.float32)).nb_features
        sizes = (features, *config.hidden, NB_ACTIONS)
        clock = (config.update_every, config.average_over)
        genome = Genome.of(sizes, config.plasticity, config.rule, config.normalisation, config.init, *clock)
        return CarGenome(pixels, dataclasses.replace(genome, outputs="linear"))

    @property
    def nb_kernels(self) -> int:
        """How many numbers the convolutions have."""
        return _nb_kernels(self.pixels)

    @property
    def size(self) -> int:
        """Length of the search vector."""
        return self.network.size + self.nb_kernels

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Draw the first search point, the convolutions from N(0, 1) as in the released code.

        Returns:
            float32, shape `(size,)`.
        """
        kernels = rng.standard_normal(self.nb_kernels, dtype=np.float32)
        return np.concatenate([self.network.first_mean(rng, first), kernels])

    def front_end(self, vector: FloatArray) -> FrontEnd:
        """Return the convolutions of a vector: views of it."""
        return FrontEnd.of(self.pixels.shape, vector[self.network.size :])

    def rules(self, vector: FloatArray) -> FloatArray:
        """Return a vector's share that `network` lays out: a view."""
        return vector[: self.network.size]

    def driver(self) -> Driver:
        """Return a driver of this layout that does nothing yet."""
        return Driver(self.pixels, self.front_end(np.zeros(self.size, dtype=np.float32)), self.network.network())

    def express(self, vector: FloatArray, driver: Driver) -> str | tuple[FloatArray, ...]:
        """Put a vector into `driver` and return the start to reset it with."""
        driver.front_end = self.front_end(vector)
        return self.network.express(self.rules(vector), driver.network)


def _nb_kernels(pixels: PixelLayout) -> int:
    return sum(int(np.prod(shape)) for shape in kernel_shapes(pixels.shape[0], PAPER_LAYERS))
