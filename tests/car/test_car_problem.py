"""The car's evolution: the vector, the members, exact resume, and the rulebook that it leaves."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("gymnasium")
pytest.importorskip("Box2D")

from hebb_controller.errors import BadInputError, RulebookError  # noqa: E402
from hebb_controller.robot_file import load_robot  # noqa: E402
from hebb_controller.rulebook import Rulebook, load_rulebook  # noqa: E402
from hebb_controller.rules import FloatArray  # noqa: E402
from sim.car.driver import driver_of  # noqa: E402
from sim.car.problem import CarProblem, prepare_car  # noqa: E402
from sim.checkpoint import Checkpoint  # noqa: E402
from sim.engine import LOCAL, Result  # noqa: E402
from sim.evolution_files import load_evolution  # noqa: E402
from sim.evolve import prepare, run  # noqa: E402
from sim.evolve_config import EvolveConfig  # noqa: E402
from sim.openai_es import EsState  # noqa: E402
from sim.problem import Job, Life  # noqa: E402

#: Short lives of a small driver.
SMALL = dataclasses.replace(
    load_evolution("car-racing-grey"),
    hidden=(6, 5),
    horizon=4,
    generations=3,
    workers=1,
    checkpoint_every=2,
    evaluate_every=50,
    es=dataclasses.replace(load_evolution("car-racing-grey").es, population=4),
)


def problem(config: EvolveConfig = SMALL) -> CarProblem:
    prepared = prepare(config)
    assert isinstance(prepared, CarProblem)
    return prepared


def book_of(config: EvolveConfig = SMALL) -> Rulebook:
    made = problem(config)
    mean = made.first_mean()
    state = dataclasses.replace(EsState.start(mean), generation=1)
    return made.rulebook(mean, Checkpoint(config, state, 0, 0.0, None), {})


def test_the_papers_settings_have_the_papers_numbers() -> None:
    genome = problem(load_evolution("car-racing")).genome
    assert genome.network.layer_sizes == (648, 128, 64, 3)
    assert (genome.network.nb_coefficients, genome.nb_kernels, genome.size) == (456_640, 1_362, 458_002)
    static = problem(dataclasses.replace(load_evolution("car-racing"), plasticity="none")).genome
    assert (static.network.size, static.network.rule) == (91_328, None)


def test_members_are_the_same_in_any_order() -> None:
    made = problem()
    mean, jobs = made.first_mean(), [Job(0, pair, sign) for pair in (0, 1) for sign in (1, -1)]
    forward, backward = made.member(), made.member()
    there = [forward.live(mean, job) for job in jobs]
    back = [backward.live(mean, job) for job in jobs[::-1]][::-1]
    assert there == back
    assert all(np.isfinite(fitness) and steps == 4 and not error for fitness, steps, error in there)


class Here:
    """An engine without processes, whose start would cost more than all lives."""

    name = LOCAL

    def __init__(self, life: Life, size: int, workers: int) -> None:
        self._member = life.member()

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        for job in jobs:
            yield Result(job, *self._member.live(mean, job))

    def close(self) -> None:
        pass


def test_a_resumed_run_goes_on_to_the_same_numbers(tmp_path: Path) -> None:
    whole = run(SMALL, tmp_path / "whole", open_engine=Here)
    run(dataclasses.replace(SMALL, generations=1), tmp_path / "parts", open_engine=Here)
    resumed = run(SMALL, tmp_path / "parts", resume=True, open_engine=Here)
    np.testing.assert_array_equal(resumed.state.mean, whole.state.mean)
    logs = [(tmp_path / name / "log.jsonl").read_text().splitlines() for name in ("whole", "parts")]
    means = [[json.loads(line)["mean"] for line in log] for log in logs]
    assert means[0] == means[1]
    assert len(means[0]) == 3


@pytest.mark.parametrize("changes", [{}, {"plasticity": "none"}, {"init": "coevolve"}])
def test_a_rulebook_drives_as_its_vector_does(tmp_path: Path, changes: dict[str, str]) -> None:
    config = dataclasses.replace(SMALL, **changes)  # type: ignore[arg-type]
    made, book = problem(config), book_of(config)
    loaded = load_rulebook(book.save(tmp_path / "car.hebb.safetensors"))
    assert loaded.digest == book.digest
    assert loaded.nb_evolved == made.size
    mean = made.first_mean()
    evolved, driver = made.genome.driver(), driver_of(loaded)
    evolved.reset(np.random.default_rng(0), made.genome.express(mean, evolved))
    driver.reset(np.random.default_rng(0), loaded.start)
    for k in range(5):
        picture = np.random.default_rng(k).integers(0, 256, (96, 96, 3), dtype=np.uint8)
        np.testing.assert_array_equal(driver.act(picture), evolved.act(picture))
        driver.adapt()
        evolved.adapt()
    again = problem(dataclasses.replace(config, warm_start=str(tmp_path / "car.hebb.safetensors")))
    np.testing.assert_array_equal(again.first_mean(), mean)


def test_robots_refuse_the_cars_rulebook_and_the_car_theirs() -> None:
    with pytest.raises(RulebookError, match="sees pixels"):
        book_of().controller(load_robot("ant"))
    with pytest.raises(RulebookError, match="sees no pixels"):
        driver_of(load_rulebook("ant"))


def test_a_rulebook_that_does_not_hold_together_is_refused() -> None:
    book = book_of()
    assert book.front_end is not None
    for broken, word in (
        (dataclasses.replace(book, outputs="sigmoid"), "outputs"),
        (dataclasses.replace(book, layout="servo"), "layout servo"),
        (dataclasses.replace(book, layout="car_rgb"), "does not fit"),
        (dataclasses.replace(book, layout_version=2), "v2"),
        (dataclasses.replace(book, front_end=None), "layout car_grey"),
    ):
        with pytest.raises(RulebookError, match=word):
            broken.check()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"robot": "realant"}, "--robot"),
        ({"bodies": ("two_heads",), "stall": 3}, "--bodies, --stall"),
        ({"plasticity": "gru"}, "--plasticity gru"),
        ({"layout": "servo"}, "car_grey"),
        ({"coarseness": 3}, "1, 2, 4, 5"),
        ({"warm_start": "ant"}, "does not fit"),
    ],
)
def test_settings_that_no_car_has_are_refused(changes: dict[str, str], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        prepare_car(dataclasses.replace(SMALL, **changes)).first_mean()  # type: ignore[arg-type]
