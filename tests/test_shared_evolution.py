"""An evolution of shared rules goes on under the assignment that it began with, or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook
from pretend_engine import SMALL, PretendEngine

pytest.importorskip("pybullet")

from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook, load_rulebook
from hebb_controller.rules import weight_shapes
from hebb_controller.shared_rules import SharedRules
from sim.checkpoint import load_checkpoint
from sim.evolve import run

pytestmark = pytest.mark.sim


def merged(seed: int) -> Rulebook:
    """Return a rulebook of five rules, whose assignment is drawn."""
    plain, rng = random_rulebook(load_robot("ant"), hidden=SMALL.hidden, normalisation="none"), np.random.default_rng(3)
    rules = rng.normal(size=(5, 5))
    rng = np.random.default_rng(seed)
    shared = SharedRules.of(rules, [rng.integers(5, size=shape) for shape in weight_shapes(plain.layer_sizes)])
    return dataclasses.replace(plain, coefficients=(), encoded=shared)


def test_another_assignment_is_refused_on_resume(tmp_path: Path) -> None:
    """Same shapes, same number of rules: nothing else would tell that every rule now stands for other synapses."""
    start = tmp_path / "merged.hebb.safetensors"
    begun = merged(0)
    begun.save(start)
    config = dataclasses.replace(SMALL, encoding="shared", warm_start=str(start), generations=2)
    run(config, tmp_path / "run", open_engine=PretendEngine)
    assert load_checkpoint(tmp_path / "run").warm_start == begun.digest
    longer = dataclasses.replace(config, generations=4)
    merged(1).save(start)
    with pytest.raises(BadInputError, match=f"{begun.digest}.*put that file back") as caught:
        run(longer, tmp_path / "run", resume=True, open_engine=PretendEngine)
    assert "\n" not in str(caught.value)
    begun.save(start)
    assert run(longer, tmp_path / "run", resume=True, open_engine=PretendEngine).state.generation == 4
    book = load_rulebook(tmp_path / "run" / "latest.hebb.safetensors")
    assert isinstance(book.encoded, SharedRules) and isinstance(begun.encoded, SharedRules)
    for ours, theirs in zip(book.encoded.assignment, begun.encoded.assignment, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_checkpoint_that_does_not_say_is_gone_on_from(tmp_path: Path) -> None:
    """As those from before it was written down; from then on it is."""
    start = tmp_path / "merged.hebb.safetensors"
    merged(0).save(start)
    config = dataclasses.replace(SMALL, encoding="shared", warm_start=str(start), generations=2)
    dataclasses.replace(run(config, tmp_path, open_engine=PretendEngine), warm_start="").save(tmp_path)
    run(dataclasses.replace(config, generations=3), tmp_path, resume=True, open_engine=PretendEngine)
    assert load_checkpoint(tmp_path).warm_start == merged(0).digest


def test_other_runs_need_no_warm_start_to_go_on(tmp_path: Path) -> None:
    start = tmp_path / "start.hebb.safetensors"
    merged(0).save(start)
    config = dataclasses.replace(SMALL, warm_start=str(start), generations=2)
    run(config, tmp_path / "run", open_engine=PretendEngine)
    start.unlink()
    run(dataclasses.replace(config, generations=3), tmp_path / "run", resume=True, open_engine=PretendEngine)
    assert load_checkpoint(tmp_path / "run").warm_start == ""
