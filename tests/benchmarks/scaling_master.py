"""What bounds an evolution that has workers enough: bytes on the wire, and the master's own time."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any

import numpy as np
from scaling_lives import Nap, opened

from sim.es_direction import noise, weighted_noise
from sim.openai_es import EsConfig, EsState, tell
from sim.problem import Job

Row = dict[str, Any]
#: Bytes of one float32.
FLOAT = 4


def bytes_per_member(size: int, members: int, rounds: int) -> list[Row]:
    """Return what travels for one member and for one generation.

    Local processes: counted, as they are pickled. Ray: the growth of the loopback interface's counter while `members`
    short naps are lived on two workers, less what it grows by in the same time of idling; the smallest of all rounds,
    since other programs use loopback too.
    """
    job, answer = Job(1000, 499, -1), (1234.5678, 1000, "")
    header = 4  # of a message in a pipe
    pickled = sum(len(ForkingPickler.dumps(value)) + header for value in (job, answer))
    rows = [
        {"what": "local: job and answer", "bytes": pickled, "per": "member", "how": "measured"},
        {"what": "local: mean, shared memory", "bytes": size * FLOAT, "per": "generation", "how": "computed"},
        {"what": "Ray: mean, object store", "bytes": size * FLOAT, "per": "generation and machine", "how": "computed"},
        {"what": "if vectors travelled", "bytes": size * FLOAT, "per": "member", "how": "computed"},
    ]
    if Path("/proc/net/dev").exists():
        rows.insert(
            1,
            {
                "what": "Ray: calls and answers",
                "bytes": _on_loopback(members, rounds),
                "per": "member",
                "how": "measured",
            },
        )
    return rows


def master_seconds(population: int, size: int, rounds: int) -> Row:
    """Return the time of `tell` for a population, wall and CPU, in [s]."""
    config = EsConfig(population=population)
    state = EsState.start(np.zeros(size, dtype=np.float32))
    fitness = np.random.default_rng(0).normal(size=(config.nb_pairs, 2))
    wall, cpu = _timed(lambda: tell(config, state, 1, fitness), rounds)
    return {"population": population, "size": size, "wall_s": wall, "cpu_s": cpu, "load": os.getloadavg()[0]}


def pair_costs(size: int, rounds: int) -> Row:
    """Return the master's CPU time per pair, in [s], as it is and by other means."""
    total = np.zeros(size, dtype=np.float32)
    vector, table = noise(1, 0, 0, size), noise(1, 0, 1, 16_000_000)
    half = vector.astype(np.float16)
    starts = np.random.default_rng(0).integers(0, table.size - size, 200)

    def from_table() -> None:
        for start in starts:
            np.add(total, np.float32(0.5) * table[start : start + size], out=total)

    ways: dict[str, tuple[Callable[[], Any], int]] = {
        "drawn again (as it is)": (lambda: weighted_noise(1, 0, np.ones(200, dtype=np.float32), size, 1), 200),
        "read from a shared noise table": (from_table, starts.size),
        "added up by workers: one vector added": (lambda: np.add(total, vector, out=total), 1),
        "mean to float16 and back": (lambda: half.astype(np.float32).astype(np.float16), 1),
    }
    return {name: _timed(way, rounds)[1] / calls for name, (way, calls) in ways.items()}


def walls(member_s: float, pair: Row, message_s: float, workers: list[int]) -> list[Row]:
    """Return the master's share of a generation, computed: lives are spread over the workers, the master is not.

    Args:
        member_s: one member's lives on one worker, in [s].
        pair: `pair_costs`.
        message_s: the master's time for one member's job and answer, in [s].
        workers: numbers of workers.
    """
    rows = []
    for name in ("drawn again (as it is)", "read from a shared noise table"):
        master = pair[name] / 2 + message_s
        rows.append(
            {"master": name, "master_ms_per_member": 1e3 * master, "wall_workers": member_s / master}
            | {f"share_at_{n}": master / (master + member_s / n) for n in workers}
        )
    return rows


def _on_loopback(members: int, rounds: int) -> float:
    jobs = [Job(0, k // 2, 1 - 2 * (k % 2)) for k in range(members)]
    mean = np.zeros(2, dtype=np.float32)
    found = []
    with opened("ray", Nap(0.01), 2, 2) as engine:
        list(engine.run(mean, jobs))
        for _ in range(rounds):
            before, began = _loopback_bytes(), time.perf_counter()
            list(engine.run(mean, jobs))
            busy, seconds = _loopback_bytes() - before, time.perf_counter() - began
            before = _loopback_bytes()
            time.sleep(seconds)
            found.append((busy - (_loopback_bytes() - before)) / members)
    return min(found)


def _loopback_bytes() -> int:
    return int(Path("/proc/net/dev").read_text().split("lo:")[1].split()[0])


def _timed(way: Callable[[], Any], rounds: int) -> tuple[float, float]:
    wall, cpu = [], []
    for _ in range(rounds):
        began, used = time.perf_counter(), time.process_time()
        way()
        wall.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    return statistics.median(wall), statistics.median(cpu)
