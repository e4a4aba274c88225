"""The batched engine from outside: the command, what it refuses, and what it says then."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mujoco")
pytest.importorskip("torch")

from batch_lives import WALKING  # noqa: E402

from hebb_controller.errors import BadInputError, MissingExtraError  # noqa: E402
from sim.checkpoint import load_checkpoint  # noqa: E402
from sim.engine_choice import engine_named  # noqa: E402
from sim.evolve import run  # noqa: E402
from sim.problem import Member  # noqa: E402

pytestmark = pytest.mark.mujoco

ROOT = Path(__file__).parents[1]


class OtherLife:
    """Not a robot's."""

    def member(self) -> Member:
        raise AssertionError("nothing starts")


@pytest.mark.slow
def test_its_rulebook_walks_and_other_engines_go_on_from_its_checkpoint(tmp_path: Path) -> None:
    """Through the commands: evolve in lock-step, evaluate, resume with local workers."""
    out = tmp_path / "run"
    words = f"evolve --config realant --physics mujoco --warm-start realant --population 8 --generations 3 --out {out}"
    _hebb(*words.split(), "--engine", "batched", "--device", "cpu")
    said = _hebb("evaluate", str(out / "best.hebb.safetensors"), "--engine", "mujoco", "--episodes", "4", "--json")
    assert json.loads(said)["distance_m"]["mean"] > 1.0
    _hebb("evolve", "--resume", "--generations", "4", "--out", str(out))
    assert load_checkpoint(out).state.generation == 4


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"physics": ("bullet",)}, "pass --physics mujoco"),
        ({"physics": ("bullet", "mujoco")}, "not bullet and mujoco"),
        ({"plasticity": "gru", "hidden": (20,), "warm_start": ""}, "gru"),
        ({"update_every": 3}, "update_every 3"),
        ({"average_over": 4}, "average_over 4"),
    ],
)
def test_what_it_cannot_live_is_refused_before_anything_starts(settings: dict, reason: str, tmp_path: Path) -> None:
    """In one line that names the setting and the engine that can."""
    config = dataclasses.replace(WALKING, **settings)
    with pytest.raises(BadInputError, match=f"{reason}.*--engine local") as caught:
        run(config, tmp_path / "run", open_engine=engine_named("batched"))
    assert "\n" not in str(caught.value) and not (tmp_path / "run").exists()


def test_a_life_of_another_kind_is_refused() -> None:
    """As the car's."""
    with pytest.raises(BadInputError, match="robots alone.*--engine local"):
        engine_named("batched")(OtherLife(), 5, 1)


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        ({"name": "batched", "device": "tpu"}, "cpu, cuda"),
        ({"name": "local", "device": "cpu"}, "--device is for --engine batched"),
        ({"name": "batched", "address": "auto"}, "--address"),
    ],
)
def test_flags_that_do_not_go_together_are_refused(choice: dict, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        engine_named(**choice)


def test_a_device_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(BadInputError, match="no CUDA device.*--device cpu") as caught:
        engine_named("batched", device="cuda")
    assert "\n" not in str(caught.value)


def test_without_torch_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"pip install '\.\[torch\]'"):
        engine_named("batched")


def _hebb(*words: str) -> str:
    command = [sys.executable, "-m", "hebb_controller.cli", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
