"""Compiled polygons against pygame's, pixel by pixel."""

from __future__ import annotations

import numpy as np
import pytest

pygame = pytest.importorskip("pygame")
from pygame import gfxdraw  # noqa: E402

from sim.car.raster import draw_polygons  # noqa: E402

WIDTH, HEIGHT = 250, 200
GRASS = (102, 204, 102)


def quadrilateral(rng: np.random.Generator) -> np.ndarray:
    """Return four corners around a point in or near the picture, some of them on a line or on a right angle."""
    centre = rng.uniform((-20.0, -20.0), (WIDTH + 20.0, HEIGHT + 20.0))
    angles = np.sort(rng.uniform(0.0, 2.0 * np.pi, 4)) if rng.uniform() < 0.8 else np.arange(4) * np.pi / 2
    return centre + rng.uniform(1.0, 90.0) * np.stack([np.cos(angles), np.sin(angles)], axis=1)


@pytest.mark.parametrize("seed", range(4))
def test_polygons_one_over_the_other_are_pygames(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corners = np.stack([quadrilateral(rng) for _ in range(40)])
    colours = rng.integers(0, 256, (40, 3)).astype(float)
    surface = pygame.Surface((WIDTH, HEIGHT))
    surface.fill(GRASS)
    picture = pygame.surfarray.array2d(surface).T.astype(np.uint32)
    for polygon, colour in zip(corners, colours, strict=True):
        points, whole = polygon.tolist(), [int(c) for c in colour]
        gfxdraw.aapolygon(surface, points, whole)
        gfxdraw.filled_polygon(surface, points, whole)
    draw_polygons(picture, corners, colours, 1.0, 0.0, 1.0, 0.0, 0.0)
    expected = pygame.surfarray.array2d(surface).T.astype(np.uint32)
    np.testing.assert_array_equal(picture[::-1], expected)


def test_the_world_is_turned_zoomed_and_shifted() -> None:
    rng = np.random.default_rng(9)
    corners = np.stack([quadrilateral(rng) for _ in range(10)])
    colours = rng.integers(0, 256, (10, 3)).astype(float)
    angle, zoom, shift = 0.7, 1.3, np.array([31.0, -12.0])
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    at_once, by_hand = (np.zeros((HEIGHT, WIDTH), dtype=np.uint32) for _ in range(2))
    draw_polygons(at_once, corners, colours, np.cos(angle), np.sin(angle), zoom, *shift)
    draw_polygons(by_hand, corners @ turned.T * zoom + shift, colours, 1.0, 0.0, 1.0, 0.0, 0.0)
    # Corners are truncated to whole pixels: rounding may move one now and then.
    assert (at_once != by_hand).mean() < 0.01
