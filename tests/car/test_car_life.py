"""One life: when it ends, and what it is made of."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.car.life import MAX_STEPS, drive


class Road:
    """A world whose rewards are written down."""

    def __init__(self, rewards: list[float], lap_after: int = 10**6) -> None:
        self.rewards, self.lap_after, self.taken = rewards, lap_after, 0

    def reset(self, seed: int) -> tuple[Any, dict[str, Any]]:
        self.seed, self.taken = seed, 0
        return "picture 0", {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        reward = self.rewards[self.taken % len(self.rewards)]
        self.taken += 1
        over = self.taken == self.lap_after
        return f"picture {self.taken}", reward, over, False, {"lap_finished": True} if over else {}


def driver(calls: list[Any]) -> Any:
    return SimpleNamespace(
        reset=lambda rng, start: calls.append(("reset", start)),
        act=lambda picture: calls.append(picture),
        adapt=lambda: calls.append("adapt"),
    )


def live(road: Road, calls: list[Any], **settings: Any) -> Any:
    return drive(road, driver(calls), np.random.default_rng(0), "uniform", **settings)  # type: ignore[arg-type]


def test_patience_ends_after_more_than_twenty_bad_steps_in_a_row() -> None:
    lived = live(Road([3.0] + 19 * [-0.1] + [5.0] + 100 * [-0.1]), [])
    assert (lived.steps, lived.stalled, lived.lap) == (21 + 21, True, False)
    assert lived.reward == pytest.approx(8.0 - 40 * 0.1)


def test_a_lap_ends_a_life_and_so_does_the_time() -> None:
    lap = live(Road([1.0], lap_after=7), [])
    assert (lap.steps, lap.lap, lap.stalled, lap.reward) == (7, True, False, 7.0)
    assert live(Road([1.0]), []).steps == MAX_STEPS == 1000
    assert live(Road([1.0]), [], horizon=12).steps == 12


def test_weights_change_after_each_step_but_the_last() -> None:
    calls: list[Any] = []
    watched: list[int] = []
    live(Road([1.0], lap_after=3), calls, watch=watched.append)
    assert calls == [("reset", "uniform"), "picture 0", "adapt", "picture 1", "adapt", "picture 2"]
    assert watched == [0, 1, 2]


def test_the_track_comes_from_the_same_generator_as_the_weights() -> None:
    roads = [Road([-1.0]), Road([-1.0]), Road([-1.0])]
    for road, seed in zip(roads, (0, 0, 1), strict=True):
        drive(road, driver([]), np.random.default_rng(seed), "uniform")  # type: ignore[arg-type]
    assert roads[0].seed == roads[1].seed != roads[2].seed
