"""How a camera's picture becomes what a front end sees: by name and version, as observations do.

A layout takes pictures of 96 x 96 x 3, uint8, rows from the top, and gives float32 in [0, 1] of shape
`(channels, columns, rows)`: columns before rows, as the released network of Najarro & Risi 2020 sees them.

    car_rgb    the whole picture, shrunk to 84 x 84 by area and rounded to whole levels; three colours
    car_grey   the middle 84 columns of the 84 rows above the car's instruments, luminance, halved to 42 x 42 by area;
               the last four pictures, oldest first: what moves shows (the first picture stands for those before it)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError, unknown
from hebb_controller.kernel import compiled
from hebb_controller.rules import FloatArray

#: Side of the camera's picture.
CAMERA = 96
#: Pictures that `car_grey` looks back on, the newest among them.
NB_STACKED = 4
#: ITU-R BT.601 luminance, as grey pictures are made from colour everywhere.
LUMINANCE = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class PixelLayout:
    """A named way to look at a picture.

    Attributes:
        name: its name.
        version: counts changes of meaning, order or scaling.
        shape: (channels, columns, rows) of what the front end sees.
    """

    name: str
    version: int
    shape: tuple[int, int, int]


PIXEL_LAYOUTS = {
    layout.name: layout
    for layout in (PixelLayout("car_rgb", 1, (3, 84, 84)), PixelLayout("car_grey", 1, (NB_STACKED, 42, 42)))
}


def pixel_layout_named(name: str) -> PixelLayout:
    """Return the pixel layout called `name`.

    Raises:
        BadInputError: no such layout; the message lists them.
    """
    if name not in PIXEL_LAYOUTS:
        raise unknown("pixel layout", name, PIXEL_LAYOUTS)
    return PIXEL_LAYOUTS[name]


class Eye:
    """Looks at one picture after the other, and remembers those that its layout needs.

    Args:
        layout: the layout.
    """

    def __init__(self, layout: PixelLayout) -> None:
        self.layout = layout
        self._seen = np.zeros(layout.shape, dtype=np.float32)
        self._fresh = True

    def reset(self) -> None:
        """Forget earlier pictures."""
        self._fresh = True

    def look(self, picture: npt.NDArray[np.uint8]) -> FloatArray:
        """Return what the front end sees, shape `layout.shape`: good until the next look.

        Args:
            picture: shape `(96, 96, 3)`.

        Raises:
            BadInputError: a picture of another shape or type.
        """
        if picture.shape != (CAMERA, CAMERA, 3) or picture.dtype != np.uint8:
            raise BadInputError(f"picture of {picture.dtype} {picture.shape}: need uint8 {(CAMERA, CAMERA, 3)}")
        if self.layout.name == "car_rgb":
            _shrink(picture, self._seen)
            return self._seen
        self._seen[:-1] = self._seen[1:]
        _halve_grey(picture, self._seen[-1])
        if self._fresh:
            self._seen[:-1] = self._seen[-1]
            self._fresh = False
        return self._seen


@compiled
def _shrink(picture, seen):  # type: ignore[no-untyped-def]
    side, small = picture.shape[0], seen.shape[1]
    # 84 pixels over 96: each covers the rest of one pixel and the beginning of the next.
    first = np.empty(small, dtype=np.int64)
    share = np.empty(small, dtype=np.float32)
    for k in range(small):
        first[k] = k * side // small
        share[k] = ((first[k] + 1) * small - k * side) / side
    for x in range(small):
        left, left_share = first[x], share[x]
        for y in range(small):
            top, top_share = first[y], share[y]
            for c in range(3):
                upper = left_share * picture[top, left, c] + (1 - left_share) * picture[top, left + 1, c]
                lower = left_share * picture[top + 1, left, c] + (1 - left_share) * picture[top + 1, left + 1, c]
                seen[c, x, y] = np.rint(top_share * upper + (1 - top_share) * lower) / np.float32(255.0)


@compiled
def _halve_grey(picture, grey):  # type: ignore[no-untyped-def]
    small = grey.shape[0]
    margin = (picture.shape[1] - 2 * small) // 2
    for x in range(small):
        for y in range(small):
            total = 0.0
            for i in range(2):
                for j in range(2):
                    pixel = picture[2 * y + j, margin + 2 * x + i]
                    total += LUMINANCE[0] * pixel[0] + LUMINANCE[1] * pixel[1] + LUMINANCE[2] * pixel[2]
            grey[x, y] = total / (4.0 * 255.0)
