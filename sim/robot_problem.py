"""Robots as a problem for the strategy: rules, start weights or static weights of a network that walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.faults import FaultyActuators
from hebb_controller.observation import layout_named, observation_size
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray
from sim.checkpoint import Checkpoint
from sim.encoding_choice import with_encoding
from sim.evolve_config import EvolveConfig
from sim.evolved_rulebook import as_rulebook, first_mean
from sim.genome import Genome
from sim.hardship import alternatives, schedule_of
from sim.job_lives import place_name
from sim.member import Member
from sim.tasks import check_bodies, task_length
from sim.world_options import WorldOptions


@dataclass(frozen=True)
class RobotProblem:
    """A robot, its bodies and hardships, and a layout of the search vector: see `sim.problem.Problem`.

    Attributes:
        config: settings of the run.
        robot: the robot.
        genome: layout of the search vector.
    """

    config: EvolveConfig
    robot: RobotSpec
    genome: Genome

    @property
    def size(self) -> int:
        """Length of the search vector."""
        return self.genome.size

    def member(self) -> Member:
        """Return what lives the jobs in one process."""
        return Member(self.config, self.robot, self.genome)

    @property
    def nb_groups(self) -> int:
        """How many groups of pairs are ranked among themselves."""
        return self.config.nb_groups

    @property
    def evaluation_bodies(self) -> tuple[str, ...]:
        """The bodies of the run, in every engine."""
        return tuple(place_name(body, engine) for engine in self.config.physics for body in self.config.bodies)

    def first_mean(self) -> FloatArray:
        """Return the search point that the run begins at, shape `(size,)`."""
        return first_mean(self.config, self.genome)

    def rulebook(self, vector: FloatArray, checkpoint: Checkpoint, entry: dict[str, Any]) -> Rulebook:
        """Return a search point as a rulebook that says where it came from."""
        return as_rulebook(self.config, self.robot, self.genome, vector, checkpoint, entry)


def prepare_robot(config: EvolveConfig) -> RobotProblem:
    """Look up every name in the settings of a robot's evolution before anything starts.

    Raises:
        BadInputError: unknown robot, body, rule, layout or normalisation, sizes that do not fit, a warm-up as long as
            a life.
    """
    robot = load_robot(config.robot)
    for engine in config.physics:
        check_bodies(robot, *config.bodies, options=WorldOptions(engine))
        if config.warm_up:
            _check_warm_up(config, robot, WorldOptions(engine))
    for hardship in config.hardships:
        for single in alternatives(hardship):
            FaultyActuators(robot, schedule_of(single, 0).faults)  # refuses what this robot cannot have
    layout = config.layout or robot.observation
    layout_named(layout)
    sizes = (observation_size(layout, robot), *config.hidden, robot.nb_joints)
    clock = (config.update_every, config.average_over)
    genome = Genome.of(sizes, config.plasticity, config.rule, config.normalisation, config.init, *clock)
    return RobotProblem(config, robot, with_encoding(genome, config, robot))


def _check_warm_up(config: EvolveConfig, robot: RobotSpec, options: WorldOptions) -> None:
    # Here, because the settings alone do not know the task's own length, which no horizon exceeds.
    first = config.horizon_at(0, task_length(robot, options))
    if config.warm_up >= first:
        raise BadInputError(
            f"warm up {config.warm_up}: must be below {first}, the control steps of a first life of {robot.name}, "
            "or no step of it counts"
        )
