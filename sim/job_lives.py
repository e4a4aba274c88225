"""What a job consists of: the member's vector, the lives that it lives, and its fitness once they are lived.

Every engine asks here, so that a member has the same seeds, bodies, hardships and horizons wherever it lives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.rules import FloatArray
from sim.episode import Episode, Outcome
from sim.evolve_config import EvolveConfig
from sim.hardship import draw_schedule
from sim.openai_es import member, penalty
from sim.problem import Job
from sim.task import Task
from sim.world import BULLET

#: Tells evaluation lives from training lives in the seed.
EVALUATION = 2**31
#: Tells the draw of a hardship from the life's own draws.
HARDSHIP = 1
#: Between a body and an engine that is not the usual one, in the names of evaluations.
_IN = "@"


def place_name(body: str, engine: str) -> str:
    """Return what a life on a body in an engine is called: `Job.body` of an evaluation life."""
    return body if engine == BULLET else f"{body}{_IN}{engine}"


@dataclass(frozen=True)
class JobLife:
    """One life of a job; but for its seed, what `sim.episode.Episode` takes.

    Attributes:
        seed: of everything random in it.
        body: name of the body.
        horizon: control steps after which it is cut; None: the task's own length.
        warm_up: first control steps whose reward does not count.
        stall: control steps without progress that end it; 0: they never do.
        schedule: what befalls it.
        fall_ends: a fall ends it under a fault that stays too.
    """

    seed: tuple[int, ...]
    body: str
    horizon: int | None = None
    warm_up: int = 0
    stall: int = 0
    schedule: FaultSchedule = FaultSchedule()
    fall_ends: bool = False

    def begin(self, task: Task, controller: Controller, start: str | tuple[FloatArray, ...]) -> Episode:
        """Return the life at its first reading, the controller with the weights of `start`."""
        rng = np.random.default_rng(self.seed)
        cut = (self.horizon, self.warm_up, self.stall)
        return Episode(task, controller, rng, self.body, start, *cut, self.schedule, self.fall_ends)


def physics_of(config: EvolveConfig, job: Job) -> str:
    """Return the engine that all lives of a job take place in."""
    if job.sign == 0:
        return job.body.partition(_IN)[2] or BULLET
    return config.physics_of(job.pair)


def vector_of(config: EvolveConfig, mean: FloatArray, job: Job) -> FloatArray:
    """Return the job's point of the search space, shape `(size,)`: the mean itself in an evaluation."""
    return mean if job.sign == 0 else member(config.es, mean, config.seed, job.generation, job.pair, job.sign)


def lives_of(config: EvolveConfig, job: Job, max_steps: int) -> list[JobLife]:
    """Return the lives of a job; `max_steps` is the task's own length."""
    if job.sign == 0:
        return [JobLife((config.seed, EVALUATION, job.pair), job.body.partition(_IN)[0])]
    horizon = config.horizon_at(job.generation, max_steps)
    lives = []
    for k, (body, hardship) in enumerate(config.fates_of(job.pair)):
        # Both signs of a pair live the same lives: start weights, hardship, body and sensor noise are common to them.
        seed = (config.seed, job.generation, job.pair, k)
        schedule = draw_schedule(hardship, np.random.default_rng([*seed, HARDSHIP]), horizon)
        lives.append(JobLife(seed, body, horizon, config.warm_up, config.stall, schedule, bool(config.fall_ends)))
    return lives


def fitness_of(config: EvolveConfig, job: Job, vector: FloatArray, outcomes: Sequence[Outcome]) -> float:
    """Return a job's fitness: the mean reward of its lives, less the penalty on what is searched."""
    reward = sum(outcome.reward for outcome in outcomes) / len(outcomes)
    return reward if job.sign == 0 else reward - penalty(config.es, vector)
