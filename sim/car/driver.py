"""What drives the car: an eye, static convolutions and a plastic network with unbounded sums at its end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import RulebookError
from hebb_controller.front_end import FrontEnd
from hebb_controller.network_face import Network
from hebb_controller.pixels import Eye, PixelLayout, pixel_layout_named
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray
from hebb_controller.task_names import CAR

#: What a rulebook calls the world that a car was evolved in.
WORLD = "CarRacing-v3"
#: Steering, gas, brake.
NB_ACTIONS = 3
#: Steps per second of the world, in [Hz].
CONTROL_RATE = 50.0


class Driver:
    """Turns pictures into steering, gas and brake.

    Args:
        layout: how it looks at a picture.
        front_end: what finds features in what it sees; may be replaced between lives.
        network: turns features into three sums.
    """

    def __init__(self, layout: PixelLayout, front_end: FrontEnd, network: Network) -> None:
        self.front_end = front_end
        self.network = network
        self._eye = Eye(layout)

    def reset(self, rng: np.random.Generator, start: str | tuple[FloatArray, ...]) -> None:
        """Forget: new start weights, drawn from `rng` unless `start` gives them, and no earlier pictures."""
        self._eye.reset()
        self.network.reset(rng, start)

    def act(self, picture: npt.NDArray[np.uint8]) -> FloatArray:
        """Return steering in [-1, 1], gas and brake in [0, 1] for a picture of shape `(96, 96, 3)`."""
        return bounded(self.network.act(self.front_end.features(self._eye.look(picture))))

    def adapt(self) -> None:
        """Let the weights change, from what the last `act` left."""
        self.network.adapt()


def bounded(sums: FloatArray) -> FloatArray:
    """Return tanh of the first sum and the logistic function of the other two: the paper's bounds, float32."""
    action = np.tanh(sums * np.array([1.0, 0.5, 0.5], dtype=np.float32))
    action[1:] = 0.5 * (1.0 + action[1:])
    return action


def driver_of(book: Rulebook) -> Driver:
    """Return the driver that a rulebook describes, its weights still zero: reset it with `book.start`.

    Raises:
        RulebookError: the rulebook is for a robot.
    """
    if book.front_end is None or book.robot != CAR:
        raise RulebookError(
            f"rulebook is for robot {book.robot!r}, which sees no pixels: pass one of hebb evolve --task {CAR}"
        )
    return Driver(pixel_layout_named(book.layout), book.front_end, book.network())
