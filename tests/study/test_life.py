"""Weights over a life: geometry of made-up paths."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.studies import life
from sim.studies.parts.weight_geometry import geometry_records
from sim.studies.parts.weight_paths import WeightPath, label_chance, principal_components
from sim.study.intervals import Interval

HORIZON, EVERY, SYNAPSES = 200, 20, 60
BODIES = ("intact", "rough", "slope")


def _paths(rng: np.random.Generator, between_bodies: float, between_starts: float, noise: float) -> list[WeightPath]:
    """Make paths that run from scatter to a place of the body and the start, with noise about it."""
    steps = np.arange(0, HORIZON + 1, EVERY)
    fade = np.exp(-steps / 10.0)[:, np.newaxis]
    centre = rng.standard_normal(SYNAPSES)
    paths = []
    for body in BODIES:
        place = centre + between_bodies * rng.standard_normal(SYNAPSES)
        for start in range(5):
            end = place + between_starts * rng.standard_normal(SYNAPSES)
            wide = noise * (3.0 if body == "rough" else 1.0)
            weights = (1.0 - fade) * (end + wide * rng.standard_normal((steps.size, SYNAPSES)))
            weights += fade * rng.standard_normal(SYNAPSES)
            paths.append(WeightPath(body, start, steps, weights.astype(np.float32), 1.0, HORIZON, False))
    return paths


def _records(evolutions: int, *planted: float) -> list[dict[str, Any]]:
    records = []
    for seed in range(evolutions):
        for k, each in enumerate(geometry_records(_paths(np.random.default_rng(seed), *planted), HORIZON)):
            head = {"condition": "hebbian-dr", "evolution": seed, "digest": "d", "cell": str(seed), "episode": k}
            records.append(head | each)
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
    assert "another body, other weights; told apart in 5 of 5 evolutions" in found.answer[2]
    assert float(found.figures["realant bodies / starts"] or 0.0) > 2.0
    assert "further on rough ground" in found.answer[3]


def test_an_interval_that_holds_one_shows_no_equality() -> None:
    words = ("more", "less", "not told")
    ends = ((1.1, 2.0), (0.2, 0.9), (0.5, 3.0))
    assert tuple(Interval(1.0, *each, 5).told(*words, 1.0) for each in ends) == words


def test_starts_that_keep_apart_are_told_and_bodies_are_not_invented() -> None:
    found = life.findings(_records(5, 0.0, 0.5, 0.1))
    assert "starts stay apart" in found.answer[1]
    assert "not told from starts" in found.answer[2] or "told apart in 0 of 5" in found.answer[2]
    assert float(found.figures["realant bodies / starts"] or 0.0) == pytest.approx(1.0, abs=0.1)


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
    records = [{"condition": "hebbian-dr", "evolution": 1, "digest": "d"} | r for r in geometry_records(short, HORIZON)]
    for some in ([], records, records[:1], _records(1, 0.5, 0.0, 0.1)):
        found = life.findings(some)
        assert all(value is None or value == value for value in found.figures.values())
        assert all(len(row) == len(table.columns) for table in found.tables for row in table.rows)
        life.draw(some)
