"""The batched engine beside local processes, taking turns in one run, and what its parts cost.

    python tests/benchmarks/bench_batched.py [--workers 1 2] [--rounds 5] [--horizon 100] [--device cpu]

Robot `realant` in MuJoCo by its shipped settings and rules, population 64, one life a member, 1 and 2 workers: of the
local engine processes, of the batched one threads beside the thread that asks torch. Timed is a generation without
start-up and compilation, which an uncounted one has paid. Medians and ranges over the rounds, as Markdown. CPU times
are read from Linux.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mujoco
import mujoco.rollout
import numpy as np
import torch

from hebb_controller.network import PlasticNetwork
from hebb_controller.robot_file import load_robot
from hebb_controller.torch_network import TorchPopulation
from sim.engine_choice import engine_named
from sim.evolution_files import load_evolution
from sim.problem import Job
from sim.robot_problem import RobotProblem, prepare_robot
from sim.walk import WalkTask

POPULATION = 64
JOBS = [Job(0, pair, sign) for pair in range(POPULATION // 2) for sign in (1, -1)]


def generations(problem: RobotProblem, workers: list[int], rounds: int, device: str) -> list[str]:
    """Return rows: control steps per second of both engines, and their CPU time per control step."""
    mean = problem.first_mean()
    choices = [(name, n) for n in workers for name in ("local", "batched")]
    rates: dict[tuple[str, int], list[float]] = {choice: [] for choice in choices}
    costs: dict[tuple[str, int], list[float]] = {choice: [] for choice in choices}
    with contextlib.ExitStack() as stack:
        engines = {}
        for name, n in choices:
            open_engine = engine_named(name, device=device if name == "batched" else "")
            engines[name, n] = stack.enter_context(contextlib.closing(open_engine(problem, problem.size, n)))
        for number in range(rounds + 1):
            for choice in choices if number % 2 else choices[::-1]:
                began, used = time.perf_counter(), _cpu()
                steps = sum(result.steps for result in engines[choice].run(mean, JOBS))
                if number:
                    rates[choice].append(steps / (time.perf_counter() - began))
                    costs[choice].append(1e6 * (_cpu() - used) / steps)
    rows = []
    for n in workers:
        ratios = [b / a for a, b in zip(rates["local", n], rates["batched", n], strict=True)]
        cells = [_spread(ratios, 2)]
        cells += [_spread(what[name, n]) for what in (rates, costs) for name in ("local", "batched")]
        rows.append(f"| {n} | {' | '.join(cells)} |")
    return rows


def networks(problem: RobotProblem, device: str) -> list[str]:
    """Return rows: microseconds per member of one forward pass and one change of the weights."""
    torch.set_num_threads(1)  # as the engine does
    genome, mean = problem.genome, problem.first_mean()
    coefficients = genome.split(mean)[0]
    single = PlasticNetwork(genome.layer_sizes, genome.rule, coefficients, genome.normalisation)
    single.reset(np.random.default_rng(0))
    shared = [np.stack([layer] * POPULATION) for layer in coefficients]
    many = TorchPopulation(genome.layer_sizes, genome.rule, shared, POPULATION, genome.normalisation, device)
    many.reset([np.random.default_rng(k) for k in range(POPULATION)])
    x = np.random.default_rng(1).normal(size=(POPULATION, genome.layer_sizes[0]))

    def one() -> None:
        single.act(x[0])
        single.adapt()

    def all_of_them() -> None:
        many.act(x).cpu()
        many.adapt()

    return [
        f"| compiled, one network | {_spread(_times(one, 2000), 1)} |",
        f"| torch, {POPULATION} networks on {device} | {_spread(_times(all_of_them, 200, POPULATION), 1)} |",
    ]


def physics(nb_threads: int) -> list[str]:
    """Return rows: microseconds per member and physics step, and how far joints of both ways are apart at the end."""
    robot, nb_steps = load_robot("realant"), 50
    worlds = []
    for k in range(POPULATION):
        task = WalkTask(robot, engine="mujoco")
        task.reset(np.random.default_rng(k))
        worlds.append(task._world)
    models = [world.model for world in worlds]
    kind = mujoco.mjtState.mjSTATE_FULLPHYSICS
    first = np.zeros((POPULATION, mujoco.mj_stateSize(models[0], kind)))
    for model, world, row in zip(models, worlds, first, strict=True):
        mujoco.mj_getState(model, world.data, row, kind)
    commands = np.random.default_rng(0).uniform(-2, 2, (nb_steps, POPULATION, 10, robot.nb_joints))
    commands[:] = commands[:, :, :1]
    ends = {}

    def by_rollout() -> None:
        with mujoco.rollout.Rollout(nthread=nb_threads if nb_threads > 1 else 0) as pool:
            datas = [mujoco.MjData(models[0]) for _ in range(nb_threads)]
            state = first
            for command in commands:
                state = pool.rollout(models, datas, state, command)[0][:, -1]
        ends["rollout"] = state[:, 8 : 8 + robot.nb_joints]

    def by_steps() -> None:
        datas = [mujoco.MjData(model) for model in models]
        for model, data, row in zip(models, datas, first, strict=True):
            mujoco.mj_setState(model, data, row, kind)

        def part(number: int, command: np.ndarray) -> None:
            for k in range(number, POPULATION, nb_threads):
                datas[k].ctrl[:] = command[k, 0]
                mujoco.mj_step(models[k], datas[k], 10)

        with ThreadPoolExecutor(nb_threads) as pool:
            for command in commands:
                list(pool.map(part, range(nb_threads), [command] * nb_threads))
        ends["steps"] = np.array([data.qpos[7:] for data in datas])

    rollout, steps = (_times(way, 1, nb_steps * POPULATION) for way in (by_rollout, by_steps))
    apart = np.abs(ends["rollout"] - ends["steps"]).max()
    return [
        f"| `mujoco.rollout` | {nb_threads} | {_spread(rollout)} |",
        f"| `mj_step` on threads | {nb_threads} | {_spread(steps)} | apart by {apart:.1e} rad |",
    ]


def _cpu() -> float:
    """Return the CPU time of this process and its children, in [s]."""
    ticks = 0
    for child in multiprocessing.active_children():
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # user and system, see proc_pid_stat(5)
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def _times(way: Callable[[], None], calls: int, share: int = 1, rounds: int = 5) -> list[float]:
    """Return microseconds per call and share, for each of the rounds."""
    way()
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(calls):
            way()
        found.append(1e6 * (time.perf_counter() - began) / calls / share)
    return found


def _spread(values: list[float], digits: int = 0) -> str:
    low, middle, high = (f"{v:,.{digits}f}" for v in (min(values), statistics.median(values), max(values)))
    return f"{middle} ({low} to {high})"


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="of either engine (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="generations of each engine (%(default)s)")
    parser.add_argument("--horizon", type=int, default=100, help="control steps a life (%(default)s)")
    parser.add_argument("--device", default="cpu", help="of torch: cpu or cuda (%(default)s)")
    arguments = parser.parse_args()
    config = dataclasses.replace(
        load_evolution("realant"), warm_start="realant", physics=("mujoco",), horizon=arguments.horizon
    )
    problem = prepare_robot(config)
    rows = [
        "| workers | batched / local | local: steps/s | batched: steps/s | local: CPU us a step | batched: CPU us |"
    ]
    rows += ["|" + " --- |" * 6]
    rows += generations(problem, arguments.workers, arguments.rounds, arguments.device)
    rows += ["", "| network, act and adapt | us a member |", "| --- | --- |", *networks(problem, arguments.device)]
    rows += ["", "| MuJoCo, ten steps of 1 ms | threads | us a member | joints after 0.5 s |", "|" + " --- |" * 4]
    rows += [row for n in arguments.workers for row in physics(n)]
    print("\n".join(rows), f"\n\nload {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
