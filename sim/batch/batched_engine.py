"""An engine that lives a generation in lock-step in this process: see `batched_lives`.

Same members, same lives, same rulebook as from local workers, but for rounding: torch adds in another order than the
compiled network, and a walk amplifies the last bit. No number depends on threads or on the size of a batch.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError, HebbError, MissingExtraError, unknown
from hebb_controller.network import PlasticNetwork
from hebb_controller.rules import FloatArray
from sim.batch.batched_lives import BatchedLives
from sim.batch.seat import Seat
from sim.engine import BATCHED, Result
from sim.job_lives import JobLife, fitness_of, lives_of, vector_of
from sim.problem import Job, Life
from sim.robot_problem import RobotProblem
from sim.tasks import make_task
from sim.world import MUJOCO
from sim.world_options import WorldOptions

DEVICES = ("cpu", "cuda")
#: Lives in lock-step, at most: each holds a model of its own, and a few hundred keep any device busy.
MAX_LIVES = 256


@dataclass(frozen=True)
class Candidate:
    """A job before it is lived.

    Attributes:
        job: the job.
        vector: its point of the search space, shape `(size,)`.
        coefficients: its rules, per layer; empty where it has none.
        start: what its lives start with, as in `PlasticNetwork.reset`.
        lives: its lives; none where it cannot live.
        error: why it cannot.
    """

    job: Job
    vector: FloatArray
    coefficients: Sequence[FloatArray] = ()
    start: str | tuple[FloatArray, ...] = "uniform"
    lives: Sequence[JobLife] = ()
    error: str = ""


class BatchedEngine:
    """Bodies on threads, networks in torch; see `sim.engine.Engine`.

    Args:
        life: a robot's problem.
        nb_threads: threads that move bodies.
        device: of torch, one of `DEVICES`.

    Attributes:
        name: with the device, which rounds in its own way too.

    Raises:
        BadInputError: settings that it cannot live, or a device that is not here.
        MissingExtraError: torch is not installed.
    """

    def __init__(self, life: Life, nb_threads: int, device: str = "cpu") -> None:
        self._problem = problem = _accepted(life)
        self.name = f"{BATCHED} {device}"
        self._torch = torch_for(device)
        self._before = self._torch.get_num_threads()
        # On networks of this size a second thread of torch costs more than it saves, and the cores are the bodies'.
        self._torch.set_num_threads(1)
        self._network = problem.genome.network()
        self._network.warm_up()
        self._lives = BatchedLives(problem.genome, device, nb_threads)
        self._seats: list[Seat] = []

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        """Yield a result for every job, as batches of them end."""
        batch: list[Candidate] = []
        for job in jobs:
            candidate = self._candidate(mean, job)
            if batch and sum(len(c.lives) for c in (*batch, candidate)) > MAX_LIVES:
                yield from self._live(batch)
                batch = []
            batch.append(candidate)
        yield from self._live(batch)

    def close(self) -> None:
        """End the threads and free the bodies."""
        self._lives.close()
        for seat in self._seats:
            seat.close()
        self._torch.set_num_threads(self._before)

    def _candidate(self, mean: FloatArray, job: Job) -> Candidate:
        config, genome = self._problem.config, self._problem.genome
        with np.errstate(all="ignore"):
            vector = vector_of(config, mean, job)
            try:
                start = genome.express(vector, self._network)  # refuses what no network takes
                lives = lives_of(config, job, self._seat(0).max_steps)
            except HebbError as error:
                return Candidate(job, vector, error=str(error))
            return Candidate(job, vector, genome.split(vector)[0], start, lives)

    def _live(self, batch: Sequence[Candidate]) -> Iterator[Result]:
        taken: list[Seat] = []
        for candidate in batch:
            for life in candidate.lives:
                seat = self._seat(len(taken))
                seat.give(life, candidate.coefficients, candidate.start)
                taken.append(seat)
        errors = self._lives.live(taken)
        first = 0
        for candidate in batch:
            own = slice(first, first + len(candidate.lives))
            first = own.stop
            wrong = next(filter(None, (candidate.error, *errors[own])), "")
            if wrong:
                yield Result(candidate.job, float("nan"), 0, wrong)
                continue
            outcomes = [seat.episode.outcome for seat in taken[own]]
            fitness = fitness_of(self._problem.config, candidate.job, candidate.vector, outcomes)
            yield Result(candidate.job, fitness, sum(outcome.steps for outcome in outcomes))

    def _seat(self, number: int) -> Seat:
        config, robot, genome = self._problem.config, self._problem.robot, self._problem.genome
        while len(self._seats) <= number:
            task = make_task(robot, randomise=bool(config.randomise), options=WorldOptions(MUJOCO))
            network = PlasticNetwork(genome.layer_sizes, None, None)
            self._seats.append(Seat(task, Controller(robot, network, config.layout or None)))
        return self._seats[number]


def torch_for(device: str) -> ModuleType:
    """Return torch, ready for a device.

    Raises:
        BadInputError: an unknown device, or CUDA where there is none.
        MissingExtraError: torch is not installed.
    """
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    try:
        torch = importlib.import_module("torch")
    except ImportError as error:
        raise MissingExtraError("torch", "torch") from error
    if device == "cuda" and not torch.cuda.is_available():
        raise BadInputError("--device cuda: torch finds no CUDA device on this machine; choose --device cpu")
    return torch


def _accepted(life: Life) -> RobotProblem:
    """Return the problem if it can be lived in lock-step.

    Raises:
        BadInputError: it cannot; the message says which setting stands in the way.
    """
    if not isinstance(life, RobotProblem):
        raise _refusal("it lives robots alone")
    config, genome = life.config, life.genome
    if set(config.physics) != {MUJOCO}:
        raise _refusal(f"its physics is mujoco, not {' and '.join(config.physics)}: pass --physics mujoco")
    if genome.gru:
        raise _refusal("plasticity gru has no form for many networks in one call")
    if (genome.update_every, genome.average_over) != (1, 1):
        raise _refusal(
            f"its networks know the usual clock alone, not update_every {genome.update_every} "
            f"and average_over {genome.average_over}"
        )
    return life


def _refusal(reason: str) -> BadInputError:
    return BadInputError(f"--engine batched cannot live this: {reason}, or --engine local")
