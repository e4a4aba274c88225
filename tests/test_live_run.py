"""`hebb run` against `hebb evaluate`: one life, watched, is one of many."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("pybullet")
pytest.importorskip("matplotlib")

from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from sim.evaluate import EvaluateConfig, evaluate
from sim.live_run import LiveRunConfig, run

pytestmark = pytest.mark.sim


@pytest.mark.parametrize("steps", [60, 510])
def test_the_life_is_episode_0_of_an_evaluation_of_the_same_length(steps: int, tmp_path: Path) -> None:
    """Short of the task's own 500 steps, and beyond them, where every length has lives of its own."""
    robot, book = load_robot("realant"), load_rulebook("realant")
    written = run(book, LiveRunConfig(robot, "realant", seed=3, steps=steps, out=tmp_path))
    (told,) = (json.loads(path.read_text()) for path in written if path.suffix == ".json")
    (same,) = evaluate(book, EvaluateConfig(robot, episodes=1, seed=3, horizon=steps))
    assert (told["steps"], told["distance_m"]) == (same.steps, same.distance)
    if steps > 500:
        (shorter,) = evaluate(book, EvaluateConfig(robot, episodes=1, seed=3))
        assert shorter.distance != pytest.approx(same.distance, rel=0.01)
