"""What comes with the project: every rulebook loads, fits its robot, says where it comes from, and does its job."""

import json
from pathlib import Path

import numpy as np
import pytest

from hebb_controller import load_rulebook
from hebb_controller.cli import main
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import shipped_rulebooks

#: The contract for scripts: these names stay.
NAMES = (
    "ant",
    "ant-bodies",
    "ant-faults",
    "ant-unbounded",
    "ant-static",
    "realant",
    "realant-static",
    "sts12",
    "pwm12",
    "bittle",
)
#: Means of late rules: they name what they are made of, and were themselves never lived by the evolution.
AVERAGED = ("ant-faults",)


def test_the_promised_ones_are_there() -> None:
    """By the names that scripts use."""
    assert set(NAMES) <= set(shipped_rulebooks())


@pytest.mark.parametrize("name", NAMES)
def test_it_fits_and_says_where_it_comes_from(name: str) -> None:
    """The robot is a shipped one, and the header can repeat the evolution without naming anybody's folders."""
    book = load_rulebook(name)
    book.check_robot(load_robot(book.robot))
    assert book.static == name.endswith("-static")
    for key in ("command", "config", "seed", "generations", "population", "environment_steps", "versions"):
        assert book.provenance[key], key
    assert book.provenance["averaged" if name in AVERAGED else "fitness"]
    assert book.provenance["command"].startswith(("hebb evolve ", "hebb average "))
    words = json.dumps(book.provenance)
    assert "/tmp" not in words and "/home" not in words and "/root" not in words
    assert shipped_rulebooks()[name].stat().st_size < 400_000


@pytest.mark.parametrize("name", NAMES)
def test_it_exports(name: str, tmp_path: Path) -> None:
    """`hebb export` writes a model that onnxruntime loads, with the weights among its inputs."""
    runtime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnx")
    assert main(["export", name, str(tmp_path / "model.onnx")]) == 0
    session = runtime.InferenceSession(str(tmp_path / "model.onnx"))
    assert len(session.get_inputs()) == 1 + len(load_rulebook(name).layer_sizes) - 1


@pytest.mark.sim
@pytest.mark.parametrize(("name", "distance"), [("ant", 1.0), ("realant", 1.0), ("sts12", 0.4), ("bittle", 0.4)])
def test_it_walks(name: str, distance: float) -> None:
    """From random weights, most lives of 300 steps get well ahead of where they began."""
    pytest.importorskip("pybullet")
    from sim.evaluate import EvaluateConfig, evaluate

    book = load_rulebook(name)
    lives = evaluate(book, EvaluateConfig(robot=load_robot(book.robot), episodes=3, seed=7, horizon=300))
    assert np.median([life.distance for life in lives]) > distance
