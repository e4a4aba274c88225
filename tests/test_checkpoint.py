"""Checkpoints: what comes back, and what older ones did not hold."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pretend_engine import STATE
from safetensors import safe_open
from safetensors.numpy import save_file

from hebb_controller.errors import BadInputError
from sim.checkpoint import FILE, UNKNOWN, Checkpoint, load_checkpoint
from sim.evolve_config import EvolveConfig
from sim.openai_es import EsState

MADE = Checkpoint(
    EvolveConfig(),
    EsState(3, *(np.arange(5, dtype=np.float32) + k for k in range(4))),
    70,
    1.5,
    0.25,
    ("local", "batched cpu"),
    "0123abcd",
    "4567cdef",
)


def test_everything_comes_back(tmp_path: Path) -> None:
    MADE.save(tmp_path)
    found = load_checkpoint(tmp_path)
    for name in STATE:
        assert getattr(found.state, name).tobytes() == getattr(MADE.state, name).tobytes(), name
    assert found.state.generation == 3
    assert (found.config, found.steps, found.seconds, found.best) == (MADE.config, 70, 1.5, 0.25)
    assert (found.engines, found.warm_start, found.robot) == (MADE.engines, MADE.warm_start, MADE.robot)


def rewrite(folder: Path, drop: set[str], **words: Any) -> None:
    """Take tensors and words of the header out of a checkpoint, and put other words in."""
    with safe_open(folder / FILE, framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys() if name not in drop}  # noqa: SIM118
        header: dict[str, Any] = json.loads(file.metadata()["hebb"])
    for name in drop & header.keys():
        del header[name]
    if "smoothing" in drop:
        del header["config"]["es"]["smoothing"]
    save_file(tensors, folder / FILE, {"hebb": json.dumps(header | words)})


def test_one_from_before_there_was_an_average_goes_on_from_its_mean(tmp_path: Path) -> None:
    MADE.save(tmp_path)
    rewrite(tmp_path, {"kept", "engines", "warm_start", "robot", "smoothing"})
    found = load_checkpoint(tmp_path)
    assert found.state.kept.tobytes() == found.state.mean.tobytes() == MADE.state.mean.tobytes()
    assert (found.config.es.smoothing, found.engines) == (0.0, (UNKNOWN,))
    assert (found.warm_start, found.robot) == ("", "")


@pytest.mark.parametrize("gone", ["mean", "second_moment", "generation"])
def test_half_a_checkpoint_is_refused(gone: str, tmp_path: Path) -> None:
    MADE.save(tmp_path)
    rewrite(tmp_path, {gone})
    with pytest.raises(BadInputError, match="not a whole checkpoint") as caught:
        load_checkpoint(tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "value"),
    [
        *(("generation", value) for value in ("x", -1, 1.5, True, None)),
        *(("steps", value) for value in ("x", -1, None)),
        ("seconds", None),
        ("best", "x"),
        *(("engines", value) for value in (3, [3])),
        ("warm_start", None),
        ("robot", 7),
        *(("config", value) for value in (None, "ab")),
    ],
)
def test_a_word_of_another_type_is_refused(word: str, value: Any, tmp_path: Path) -> None:
    MADE.save(tmp_path)
    rewrite(tmp_path, set(), **{word: value})
    with pytest.raises(BadInputError, match=f"not a whole checkpoint .*{word}") as caught:
        load_checkpoint(tmp_path)
    assert "\n" not in str(caught.value)


def test_tensors_of_different_lengths_are_refused(tmp_path: Path) -> None:
    short = dataclasses.replace(MADE, state=dataclasses.replace(MADE.state, first_moment=MADE.state.mean[1:]))
    short.save(tmp_path)
    with pytest.raises(BadInputError, match="not a whole checkpoint .*different lengths"):
        load_checkpoint(tmp_path)
