"""When a plastic network's weights change, and from which activations: the Hebbian clock.

By default every control step changes the weights, from the activations of its own forward pass. Hebbian Attractor
Networks (Dittrich et al. 2026, arXiv 2603.22512) slow both down. This follows the authors' released code:

- `update_every` = k, f_NN / f_Hebb in their words: forward passes are counted from the start of the life, and the
  weights change after the first pass, the (k + 1)th, the (2k + 1)th and so on. In between they stay.
- `average_over` = M: every forward pass, due or not, enters a window of the last M. A change takes each unit's mean
  over that window, o_i and o_j each for itself: the rule sees the product of means, not the mean of products. A window
  that is not full yet is averaged over what is there.
- The input layer is averaged like the others. Normalisation follows a change, so it has the same clock.
- A reset clears the count and the window.

The clock counts forward passes, not calls of `adapt`: while plasticity is stopped it runs on and the window stays
fresh. The reference's window has no such case: there every due pass changes the weights.
"""

from __future__ import annotations

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.kernel import compiled
from hebb_controller.rules import FloatArray
from hebb_controller.step_bound import MOST_STEPS


@compiled
def _average(window, count, into):  # type: ignore[no-untyped-def]
    into[:] = window[0]
    for k in range(1, count):
        for unit in range(into.size):
            into[unit] += window[k, unit]
    share = np.float32(1.0) / np.float32(count)
    for unit in range(into.size):
        into[unit] *= share


class HebbianClock:
    """Counts forward passes and keeps the window that a change of weights looks back on.

    Args:
        update_every: forward passes from one change of the weights to the next.
        average_over: forward passes in the window.
        nb_units: units of all layers together.

    Raises:
        BadInputError: a number that no clock can have.
    """

    def __init__(self, update_every: int, average_over: int, nb_units: int) -> None:
        check_clock(update_every, average_over)
        self._every = update_every
        self._window = np.zeros((average_over, nb_units), dtype=np.float32)
        self._mean = np.zeros(nb_units, dtype=np.float32)
        self._passes = 0

    def reset(self) -> None:
        """Start a new life: no pass was counted, none is in the window."""
        self._passes = 0

    def note(self, activations: FloatArray) -> None:
        """Take a forward pass's activations, shape `(nb_units,)`, into the window and count it."""
        self._window[self._passes % len(self._window)] = activations
        self._passes += 1

    @property
    def due(self) -> bool:
        """True if the last forward pass is one that changes the weights."""
        return self._passes > 0 and (self._passes - 1) % self._every == 0

    def averaged(self) -> FloatArray:
        """Return every unit's mean over the window, shape `(nb_units,)`, good until the next call; needs one pass."""
        _average(self._window, min(self._passes, len(self._window)), self._mean)
        return self._mean


def check_clock(update_every: int, average_over: int) -> None:
    """Refuse numbers that no clock can have.

    Raises:
        BadInputError: not a whole number, below 1, or more than there are steps in any life.
    """
    for name, number in (("update every", update_every), ("average over", average_over)):
        if type(number) is not int or not 1 <= number <= MOST_STEPS:
            raise BadInputError(f"{name} {number!r} control steps: must be a whole number from 1 to {MOST_STEPS:,}")
