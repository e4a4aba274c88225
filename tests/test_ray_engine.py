"""What the Ray engine does when workers are lost, on a stand-in for Ray: `test_ray_cluster.py` has the real one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from pretend_ray import PretendRay

from hebb_controller.errors import BadInputError, HebbError, RunFailedError
from sim import ray_engine
from sim.engine import Result
from sim.engine_choice import engine_named
from sim.problem import Job
from sim.ray_engine import MAX_CHUNK, MAX_TRIES, RayEngine

JOBS = [Job(3, pair, sign) for pair in range(40) for sign in (1, -1)]
MEAN = np.arange(5, dtype=np.float32)


@dataclass(frozen=True)
class Sums:
    """A life whose fitness is arithmetic."""

    broken_pair: int = -1

    def member(self) -> Sums:
        return self

    def live(self, mean: np.ndarray, job: Job) -> tuple[float, int, str]:
        if job.pair == self.broken_pair:
            raise ZeroDivisionError("a bug")
        return float(mean.sum()) + job.pair * job.sign, 1, ""


def _by_hand(job: Job) -> Result:
    return Result(job, 10.0 + job.pair * job.sign, 1)


def _lost_times(limit: int):
    """Lose the worker of every chunk that holds pair 7, this often, and each third worker before it says hello."""
    counts: Counter[str] = Counter()

    def is_lost(method: str, arguments: tuple) -> bool:
        if method == "live" and not any(job.pair == 7 for job in arguments[1]):
            return False
        counts[method] += 1
        return counts["live"] <= limit if method == "live" else counts["hello"] % 3 == 0

    return is_lost


@pytest.mark.parametrize("nb_workers", [1, 3])
@pytest.mark.parametrize("losses", [0, 1, MAX_TRIES - 1])
def test_every_job_comes_back_once_whoever_is_lost(nb_workers: int, losses: int) -> None:
    """The same results as by hand, whatever number of workers, lost or not."""
    engine = RayEngine(PretendRay(_lost_times(losses)), Sums(), nb_workers)
    for _ in range(2):
        results = sorted(engine.run(MEAN, JOBS), key=lambda r: JOBS.index(r.job))
        assert results == [_by_hand(job) for job in JOBS]


def test_a_job_that_kills_its_workers_ends_the_run_with_one_line() -> None:
    """After a bounded number of tries, naming the member and the way on."""
    engine = RayEngine(PretendRay(_lost_times(10**9)), Sums(), 2)
    with pytest.raises(RunFailedError, match=r"pair 7, sign [+-]1 has lost 5 workers.*--resume") as caught:
        list(engine.run(MEAN, JOBS))
    assert "\n" not in str(caught.value)


def test_workers_that_never_start_end_the_run_with_one_line() -> None:
    """As on a cluster whose machines lack the package."""
    engine = RayEngine(PretendRay(lambda method, _: method == "hello"), Sums(), 2)
    with pytest.raises(RunFailedError, match="did not start.*installed on every machine") as caught:
        list(engine.run(MEAN, JOBS))
    assert "\n" not in str(caught.value)


def test_a_lost_worker_is_put_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may live on behind a broken line, with a CPU that its successor needs."""
    ray = PretendRay(_lost_times(2))
    list(RayEngine(ray, Sums(), 2).run(MEAN, JOBS))
    assert len(ray.killed) == 2


def test_an_exception_in_a_life_costs_that_member() -> None:
    """As with local workers: NaN and what went wrong, the others untouched."""
    results = list(RayEngine(PretendRay(), Sums(broken_pair=2), 2).run(MEAN, JOBS))
    broken = [r for r in results if r.job.pair == 2]
    assert len(broken) == 2 and all(np.isnan(r.fitness) and r.error == "ZeroDivisionError: a bug" for r in broken)
    assert [r for r in results if r.job.pair != 2] == [_by_hand(r.job) for r in results if r.job.pair != 2]


def test_a_machine_with_other_versions_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its numbers would not be those of a run that stayed at home."""
    monkeypatch.setattr(ray_engine, "alike", lambda: {"numpy": "0.0.1"})
    monkeypatch.setattr("sim.ray_actor.alike", lambda: {"numpy": "0.0.2"})
    engine = RayEngine(PretendRay(), Sums(), 1)
    with pytest.raises(RunFailedError, match=r"numpy 0\.0\.2 there, 0\.0\.1 here"):
        list(engine.run(MEAN, JOBS))


def test_messages_hold_several_jobs_first_and_single_ones_last() -> None:
    """A message has a price; at the end a long one would keep a worker busy while others idle."""
    ray = PretendRay()
    jobs = [Job(0, pair, 1) for pair in range(200)]
    list(RayEngine(ray, Sums(), 2).run(MEAN, jobs))
    sizes = [len(arguments[1]) for method, arguments in ray.calls if method == "live"]
    assert sizes[0] == MAX_CHUNK and sizes[-1] == 1 and sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    "choice", [("cloud", "", False), ("local", "auto", False), ("local", "", True), ("ray", "auto", True)]
)
def test_engines_that_cannot_be_are_refused(choice: tuple[str, str, bool]) -> None:
    """Before anything starts, in one line."""
    with pytest.raises(BadInputError) as caught:
        engine_named(*choice)
    assert "\n" not in str(caught.value)


def test_without_ray_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(HebbError, match=r"pip install '\.\[ray\]'"):
        engine_named("ray")
