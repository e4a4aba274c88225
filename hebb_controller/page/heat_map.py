"""Weight matrices as one picture: red above 0, blue below, white at 0; a layer's largest weight has full colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hebb_controller.rules import FloatArray

POSITIVE, NEGATIVE = np.array([178.0, 24.0, 43.0]), np.array([33.0, 102.0, 172.0])
WHITE, PAPER = 255.0, 245
GAP = 2


def heat_map(layers: Sequence[FloatArray], pixels: int = 2) -> npt.NDArray[np.uint8]:
    """Return the layers side by side, inputs first, shape `(height, width, 3)`.

    Args:
        layers: weights, shape `(post, pre)` each: a row per unit, a column per input of it.
        pixels: edge of one weight's square.
    """
    painted = [_paint(layer) for layer in layers]
    height = max((p.shape[0] for p in painted), default=1)
    width = sum(p.shape[1] for p in painted) + GAP * max(len(painted) - 1, 0)
    picture = np.full((height, max(width, 1), 3), PAPER, dtype=np.uint8)
    left = 0
    for one in painted:
        picture[: one.shape[0], left : left + one.shape[1]] = one
        left += one.shape[1] + GAP
    return np.repeat(np.repeat(picture, pixels, axis=0), pixels, axis=1)


def _paint(layer: FloatArray) -> npt.NDArray[np.uint8]:
    finite = np.nan_to_num(np.asarray(layer, dtype=float), nan=0.0, posinf=0.0, neginf=0.0)
    largest = float(np.abs(finite).max(initial=0.0))
    share = (finite / largest if largest > 0.0 else finite)[..., None]
    towards = np.where(share >= 0.0, POSITIVE, NEGATIVE)
    return np.asarray(np.rint(WHITE + np.abs(share) * (towards - WHITE)), dtype=np.uint8)
