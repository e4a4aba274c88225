"""The first weights of a life, by name.

own            as the rulebook says: random, or the evolved start
zeros          all 0             normal   N(0, 0.024)
wide           U(-1, 1), ten times the usual spread
life:BODY      the last weights of a life of 500 steps on BODY, plastic all along
"""

from __future__ import annotations

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray, weight_shapes
from sim.episode import Episode, lived
from sim.task import Task

WIDE = 1.0
LIFE = "life:"
LIFE_STEPS = 500


def start_weights(
    name: str, book: Rulebook, task: Task, controller: Controller, rng: np.random.Generator
) -> str | tuple[FloatArray, ...]:
    """Return what to pass as `start` to a reset.

    Args:
        name: see above.
        book: the rules.
        task: lives the life on another body.
        controller: has these rules.
        rng: source of everything random in that life.

    Raises:
        BadInputError: no such start, or no such body.
    """
    if name == "own":
        return book.start
    if name in ("zeros", "normal"):
        return name
    if name == "wide":
        shapes = weight_shapes(book.layer_sizes)
        return tuple(rng.uniform(-WIDE, WIDE, shape).astype(np.float32) for shape in shapes)
    if name.startswith(LIFE):
        lived(Episode(task, controller, rng, name.removeprefix(LIFE), book.start, LIFE_STEPS))
        return tuple(layer.copy() for layer in controller.network.snapshot())
    raise BadInputError(f"no start {name!r}: own, zeros, normal, wide or life:BODY")
