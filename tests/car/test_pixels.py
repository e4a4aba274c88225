"""How pictures are looked at, against plain arithmetic over areas."""

from __future__ import annotations

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.pixels import Eye, pixel_layout_named


def picture(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (96, 96, 3), dtype=np.uint8)


def overlaps(large: int, small: int) -> np.ndarray:
    """Return how much of each small pixel every large one covers, in shares of the small pixel: (small, large)."""
    scale = large / small
    share = np.zeros((small, large))
    for k in range(small):
        for pixel in range(large):
            share[k, pixel] = max(0.0, min((k + 1) * scale, pixel + 1) - max(k * scale, pixel)) / scale
    return share


def test_colour_is_the_area_mean_in_whole_levels() -> None:
    seen = Eye(pixel_layout_named("car_rgb")).look(picture(0))
    share = overlaps(96, 84)
    mean = np.einsum("yr,xc,rck->kxy", share, share, picture(0).astype(float))
    assert seen.shape == (3, 84, 84)
    levels = seen * 255.0
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-4)
    assert np.abs(levels - mean).max() <= 0.5 + 1e-4


def test_grey_is_the_luminance_of_the_road_halved() -> None:
    seen = Eye(pixel_layout_named("car_grey")).look(picture(1))
    road = picture(1)[:84, 6:90] @ np.array([0.299, 0.587, 0.114])
    mean = road.reshape(42, 2, 42, 2).mean(axis=(1, 3)).T / 255.0
    assert seen.shape == (4, 42, 42)
    for channel in seen:  # the first picture stands for those before it
        np.testing.assert_allclose(channel, mean, atol=1e-6)


def test_grey_looks_back_on_three_pictures_until_reset() -> None:
    eye, alone = Eye(pixel_layout_named("car_grey")), Eye(pixel_layout_named("car_grey"))
    newest = []
    for k in range(5):
        alone.reset()
        newest.append(alone.look(picture(k))[-1].copy())
        seen = eye.look(picture(k))
    np.testing.assert_array_equal(seen, np.stack(newest[1:]))
    eye.reset()
    np.testing.assert_array_equal(eye.look(picture(7))[0], eye.look(picture(7))[-1])


def test_other_pictures_and_names_are_refused() -> None:
    with pytest.raises(BadInputError, match="need uint8"):
        Eye(pixel_layout_named("car_rgb")).look(np.zeros((84, 84, 3), dtype=np.uint8))
    with pytest.raises(BadInputError, match="car_grey"):
        pixel_layout_named("car_infrared")
