"""The mean of rulebooks: a plain loop agrees, its parts are named, and what does not belong together is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook

from hebb_controller.averaged import average
from hebb_controller.cli import main
from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook

ROBOT = load_robot("realant")


def test_the_mean_is_that_of_a_plain_loop() -> None:
    books = [dataclasses.replace(random_rulebook(ROBOT, seed), provenance={"fitness": seed}) for seed in range(3)]
    found = average(books)
    for layer, mean in enumerate(found.coefficients):
        total = np.zeros(mean.shape)
        for book in books:
            total += book.coefficients[layer]
        np.testing.assert_allclose(mean, total / 3.0, rtol=1e-6)
        assert mean.dtype == np.float32
    assert found.provenance == {"averaged": [book.digest for book in books]}


def test_the_mean_of_equal_rules_is_these_rules() -> None:
    book = random_rulebook(ROBOT, 0)
    later = dataclasses.replace(book, provenance={"generations": 2})
    for mean, layer in zip(average([book, later]).coefficients, book.coefficients, strict=True):
        np.testing.assert_array_equal(mean, layer)


def test_start_weights_are_averaged_too() -> None:
    static = load_rulebook("realant-static")
    doubled = dataclasses.replace(static, start_weights=tuple(3.0 * layer for layer in static.start_weights))
    for mean, layer in zip(average([static, doubled]).start_weights, static.start_weights, strict=True):
        np.testing.assert_allclose(mean, 2.0 * layer, rtol=1e-6)


def test_what_does_not_belong_together_is_refused() -> None:
    book = random_rulebook(ROBOT, 0)
    with pytest.raises(BadInputError, match="two rulebooks"):
        average([book])
    with pytest.raises(BadInputError, match="rulebooks 1 and 3 are the same: name each once"):
        average([book, random_rulebook(ROBOT, 1), random_rulebook(ROBOT, 0)])
    with pytest.raises(BadInputError, match="rulebook 2 differs from the first in rule, "):
        average([book, load_rulebook("realant-static")])
    with pytest.raises(BadInputError, match="normalisation: average those of one evolution"):
        average([book, dataclasses.replace(book, normalisation="clip")])


def test_the_verb_writes_it_and_refuses_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mean.hebb.safetensors"
    assert main(["average", "ant", "ant-bodies", "--out", str(out)]) == 0
    assert load_rulebook(out).provenance["averaged"] == [load_rulebook(name).digest for name in ("ant", "ant-bodies")]
    assert main(["average", "ant", "realant", "--out", str(tmp_path / "no.hebb.safetensors")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "no.hebb.safetensors").exists()


def test_the_command_is_the_one_that_made_it_without_folders(tmp_path: Path) -> None:
    out = tmp_path / "mean.hebb.safetensors"
    evolved = [dataclasses.replace(random_rulebook(ROBOT, s), provenance={"command": "hebb evolve"}) for s in (0, 1)]
    names = [str(book.save(tmp_path / f"{number} b")) for number, book in enumerate(evolved)]
    assert main(["average", *names, "--out", str(out)]) == 0
    assert load_rulebook(out).provenance["command"] == "hebb average '0 b' '1 b' --out mean.hebb.safetensors"


def test_a_mean_replaces_none_of_what_it_is_made_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = random_rulebook(ROBOT, 0).save(Path("a")).read_bytes()
    random_rulebook(ROBOT, 1).save(Path("b"))
    assert main(["average", "a", "b", "--out", str(tmp_path / "a")]) == 2
    assert Path("a").read_bytes() == before
    told = capsys.readouterr().err
    assert "is a, which is averaged: pass another file" in told and told.count("\n") == 1
