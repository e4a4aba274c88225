"""The car as a problem for the strategy: see `sim.problem`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.gru import GRU
from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller.rules import FloatArray
from hebb_controller.task_names import CAR
from sim.car.driver import CONTROL_RATE, WORLD
from sim.car.genome import CarGenome
from sim.car.life import MAX_STEPS, drive
from sim.car.make_env import import_racing, make_racing
from sim.checkpoint import Checkpoint
from sim.evolve_config import EvolveConfig
from sim.evolved_rulebook import provenance_of
from sim.job_lives import EVALUATION, vector_of
from sim.openai_es import penalty
from sim.problem import Job

if TYPE_CHECKING:
    from sim.car.racing_env import QuickCarRacing

#: What an evaluation's lives are called in the log.
TRACKS = "tracks"
#: What the sides of Gymnasium's picture and of the car's place in it can be divided by.
COARSENESSES = (1, 2, 4, 5)
#: Settings that mean nothing to a car: they must stay at their defaults.
ROBOT_SETTINGS = (
    *("robot", "bodies", "share", "hardships", "fall_ends", "randomise", "warm_up", "stall", "encoding", "physics"),
)


class CarMember:
    """Lives jobs in one process: holds the world and a driver that is rewritten for every member."""

    def __init__(self, config: EvolveConfig, genome: CarGenome) -> None:
        self._config, self._genome = config, genome
        self._world = make_racing(config.coarseness)
        self._exact = self._world if config.coarseness == 1 else make_racing()
        self._driver = genome.driver()

    def live(self, mean: FloatArray, job: Job) -> tuple[float, int, str]:
        """Return fitness, control steps and error text of a job; a failure is NaN, not an exception."""
        config = self._config
        if job.sign == 0:
            return self._drive(self._exact, mean, [[config.seed, EVALUATION, job.pair]], MAX_STEPS)
        vector = vector_of(config, mean, job)
        # Both signs of a pair meet the same tracks and start weights.
        seeds = [[config.seed, job.generation, job.pair, life] for life in range(config.episodes)]
        fitness, steps, error = self._drive(self._world, vector, seeds, config.horizon_at(job.generation, MAX_STEPS))
        # As in the released code: the penalty is on the rules, not on the convolutions.
        return fitness - penalty(config.es, self._genome.rules(vector)), steps, error

    def _drive(
        self, world: QuickCarRacing, vector: FloatArray, seeds: list[list[int]], horizon: int
    ) -> tuple[float, int, str]:
        try:
            start = self._genome.express(vector, self._driver)
            rngs = [np.random.default_rng(seed) for seed in seeds]
            drives = [drive(world, self._driver, rng, start, horizon) for rng in rngs]
        except HebbError as error:
            return float("nan"), 0, str(error)
        return sum(d.reward for d in drives) / len(drives), sum(d.steps for d in drives), ""


@dataclass(frozen=True)
class CarProblem:
    """The car and a layout of the search vector: see `sim.problem.Problem`.

    Attributes:
        config: settings of the run.
        genome: layout of the search vector.
    """

    config: EvolveConfig
    genome: CarGenome

    @property
    def size(self) -> int:
        """Length of the search vector."""
        return self.genome.size

    def member(self) -> CarMember:
        """Return what lives the jobs in one process."""
        return CarMember(self.config, self.genome)

    @property
    def nb_groups(self) -> int:
        """All members are ranked together."""
        return 1

    @property
    def evaluation_bodies(self) -> tuple[str, ...]:
        """Tracks that no member was trained on."""
        return (TRACKS,)

    def first_mean(self) -> FloatArray:
        """Return the search point that the run begins at, shape `(size,)`.

        Raises:
            BadInputError: a warm start that does not fit.
        """
        config = self.config
        if not config.begins_with:
            return self.genome.first_mean(np.random.default_rng([config.seed]), config.first_draw)
        book = load_rulebook(config.begins_with)
        network = self.genome.network
        if (book.robot, book.layout, book.rule) != (CAR, self.genome.pixels.name, network.rule_name):
            raise BadInputError(f"warm start {config.begins_with}: {book.rule} for {book.robot} does not fit this car")
        kernels = () if book.front_end is None else book.front_end.kernels
        mean = np.concatenate([t.ravel() for t in (*book.coefficients, *book.start_weights, *kernels)])
        if mean.size != self.size or book.layer_sizes != network.layer_sizes:
            raise BadInputError(f"warm start {config.begins_with}: sizes {list(book.layer_sizes)} do not fit")
        return mean.astype(np.float32)

    def rulebook(self, vector: FloatArray, checkpoint: Checkpoint, entry: dict[str, Any]) -> Rulebook:
        """Return a search point as a rulebook that says where it came from."""
        network, pixels = self.genome.network, self.genome.pixels
        coefficients, weights = network.split(self.genome.rules(vector))
        return Rulebook(
            rule=network.rule_name,
            layer_sizes=network.layer_sizes,
            normalisation=network.normalisation,
            robot=CAR,
            robot_hash=WORLD,
            layout=pixels.name,
            layout_version=pixels.version,
            action_filter=1.0,
            control_rate=CONTROL_RATE,
            coefficients=tuple(coefficients),
            start_weights=tuple(weights),
            provenance=provenance_of(self.config, checkpoint, entry, "gymnasium", "box2d", "pygame-ce"),
            update_every=network.update_every,
            average_over=network.average_over,
            front_end=self.genome.front_end(vector),
            outputs=network.outputs,
        )


def prepare_car(config: EvolveConfig) -> CarProblem:
    """Look up every name in the settings of the car's evolution before anything starts.

    Raises:
        BadInputError: settings that only robots have, unknown names, or sizes that do not fit.
        MissingExtraError: the car's world is not installed.
    """
    defaults = EvolveConfig()
    strange = [name for name in ROBOT_SETTINGS if getattr(config, name) != getattr(defaults, name)]
    if strange or config.plasticity == GRU:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in strange) or f"--plasticity {GRU}"
        raise BadInputError(f"task {CAR} has no use for {named}: leave it out")
    if config.coarseness not in COARSENESSES:
        raise BadInputError(f"coarseness {config.coarseness}: must be one of {', '.join(map(str, COARSENESSES))}")
    import_racing()
    return CarProblem(config, CarGenome.of(config))
