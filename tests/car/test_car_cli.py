"""`hebb evaluate` and `hebb evolve` with a car, as a user types them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")
pytest.importorskip("Box2D")

from hebb_controller import cli  # noqa: E402
from hebb_controller.rulebook import load_rulebook  # noqa: E402
from sim.car.problem import prepare_car  # noqa: E402
from sim.checkpoint import Checkpoint  # noqa: E402
from sim.evolution_files import load_evolution  # noqa: E402
from sim.openai_es import EsState  # noqa: E402

FLAGS = ["--episodes", "2", "--horizon", "5", "--seed", "3", "--json"]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A rulebook of a small driver."""
    config = dataclasses.replace(load_evolution("car-racing-grey"), hidden=(6, 5))
    problem = prepare_car(config)
    mean = problem.first_mean()
    state = dataclasses.replace(EsState.start(mean), generation=1)
    made = problem.rulebook(mean, Checkpoint(config, state, 0, 0.0, None), {})
    return str(made.save(tmp_path_factory.mktemp("car") / "car.hebb.safetensors"))


@pytest.mark.slow
def test_evolved_and_evaluated_in_processes(book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ["--hidden", "6", "5", "--population", "2", "--generations", "1", "--horizon", "3", "--workers", "2"]
    assert cli.main(["evolve", "--task", "car-racing", "--normalisation", "max", *small, f"--out={tmp_path}"]) == 0
    assert load_rulebook(tmp_path / "latest.hebb.safetensors").layer_sizes == (648, 6, 5, 3)
    capsys.readouterr()
    figures = []
    for jobs in ("1", "2"):
        assert cli.main(["evaluate", book, *FLAGS, "--jobs", jobs]) == 0
        figures.append(json.loads(capsys.readouterr().out))
    assert figures[0] == figures[1]


def test_statistics_of_tracks_and_a_video(book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    video = tmp_path / "car.gif"
    assert cli.main(["evaluate", book, "--task", "car-racing", *FLAGS, "--video", str(video)]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert (alone["task"], alone["episodes"], alone["reward"]["n"], alone["steps"]["mean"]) == ("car-racing", 2, 2, 5.0)
    assert len(set(alone["rewards"])) == 2  # two tracks
    assert video.read_bytes()[:3] == b"GIF"
    assert cli.main(["evaluate", book, "--episodes", "1", "--horizon", "3"]) == 0
    assert "CarRacing-v3" in capsys.readouterr().out


def test_the_seed_of_its_evolution_is_told_of(book: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for seed, told in (("1", "hebb: note: these rules were evolved with seed 1 too: "), ("3", "")):
        assert cli.main(["evaluate", book, "--episodes", "1", "--horizon", "3", "--seed", seed, "--json"]) == 0
        shown = capsys.readouterr()
        assert json.loads(shown.out)["seed"] == int(seed)
        assert shown.err.startswith(told) and shown.err.count("\n") == bool(told)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["evaluate", "{book}", "--robot", "ant"], "no use for --robot"),
        (["evaluate", "{book}", "--saturate", "3:5"], "no use for perturbations"),
        (["evaluate", "{book}", "--task", "robot"], "leave out --task robot"),
        (["evaluate", "{book}", "--episodes", "0"], "1 or more"),
        (["evaluate", "{book}", "--video", "car.txt"], ".mp4"),
        (["evaluate", "ant", "--task", "car-racing"], "sees no pixels"),
        (["evaluate", "ant", "--video", "ant.gif"], "hebb run --video"),
        (["run", "--rulebook", "{book}"], "hebb evaluate"),
        (["export", "{book}", "{out}"], "pixels"),
        (["evolve", "--task", "car-racing", "--robot", "bittle", "--out", "{out}"], "no use for --robot"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    book: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    capsys.readouterr()
    assert cli.main([word.format(book=book, out=tmp_path / "out") for word in arguments]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
