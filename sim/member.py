"""One member of a generation: from a pair number and a sign to a fitness."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.errors import HebbError
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray
from sim.episode import Outcome, live
from sim.evolve_config import EvolveConfig
from sim.genome import Genome
from sim.hardship import draw_onset, schedule_of
from sim.openai_es import member, penalty
from sim.tasks import make_task

#: Tells evaluation lives from training lives in the seed.
EVALUATION = 2**31
#: Tells the draw of a hardship's onset from the life's own draws.
HARDSHIP = 1


@dataclass(frozen=True)
class Life:
    """All that a worker needs to know, sent to it once.

    Attributes:
        config: settings of the run.
        robot: the robot.
        genome: layout of the search vector.
    """

    config: EvolveConfig
    robot: RobotSpec
    genome: Genome


@dataclass(frozen=True)
class Job:
    """One member to be lived, or one life of the mean.

    Attributes:
        generation: counts from 0.
        pair: number of the mirrored pair, or of the evaluation life when `sign` is 0.
        sign: +1 or -1; 0 for the mean itself.
        body: the one body of an evaluation life; empty: all bodies of the run.
    """

    generation: int
    pair: int
    sign: int
    body: str = ""


class Member:
    """Lives jobs in one process: holds the task and a network that is rewritten for every member."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._task = make_task(life.robot, randomise=bool(life.config.randomise))
        network = life.genome.network()
        network.warm_up()
        self._controller = Controller(self._task.robot, network, life.config.layout or None)

    def live(self, mean: FloatArray, job: Job) -> tuple[float, int, str]:
        """Return fitness, control steps and error text of a job; a failure is NaN, not an exception."""
        config, genome = self._life.config, self._life.genome
        try:
            # A gait that throws the simulator into NaN is a bad member, not a reason to warn.
            with np.errstate(all="ignore"):
                if job.sign == 0:
                    start = genome.express(mean, self._controller.network)
                    rng = np.random.default_rng([config.seed, EVALUATION, job.pair])
                    outcome = live(self._task, self._controller, rng, job.body, start)
                    return outcome.reward, outcome.steps, ""
                vector = member(config.es, mean, config.seed, job.generation, job.pair, job.sign)
                start = genome.express(vector, self._controller.network)
                horizon = config.horizon_at(job.generation, self._task.max_steps)
                fates = config.fates_of(job.pair)
                outcomes = [self._outcome(job, k, fate, start, horizon) for k, fate in enumerate(fates)]
        except HebbError as error:
            return float("nan"), 0, str(error)
        reward = sum(o.reward for o in outcomes) / len(outcomes)
        return reward - penalty(config.es, vector), sum(o.steps for o in outcomes), ""

    def _outcome(
        self, job: Job, life: int, fate: tuple[str, str], start: str | tuple[FloatArray, ...], horizon: int
    ) -> Outcome:
        config = self._life.config
        # Both signs of a pair live the same lives: start weights, hardship, body and sensor noise are common to them.
        seed = [config.seed, job.generation, job.pair, life]
        body, hardship = fate
        onset = draw_onset(np.random.default_rng([*seed, HARDSHIP]), horizon)
        return live(
            self._task,
            self._controller,
            np.random.default_rng(seed),
            body,
            start,
            horizon,
            config.warm_up,
            config.stall,
            schedule_of(hardship, onset),
        )
