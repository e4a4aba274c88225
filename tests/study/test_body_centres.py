"""Centres of two bodies in the weights: planted distances, unequal scatter, and every deal by a plain loop."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest

from sim.studies.parts.body_centres import CHANCE, centres, more_than_chance
from sim.studies.parts.weight_paths import distances

BODIES = np.repeat(["a", "b"], 5)


def cloud(rng: np.random.Generator, apart: float, wide: float) -> np.ndarray:
    """Gaps between five points of either body: centres so far apart, the second body's scatter so much wider."""
    points = rng.standard_normal((10, 40))
    points[5:] *= wide
    points[5:, 0] += apart
    return distances(points)


@pytest.mark.parametrize("wide", [1.0, 3.0])
def test_a_planted_distance_is_found_in_the_mean_whatever_the_scatter(wide: float) -> None:
    rng = np.random.default_rng(0)
    squared = [centres(cloud(rng, 20.0, wide), BODIES, "a", "b")[0] ** 2 for _ in range(60)]
    assert np.mean(squared) == pytest.approx(400.0, rel=0.05)


def test_wider_scatter_on_one_body_is_no_distance() -> None:
    rng = np.random.default_rng(1)
    chances = [centres(cloud(rng, 0.0, 4.0), BODIES, "a", "b")[1] for _ in range(200)]
    assert np.mean(np.array(chances) <= CHANCE) < 0.11


def test_chance_without_a_difference_is_what_it_says() -> None:
    rng = np.random.default_rng(2)
    chances = np.array([centres(cloud(rng, 0.0, 1.0), BODIES, "a", "b")[1] for _ in range(400)])
    for level in (0.05, 0.2, 0.5):
        assert abs(np.mean(chances <= level) - level) < 3.0 * np.sqrt(level * (1.0 - level) / 400) + 1.0 / 126


def test_every_deal_by_a_plain_loop() -> None:
    gaps = cloud(np.random.default_rng(3), 4.0, 2.0)

    def gap(ours: set[int]) -> float:
        others = set(range(10)) - ours
        across = np.mean([gaps[i, j] ** 2 for i in ours for j in others])
        within = [np.mean([gaps[i, j] ** 2 for i, j in combinations(sorted(each), 2)]) for each in (ours, others)]
        return float(across - 0.5 * sum(within))

    true = gap(set(range(5, 10)))
    as_far = [gap(set(some)) >= true - 1e-9 for some in combinations(range(10), 5)]
    found, chance = centres(gaps, BODIES, "a", "b")
    assert found == pytest.approx(np.sqrt(max(true, 0.0))) and chance == pytest.approx(np.mean(as_far))
    assert len(as_far) == comb(10, 5)


def test_other_bodies_do_not_matter_and_one_point_is_too_few() -> None:
    rng = np.random.default_rng(4)
    points = rng.standard_normal((12, 6))
    bodies = np.array([*BODIES, "c", "d"])
    assert centres(distances(points), bodies, "a", "b") == pytest.approx(
        centres(distances(points[:10]), BODIES, "a", "b")
    )
    assert np.isnan(centres(distances(points), bodies, "a", "c")[0])
    assert np.isnan(centres(distances(points), bodies, "a", "nobody")[0])


def test_how_often_is_more_than_chance() -> None:
    # Of five evolutions two or more are by chance 2.3 times in 100, three or more once in 860: seven bodies need three.
    assert more_than_chance(5, 1) == 2 and more_than_chance(5, 7) == 3
    assert more_than_chance(1, 1) == 1 and more_than_chance(1, 7) == 2
