"""What a network's weights are before it has learnt anything: the named starts."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, unknown

#: Half-width of the uniform start, as in the reference release.
UNIFORM_START = 0.1
#: Standard deviation of the normal start, as in the reference release.
NORMAL_START = 0.024
STARTS = ("uniform", "normal", "zeros")


def drawn_start(start: str, size: int, rng: np.random.Generator | None) -> npt.NDArray[np.float64]:
    """Return `size` start weights.

    Args:
        start: `uniform` U(-0.1, 0.1), `normal` N(0, 0.024) or `zeros`.
        size: how many.
        rng: the source of randomness; may be None when nothing is drawn.

    Raises:
        BadInputError: unknown start, or a drawn start without a generator.
    """
    if start not in STARTS:
        raise unknown("start", start, STARTS)
    if start == "zeros":
        return np.zeros(size)
    if rng is None:
        raise BadInputError(f"start {start!r} draws weights: pass a numpy Generator")
    if start == "uniform":
        return rng.uniform(-UNIFORM_START, UNIFORM_START, size)
    return rng.normal(0.0, NORMAL_START, size)
