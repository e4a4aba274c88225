"""One life of the car: a track drawn anew, fresh weights, until the lap, the time or the patience is over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hebb_controller.rules import FloatArray
from sim.car.driver import Driver

if TYPE_CHECKING:
    from sim.car.racing_env import QuickCarRacing

#: Steps after which Gymnasium's registered task ends.
MAX_STEPS = 1000
#: A life ends after more than so many steps in a row of negative reward (Najarro & Risi 2020, in training and test).
PATIENCE = 20


@dataclass(frozen=True)
class Drive:
    """What a life came to.

    Attributes:
        reward: sum of rewards: 1000 for all tiles of the track, less 0.1 per step.
        steps: control steps.
        lap: True if the lap was finished.
        stalled: True if the patience ended it.
    """

    reward: float
    steps: int
    lap: bool
    stalled: bool


def drive(
    world: QuickCarRacing,
    driver: Driver,
    rng: np.random.Generator,
    start: str | tuple[FloatArray, ...],
    horizon: int = MAX_STEPS,
    watch: Callable[[int], None] | None = None,
) -> Drive:
    """Live one life.

    Args:
        world: reset here, to a track drawn from `rng`.
        driver: reset here, its weights drawn from `rng` unless `start` gives them.
        rng: source of everything random in this life.
        start: as in `PlasticNetwork.reset`.
        horizon: steps after which the life is cut.
        watch: called with each step's number, from 0, before it is taken.
    """
    picture, _ = world.reset(seed=int(rng.integers(2**31)))
    driver.reset(rng, start)
    total, negative, step = 0.0, 0, 0
    for step in range(1, horizon + 1):
        if watch is not None:
            watch(step - 1)
        picture, reward, over, _, info = world.step(driver.act(picture))
        total += float(reward)
        negative = negative + 1 if reward < 0.0 else 0
        if over or negative > PATIENCE:
            return Drive(total, step, bool(info.get("lap_finished", False)), negative > PATIENCE)
        driver.adapt()
    return Drive(total, step, False, False)
