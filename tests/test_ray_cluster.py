"""Evolutions on a real Ray: the numbers of local processes, on one machine, on two, and with one of two taken away."""

from __future__ import annotations

import dataclasses
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pybullet")
pytest.importorskip("ray")

from hebb_controller.errors import RunFailedError
from sim.checkpoint import load_checkpoint
from sim.engine_choice import engine_named
from sim.evolve import prepare, run
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsConfig
from sim.problem import Job
from sim.ray_cluster import join
from sim.ray_engine import RayEngine
from sim.workers import WorkerPool

pytestmark = [pytest.mark.sim, pytest.mark.slow]

TINY = EvolveConfig(
    robot="realant",
    hidden=(6,),
    normalisation="max",
    generations=5,
    horizon=12,
    evaluate_every=5,
    evaluate_episodes=1,
    es=EsConfig(population=8),
)
FLAGS = (
    *("--robot", "realant", "--hidden", "6", "--normalisation", "max", "--generations", "5", "--horizon", "12"),
    *("--evaluate-every", "5", "--evaluate-episodes", "1", "--population", "8"),
)


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[Any]:
    """Two Ray nodes of one CPU each, each of which could be a machine; the last test takes one away."""
    import ray
    from ray.cluster_utils import Cluster

    # A lost machine is noticed within seconds rather than half a minute.
    patient = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "_system_config": patient})
    cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of five generations on local processes."""
    folder = tmp_path_factory.mktemp("local")
    run(TINY, folder)
    return folder


def _mean(folder: Path) -> bytes:
    state = load_checkpoint(folder).state
    assert state.generation == TINY.generations
    return state.mean.tobytes()


def test_a_cluster_gives_the_numbers_of_local_processes(two_nodes: Any, local: Path, tmp_path: Path) -> None:
    """The same mean after five generations, bit for bit: all on the cluster, or from the third on."""
    on_cluster = engine_named("ray", two_nodes.address)
    run(TINY, tmp_path / "all", open_engine=on_cluster)
    assert _mean(tmp_path / "all") == _mean(local)
    run(dataclasses.replace(TINY, generations=2), tmp_path / "changed")
    run(TINY, tmp_path / "changed", resume=True, open_engine=on_cluster)
    assert _mean(tmp_path / "changed") == _mean(local)


def test_a_ray_of_ones_own_keeps_to_itself(local: Path, tmp_path: Path) -> None:
    """Interrupted and resumed to the same numbers; it listens on loopback only, and prints nothing of its own."""
    command = [sys.executable, "-m", "hebb_controller.cli", "evolve", "--engine", "ray", "--out", str(tmp_path / "run")]
    flags = [*FLAGS, "--checkpoint-every", "1"]
    output = tmp_path / "output"
    with output.open("w") as file:
        process = subprocess.Popen([*command, *flags], stderr=file, stdout=file, start_new_session=True)
        log, deadline = tmp_path / "run" / "log.jsonl", time.monotonic() + 120
        while not log.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        ports = _listening(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal: every process of the group
        assert process.wait(60) in (0, 130)  # 0: it was done before
    assert ports and all(address in ("127.0.0.1", "::1") for address in ports), ports
    assert not re.search(r"raylet|gcs|WARN|Traceback|usage", output.read_text()), output.read_text()
    done = subprocess.run([*command, "--resume", "--generations", "5"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert _mean(tmp_path / "run") == _mean(local)


def test_no_cluster_is_one_line(tmp_path: Path) -> None:
    """At an address, and nothing is left behind."""
    with pytest.raises(RunFailedError, match="no Ray cluster at 127.0.0.1:1") as caught:
        run(TINY, tmp_path / "run", open_engine=engine_named("ray", "127.0.0.1:1"))
    assert "\n" not in str(caught.value) and not (tmp_path / "run").exists()


def test_a_machine_taken_away_costs_no_member(two_nodes: Any) -> None:
    """Killed in the middle of a generation: every job comes back once, with the numbers of local processes."""
    problem = prepare(dataclasses.replace(TINY, horizon=200))
    mean = problem.first_mean()
    jobs = [Job(0, pair, sign) for pair in range(30) for sign in (1, -1)]
    ray = join(two_nodes.address, 2)
    engine = RayEngine(ray, problem, 2)
    disturbed = []
    doomed = [node for node in two_nodes.worker_nodes][0]
    where = set()
    for count, result in enumerate(engine.run(mean, jobs)):
        disturbed.append(result)
        if count == 15:
            where = {node["NodeID"] for node in ray.nodes() if node["Alive"]}
            two_nodes.remove_node(doomed, allow_graceful=False)
    assert len(where) == 2 and len([node for node in ray.nodes() if node["Alive"]]) == 1
    engine.close()
    pool = WorkerPool(problem, problem.size, 2)
    calm = list(pool.run(mean, jobs))
    pool.close()
    by_number = [sorted(results, key=lambda r: (r.job.pair, r.job.sign)) for results in (disturbed, calm)]
    assert by_number[0] == by_number[1]


def _listening(ancestor: int) -> set[str]:
    """Return the addresses on which a process and all below it, or in its Ray session, listen."""
    psutil = pytest.importorskip("psutil")  # comes with Ray
    family = [psutil.Process(ancestor), *psutil.Process(ancestor).children(recursive=True)]
    found = {c.laddr.ip for p in family for c in p.net_connections("tcp") if c.status == psutil.CONN_LISTEN}
    return {address.removeprefix("::ffff:") for address in found}
