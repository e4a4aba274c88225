"""`hebb evolve --resume`: what was begun goes on, and a setting that differs is refused instead of passed over."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from sim.checkpoint import Checkpoint
from sim.evolution_files import load_evolution
from sim.evolve_config import EvolveConfig
from sim.evolve_flags import add_flags, config_from
from sim.openai_es import EsState

#: As the studies begin one.
BEGUN = dataclasses.replace(load_evolution("study/static"), seed=6, workers=3, generations=5)
GIVEN = ("--config", "study/static", "--seed", "6")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a run that was begun with `BEGUN`."""
    Checkpoint(BEGUN, EsState.start(np.zeros(3, dtype=np.float32)), 0, 0.0, None).save(tmp_path)
    return tmp_path


def _resumed(folder: Path, *words: str) -> EvolveConfig:
    parser = argparse.ArgumentParser()
    add_flags(parser)
    return config_from(parser.parse_args(["--resume", "--out", str(folder), *words]))


@pytest.mark.parametrize("words", [(), GIVEN, (*GIVEN, "--bodies", *BEGUN.bodies), ("--seed", "6", "--sigma", "0.10")])
def test_the_same_said_again_is_allowed(words: tuple[str, ...], folder: Path) -> None:
    """And generations and workers are those of the run, not those of the named settings."""
    assert dataclasses.replace(BEGUN, es=dataclasses.replace(BEGUN.es, sigma=0.1)).es.sigma == BEGUN.es.sigma
    assert _resumed(folder, *words) == BEGUN


@pytest.mark.parametrize("words", [(), GIVEN])
def test_generations_and_workers_may_change(words: tuple[str, ...], folder: Path) -> None:
    found = _resumed(folder, *words, "--generations", "9", "--workers", "1")
    assert found == dataclasses.replace(BEGUN, generations=9, workers=1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--seed", "7"), "--seed 7: {} was begun with 6; on --resume only --generations and --workers change"),
        (("--population", "8", "--seed", "7"), "--seed 7: {0} was begun with 6; --population 8: {0} was begun with"),
        (("--hidden", "8", "9"), "--hidden 8 9: {} was begun with "),
        (("--warm-start", "ant"), "--warm-start ant: {} was begun with nothing;"),
        (("--config", "study/static"), "seed 1 in --config study/static: {} was begun with 6;"),
        (("--config", "ant", "--seed", "6"), r"in --config ant: .* \(and \d+ more\); on --resume only"),
    ],
)
def test_other_settings_are_refused_by_name(words: tuple[str, ...], told: str, folder: Path) -> None:
    with pytest.raises(BadInputError, match=told.replace("{}", str(folder)).replace("{0}", str(folder))) as caught:
        _resumed(folder, *words)
    assert "\n" not in str(caught.value)
