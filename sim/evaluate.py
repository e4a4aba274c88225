"""Many lives of one rulebook on one body: what `hebb evaluate` prints.

Every episode draws everything random, the start weights first of all, from `default_rng([seed, episode])`: results do
not depend on the number of processes, and two rulebooks on one seed meet the same bodies. Since numpy pads seeds with
zeros, episode g on the seed of an evolution draws what a training life of its generation g drew from `(seed, g, 0, 0)`
(`sim.job_lives`): evaluate on another seed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.faults import FaultyActuators
from hebb_controller.robot import TORQUE, RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.safety import SafetyConfig, SafetyGate
from sim.befalling import check_befalls
from sim.episode_trace import record_life
from sim.evaluation_pool import check_numbers, live_episodes
from sim.life_figures import LifeFigures, figures_of
from sim.statistics import recovery_summary, summary
from sim.task import Task
from sim.task_plant import TaskPlant
from sim.tasks import check_bodies, make_task, task_length
from sim.versions import versions
from sim.world import MUJOCO
from sim.world_options import WorldOptions


@dataclass(frozen=True)
class EvaluateConfig:
    """What to evaluate.

    Attributes:
        robot: the robot.
        body: name of its body.
        episodes: number of lives.
        seed: everything random derives from it.
        horizon: control steps per life; 0: the task's own length.
        schedule: what befalls every life.
        jobs: worker processes.
        randomise: draw body, ground, servos and sensors anew in every life (servo robots alone).
        options: the world, where it is not the one that rules evolve in (servo robots).
    """

    robot: RobotSpec
    body: str = "intact"
    episodes: int = 20
    seed: int = 0
    horizon: int = 0
    schedule: FaultSchedule = field(default_factory=FaultSchedule)
    jobs: int = 1
    randomise: bool = False
    options: WorldOptions = WorldOptions()

    def __post_init__(self) -> None:
        """Refuse what cannot be run.

        Raises:
            BadInputError: a number out of range, a body, a fault, a draw or a world that the robot cannot have.
            MissingExtraError: the physics engine is not installed.
        """
        check_numbers(self)
        if self.randomise and self.robot.actuation == TORQUE:
            raise BadInputError(f"--randomise: {self.robot.name} has nothing to draw, servo robots have: leave it out")
        check_bodies(self.robot, self.body, options=self.options)
        FaultyActuators(self.robot, self.schedule.faults)
        if self.schedule != FaultSchedule():
            check_befalls(self.schedule, self.horizon or task_length(self.robot, self.options), "--horizon")


def evaluate(book: Rulebook, config: EvaluateConfig) -> list[LifeFigures]:
    """Return the figures of every life, in the order of the episodes.

    Raises:
        RulebookError: the rulebook belongs to another robot.
        MissingExtraError: the simulator is not installed.
    """
    book.check_robot(config.robot)
    return live_episodes(_Worker, (book, config), config)


class _Worker:
    """One process's task, controller and gate."""

    def __init__(self, book: Rulebook, config: EvaluateConfig) -> None:
        self.config = config
        self.start = book.start
        self.task: Task = make_task(config.robot, randomise=config.randomise, options=config.options)
        self.controller = book.controller(config.robot)
        self.gate = SafetyGate(config.robot, SafetyConfig.for_robot(config.robot))
        self.horizon = config.horizon or self.task.max_steps
        self.task.max_steps = max(self.horizon, self.task.max_steps)  # a longer life than the task's own is allowed

    def life(self, episode: int) -> LifeFigures:
        config = self.config
        rng = np.random.default_rng([config.seed, episode])
        plant = TaskPlant(self.task, rng, config.body)
        self.controller.reset(rng, self.start)
        self.gate.reset()
        wipe = np.random.default_rng([config.seed, episode, 1])
        trace = record_life(plant, self.controller, self.gate, config.schedule, wipe, self.horizon)
        return figures_of(trace, config.schedule)

    def close(self) -> None:
        self.task.close()


def as_json(lives: list[LifeFigures], book: Rulebook, name: str, config: EvaluateConfig) -> dict[str, Any]:
    """Return the JSON object that `hebb evaluate --json` prints; the words are a contract for scripts."""
    ends = config.schedule.window is not None and config.schedule.window[1] is not None
    recoveries = [life.recovery for life in lives]
    walked = [life.steps_to_90 for life in lives if life.steps_to_90 is not None]
    return {
        "robot": config.robot.name,
        "body": config.body,
        "rulebook": name,
        "rulebook_digest": book.digest,
        "episodes": config.episodes,
        "seed": config.seed,
        "horizon": config.horizon or None,
        "randomised": config.randomise,
        "world": asdict(config.options),
        "perturbations": config.schedule.as_dict(),
        "reward": summary([life.reward for life in lives]) if config.robot.actuation == TORQUE else None,
        "distance_m": summary([life.distance for life in lives]),
        "speed_m_s": summary([life.speed for life in lives]),
        "cruise_m_s": summary([life.cruise for life in lives if np.isfinite(life.cruise)]),
        "steps_to_90": summary(walked) | {"not_reached": len(lives) - len(walked)},
        "recovery_steps": recovery_summary(recoveries) if ends else None,
        "recovery_first_steps": recovery_summary(recoveries, lasting=False) if ends else None,
        "speed_kept": summary([r.speed_kept for r in recoveries if r and r.speed_kept is not None]) if ends else None,
        "steps": summary([life.steps for life in lives]),
        "falls": sum(life.fallen for life in lives),
        "safety": {
            "limited_commands": sum(life.nb_limited for life in lives),
            "steps_not_nominal": sum(life.nb_not_nominal for life in lives),
        },
        "versions": versions(*([MUJOCO] if config.options.engine == MUJOCO else [])),
    }
