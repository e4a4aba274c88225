"""The rulebook that an evolution begins from: where it is missing, or does not fit, what to do is told."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

pytest.importorskip("pybullet")

from hebb_controller.errors import BadInputError
from sim.evolution_files import load_evolution
from sim.evolve import prepare
from sim.evolve_config import EvolveConfig

pytestmark = pytest.mark.sim


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (
            load_evolution("ant-faults"),
            "warm start runs/ant-faults-first/latest.hebb.safetensors: no such rulebook, and these settings begin "
            "from it: 'hebb evolve --config ant-faults-first --out runs/ant-faults-first' makes it, or pass "
            "another --warm-start",
        ),
        (
            dataclasses.replace(load_evolution("study/static-practice"), seed=3),
            "'hebb evolve --config study/static-dr --seed 3' makes it",
        ),
        (
            EvolveConfig(warm_start="nowhere"),
            "nowhere: no such rulebook, .*: make it first, or pass another",
        ),
        (
            EvolveConfig(warm_start="ant", hidden=(9,)),
            r"ABCD_lr \[28, 128, 64, 8\] of 61,440 numbers does not fit these settings: they want "
            r"ABCD_lr \[28, 9, 8\] of ",
        ),
    ],
)
def test_a_warm_start_that_cannot_be_says_what_to_do(
    config: EvolveConfig, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = prepare(config)
    monkeypatch.chdir(tmp_path)  # a fresh clone holds no runs
    with pytest.raises(BadInputError, match=words) as caught:
        problem.first_mean()
    assert "\n" not in str(caught.value)
