"""Numbers with too many zeros: one line that says the most there may be, and no traceback where memory ends."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from fixtures_rulebooks import random_rulebook
from pretend_engine import SMALL

from hebb_controller import cli
from hebb_controller.network_clock import check_clock
from hebb_controller.robot_file import load_robot
from hebb_controller.step_bound import MOST_STEPS

pytestmark = pytest.mark.sim
HUGE = "1" + "0" * 40


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("run --rulebook realant --steps", "steps must be 1 to 10,000,000"),
        ("evaluate realant --episodes 1 --horizon", "must be 10,000,000 control steps or fewer"),
        ("evolve --horizon", "must be 10,000,000 or less"),
        ("evolve --horizon 10 --horizon-growth", "must be 10,000,000 or less"),
        ("evolve --average-over", "must be a whole number from 1 to 10,000,000"),
        ("evolve --hidden 8", "must be 1,000,000 or less"),
        ("evolve --encoding cppn --cppn-hidden 8", "must be 1,000,000 or less"),
        ("evolve --population", "must be 10,000,000 or less"),
        ("evolve --episodes", "must be 10,000,000 or less"),
        ("evolve --evaluate-episodes", "must be 10,000,000 or less"),
    ],
)
def test_what_nothing_could_hold_is_refused(
    words: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = [] if words.startswith("evaluate") else ["--out", str(tmp_path / "out")]
    assert cli.main([*words.split(), HUGE, *out]) == 2
    error = capsys.readouterr().err
    assert told in error and error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_the_most_is_allowed() -> None:
    check_clock(MOST_STEPS, MOST_STEPS)
    most = dataclasses.replace(SMALL, horizon=MOST_STEPS, hidden=(1_000_000,), episodes=10_000_000)
    assert most.horizon_at(0, 500) == 500


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError("Unable to allocate 18.2 TiB for an array"), " (Unable to allocate 18.2 TiB for an array)"),
        (MemoryError(), ""),
    ],
)
def test_the_end_of_memory_is_one_line(
    error: MemoryError, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = random_rulebook(load_robot("ant")).save(tmp_path / "toy")

    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr("hebb_controller.rulebook.load_rulebook", full)
    assert cli.main(["rulebook", str(book)]) == 1
    line = f"hebb: error: out of memory{told}: ask for smaller layers, fewer steps or fewer workers\n"
    assert capsys.readouterr().err == line
