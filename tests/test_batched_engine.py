"""The batched engine against single lives: bodies to the last bit, networks but for rounding, members as at home."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("mujoco")
pytest.importorskip("torch")

from batch_lives import JOBS, WALKING, batched, fitness, one_by_one, problem_of, seat_for  # noqa: E402

from hebb_controller.rulebook import load_rulebook  # noqa: E402
from sim.batch import batched_engine, batched_lives  # noqa: E402
from sim.batch.batched_lives import BatchedLives  # noqa: E402
from sim.batch.seat import Seat  # noqa: E402
from sim.checkpoint import load_checkpoint  # noqa: E402
from sim.engine_choice import engine_named  # noqa: E402
from sim.evolve import run  # noqa: E402
from sim.job_lives import JobLife  # noqa: E402
from sim.openai_es import EsConfig  # noqa: E402
from sim.problem import Job  # noqa: E402

pytestmark = pytest.mark.mujoco

ROOT = Path(__file__).parents[1]
#: Everything that can befall a member: two bodies with four hardships each.
HARD = dataclasses.replace(
    WALKING, horizon=30, bodies=("intact", "front_left_short"), hardships=("none", "wipe=0.5", "weak=0.3:10", "lock:10")
)


class OpenLoop:
    """In the place of a batch's networks: answers what was drawn before."""

    def __init__(self, seats: list[Seat], actions: np.ndarray) -> None:
        self._seats, self._actions = seats, iter(actions)
        self.places: list[np.ndarray] = []

    def __len__(self) -> int:
        return len(self._seats)

    def act(self) -> None:
        for seat, action in zip(self._seats, next(self._actions), strict=True):
            seat.action = action

    def adapt(self) -> None: ...

    wipe = adapt


@pytest.mark.parametrize("robot", ["realant", "sts12", "bittle"])
def test_bodies_on_threads_move_to_the_last_bit_as_alone(robot: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same open-loop commands to five bodies, together on three threads and one after the other on this one."""
    steps, bodies = 60, ("intact", "front_left_short", "rough", "ice", "payload")
    lives = [JobLife((7, k), body, steps) for k, body in enumerate(bodies)]
    seats, others = ([seat_for(robot, life) for life in lives] for _ in range(2))
    shape = (steps, len(lives), seats[0].network.layer_sizes[-1])
    actions = np.random.default_rng(1).uniform(-1, 1, shape).astype(np.float32)
    monkeypatch.setattr(batched_lives, "BatchedNetwork", lambda *_: OpenLoop(seats, actions))
    together = BatchedLives(None, "cpu", 3)  # type: ignore[arg-type]
    assert together.live(seats) == [""] * len(lives)
    together.close()
    for k, alone in enumerate(others):
        alone.begin()
        for alone.action in actions[:, k]:
            if not alone.episode.over:
                alone.step()
        assert seats[k].episode.outcome == alone.episode.outcome
        assert alone.episode.outcome.steps > 20
        for name in ("qpos", "qvel", "qacc_warmstart"):
            one, other = (getattr(seat._task._world.data, name) for seat in (seats[k], alone))
            assert one.tobytes() == other.tobytes(), (bodies[k], name)


def test_members_do_as_at_home() -> None:
    """Two bodies with four hardships each, over a short horizon: fitness but for rounding, steps exactly."""
    problem, jobs = problem_of(HARD), JOBS[:2]
    ours, theirs = batched(problem, jobs), one_by_one(problem, jobs)
    np.testing.assert_allclose(fitness(ours), fitness(theirs), rtol=0, atol=1e-4)
    assert [r.steps for r in ours] == [r.steps for r in theirs] == [8 * 30] * len(jobs)
    assert len(set(fitness(ours))) == len(jobs)


@pytest.mark.parametrize(
    "settings",
    [
        {"plasticity": "none", "normalisation": "none"},
        {"init": "coevolve", "normalisation": "var"},
        {"encoding": "cppn", "cppn_hidden": (6,)},
        {"rule": "ABC", "normalisation": "clip"},
        {"robot": "sts12", "layout": "servo", "share": "turns", "bodies": ("intact", "rough")},
    ],
    ids=lambda settings: "-".join(str(v) for v in settings.values()),
)
def test_whatever_is_searched(settings: dict) -> None:
    """Static weights, evolved starts, painted rules, another rule, another robot in turns."""
    config = dataclasses.replace(WALKING, warm_start="", hidden=(8,), horizon=15, episodes=2)
    problem = problem_of(dataclasses.replace(config, **settings))
    jobs = [*JOBS[:3], Job(0, 5, 1)]
    ours, theirs = batched(problem, jobs), one_by_one(problem, jobs)
    np.testing.assert_allclose(fitness(ours), fitness(theirs), rtol=0, atol=1e-3)
    assert [r.steps for r in ours] == [r.steps for r in theirs]


def test_lives_that_stall_or_fall_end_as_at_home() -> None:
    """At different times; networks and bodies that go on take no notice."""
    config = dataclasses.replace(WALKING, horizon=60, warm_up=5, stall=8, es=EsConfig(population=8, sigma=1.0))
    problem = problem_of(config)
    ours, theirs = (np.array([r.steps for r in way(problem, JOBS)]) for way in (batched, one_by_one))
    assert len(set(theirs)) > 3
    assert np.mean(ours == theirs) >= 0.75  # a stall turns on the last bit


def test_evaluations_of_the_mean_are_those_of_home() -> None:
    """Whole lives, one of them alone in its batch."""
    problem = problem_of()
    jobs = [Job(2, 0, 0, "intact@mujoco")]
    (ours,), (theirs,) = batched(problem, jobs), one_by_one(problem, jobs)
    assert ours.fitness == pytest.approx(theirs.fitness, abs=1.0) and theirs.fitness > 3.0
    assert ours.steps == theirs.steps == 500


def test_neither_threads_nor_the_size_of_a_batch_change_a_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once, in twos, and each member by itself; with lives that end early, so that batches shrink to one."""
    strategy = EsConfig(population=8, sigma=1.0)
    problem, jobs = problem_of(dataclasses.replace(WALKING, stall=8, hardships=("wipe=0.5",), es=strategy)), JOBS[:5]
    first = batched(problem, jobs, 1)
    assert len({result.steps for result in first}) > 1
    assert batched(problem, jobs[::-1], 3) == first[::-1]
    for most in (1, 2, 3):
        monkeypatch.setattr(batched_engine, "MAX_LIVES", most)
        assert batched(problem, jobs) == first


def test_what_is_wrong_with_a_member_costs_that_member(monkeypatch: pytest.MonkeyPatch) -> None:
    """NaN in its rules, NaN in its body, a bug in its life: the others keep their bits."""
    problem = problem_of()
    calm = batched(problem, JOBS)
    vector_of, step = batched_engine.vector_of, Seat.step

    def poisoned(config, mean, job):
        return np.full_like(mean, np.nan) if job == JOBS[1] else vector_of(config, mean, job)

    def broken(seat: Seat) -> None:
        number = seats.setdefault(seat, len(seats))
        if number == 2 and seat.episode.outcome.steps == 9:
            raise ZeroDivisionError("a bug")
        if number == 4 and seat.episode.outcome.steps == 9:
            seat._task._world.data.qpos[0] = np.nan
        step(seat)

    seats: dict[Seat, int] = {}
    monkeypatch.setattr(batched_engine, "vector_of", poisoned)
    monkeypatch.setattr(Seat, "step", broken)
    found = batched(problem, JOBS, 1)
    assert np.isnan(found[1].fitness) and found[1].steps == 0 and "NaN" in found[1].error
    assert np.isnan(found[3].fitness) and found[3].error == "ZeroDivisionError: a bug"
    assert found[5].steps == 10 and not found[5].error  # it counts as a fall
    for k in (0, 2, 4, 6, 7):
        assert found[k] == calm[k]


def test_an_evolution_repeats_itself(tmp_path: Path) -> None:
    """Twice the same mean, the second time broken off, resumed, and with another number of threads."""
    engine, short = engine_named("batched"), dataclasses.replace(WALKING, horizon=15, evaluate_every=9)
    run(short, tmp_path / "one", open_engine=engine)
    run(dataclasses.replace(short, generations=2, workers=1), tmp_path / "two", open_engine=engine)
    run(short, tmp_path / "two", resume=True, open_engine=engine)
    one, two = (load_checkpoint(tmp_path / name) for name in ("one", "two"))
    assert one.state.mean.tobytes() == two.state.mean.tobytes() and one.steps == two.steps
    told = load_rulebook(tmp_path / "two" / "latest.hebb.safetensors").provenance
    assert told["engines"] == ["batched cpu"] and told["command"].endswith(" --engine batched --device cpu")


@pytest.mark.slow
def test_whole_lives_come_to_the_same_on_average() -> None:
    """32 members near rules that walk, over 200 steps: most equal but for rounding, the medians within 0.2."""
    problem = problem_of(dataclasses.replace(WALKING, horizon=200, es=EsConfig(population=32, sigma=0.3)))
    jobs = [Job(0, pair, sign) for pair in range(16) for sign in (1, -1)]
    ours, theirs = fitness(batched(problem, jobs)), fitness(one_by_one(problem, jobs))
    assert abs(np.median(ours) - np.median(theirs)) < 0.2
    assert np.mean(np.abs(ours - theirs) < 1e-3) > 0.5
