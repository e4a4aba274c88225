"""An evolution as a whole: worker counts, kills, resumes and bad settings change nothing that they should not."""

import dataclasses
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("pybullet")

from hebb_controller.errors import BadInputError, HebbError, RunFailedError
from hebb_controller.rulebook import load_rulebook
from sim.checkpoint import load_checkpoint
from sim.engine import LOCAL
from sim.evolution_files import load_evolution, named_evolutions
from sim.evolve import prepare, run
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsConfig
from sim.problem import Job
from sim.workers import WorkerPool

pytestmark = pytest.mark.sim

TINY = EvolveConfig(
    robot="ant",
    bodies=("intact", "front_right_short"),
    hidden=(6,),
    generations=4,
    horizon=12,
    workers=1,
    checkpoint_every=2,
    evaluate_every=2,
    evaluate_episodes=2,
    es=EsConfig(population=4, optimiser="adam", learning_rate=0.05),
)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an undisturbed run."""
    folder = tmp_path_factory.mktemp("unbroken")
    run(TINY, folder)
    return folder


def _same(a: Path, b: Path) -> None:
    first, second = load_checkpoint(a).state, load_checkpoint(b).state
    assert first.generation == second.generation
    for name in ("mean", "first_moment", "second_moment", "kept"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes(), name
    timing = ("seconds", "steps_per_second")
    logs = [[json.loads(line) for line in (x / "log.jsonl").read_text().splitlines()] for x in (a, b)]
    assert [{k: v for k, v in e.items() if k not in timing} for e in logs[0]] == [
        {k: v for k, v in e.items() if k not in timing} for e in logs[1]
    ]


def test_workers_do_not_change_results(unbroken: Path, tmp_path: Path) -> None:
    """Three workers: bit for bit the numbers of one."""
    run(dataclasses.replace(TINY, workers=3), tmp_path)
    _same(unbroken, tmp_path)


def test_resume_is_exact(unbroken: Path, tmp_path: Path) -> None:
    """Stopped half-way and resumed with another number of workers: bit for bit the unbroken run."""
    run(dataclasses.replace(TINY, generations=2), tmp_path)
    run(dataclasses.replace(TINY, workers=2), tmp_path, resume=True)
    _same(unbroken, tmp_path)


def test_kill_minus_nine_loses_at_most_one_interval(unbroken: Path, tmp_path: Path) -> None:
    """A run killed without warning resumes from its checkpoint to the same numbers."""
    command = [sys.executable, "-c", _KILLABLE, str(tmp_path)]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[1], env=os.environ | {"PYTHONPATH": "."})
    deadline = time.monotonic() + 120
    latest = tmp_path / "latest.hebb.safetensors"
    while not latest.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert load_checkpoint(tmp_path).state.generation >= load_rulebook(latest).provenance["generations"] >= 2
    run(TINY, tmp_path, resume=True)
    _same(unbroken, tmp_path)


_KILLABLE = """
import sys
from pathlib import Path
if __name__ == "__main__":
    from tests.test_evolve import TINY
    from sim.evolve import run
    run(TINY, Path(sys.argv[1]))
"""


def test_a_killed_worker_costs_one_member() -> None:
    """One NaN, and the others' fitness as if nothing had happened."""
    problem = prepare(TINY)
    mean = problem.first_mean()
    jobs = [Job(0, pair, sign) for pair in range(4) for sign in (1, -1)]
    pool = WorkerPool(problem, problem.size, 1)
    try:
        calm = {r.job: r.fitness for r in pool.run(mean, jobs)}
        disturbed = {}
        for count, result in enumerate(pool.run(mean, jobs)):
            disturbed[result.job] = result.fitness
            if count == 2:
                for child in multiprocessing.active_children():
                    child.kill()
    finally:
        pool.close()
    lost = [job for job in jobs if np.isnan(disturbed[job])]
    assert len(lost) <= 1
    assert all(disturbed[job] == calm[job] for job in jobs if job not in lost)


def test_a_full_disk_leaves_the_last_checkpoint(
    unbroken: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A failing write leaves the old file whole and nothing else behind."""
    checkpoint = load_checkpoint(unbroken)
    checkpoint.save(tmp_path)
    before = (tmp_path / "checkpoint.safetensors").read_bytes()

    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises((OSError, HebbError)):
        checkpoint.save(tmp_path)
    assert (tmp_path / "checkpoint.safetensors").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.safetensors"]


def test_the_artifacts_load(unbroken: Path) -> None:
    """The mean at the end and the best mean are rulebooks with where they come from."""
    for name in ("latest", "best"):
        book = load_rulebook(unbroken / f"{name}.hebb.safetensors")
        assert book.layer_sizes == (28, 6, 8)
        assert book.provenance["config"]["seed"] == TINY.seed
        assert book.provenance["environment_steps"] > 0


def test_other_networks_and_coevolved_runs(tmp_path: Path) -> None:
    """The same strategy evolves static and recurrent weights, start weights with rules, and rules on a slower clock."""
    short = dataclasses.replace(TINY, generations=2, bodies=("intact",))
    run(dataclasses.replace(short, plasticity="none"), tmp_path / "static")
    run(dataclasses.replace(short, init="coevolve"), tmp_path / "coevolve")
    static = load_rulebook(tmp_path / "static" / "latest.hebb.safetensors")
    both = load_rulebook(tmp_path / "coevolve" / "latest.hebb.safetensors")
    assert static.static and not static.coefficients and static.start_weights
    assert both.coefficients and both.start_weights
    short = dataclasses.replace(short, evaluate_every=9)
    run(dataclasses.replace(short, plasticity="gru"), tmp_path / "gru")
    run(dataclasses.replace(short, update_every=4, average_over=10), tmp_path / "clock")
    gru = load_rulebook(tmp_path / "gru" / "latest.hebb.safetensors")
    clock = load_rulebook(tmp_path / "clock" / "latest.hebb.safetensors")
    assert gru.rule == "gru" and [w.shape for w in gru.start_weights] == [(18, 35), (8, 6)]
    assert (clock.update_every, clock.average_over) == (4, 10)


def test_what_ends_the_first_generation_is_what_is_told(tmp_path: Path) -> None:
    """Not what follows from it; and the engine is closed, the folder good to go on from."""
    closed = []

    class Failing:
        name = LOCAL

        def run(self, mean: np.ndarray, jobs: list[Job]):
            raise RunFailedError("no worker came")
            yield

        def close(self) -> None:
            closed.append(True)

    with pytest.raises(RunFailedError, match="no worker came"):
        run(TINY, tmp_path, open_engine=lambda *_: Failing())
    assert closed and load_checkpoint(tmp_path).state.generation == 0


def test_an_occupied_folder_is_refused(unbroken: Path) -> None:
    """A second run does not write over the first."""
    with pytest.raises(BadInputError, match="--resume"):
        run(TINY, unbroken)


@pytest.mark.parametrize("name", named_evolutions())
def test_shipped_settings_hold_together(name: str) -> None:
    """Every named setting can be prepared: robot, bodies, layout and sizes exist."""
    prepare(load_evolution(name))


@pytest.mark.parametrize(
    "change", [{"workers": 0}, {"generations": 0}, {"bodies": ()}, {"episodes": 0}, {"horizon": -1}, {"warm_up": -1}]
)
def test_numbers_that_cannot_work_are_refused(change: dict) -> None:
    """Before anything starts."""
    with pytest.raises(BadInputError):
        dataclasses.replace(TINY, **change)


@pytest.mark.parametrize("change", [{"robot": "cat"}, {"bodies": ("whole",)}, {"rule": "Z"}, {"layout": "all"}])
def test_unknown_names_list_the_choices(change: dict) -> None:
    """In one line."""
    with pytest.raises(BadInputError, match="choose one of|one of") as caught:
        prepare(dataclasses.replace(TINY, **change))
    assert "\n" not in str(caught.value)
