"""One member of a generation: from a pair number and a sign to a fitness."""

from __future__ import annotations

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.errors import HebbError
from hebb_controller.robot import RobotSpec
from hebb_controller.rules import FloatArray
from sim.episode import lived
from sim.evolve_config import EvolveConfig
from sim.genome import Genome
from sim.job_lives import fitness_of, lives_of, physics_of, vector_of
from sim.problem import Job
from sim.tasks import make_task
from sim.world_options import WorldOptions


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
        config, controller = self._config, self._controller
        try:
            # A gait that throws the simulator into NaN is a bad member, not a reason to warn.
            with np.errstate(all="ignore"):
                vector = vector_of(config, mean, job)
                start = self._genome.express(vector, controller.network)
                task = self._tasks[physics_of(config, job)]
                lives = lives_of(config, job, task.max_steps)
                outcomes = [lived(life.begin(task, controller, start)) for life in lives]
        except HebbError as error:
            return float("nan"), 0, str(error)
        return fitness_of(config, job, vector, outcomes), sum(o.steps for o in outcomes), ""
