"""`hebb study`: words that leave nothing to do are refused before anything is lived or written."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("pybullet")
pytest.importorskip("matplotlib")

from hebb_controller.cli import main

pytestmark = pytest.mark.sim


@pytest.mark.parametrize(
    ("words", "naming"),
    [
        ("--all frozen", "--all runs every study: leave out frozen"),
        ("--all nope", "leave out nope"),
        ("--page", "--page: of which study?"),
        ("--evolve", "--evolve: of which study?"),
        ("--quick", "--quick: of which study?"),
        ("frozen --page --evolve", "--page lives nothing"),
        ("--evolutions TYPO", "--evolutions TYPO: no such folder"),
        ("frozen --page --evolutions TYPO", "--evolutions TYPO: no such folder"),
        ("frozen", "no evolutions at docs/results/evolutions"),
        ("frozen --page", "no records at docs/results/data/frozen.jsonl"),
    ],
)
def test_what_leaves_nothing_to_do_is_refused(
    words: str, naming: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["study", *words.split()]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and naming in told.err
    assert list(tmp_path.iterdir()) == []


def test_records_that_are_no_text_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "data" / "frozen.jsonl"
    path.parent.mkdir()
    path.write_bytes(b"\x89PNG\xff\xfe\n")
    assert main(["study", "frozen", "--page", "--out", str(tmp_path)]) == 2
    assert f"{path}, line 1: not a record" in capsys.readouterr().err
