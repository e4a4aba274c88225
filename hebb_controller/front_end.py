"""Static convolutions between pixels and a plastic network: evolved directly, never changed in a life.

Each layer is a convolution without padding and without biases, then tanh, then a pool that keeps the largest of 2 x 2
(Najarro & Risi 2020, arXiv 2007.02686: 3 -> 6 channels of 3 x 3, then 6 -> 8 of 5 x 5 at every second pixel: 1,362
numbers, and 648 features of a picture of 84 x 84).

The compiled code is written out here rather than left to torch: on one core and for one picture it takes less than
half of torch's time, and the core stays free of torch. tanh never falls, so it is taken after the pool, of a quarter of
the sums. Rows are split by their place modulo the stride, so that the innermost loop runs over neighbours in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hebb_controller.errors import BadInputError
from hebb_controller.kernel import LIMIT, compiled, squash
from hebb_controller.rules import FloatArray, split_by_shape

KIND = "convolutions"
#: Side of the pool.
POOL = 2
#: (channels out, side of the kernel, stride) of each layer in the paper.
PAPER_LAYERS = ((6, 3, 1), (8, 5, 2))


@dataclass(frozen=True)
class FrontEnd:
    """A picture's way to features, as a part of a rulebook.

    Attributes:
        picture: (channels, columns, rows) of the picture.
        strides: per layer, in pixels.
        kernels: per layer, shape `(channels out, channels in, side, side)`: columns before rows.
    """

    picture: tuple[int, int, int]
    strides: tuple[int, ...]
    kernels: tuple[FloatArray, ...]

    def __post_init__(self) -> None:
        """Refuse what no picture can go through.

        Raises:
            BadInputError: kernels that do not follow one another or leave nothing over, NaN, a stride below 1.
        """
        if len(self.strides) != len(self.kernels) or not self.kernels or min(self.strides) < 1:
            raise BadInputError(f"front end: {len(self.kernels)} kernels need as many strides, got {self.strides}")
        if not all(np.abs(k).max() <= LIMIT for k in self.kernels):
            raise BadInputError("front end: kernels hold NaN, infinity or more than 1e6")
        layers = [(k.shape[0], k.shape[-1], s) for k, s in zip(self.kernels, self.strides, strict=True)]
        expected = kernel_shapes(self.picture[0], layers)
        if [k.shape for k in self.kernels] != expected or min(self.output_shape) < 1:
            raise BadInputError(f"front end: kernels {[k.shape for k in self.kernels]} do not fit {self.picture}")

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(channels, columns, rows) of what comes out."""
        columns, rows = self.picture[1:]
        for kernel, stride in zip(self.kernels, self.strides, strict=True):
            columns, rows = (((n - kernel.shape[-1]) // stride + 1) // POOL for n in (columns, rows))
        return int(self.kernels[-1].shape[0]), columns, rows

    @property
    def nb_features(self) -> int:
        """Length of the vector that comes out."""
        return int(np.prod(self.output_shape))

    @property
    def nb_numbers(self) -> int:
        """How many numbers are evolved."""
        return sum(k.size for k in self.kernels)

    def header(self) -> dict[str, Any]:
        """Return what the rulebook's header says about it."""
        return {"kind": KIND, "picture": list(self.picture), "strides": list(self.strides)}

    def tensors(self) -> dict[str, npt.NDArray[Any]]:
        """Return the kernels by name."""
        return {f"front_end.{k}": np.asarray(kernel, dtype=np.float32) for k, kernel in enumerate(self.kernels)}

    @staticmethod
    def read(header: Mapping[str, Any], tensors: Mapping[str, npt.NDArray[Any]]) -> FrontEnd:
        """Return the part that a rulebook file holds.

        Raises:
            BadInputError: it does not hold together.
        """
        picture, strides = (tuple(int(n) for n in header[key]) for key in ("picture", "strides"))
        if len(picture) != 3:
            raise BadInputError(f"front end: picture {picture}: need channels, columns, rows")
        kernels = tuple(tensors[f"front_end.{k}"] for k in range(len(strides)))
        return FrontEnd((picture[0], picture[1], picture[2]), strides, kernels)

    @staticmethod
    def of(picture: tuple[int, int, int], numbers: FloatArray) -> FrontEnd:
        """Return the paper's two layers over a picture, from their numbers in one vector."""
        kernels = split_by_shape(numbers, kernel_shapes(picture[0], PAPER_LAYERS))
        return FrontEnd(picture, tuple(stride for _, _, stride in PAPER_LAYERS), tuple(kernels))

    def features(self, picture: FloatArray) -> FloatArray:
        """Return the features of a picture.

        Args:
            picture: float32, shape `(channels, columns, rows)`; what is not finite counts as 0.

        Returns:
            float32, shape `(nb_features,)`.

        Raises:
            BadInputError: a picture of another shape.
        """
        if picture.shape != self.picture:
            raise BadInputError(f"picture of shape {picture.shape}: the front end sees {self.picture}")
        seen = np.ascontiguousarray(picture, dtype=np.float32)
        for kernel, stride in zip(self.kernels, self.strides, strict=True):
            seen = _layer(seen, np.ascontiguousarray(kernel), stride)
        return seen.ravel()


def kernel_shapes(channels: int, layers: Sequence[tuple[int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Return the kernels' shapes of layers (channels out, side, stride) over a picture of so many channels."""
    inputs = [channels, *(out for out, _, _ in layers[:-1])]
    return [(out, into, side, side) for (out, side, _), into in zip(layers, inputs, strict=True)]


@compiled
def _layer(picture, kernel, stride):  # type: ignore[no-untyped-def]
    channels, columns, rows = picture.shape
    outputs, _, side, _ = kernel.shape
    wide, high = ((columns - side) // stride + 1) // 2 * 2, ((rows - side) // stride + 1) // 2 * 2
    # Row y of the picture goes to phase y % stride, place y // stride.
    places = (rows + stride - 1) // stride
    split = np.zeros((channels, columns, stride, places), dtype=np.float32)
    for c in range(channels):
        for x in range(columns):
            for y in range(rows):
                v = picture[c, x, y]
                split[c, x, y % stride, y // stride] = v if abs(v) < np.inf else np.float32(0.0)
    # Six taps of the kernel in one pass over a line of sums: a sum is loaded and stored once for six products.
    nb_taps = channels * side * side
    nb_padded = (nb_taps + 5) // 6 * 6
    taps = np.zeros((outputs, nb_padded), dtype=np.float32)
    taps[:, :nb_taps] = kernel.reshape(outputs, nb_taps)
    offsets = np.zeros(nb_padded, dtype=np.int64)
    for tap in range(nb_taps):
        c, i, j = tap // (side * side), tap // side % side, tap % side
        offsets[tap] = ((c * columns + i) * stride + j % stride) * places + j // stride
    flat = split.reshape(split.size)
    pooled = np.empty((outputs, wide // 2, high // 2), dtype=np.float32)
    sums = np.empty((2, high), dtype=np.float32)
    for o in range(outputs):
        for x in range(0, wide, 2):
            for half in range(2):
                line = sums[half]
                line[:] = np.float32(0.0)
                start = (x + half) * stride * stride * places
                for tap in range(0, nb_padded, 6):
                    w0, w1, w2 = taps[o, tap], taps[o, tap + 1], taps[o, tap + 2]
                    w3, w4, w5 = taps[o, tap + 3], taps[o, tap + 4], taps[o, tap + 5]
                    # Views, so that the compiler sees plain lines: with offsets in the index it leaves them scalar.
                    r0, r1 = flat[start + offsets[tap] :], flat[start + offsets[tap + 1] :]
                    r2, r3 = flat[start + offsets[tap + 2] :], flat[start + offsets[tap + 3] :]
                    r4, r5 = flat[start + offsets[tap + 4] :], flat[start + offsets[tap + 5] :]
                    for y in range(high):
                        line[y] += w0 * r0[y] + w1 * r1[y] + w2 * r2[y] + w3 * r3[y] + w4 * r4[y] + w5 * r5[y]
            for y in range(0, high, 2):
                pooled[o, x // 2, y // 2] = max(max(sums[0, y], sums[0, y + 1]), max(sums[1, y], sums[1, y + 1]))
    squash(pooled.reshape(pooled.size))
    return pooled
