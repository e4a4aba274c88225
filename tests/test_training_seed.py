"""An evaluation on the seed of an evolution meets training lives: it is told of beside the figures."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook
from pretend_engine import SMALL

from hebb_controller.cli import main
from hebb_controller.robot_file import load_robot
from sim.job_lives import lives_of
from sim.problem import Job

pytestmark = pytest.mark.sim
NOTE = (
    "hebb: note: these rules were evolved with seed 7 too: some of these lives are drawn as their training lives were, "
    "give another --seed for lives that they have not met\n"
)


def test_the_coincidence_that_is_told_of() -> None:
    """If seeds were spelled otherwise one day, the note would have to go, and every published figure with it."""
    for generation in (0, 5):
        trained = lives_of(dataclasses.replace(SMALL, seed=7), Job(generation, 0, 1), 100)[0].seed
        draws = [np.random.default_rng(seed).random(9).tolist() for seed in (trained, [7, generation])]
        assert draws[0] == draws[1]


@pytest.mark.parametrize(("seed", "told"), [("7", NOTE), ("8", "")])
def test_the_same_seed_is_told_of_beside_the_figures(
    seed: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = random_rulebook(load_robot("ant"), hidden=(4,), normalisation="none")
    book = str(dataclasses.replace(made, provenance={"seed": 7}).save(tmp_path / "toy"))
    assert main(["evaluate", book, "--episodes", "1", "--horizon", "3", "--seed", seed, "--json"]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["seed"] == int(seed) and shown.out.count("\n") == 1
    assert shown.err == told


def test_a_refusal_stays_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = random_rulebook(load_robot("ant"), hidden=(4,), normalisation="none")
    book = str(dataclasses.replace(made, provenance={"seed": 7}).save(tmp_path / "toy"))
    for words in (["--body", "wings"], ["--episodes", "0"], ["--task", "car-racing"]):
        assert main(["evaluate", book, "--seed", "7", *words]) == 2
        assert capsys.readouterr().err.count("\n") == 1
