"""The ledger: whatever a folder has been left like, nothing finished is done again and nothing is overwritten."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from protocols import made

from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.trials import ledger
from hebb_controller.trials.operator import assumed_operator
from hebb_controller.trials.plan import PlannedRun, make_plan
from hebb_controller.trials.session import RunEnd, run_stage

PROTOCOL = made(repetitions=1)
PLAN = make_plan(PROTOCOL, "ground")
HEAD = {
    "schema": 1,
    "stage": "ground",
    "backend": "sim",
    "plan": [run.as_dict() for run in PLAN],
    "robot_sha256": "r",
    "rulebook_sha256": "b",
    "calibration_sha256": None,
}
WHOLE = {"finished": b'{"outcome": "finished"}', "aborted": b'{"outcome": "aborted"}'}
#: What an attempt may have been left like: whole, cut off before run.json, or with a run.json that no program of ours
#: leaves behind.
LEFT = {**WHOLE, "cut off": None, "torn": b'{"outcome": "fin', "empty": b"", "a list": b"[]", "odd": b'{"outcome": 3}'}


def tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def attempt_files(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in tree(folder).items() if name.startswith("runs/")}


@settings(max_examples=25)
@given(st.lists(st.lists(st.sampled_from(sorted(LEFT)), max_size=4), min_size=len(PLAN), max_size=len(PLAN)))
def test_what_is_left_follows_from_any_set_of_attempts(states: list[list[str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for run, attempts in zip(PLAN, states, strict=True):
            for number, state in enumerate(attempts, 1):
                path = folder / "runs" / run.folder / f"attempt-{number}"
                path.mkdir(parents=True)
                (path / "process.log").write_text(state)
                if (content := LEFT[state]) is not None:
                    (path / "run.json").write_bytes(content)
        before = tree(folder)
        wanted = [run for run, attempts in zip(PLAN, states, strict=True) if "finished" not in attempts]
        assert ledger.left(folder, PLAN) == wanted
        for run, attempts in zip(PLAN, states, strict=True):
            number, path = ledger.new_attempt(folder, run)
            assert number == len(attempts) + 1 and list(path.iterdir()) == []
        assert tree(folder) == before


def test_a_gap_among_attempts_is_not_filled(tmp_path: Path) -> None:
    (tmp_path / "runs" / PLAN[0].folder / "attempt-10").mkdir(parents=True)
    (tmp_path / "runs" / PLAN[0].folder / "attempt-9").mkdir()
    (tmp_path / "runs" / PLAN[0].folder / "attempt-x").mkdir()
    assert ledger.new_attempt(tmp_path, PLAN[0])[0] == 11


class Killed(BaseException):
    """What a kill looks like from inside: nothing of ours catches it."""


class Fate:
    """Kills at the n-th thing that is written, before it is done or just after."""

    def __init__(self) -> None:
        self.left = -1
        self.after = False

    @contextmanager
    def watching(self) -> Iterator[None]:
        real_replace, real_mkdir = os.replace, Path.mkdir

        def replace(source: str, target: str) -> None:
            self._strike(lambda: real_replace(source, target))

        def mkdir(path: Path, *args: object, **kwargs: object) -> None:
            self._strike(lambda: real_mkdir(path, *args, **kwargs))  # type: ignore[arg-type]

        with patch("os.replace", replace), patch.object(Path, "mkdir", mkdir):
            yield

    def _strike(self, work) -> None:  # type: ignore[no-untyped-def]
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Killed
        work()
        if self.left == 0:
            raise Killed


def sitting(folder: Path, aborts: list[bool]) -> bool:
    """Do what `hebb trial --resume` does, with runs that take no time; `aborts` is used up run by run."""
    with ledger.held(folder):
        ledger.start(folder, b"name: small", HEAD)

        def execute(run: PlannedRun, path: Path) -> RunEnd:
            (path / "recording.mcap").write_bytes(os.urandom(8))
            return RunEnd(finished=not (aborts and aborts.pop()), reason="")

        return run_stage(folder, PROTOCOL, "ground", PLAN, assumed_operator(), execute, lambda: "now")


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 25), st.booleans()), max_size=6), st.lists(st.booleans(), max_size=4))
def test_killed_anywhere_it_goes_on_and_loses_nothing(kills: list[tuple[int, bool]], aborts: list[bool]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder, fate = Path(name) / "ground", Fate()
        kept: dict[str, bytes] = {}
        for moment, after in kills:
            fate.left, fate.after = moment, after
            try:
                with fate.watching():
                    sitting(folder, list(aborts))
            except Killed:
                pass
            now = attempt_files(folder)
            assert {key: now.get(key) for key in kept} == kept  # what there was is there, byte for byte
            kept = now
        while not sitting(folder, []):
            pass
        now = attempt_files(folder)
        assert {key: now.get(key) for key in kept} == kept
        for run in PLAN:
            finished = [attempt for attempt in ledger.attempts(folder, run) if attempt.finished]
            assert len(finished) == 1
        assert ledger.left(folder, PLAN) == []


def test_another_trial_in_the_folder_is_refused(tmp_path: Path) -> None:
    assert ledger.start(tmp_path, b"a", HEAD) is True
    assert ledger.start(tmp_path, b"a", HEAD | {"versions": "newer"}) is False
    with pytest.raises(BadInputError, match="another protocol"):
        ledger.start(tmp_path, b"b", HEAD)
    for key in ("robot_sha256", "rulebook_sha256", "calibration_sha256", "plan"):
        with pytest.raises(BadInputError, match=f"another {key.replace('_sha256', '')}"):
            ledger.start(tmp_path, b"a", HEAD | {key: "other"})
    (tmp_path / "trial.json").write_bytes(b"{")
    with pytest.raises(BadInputError, match="trial.json: damaged"):
        ledger.start(tmp_path, b"a", HEAD)


def test_two_at_once_are_refused_and_a_record_is_written_once(tmp_path: Path) -> None:
    with ledger.held(tmp_path), pytest.raises(BadInputError, match="another hebb trial"), ledger.held(tmp_path):
        pass
    with ledger.held(tmp_path):  # free again
        pass
    _, path = ledger.new_attempt(tmp_path, PLAN[0])
    ledger.finish_attempt(path, {"outcome": "finished"})
    with pytest.raises(RunFailedError, match="nothing is ever overwritten"):
        ledger.finish_attempt(path, {"outcome": "aborted"})
    assert json.loads((path / "run.json").read_text()) == {"outcome": "finished"}
