"""What the tests of the batched engine share: small evolutions of a robot that walks, and both ways to live a job."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.network import PlasticNetwork
from hebb_controller.robot_file import load_robot
from sim.batch.batched_engine import BatchedEngine
from sim.batch.seat import Seat
from sim.engine import Result
from sim.evolve_config import EvolveConfig
from sim.job_lives import JobLife
from sim.openai_es import EsConfig
from sim.problem import Job
from sim.robot_problem import RobotProblem, prepare_robot
from sim.walk import WalkTask

#: Walks by shipped rules, on the intact body, without hardships.
WALKING = EvolveConfig(
    robot="realant",
    layout="servo_heading",
    hidden=(64, 32),
    normalisation="max",
    warm_start="realant",
    physics=("mujoco",),
    horizon=40,
    generations=3,
    workers=2,
    evaluate_every=3,
    evaluate_episodes=1,
    es=EsConfig(population=4, sigma=0.1),
)
JOBS = [Job(0, pair, sign) for pair in range(4) for sign in (1, -1)]


def batched(problem: RobotProblem, jobs: Sequence[Job], nb_threads: int = 2) -> list[Result]:
    """Return the results in the order of the jobs."""
    engine = BatchedEngine(problem, nb_threads)
    try:
        found = {result.job: result for result in engine.run(problem.first_mean(), jobs)}
    finally:
        engine.close()
    assert len(found) == len(jobs)
    return [found[job] for job in jobs]


def one_by_one(problem: RobotProblem, jobs: Sequence[Job]) -> list[Result]:
    """Return what a local worker would, in this process."""
    member, mean = problem.member(), problem.first_mean()
    return [Result(job, *member.live(mean, job)) for job in jobs]


def fitness(results: Sequence[Result]) -> np.ndarray:
    return np.array([result.fitness for result in results])


def problem_of(config: EvolveConfig = WALKING) -> RobotProblem:
    return prepare_robot(config)


def seat_for(robot: str, life: JobLife) -> Seat:
    """Return a seat for a life without rules."""
    task = WalkTask(load_robot(robot), engine="mujoco")
    network = PlasticNetwork((5 + 3 * task.robot.nb_joints, task.robot.nb_joints), None, None)
    seat = Seat(task, Controller(task.robot, network, "servo"))
    seat.give(life, [], "uniform")
    return seat
