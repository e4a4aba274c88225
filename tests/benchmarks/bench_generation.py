"""One whole generation on the ant, ours and the reference release's, alternating in one run.

    python tests/benchmarks/bench_generation.py [--reference CLONE --reference-python PYTHON] [--rounds 5]

Population 64, two workers, random coefficients N(0, 1), one life a member, intact body. CLONE is a checkout of
https://github.com/enajx/HebbianMetaLearning, PYTHON an interpreter that has what it needs (gym 0.23.1, torch,
numba, pybullet, setuptools below 81). Timed is a generation alone: drawing, living, ranking and moving the mean,
without start-up and compilation, which the first, uncounted generation has paid. Random members live about 240 steps,
so the two do the same work; both step counts and the ratio per step are not assumed equal but printed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from reference_release import ReferenceRelease

from sim.evolve_config import EvolveConfig
from sim.openai_es import EsConfig, EsState, tell
from sim.problem import Job
from sim.robot_problem import prepare_robot
from sim.workers import WorkerPool

POPULATION = 64

_REFERENCE = """
import json, multiprocessing, sys, time, warnings
warnings.filterwarnings("ignore")
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
import gym
gym.logger.set_level(40)
from evolution_strategy_hebb import EvolutionStrategyHebb
es = EvolutionStrategyHebb("ABCD_lr", "AntBulletEnv-v0", population_size=POPULATION, num_threads=2)
pool = multiprocessing.Pool(2)
print("ready", flush=True)
for _ in sys.stdin:
    began = time.perf_counter()
    population = es._get_population()
    es._update_coeffs(es._get_rewards(pool, population), population)
    print("seconds", time.perf_counter() - began, flush=True)
""".replace("POPULATION", str(POPULATION))


def _reference(python: str, clone: Path) -> ReferenceRelease:
    with tempfile.NamedTemporaryFile("w", suffix=".py", delete=False) as file:
        file.write(_REFERENCE)
    return ReferenceRelease([python, file.name, str(clone)])


def main() -> None:
    """Print seconds per generation, median and range, and the ratio round by round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--reference-python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    config = EvolveConfig(es=EsConfig(population=POPULATION))
    problem = prepare_robot(config)
    pool = WorkerPool(problem, problem.size, 2)
    reference = _reference(arguments.reference_python, arguments.reference) if arguments.reference else None
    seconds: dict[str, list[float]] = {"hebb": [], "reference": []}
    steps = []
    for round_number in range(arguments.rounds + 1):
        # Fresh random coefficients each round, as the reference's single generation would see.
        state = EsState.start(problem.genome.first_mean(np.random.default_rng(round_number), config.first_draw))
        began = time.perf_counter()
        fitness = np.full((POPULATION // 2, 2), np.nan)
        jobs = [Job(0, pair, sign) for pair in range(POPULATION // 2) for sign in (1, -1)]
        lived = 0
        for result in pool.run(state.mean, jobs):
            fitness[result.job.pair, 0 if result.job.sign == 1 else 1] = result.fitness
            lived += result.steps
        tell(config.es, state, config.seed, fitness)
        ours = time.perf_counter() - began
        theirs = float(reference.generation()[0]) if reference else float("nan")
        if round_number:
            seconds["hebb"].append(ours)
            seconds["reference"].append(theirs)
            steps.append(lived)
    pool.close()
    ratios = [b / a for a, b in zip(seconds["hebb"], seconds["reference"], strict=True)]
    for name, values in (*seconds.items(), ("ratio", ratios)):
        spread = f"{min(values):.3f} .. {max(values):.3f}"
        print(f"{name:10} median {statistics.median(values):7.3f}   {spread}   n={len(values)}")
    print(json.dumps({"seconds": seconds, "ratio": ratios, "control_steps": steps, "population": POPULATION}))


if __name__ == "__main__":
    main()
