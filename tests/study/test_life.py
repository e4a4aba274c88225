"""Weights over a life: geometry of made-up paths."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from sim.studies import life
from sim.studies.parts.weight_geometry import geometry_records
from sim.studies.parts.weight_paths import WeightPath, distances, label_chance, principal_components
from sim.studies.parts.weights_by_body import Ends, apart, ends_of
from sim.study.intervals import Interval

HORIZON, EVERY, SYNAPSES = 200, 20, 60
BODIES = ("intact", "rough", "slope")


def _paths(
    rng: np.random.Generator, between_bodies: float, between_starts: float, noise: float, stands_on: str = ""
) -> list[WeightPath]:
    """Make paths that run from scatter to a place of the body and the start, with noise about it.

    Where the robot stands, it gets 0.1 m far, else 1 m, and has weights far from those on any other body.
    """
    steps = np.arange(0, HORIZON + 1, EVERY)
    fade = np.exp(-steps / 10.0)[:, np.newaxis]
    centre = rng.standard_normal(SYNAPSES)
    paths = []
    for body in BODIES:
        stands = body == stands_on
        place = centre + (3.0 if stands else between_bodies) * rng.standard_normal(SYNAPSES)
        for start in range(5):
            end = place + between_starts * rng.standard_normal(SYNAPSES)
            wide = noise * (3.0 if body == "rough" else 1.0)
            weights = (1.0 - fade) * (end + wide * rng.standard_normal((steps.size, SYNAPSES)))
            weights += fade * rng.standard_normal(SYNAPSES)
            metres = 0.1 if stands else 1.0
            paths.append(WeightPath(body, start, steps, weights.astype(np.float32), metres, HORIZON, False))
    return paths


def _records(evolutions: int, *planted: float, stands_on: str = "") -> list[dict[str, Any]]:
    records = []
    for seed in range(evolutions):
        paths = _paths(np.random.default_rng(seed), *planted, stands_on=stands_on)
        for k, each in enumerate(geometry_records(paths, HORIZON)):
            head = {"condition": "hebbian-dr", "evolution": seed, "digest": "d", "cell": str(seed), "episode": k}
            records.append(head | {"horizon": HORIZON} | each)
    return records


def test_components_are_those_of_a_plain_singular_value_decomposition() -> None:
    rows = np.random.default_rng(0).standard_normal((30, 80)) @ np.diag(np.linspace(3.0, 0.1, 80))
    coordinates, explained = principal_components(rows)
    centred = rows - rows.mean(axis=0)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    assert np.allclose(np.abs(coordinates), np.abs(left[:, :3] * singular[:3]))
    assert np.allclose(explained, singular[:3] ** 2 / np.sum(singular**2))
    assert (coordinates[np.abs(coordinates).argmax(axis=0), range(3)] > 0.0).all()


def test_planted_bodies_are_told_apart_and_starts_meet() -> None:
    found = life.findings(_records(5, 0.5, 0.0, 0.2))
    assert "starts are not told from one place per body" in found.answer[1]
    assert "further than starts; told apart in 5 of 5 evolutions" in found.answer[2]
    assert float(found.figure("realant bodies / starts") or 0.0) > 2.0
    assert "it gets 0.5 m or further on each" in found.answer[3]
    assert "further on rough ground" in found.answer[5]


def test_a_body_on_which_the_robot_stands_does_not_speak_for_the_others() -> None:
    found = life.findings(_records(5, 0.0, 0.5, 0.1, stands_on="slope"))
    assert "further than starts" in found.answer[2]
    assert float(found.figure("realant bodies / starts") or 0.0) > 3.0
    walks = float(found.figure("realant bodies / starts, where it walks") or 0.0)
    assert walks == pytest.approx(1.0, abs=0.1)
    assert "(slope in 5 of 5)" in found.answer[3]
    assert "not told from starts; told apart in 0 of 5 evolutions" in found.answer[3]
    table = next(t for t in found.tables if "on the intact one" in t.title)
    rough, slope = table.rows  # who stands there is not asked what its weights say of the slope
    assert slope == ("slope", "-", "0 of 0", "0.10 (0.10 to 0.10)", "0 of 5")
    assert (rough[0], rough[2], rough[3], rough[4]) == ("rough", "0 of 5", "1.00 (1.00 to 1.00)", "5 of 5")
    assert "rough in 0 of 5. With 1 bodies asked, more than chance: none." in found.answer[4]


def test_bodies_over_starts_is_that_of_points_one_can_measure() -> None:
    places = {"intact": 0.0, "rough": 10.0, "slope": 100.0}
    points = np.array([(x, float(start), 0.0) for x in places.values() for start in (0, 1)])
    ends = Ends(distances(points), np.repeat(list(places), 2), np.tile([0, 1], 3), frozenset({"slope"}))
    assert apart(ends)[0] == pytest.approx((10.0 + 90.0 + 100.0) / 3.0)
    assert apart(ends, leave=ends.stood)[0] == pytest.approx(10.0)


def test_end_points_are_means_of_the_last_quarter_of_lives_that_lasted() -> None:
    paths = _paths(np.random.default_rng(0), 0.5, 0.0, 0.2)
    short = dataclasses.replace(paths[0], lived=HORIZON - 1)
    head = {"condition": "hebbian-dr", "evolution": 0, "horizon": HORIZON}
    (ends,) = ends_of([head | r for r in geometry_records([short, *paths[1:]], HORIZON)])
    assert list(zip(ends.bodies, ends.starts, strict=True)) == [(p.body, p.start) for p in paths[1:]]
    late = np.arange(0, HORIZON + 1, EVERY) >= 150
    means = np.array([p.weights[late].mean(axis=0) for p in paths[1:]], dtype=float)
    size = np.mean(np.linalg.norm(means, axis=1))
    plain = [[np.linalg.norm(a - b) / size for b in means] for a in means]
    assert np.allclose(ends.gaps, plain, rtol=1e-4, atol=1e-6)


def test_an_interval_that_holds_one_shows_no_equality() -> None:
    words = ("more", "less", "not told")
    ends = ((1.1, 2.0), (0.2, 0.9), (0.5, 3.0))
    assert tuple(Interval(1.0, *each, 5).told(*words, 1.0) for each in ends) == words


def test_starts_that_keep_apart_are_told_and_bodies_are_not_invented() -> None:
    found = life.findings(_records(5, 0.0, 0.5, 0.1))
    assert "starts stay apart" in found.answer[1]
    assert "not told from starts" in found.answer[2] or "told apart in 0 of 5" in found.answer[2]
    assert float(found.figure("realant bodies / starts") or 0.0) == pytest.approx(1.0, abs=0.1)


def test_without_bodies_chance_is_no_rarer_than_it_should_be() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(3), 4)
    chances = []
    for _ in range(60):
        points = rng.standard_normal((12, 5))
        gaps = np.linalg.norm(points[:, np.newaxis] - points[np.newaxis], axis=-1)
        chances.append(label_chance(gaps, labels, rng, times=39))
    assert np.mean(np.array(chances) <= 0.05) < 0.15
    assert 0.35 < np.mean(chances) < 0.65


def test_lives_that_end_early_have_no_end_points_and_any_part_will_do() -> None:
    paths = [p for p in _paths(np.random.default_rng(0), 0.5, 0.0, 0.1) if p.start == 0]
    short = [WeightPath(p.body, p.start, p.steps[:10], p.weights[:10], 0.1, 45, True) for p in paths]
    geometry = geometry_records(short, HORIZON)[-1]
    assert geometry["used"] == 0
    head = {"condition": "hebbian-dr", "evolution": 1, "digest": "d", "horizon": HORIZON}
    records = [head | r for r in geometry_records(short, HORIZON)]
    for some in ([], records, records[:1], _records(1, 0.5, 0.0, 0.1)):
        found = life.findings(some)
        assert all(value is None or value == value for value in map(found.figure, found.figures))
        assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
        life.draw(some)
