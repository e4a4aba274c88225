"""The convolutions against a naive loop, and against torch's."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.front_end import FrontEnd


def naive_layer(picture: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    outputs, channels, side, _ = kernel.shape
    wide, high = ((n - side) // stride + 1 for n in picture.shape[1:])
    summed = np.zeros((outputs, wide, high))
    for o in range(outputs):
        for x in range(wide):
            for y in range(high):
                for c in range(channels):
                    for i in range(side):
                        for j in range(side):
                            summed[o, x, y] += kernel[o, c, i, j] * picture[c, x * stride + i, y * stride + j]
    squashed = np.tanh(summed)
    pooled = np.zeros((outputs, wide // 2, high // 2))
    for o, x, y in np.ndindex(*pooled.shape):
        pooled[o, x, y] = max(squashed[o, 2 * x + i, 2 * y + j] for i in range(2) for j in range(2))
    return pooled


def front_end(rng: np.random.Generator, picture: tuple[int, int, int] = (3, 84, 84)) -> FrontEnd:
    size = 6 * picture[0] * 9 + 8 * 6 * 25
    return FrontEnd.of(picture, rng.normal(0.0, 0.3, size).astype(np.float32))


@pytest.mark.parametrize("picture", [(3, 25, 30), (1, 24, 24), (4, 27, 22)])
def test_features_are_those_of_the_naive_loop(picture: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(0)
    part = front_end(rng, picture)
    seen = rng.uniform(0.0, 1.0, picture).astype(np.float32)
    expected = naive_layer(naive_layer(seen, part.kernels[0], 1), part.kernels[1], 2)
    np.testing.assert_allclose(part.features(seen), expected.ravel(), atol=2e-6)
    assert part.output_shape == expected.shape


def test_the_paper_has_1362_numbers_and_648_features() -> None:
    part = front_end(np.random.default_rng(1))
    assert (part.nb_numbers, part.nb_features, part.output_shape) == (1362, 648, (8, 9, 9))


def test_torch_finds_the_same_features() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    part = front_end(rng)
    seen = rng.uniform(0.0, 1.0, (3, 84, 84)).astype(np.float32)
    o = torch.from_numpy(seen)[None]
    for kernel, stride in zip(part.kernels, part.strides, strict=True):
        o = torch.nn.functional.conv2d(o, torch.from_numpy(kernel.copy()), stride=stride)
        o = torch.nn.functional.max_pool2d(torch.tanh(o), 2)
    np.testing.assert_allclose(part.features(seen), o.numpy().ravel(), atol=1e-5)


def test_what_is_not_finite_counts_as_black() -> None:
    rng = np.random.default_rng(3)
    part = front_end(rng)
    seen = rng.uniform(0.0, 1.0, (3, 84, 84)).astype(np.float32)
    black, broken = seen.copy(), seen.copy()
    black[1, 5, 7] = black[0, 0, 0] = 0.0
    broken[1, 5, 7], broken[0, 0, 0] = np.nan, np.inf
    np.testing.assert_array_equal(part.features(broken), part.features(black))


def test_header_and_tensors_bring_it_back() -> None:
    part = front_end(np.random.default_rng(4))
    back = FrontEnd.read(part.header(), part.tensors())
    assert (back.picture, back.strides) == (part.picture, part.strides)
    for kernel, again in zip(part.kernels, back.kernels, strict=True):
        np.testing.assert_array_equal(kernel, again)


def test_what_does_not_fit_is_refused() -> None:
    part = front_end(np.random.default_rng(5))
    with pytest.raises(BadInputError, match="the front end sees"):
        part.features(np.zeros((3, 96, 96), dtype=np.float32))
    with pytest.raises(BadInputError, match="do not fit"):
        dataclasses.replace(part, picture=(1, 84, 84))
    with pytest.raises(BadInputError, match="do not fit"):
        dataclasses.replace(part, picture=(3, 8, 8))
    with pytest.raises(BadInputError, match="strides"):
        dataclasses.replace(part, strides=(1,))
    with pytest.raises(BadInputError, match="NaN"):
        dataclasses.replace(part, kernels=(np.full((6, 3, 3, 3), np.nan, dtype=np.float32), part.kernels[1]))
