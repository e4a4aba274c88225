"""Throughput of the engines: real lives on one and two workers, lives that only sleep on as many as you like."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebb_controller.rules import FloatArray
from sim.engine import Engine
from sim.engine_choice import engine_named
from sim.evolution_files import load_evolution
from sim.openai_es import EsConfig
from sim.problem import Job, Life
from sim.ray_cluster import import_ray
from sim.robot_problem import prepare_robot

Row = dict[str, Any]
#: How long the workers may take to start, in [s].
STARTUP = 300.0


@dataclass(frozen=True)
class Nap:
    """A life that costs time and no CPU, as if it were lived on a machine of its own.

    Attributes:
        seconds: length of the life, in [s].
    """

    seconds: float

    def member(self) -> Nap:
        """Return itself: there is nothing to prepare."""
        return self

    def live(self, mean: FloatArray, job: Job) -> tuple[float, int, str]:
        """Sleep."""
        time.sleep(self.seconds)
        return float(job.pair * job.sign), 1, ""


def step_cpu(settings: str, robot: str, lives: int) -> Row:
    """Return the CPU time of one control step, in [s], with network, rules and physics, on one core."""
    problem = prepare_robot(dataclasses.replace(load_evolution(settings), robot=robot))
    member, mean = problem.member(), problem.first_mean()
    member.live(mean, Job(0, 0, 1))
    costs, all_steps = [], 0
    for pair in range(1, lives + 1):
        began = time.process_time()
        _, steps, _ = member.live(mean, Job(0, pair, 1))
        costs.append((time.process_time() - began) / steps)
        all_steps += steps
    return {"robot": robot, "size": problem.size, "lives": lives, "steps": all_steps, "cpu_s": statistics.median(costs)}


def real_lives(workers: list[int], population: int, horizon: int, rounds: int) -> list[Row]:
    """Return seconds per generation of both engines, taking turns, on real lives of the robot `realant`."""
    config = dataclasses.replace(
        load_evolution("realant"), horizon=horizon, horizon_growth=0.0, es=EsConfig(population=population)
    )
    problem = prepare_robot(config)
    mean, jobs = problem.first_mean(), _jobs(population)
    rows = []
    for nb_workers in workers:
        with opened("local", problem, problem.size, nb_workers) as local:
            theirs = _descendants()
            with opened("ray", problem, problem.size, nb_workers) as ray:
                engines = {"local": local, "ray": ray}
                turns, steps = _take_turns(engines, theirs, mean, jobs, rounds)
        for name, pairs in turns.items():
            wall, cpu = ([pair[k] for pair in pairs] for k in (0, 1))
            median = statistics.median(wall)
            row = {"engine": name, "workers": nb_workers, "wall_s": wall, "cpu_s": cpu, "median_s": median}
            row |= {"ms_per_member": 1e3 * median / population, "steps_per_s": steps / median}
            rows.append(row | {"cpu_ms_per_member": 1e3 * statistics.median(cpu) / population})
        for k, what in enumerate(("wall", "cpu")):
            ratios = [ray[k] / local[k] for local, ray in zip(turns["local"], turns["ray"], strict=True)]
            rows[-1] |= {f"{what}_ray_over_local": statistics.median(ratios), f"{what}_ratios": ratios}
        rows[-1]["load"] = os.getloadavg()[0]
    return rows


def sleeping_lives(engine: str, nb_workers: int, seconds: float, each: int, rounds: int) -> Row:
    """Return how close `nb_workers` come to their sum, with lives of `seconds`, `each` of them to a worker."""
    jobs = _jobs(each * nb_workers)
    mean = np.zeros(61_440, dtype=np.float32)
    ideal = each * seconds
    walls, master = [], []
    with opened(engine, Nap(seconds), mean.size, nb_workers) as running:
        _wait_for_all(running, mean, jobs, ideal)
        for _ in range(rounds):
            began, cpu = time.perf_counter(), time.process_time()
            list(running.run(mean, jobs))
            walls.append(time.perf_counter() - began)
            master.append((time.process_time() - cpu) / len(jobs))
    wall = statistics.median(walls)
    return {
        "engine": engine,
        "workers": nb_workers,
        "life_s": seconds,
        "members": len(jobs),
        "wall_s": walls,
        "efficiency": ideal / wall,
        "master_ms_per_member": 1e3 * statistics.median(master),
        "load": os.getloadavg()[0],
    }


def _wait_for_all(engine: Engine, mean: FloatArray, jobs: list[Job], ideal: float) -> None:
    """Run until a generation takes about what it should: workers come one after the other, and on Ray a run begins with
    the first."""
    deadline = time.monotonic() + STARTUP
    wall = float("inf")
    while wall > 1.5 * ideal and time.monotonic() < deadline:
        began = time.perf_counter()
        list(engine.run(mean, jobs))
        wall = time.perf_counter() - began


@contextmanager
def opened(engine: str, life: Life, size: int, nb_workers: int) -> Iterator[Engine]:
    """Give an engine, and close it whatever happens."""
    running = engine_named(engine)(life, size, nb_workers)
    try:
        yield running
    finally:
        running.close()


def _take_turns(
    engines: dict[str, Engine], local: set[int], mean: FloatArray, jobs: list[Job], rounds: int
) -> tuple[dict[str, list[tuple[float, float]]], int]:
    """Return wall and CPU time of every round, in [s]; `local`: the processes of the first engine."""
    turns: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    steps = 0
    for number in range(rounds + 1):
        order: Callable[[Any], Any] = list if number % 2 else reversed
        for name in order(list(engines)):
            mine = local if name == "local" else _descendants() - local
            began, used = time.perf_counter(), _cpu(mine)
            steps = sum(result.steps for result in engines[name].run(mean, jobs))
            if number:  # the first round pays for start-up and compilation
                turns[name].append((time.perf_counter() - began, _cpu(mine) - used))
    return turns, steps


def _descendants() -> set[int]:
    return {process.pid for process in _psutil().Process().children(recursive=True)}


def _cpu(pids: set[int]) -> float:
    """Return the CPU time of this process and of others, in [s]."""
    psutil = _psutil()
    total = time.process_time()
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            total += sum(psutil.Process(pid).cpu_times()[:2])
    return total


def _psutil() -> Any:
    import_ray(own=True)  # brings it along
    return importlib.import_module("psutil")


def _jobs(population: int) -> list[Job]:
    return [Job(0, pair, sign) for pair in range(population // 2) for sign in (1, -1)]
