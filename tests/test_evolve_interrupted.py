"""Ctrl-C between a generation and what is written down of it: a resumed run goes on as if nothing had happened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from pretend_engine import SMALL, STATE, PretendEngine, log_of

pytest.importorskip("pybullet")

from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller.rules import FloatArray
from sim import evolve
from sim.checkpoint import Checkpoint, load_checkpoint
from sim.engine import Result
from sim.problem import Job

pytestmark = pytest.mark.sim


class InterruptedEngine(PretendEngine):
    """Stopped while it evaluates what generation 4 has led to."""

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        if jobs[0].sign == 0 and jobs[0].generation == 4:
            raise KeyboardInterrupt
        yield from super().run(mean, jobs)


def _in_log(patch: pytest.MonkeyPatch) -> None:
    def dumps(entry: dict[str, Any]) -> str:
        if entry["generation"] == 4:
            raise KeyboardInterrupt
        return json.dumps(entry)

    patch.setattr(evolve, "json", SimpleNamespace(dumps=dumps, loads=json.loads, JSONDecodeError=json.JSONDecodeError))


def _in_best(patch: pytest.MonkeyPatch) -> None:
    save = Rulebook.save

    def interrupted(book: Rulebook, path: Path) -> Path:
        if path.name.startswith("best") and book.provenance["generations"] == 4:
            raise KeyboardInterrupt
        return save(book, path)

    patch.setattr(Rulebook, "save", interrupted)


def _in_checkpoint(patch: pytest.MonkeyPatch) -> None:
    save, calls = Checkpoint.save, []

    def interrupted(checkpoint: Checkpoint, folder: Path) -> Path:
        calls.append(folder)
        if len(calls) == 2:  # the regular one of generation 4: not that of generation 0, nor the one on the way out
            raise KeyboardInterrupt
        return save(checkpoint, folder)

    patch.setattr(Checkpoint, "save", interrupted)


def _in_evaluation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(evolve, "WorkerPool", InterruptedEngine)


@pytest.mark.parametrize("interrupt", [_in_log, _in_best, _in_checkpoint, _in_evaluation])
def test_an_interrupted_run_resumes_to_an_undisturbed_one(
    interrupt: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    evolve.run(SMALL, whole, open_engine=PretendEngine)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(evolve, "WorkerPool", PretendEngine)
        interrupt(patch)
        evolve.run(SMALL, cut, open_engine=evolve.WorkerPool)
    evolve.run(SMALL, cut, resume=True, open_engine=PretendEngine)
    assert log_of(cut) == log_of(whole) and len(log_of(cut)) == 6
    ours, theirs = load_checkpoint(cut), load_checkpoint(whole)
    for name in STATE:
        assert getattr(ours.state, name).tobytes() == getattr(theirs.state, name).tobytes(), name
    assert (ours.best, ours.steps) == (theirs.best, theirs.steps) == (0.0, 6 * 4 + 3)
    for file, generation in (("best", 4), ("latest", 6)):
        mine, yours = (load_rulebook(folder / f"{file}.hebb.safetensors") for folder in (cut, whole))
        assert mine.provenance["generations"] == yours.provenance["generations"] == generation
        for a, b in zip(mine.coefficients, yours.coefficients, strict=True):
            np.testing.assert_array_equal(a, b)
