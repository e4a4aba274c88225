"""The header of an evolved rulebook: the engines that it owes its numbers to, their versions, and the command."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from pathlib import Path

import pytest
from pretend_engine import SMALL, PretendEngine

pytest.importorskip("pybullet")

from hebb_controller.rulebook import load_rulebook
from sim.checkpoint import Checkpoint, load_checkpoint
from sim.evolve import prepare, run
from sim.evolve_flags import add_flags, config_from
from sim.openai_es import EsState

pytestmark = pytest.mark.sim


class PretendBatched(PretendEngine):
    name = "batched cuda"


def header(physics: tuple[str, ...], *engines: str) -> dict:
    """Return the provenance of a rulebook after 3 generations."""
    config = dataclasses.replace(SMALL, robot="realant", physics=physics)
    problem = prepare(config)
    state = dataclasses.replace(EsState.start(problem.first_mean()), generation=3)
    return problem.rulebook(state.kept, Checkpoint(config, state, 0, 0.0, None, engines), {}).provenance


def test_numbers_from_mujoco_come_with_its_version() -> None:
    mujoco = pytest.importorskip("mujoco")
    for physics in (("mujoco",), ("bullet", "mujoco")):
        assert header(physics, "local")["versions"]["mujoco"] == mujoco.__version__
    assert "mujoco" not in header(("bullet",), "local")["versions"]


def test_an_engine_with_numbers_of_its_own_is_named_in_command_and_header() -> None:
    pytest.importorskip("mujoco")
    told = header(("mujoco",), "batched cpu")
    assert told["engines"] == ["batched cpu"] and told["versions"]["torch"]
    parser = argparse.ArgumentParser()
    add_flags(parser)
    flags = parser.parse_args(shlex.split(told["command"])[2:])
    assert (flags.engine, flags.device) == ("batched", "cpu")
    assert config_from(flags) == dataclasses.replace(SMALL, robot="realant", physics=("mujoco",), generations=3)


def test_engines_of_the_same_bits_are_not_told_apart() -> None:
    told = header(("bullet",), "local")
    assert told["engines"] == ["local"] and "--engine" not in told["command"] and "torch" not in told["versions"]


def test_a_run_that_changes_engines_names_them_all(tmp_path: Path) -> None:
    run(dataclasses.replace(SMALL, generations=2), tmp_path, open_engine=PretendBatched)
    first = load_rulebook(tmp_path / "latest.hebb.safetensors").provenance
    assert first["engines"] == ["batched cuda"] and "--engine batched --device cuda" in first["command"]
    run(dataclasses.replace(SMALL, generations=4), tmp_path, resume=True, open_engine=PretendEngine)
    run(SMALL, tmp_path, resume=True, open_engine=PretendBatched)
    assert load_checkpoint(tmp_path).engines == ("batched cuda", "local")
    assert load_rulebook(tmp_path / "latest.hebb.safetensors").provenance["engines"] == ["batched cuda", "local"]
