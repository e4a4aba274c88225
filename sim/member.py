"""One member of a generation: from a pair number and a sign to a fitness."""

from __future__ import annotations

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
from sim.problem import Job
from sim.task import Task
from sim.tasks import make_task
from sim.world import BULLET
from sim.world_options import WorldOptions

#: Tells evaluation lives from training lives in the seed.
EVALUATION = 2**31
#: Tells the draw of a hardship's onset from the life's own draws.
HARDSHIP = 1
#: Between a body and an engine that is not the usual one, in the names of evaluations.
_IN = "@"


def place_name(body: str, engine: str) -> str:
    """Return what a life on a body in an engine is called: `Job.body` of an evaluation life."""
    return body if engine == BULLET else f"{body}{_IN}{engine}"


class Member:
    """Lives jobs in one process: holds the tasks and a network that is rewritten for every member.

    Args:
        config: settings of the run.
        robot: the robot.
        genome: layout of the search vector.
    """

    def __init__(self, config: EvolveConfig, robot: RobotSpec, genome: Genome) -> None:
        self._config, self._genome = config, genome
        randomise = bool(config.randomise)
        self._tasks = {
            engine: make_task(robot, randomise=randomise, options=WorldOptions(engine)) for engine in config.physics
        }
        network = genome.network()
        network.warm_up()
        self._controller = Controller(robot, network, config.layout or None)

    def live(self, mean: FloatArray, job: Job) -> tuple[float, int, str]:
        """Return fitness, control steps and error text of a job; a failure is NaN, not an exception."""
        config, genome = self._config, self._genome
        try:
            # A gait that throws the simulator into NaN is a bad member, not a reason to warn.
            with np.errstate(all="ignore"):
                if job.sign == 0:
                    start = genome.express(mean, self._controller.network)
                    rng = np.random.default_rng([config.seed, EVALUATION, job.pair])
                    body, _, engine = job.body.partition(_IN)
                    outcome = live(self._tasks[engine or BULLET], self._controller, rng, body, start)
                    return outcome.reward, outcome.steps, ""
                vector = member(config.es, mean, config.seed, job.generation, job.pair, job.sign)
                start = genome.express(vector, self._controller.network)
                task = self._tasks[config.physics_of(job.pair)]
                horizon = config.horizon_at(job.generation, task.max_steps)
                fates = config.fates_of(job.pair)
                outcomes = [self._outcome(task, job, k, fate, start, horizon) for k, fate in enumerate(fates)]
        except HebbError as error:
            return float("nan"), 0, str(error)
        reward = sum(o.reward for o in outcomes) / len(outcomes)
        return reward - penalty(config.es, vector), sum(o.steps for o in outcomes), ""

    def _outcome(
        self, task: Task, job: Job, life: int, fate: tuple[str, str], start: str | tuple[FloatArray, ...], horizon: int
    ) -> Outcome:
        config = self._config
        # Both signs of a pair live the same lives: start weights, hardship, body and sensor noise are common to them.
        seed = [config.seed, job.generation, job.pair, life]
        body, hardship = fate
        onset = draw_onset(np.random.default_rng([*seed, HARDSHIP]), horizon)
        return live(
            task,
            self._controller,
            np.random.default_rng(seed),
            body,
            start,
            horizon,
            config.warm_up,
            config.stall,
            schedule_of(hardship, onset),
        )
