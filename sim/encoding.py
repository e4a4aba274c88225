"""The seam between the numbers that evolution searches and the coefficients of every synapse."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from hebb_controller.rulebook_parts import EncodedRules
from hebb_controller.rules import FloatArray
from sim.first_draw import FirstDraw


class Encoding(Protocol):
    """Fewer evolved numbers than coefficients: `shared_encoding.SharedEncoding`, or `painted.CppnEncoding`."""

    @property
    def size(self) -> int:
        """How many numbers are searched for the rules."""

    def first_mean(self, rng: np.random.Generator, first: FirstDraw) -> FloatArray:
        """Return the first search point of a run without a warm start, float32, shape `(size,)`."""

    def encoded(self, numbers: FloatArray) -> EncodedRules:
        """Return what these numbers stand for: the part that a rulebook keeps, and that writes coefficients out."""
