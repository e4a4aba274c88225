"""How near the batched engine's members come to the local engine's: the same jobs in both, whole lives in MuJoCo.

    python tests/benchmarks/bench_batched_lives.py [--population 32]

Members around the shipped rules of each robot, by its shipped settings (sigma included), and around static weights
drawn at random, whose lives are unstable. Bodies and physics are the same to the last bit; torch rounds the networks
otherwise. Prints how many members come out equal to the last bit, and the median fitness in either engine, as Markdown.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses

import numpy as np

from sim.engine_choice import engine_named
from sim.evolution_files import load_evolution
from sim.evolve_config import EvolveConfig
from sim.problem import Job
from sim.robot_problem import prepare_robot

HEAD = "| around | members | equal to the last bit | same steps | median fitness: local | batched | quartiles, local |"


def compared(name: str, config: EvolveConfig, jobs: list[Job]) -> str:
    """Return one row."""
    problem = prepare_robot(config)
    mean, found = problem.first_mean(), {}
    for engine in ("local", "batched"):
        with contextlib.closing(engine_named(engine)(problem, problem.size, 2)) as running:
            found[engine] = {result.job: result for result in running.run(mean, jobs)}
    ours, theirs = ([found[engine][job] for job in jobs] for engine in ("batched", "local"))
    fitness, at_home = (np.array([result.fitness for result in results]) for results in (ours, theirs))
    steps = sum(one.steps == other.steps for one, other in zip(ours, theirs, strict=True))
    low, high = np.percentile(at_home, (25, 75))
    return (
        f"| {name} | {len(jobs)} | {int(np.sum(fitness == at_home))} | {steps} | {np.median(at_home):.2f} "
        f"| {np.median(fitness):.2f} | {low:.2f} to {high:.2f} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--population", type=int, default=32, help="members (%(default)s)")
    arguments = parser.parse_args()
    jobs = [Job(0, pair, sign) for pair in range(arguments.population // 2) for sign in (1, -1)]
    print(f"{HEAD}\n|{' --- |' * 7}")
    for robot in ("realant", "sts12", "bittle"):
        whole = dataclasses.replace(load_evolution(robot), physics=("mujoco",), horizon=0, stall=0)
        walking = dataclasses.replace(whole, warm_start=robot)
        random = dataclasses.replace(whole, warm_start="", plasticity="none", normalisation="none", weight_spread=0.5)
        for name, config in ((f"`{robot}`, shipped rules", walking), (f"`{robot}`, random static weights", random)):
            print(compared(name, config, jobs), flush=True)


if __name__ == "__main__":
    main()
