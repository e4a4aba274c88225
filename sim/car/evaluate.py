"""Many tracks with one rulebook: what `hebb evaluate` prints of a car.

Every episode draws its track and its start weights from `default_rng([seed, episode])`: results do not depend on the
number of processes, and two rulebooks on one seed meet the same tracks. The pictures are Gymnasium's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.rulebook import Rulebook
from hebb_controller.task_names import CAR
from sim.car.driver import CONTROL_RATE, WORLD, driver_of
from sim.car.life import MAX_STEPS, Drive, drive
from sim.car.make_env import import_racing, make_racing
from sim.evaluation_pool import check_numbers, live_episodes
from sim.statistics import summary
from sim.versions import versions
from sim.video import VideoRecorder, check_video_path

#: Whose versions the numbers depend on, besides the usual ones.
PACKAGES = ("gymnasium", "box2d", "pygame-ce")


@dataclass(frozen=True)
class TracksConfig:
    """What to evaluate.

    Attributes:
        episodes: number of tracks.
        seed: everything random derives from it.
        horizon: steps per life; 0: the task's own 1000.
        jobs: worker processes.
        video: where the first life is recorded to; None: nowhere.
    """

    episodes: int = 100
    seed: int = 0
    horizon: int = 0
    jobs: int = 1
    video: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be run.

        Raises:
            BadInputError: a number out of range, or a video of another format.
            MissingExtraError: the encoder is not installed.
        """
        check_numbers(self)
        if self.video is not None:
            check_video_path(self.video)


def evaluate_car(book: Rulebook, config: TracksConfig) -> list[Drive]:
    """Return what every life came to, in the order of the episodes.

    Raises:
        RulebookError: the rulebook belongs to a robot.
        MissingExtraError: the car's world is not installed.
    """
    driver_of(book)
    import_racing()
    return live_episodes(_Worker, (book, config), config)


class _Worker:
    """One process's world and driver."""

    def __init__(self, book: Rulebook, config: TracksConfig) -> None:
        self._config, self._start = config, book.start
        self._world, self._driver = make_racing(), driver_of(book)

    def life(self, episode: int) -> Drive:
        config = self._config
        rng = np.random.default_rng([config.seed, episode])
        recorder = None
        if episode == 0 and config.video is not None:
            recorder = VideoRecorder(config.video, self._world.view, 1.0 / CONTROL_RATE)
        watch = recorder.take if recorder is not None else None
        lived = drive(self._world, self._driver, rng, self._start, config.horizon or MAX_STEPS, watch)
        if recorder is not None:
            recorder.save()
        return lived

    def close(self) -> None:
        self._world.close()


def as_json(lives: list[Drive], book: Rulebook, name: str, config: TracksConfig) -> dict[str, Any]:
    """Return the JSON object that `hebb evaluate --json` prints of a car; the words are a contract for scripts."""
    return {
        "task": CAR,
        "world": WORLD,
        "rulebook": name,
        "rulebook_digest": book.digest,
        "layout": book.layout,
        "episodes": config.episodes,
        "seed": config.seed,
        "horizon": config.horizon or None,
        "reward": summary([life.reward for life in lives]),
        "rewards": [round(life.reward, 3) for life in lives],
        "steps": summary([life.steps for life in lives]),
        "laps": sum(life.lap for life in lives),
        "stalled": sum(life.stalled for life in lives),
        "versions": versions(*PACKAGES),
    }


def as_text(figures: dict[str, Any]) -> str:
    """Return the table of the JSON object."""
    lines = [
        f"{figures['world']}, rulebook {figures['rulebook']} ({figures['rulebook_digest']}), "
        f"{figures['episodes']} tracks, seed {figures['seed']}",
        f"{'':12s} {'mean':>8s} {'std':>8s} {'median':>8s} {'n':>5s}",
    ]
    for key in ("reward", "steps"):
        row = figures[key]
        cells = " ".join(f"{'-' if row[name] is None else format(row[name], '.1f'):>8s}" for name in _COLUMNS)
        lines.append(f"{key:12s} {cells} {row['n']:5d}")
    lines += [f"{key:12s} {figures[key]:8d} of {figures['episodes']}" for key in ("laps", "stalled")]
    return "\n".join(lines)


_COLUMNS = ("mean", "std", "median")
