"""One generation of CarRacing, ours and the reference release's, alternating in one run; and where a step's time goes.

    python tests/benchmarks/bench_car.py [--reference CLONE] [--rounds 3] [--config car-racing]

Population 32, two workers, random coefficients and convolutions, one life a member. CLONE is a checkout of
https://github.com/enajx/HebbianMetaLearning; without it only our own times are printed. The release was written for
gym's CarRacing-v0, which no longer installs: a stand-in for the `gym` module, written to a temporary folder, gives it
Gymnasium's CarRacing with the old calls. Nothing of the release itself is changed. It needs torch and OpenCV besides.
Timed is a generation alone: drawing, living, ranking and moving the mean, without start-up and compilation, which the
first, uncounted generation has paid. Both sides count their environment steps, so that the ratio per step is printed
beside the ratio per generation; processor seconds (Linux) are those of the master and its two workers together, which a
busy machine disturbs less than wall time.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from reference_release import ReferenceRelease

from hebb_controller.pixels import Eye
from sim.car.make_env import make_racing
from sim.car.problem import CarProblem
from sim.evolution_files import load_evolution
from sim.evolve import prepare
from sim.openai_es import EsState, tell
from sim.problem import Job
from sim.workers import WorkerPool

POPULATION = 32

_STAND_IN = {
    "pybullet_envs.py": "",
    "gym/__init__.py": """
import multiprocessing
import gymnasium
from gymnasium import spaces
from . import wrappers
from .wrappers import ObservationWrapper, Wrapper
STEPS = multiprocessing.Value("q", 0)
class logger:
    set_level = staticmethod(lambda level: None)
class _Old(Wrapper):
    def reset(self):
        return self.env.reset()[0]
    def step(self, action):
        with STEPS.get_lock():
            STEPS.value += 1
        seen, reward, over, cut, info = self.env.step(action)
        return seen, reward, over or cut, info
def make(name, verbose=0):
    return _Old(gymnasium.make("CarRacing-v3", disable_env_checker=True))
""",
    "gym/spaces.py": "from gymnasium.spaces import Box, Discrete\n",
    "gym/wrappers.py": """
import numpy as np
import cv2
from gymnasium.spaces import Box
class Wrapper:
    def __init__(self, env):
        self.env = env
        self.observation_space, self.action_space = env.observation_space, env.action_space
    def __getattr__(self, name):
        return getattr(self.env, name)
class ObservationWrapper(Wrapper):
    def reset(self):
        return self.observation(self.env.reset())
    def step(self, action):
        seen, *rest = self.env.step(action)
        return (self.observation(seen), *rest)
class ResizeObservation(ObservationWrapper):
    def __init__(self, env, side):
        super().__init__(env)
        self.side = side
        self.observation_space = Box(0, 255, (side, side, 3), np.uint8)
    def observation(self, seen):
        return cv2.resize(seen, (self.side, self.side), interpolation=cv2.INTER_AREA)
""",
}

_REFERENCE = """
import multiprocessing, sys, time, warnings
warnings.filterwarnings("ignore")
sys.path[:0] = sys.argv[1:3]
import torch
torch.set_num_threads(1)
import gym
from evolution_strategy_hebb import EvolutionStrategyHebb
if __name__ == "__main__":
    es = EvolutionStrategyHebb("ABCD_lr", "CarRacing-v0", population_size=POPULATION, num_threads=2)
    pool = multiprocessing.get_context("fork").Pool(2)
    print("ready", flush=True)
    for _ in sys.stdin:
        began, gym.STEPS.value = time.perf_counter(), 0
        rules, convolutions = es._get_population(), es._get_population(coevolved_param=True)
        rewards = es._get_rewards_coevolved(pool, rules, convolutions)
        es._update_coeffs(rewards, rules)
        es._update_coevolved_param(rewards, convolutions)
        print("seconds", time.perf_counter() - began, gym.STEPS.value, flush=True)
""".replace("POPULATION", str(POPULATION))


@dataclass(frozen=True)
class _Cost:
    """What a generation took: wall seconds, processor seconds, environment steps."""

    seconds: float
    processor: float
    steps: int


def _processor_seconds(pid: int) -> float:
    """Return the processor time of a process, all of its threads and its living children so far."""
    ticks = 0
    for each in (str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        fields = Path(f"/proc/{each}/stat").read_text().rsplit(") ", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _reference(clone: Path) -> ReferenceRelease:
    folder = Path(tempfile.mkdtemp(prefix="bench_car_"))
    for name, text in _STAND_IN.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "run.py").write_text(_REFERENCE)
    command = [sys.executable, str(folder / "run.py"), str(folder), str(clone)]
    return ReferenceRelease(command, os.environ | {"SDL_VIDEODRIVER": "dummy", "OMP_NUM_THREADS": "1"})


def _theirs(reference: ReferenceRelease) -> _Cost:
    before = _processor_seconds(reference.pid)
    seconds, steps = reference.generation()
    return _Cost(float(seconds), _processor_seconds(reference.pid) - before, int(steps))


def _ours(pool: WorkerPool, name: str, seed: int) -> _Cost:
    config = load_evolution(name)
    state = EsState.start(prepare(dataclasses.replace(config, seed=seed)).first_mean())
    own = os.getpid()  # its living children: the two workers, and the reference, which waits
    began, before = time.perf_counter(), _processor_seconds(own)
    fitness = np.full((POPULATION // 2, 2), np.nan)
    jobs = [Job(seed, pair, sign) for pair in range(POPULATION // 2) for sign in (1, -1)]
    lived = 0
    for result in pool.run(state.mean, jobs):
        fitness[result.job.pair, 0 if result.job.sign == 1 else 1] = result.fitness
        lived += result.steps
    tell(dataclasses.replace(config.es, population=POPULATION), state, config.seed, fitness)
    return _Cost(time.perf_counter() - began, _processor_seconds(own) - before, lived)


def _parts(name: str, steps: int = 200) -> dict[str, float]:
    """Return milliseconds of processor time per step and part, on one core: medians over single steps."""
    import gymnasium

    config = load_evolution(name)
    problem = prepare(config)
    assert isinstance(problem, CarProblem)
    driver = problem.genome.driver()
    start = problem.genome.express(problem.first_mean(), driver)
    driver.reset(np.random.default_rng(0), start)
    theirs = gymnasium.make("CarRacing-v3", disable_env_checker=True)
    exact, coarse = make_racing(), make_racing(4)
    blind = _blind()
    eye = Eye(problem.genome.pixels)
    parts: dict[str, list[float]] = {}

    def timed(part: str, call: Callable[[], Any]) -> Any:
        began = time.thread_time()
        result = call()
        parts.setdefault(part, []).append(1e3 * (time.thread_time() - began))
        return result

    for world in (theirs, exact, coarse, blind):
        timed(f"reset, {'gymnasium' if world is theirs else 'ours'}", lambda world=world: world.reset(seed=1))
    gas = np.array([0.02, 0.3, 0.0], dtype=np.float32)  # along the road, gently: the same drive for all
    for _ in range(steps):
        picture = timed("step, gymnasium", lambda: theirs.step(gas))[0]
        timed("step, ours, same pixels", lambda: exact.step(gas))
        timed("step, ours, coarseness 4", lambda: coarse.step(gas))
        timed("  of it physics", lambda: blind.step(gas))
        seen = timed("eye", lambda picture=picture: eye.look(picture))
        features = timed("front end", lambda seen=seen: driver.front_end.features(seen))
        timed("network forward", lambda features=features: driver.network.act(features))
        timed("network change", driver.adapt)
    return {part: statistics.median(values) for part, values in parts.items()}


def _blind() -> Any:
    """Return a world that draws nothing: what is left is physics."""
    world = make_racing()
    nothing = np.zeros((96, 96, 3), dtype=np.uint8)
    world._render = lambda mode: nothing
    return world


def main() -> None:
    """Print seconds per generation, median and range, the ratio round by round, and the parts of a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--config", default="car-racing")
    arguments = parser.parse_args()
    problem = prepare(load_evolution(arguments.config))
    pool = WorkerPool(problem, problem.size, 2)
    reference = _reference(arguments.reference) if arguments.reference else None
    costs: dict[str, list[_Cost]] = {"hebb": [], "reference": []}
    for round_number in range(arguments.rounds + 1):
        costs["hebb"].append(_ours(pool, arguments.config, round_number))
        if reference:
            costs["reference"].append(_theirs(reference))
        print(f"round {round_number}: {[each[-1] for each in costs.values() if each]}", flush=True)
    pool.close()
    if reference:
        reference.close()
    counted = {name: each[1:] for name, each in costs.items() if each}
    for name, each in counted.items():
        for field in ("seconds", "processor", "steps"):
            _print(f"{name}, {field}", [getattr(cost, field) for cost in each])
    for field in ("seconds", "processor") if reference else ():
        pairs = list(zip(counted["hebb"], counted["reference"], strict=True))
        _print(f"ratio of {field}", [getattr(b, field) / getattr(a, field) for a, b in pairs])
        _print("  per step", [getattr(b, field) / b.steps / (getattr(a, field) / a.steps) for a, b in pairs])
    parts = _parts(arguments.config)
    for part, milliseconds in parts.items():
        print(f"{part:26} {milliseconds:8.3f} ms")
    plain = {name: [dataclasses.asdict(cost) for cost in each] for name, each in counted.items()}
    print(json.dumps({"config": arguments.config, "population": POPULATION, "parts": parts} | plain))


def _print(name: str, values: list[float]) -> None:
    spread = f"{min(values):.3f} .. {max(values):.3f}"
    print(f"{name:22} median {statistics.median(values):8.3f}   {spread}   n={len(values)}")


if __name__ == "__main__":
    main()
