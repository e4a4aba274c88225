"""The master's time per generation: ranking the members and moving the mean.

    python tests/benchmarks/bench_master.py [--population 1000] [--size 61440] [--rounds 7] [--json]

Nearly all of it is drawing the noise of every pair again. The rows take turns; on a busy machine read the CPU time of
the row with one thread, which is what a quiet core would take.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from typing import Any

import numpy as np

from sim.es_direction import weighted_noise
from sim.openai_es import EsConfig, EsState, tell, utilities


def measure(population: int, size: int, rounds: int) -> list[dict[str, Any]]:
    """Return one row a way of doing it, times in seconds per generation."""
    config = EsConfig(population=population, optimiser="adam")
    state = EsState.start(np.zeros(size, dtype=np.float32))
    fitness = np.random.default_rng(0).normal(size=(config.nb_pairs, 2))
    weights = np.ones(config.nb_pairs, dtype=np.float32)

    def by_numpy() -> None:
        total = np.zeros(size, dtype=np.float32)
        for pair in range(config.nb_pairs):
            total += weights[pair] * np.random.default_rng([1, 0, pair]).standard_normal(size, dtype=np.float32)

    ways = {
        "one generation (tell)": lambda: tell(config, state, 1, fitness),
        "its sum by a loop of numpy": by_numpy,
        "its sum on 1 thread": lambda: weighted_noise(1, 0, weights, size, 1),
        "its sum on 2 threads": lambda: weighted_noise(1, 0, weights, size, 2),
        "its ranking": lambda: utilities(fitness),
    }
    wall: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    tell(config, state, 1, fitness)  # compiles
    for _ in range(rounds):
        for name, way in ways.items():
            began, used = time.perf_counter(), time.process_time()
            way()
            wall[name].append(time.perf_counter() - began)
            cpu[name].append(time.process_time() - used)
    return [
        {
            "what": name,
            "population": population,
            "size": size,
            "n": rounds,
            "median_s": statistics.median(wall[name]),
            "min_s": min(wall[name]),
            "cpu_s": statistics.median(cpu[name]),
        }
        for name in ways
    ]


def main() -> None:
    """Measure and print a table, or one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--population", type=int, default=1000)
    parser.add_argument("--size", type=int, default=61_440)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = measure(arguments.population, arguments.size, arguments.rounds)
    load = os.getloadavg()[0]
    if arguments.json:
        print(json.dumps({"rows": rows, "load": load, "cpus": os.cpu_count()}))
        return
    print(f"population {arguments.population}, {arguments.size} numbers, {os.cpu_count()} CPUs, load {load:.1f}")
    for row in rows:
        print(
            f"{row['what']:26} median {row['median_s']:7.3f} s   min {row['min_s']:7.3f} s   CPU {row['cpu_s']:7.3f} s"
        )


if __name__ == "__main__":
    main()
