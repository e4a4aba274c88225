"""Words that do not go together, or that the work cannot use: one line that says what to do, and exit code 2."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from fixtures_rulebooks import random_rulebook

from hebb_controller import onnx_export, rulebook_file
from hebb_controller.cli import main
from hebb_controller.errors import BadInputError, MissingExtraError, RulebookError
from hebb_controller.out_path import check_file, check_folder
from hebb_controller.robot_file import load_robot, shipped_robots

pytestmark = pytest.mark.sim


def refused(words: list[str], naming: str, capsys: pytest.CaptureFixture[str]) -> None:
    try:
        code = main(words)
    except SystemExit as stop:  # argparse
        code = int(stop.code or 0)
    told = capsys.readouterr()
    assert code == 2, told.err
    assert told.out == "" and told.err.startswith("hebb: error: ") and told.err.count("\n") == 1, told.err
    assert naming in told.err


@pytest.mark.parametrize(
    ("words", "naming"),
    [
        ("run ant", "see hebb run --help"),
        ("run --bodi x", "see hebb run --help"),
        ("board find --bogus", "see hebb board find --help"),
        ("run --port X", "--port: a simulated body has none; add --plant serial"),
        ("run --imu-port level", "--imu-port: a simulated body has none"),
        ("run --robot realant --steps 100 --saturate 300:400", "saturate at step 300: the life ends before"),
        ("run --robot realant --steps 100 --stop-plasticity 500", "stop of plasticity at step 500"),
        ("run --robot realant --steps 100 --zero-weights 0.3@100", "live longer with --steps"),
        ("evaluate realant --horizon 100 --saturate 300:400", "live longer with --horizon"),
        ("evaluate realant --freeze-actuators 500:", "the life ends before, after 500 steps"),
        ("evaluate ant --randomise", "ant has nothing to draw"),
        ("merge realant --rules 8 --out m --generations 3", "--generations: goes with --schedule"),
        ("merge realant --rules 8 --out m --workers 2", "--workers: goes with --schedule"),
        ("merge realant --schedule 0 --out m", "0 rules: must be 1 to"),
        ("merge realant --schedule 8 --out m --resume", "m holds no schedule to go on with"),
    ],
)
def test_what_does_not_go_together_is_refused(words: str, naming: str, capsys: pytest.CaptureFixture[str]) -> None:
    refused(words.split(), naming, capsys)


@pytest.mark.parametrize(
    "words",
    [
        "run --robot realant --steps 5 --out FILE",
        "run --robot realant --steps 5 --out FILE/below",
        "view --robot realant --out FILE",
        "evolve --generations 1 --out FILE",
        "merge realant --schedule 8 --out FILE",
        "merge realant --rules 8 --out FILE/rules",
        "study starts --out FILE",
        "report FILE --out FILE",
        "export realant FILE/net.onnx",
        "average realant --out FILE/mean",
        "paint realant --robot sts12 --out FILE/painted",
    ],
)
def test_a_file_in_the_place_of_a_folder_is_refused(
    words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if words.startswith("report"):
        pytest.importorskip("mcap_ros2")
    file = tmp_path / "afile"
    file.write_text("in the way")
    refused(words.replace("FILE", str(file)).split(), f"{file} is a file, not a folder: name another", capsys)
    assert file.read_text() == "in the way"


def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["export", "realant", str(tmp_path)], ["merge", "realant", "--rules", "8", "--out", str(tmp_path)]):
        refused(words, f"{tmp_path}: is a folder, not a file", capsys)
    with pytest.raises(IsADirectoryError) as caught:
        onnx_export.write_atomically(tmp_path, b"")
    assert caught.value.filename == str(tmp_path)  # not a temporary file's name
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_to_is_refused_and_none_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check_folder(tmp_path / "a" / "b") == tmp_path / "a" / "b"
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write anywhere
    with pytest.raises(BadInputError, match="may not be written to: name another OUT"):
        check_file(tmp_path / "net.onnx", "OUT")
    refused(["run", "--robot", "realant", "--steps", "5", "--out", str(tmp_path)], "may not be written to", capsys)


def test_a_rulebook_that_may_not_be_read_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = random_rulebook(load_robot("realant")).save(tmp_path / "toy.hebb.safetensors")

    def locked(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(book))

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(RulebookError, match=r"cannot be read \(Permission denied\): see to its permissions"):
        rulebook_file.read(book)


def test_rules_of_a_robot_of_ones_own_ask_for_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = dataclasses.replace(random_rulebook(load_robot("realant")), robot="my_dog")
    path = str(book.save(tmp_path / "best.hebb.safetensors"))
    for words in (["evaluate", path], ["run", "--rulebook", path]):
        refused(words, "made for my_dog, a robot of your own: pass --robot FILE.yaml", capsys)


@pytest.mark.parametrize("verb", ["run", "view", "run --plant serial --imu-port level --calibration none --port none"])
def test_a_robot_without_rules_of_its_own_asks_for_some(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "my_dog.yaml"
    mine.write_text(shipped_robots()["realant"].read_text().replace("name: realant", "name: my_dog"))
    words = [*verb.split(), "--robot", str(mine)]
    evolve = f"hebb evolve --config servo --robot {mine}"
    refused(words, f"my_dog has no shipped rulebook: give --rulebook FILE, or evolve one: {evolve}", capsys)
    refused([*words, "--rulebook", "my_dog"], "no rulebook 'my_dog': a file, or one of ant", capsys)


@pytest.mark.parametrize(("version", "limit"), [((3, 11), False), ((3, 12), True), ((3, 14), True)])
def test_what_is_not_installed_says_how_and_under_which_python(
    version: tuple[int, int], limit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.version_info", (*version, 0))
    how = "pip install '.[sim]' in the checkout"
    this = ".".join(map(str, version))
    said = f"it has no wheels for Python {this}: make an environment of Python 3.10 or 3.11, there {how}"
    assert str(MissingExtraError("pybullet", "sim")) == f"pybullet is not installed: {said if limit else how}"
    assert str(MissingExtraError("viser", "view")) == "viser is not installed: pip install '.[view]' in the checkout"


def test_the_default_perturbation_is_left_out_of_a_life_that_is_too_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--robot", "realant", "--steps", "30", "--out", str(tmp_path)]) == 0
    assert "saturated" not in capsys.readouterr().out
    assert (tmp_path / "realant-intact-seed0.json").is_file()
