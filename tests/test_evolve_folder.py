"""The folder of a run: what may begin or go on in it, killed at any time, and one run at a time."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pretend_engine import SMALL, PretendEngine, log_of

pytest.importorskip("pybullet")

from hebb_controller.errors import BadInputError
from hebb_controller.held_folder import held
from hebb_controller.rules import FloatArray
from sim import evolve
from sim.checkpoint import load_checkpoint
from sim.engine import Result
from sim.problem import Job

pytestmark = pytest.mark.sim


def _run(folder: Path, generations: int = 2, **given: Any) -> None:
    config = dataclasses.replace(SMALL, generations=generations)
    evolve.run(config, folder, **{"open_engine": PretendEngine, **given})


def _signalling(number: int) -> type[PretendEngine]:
    class Signalled(PretendEngine):
        def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
            if jobs[0].generation == 1:
                os.kill(os.getpid(), number)
            yield from super().run(mean, jobs)

    return Signalled


class Killed(PretendEngine):
    """Looks at the folder while the first generation is being lived: what a kill would leave."""

    def run(self, mean: FloatArray, jobs: Sequence[Job]) -> Iterator[Result]:
        if jobs[0].generation == 0:
            self.left = load_checkpoint(Killed.folder).state.generation
            assert self.left == 0 and (Killed.folder / "config.yaml").exists()
        yield from super().run(mean, jobs)

    folder: Path


def test_a_run_killed_in_its_first_generation_can_be_resumed(tmp_path: Path) -> None:
    Killed.folder = tmp_path
    _run(tmp_path, open_engine=Killed)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_run_told_to_end_saves_where_it_stands(number: int, tmp_path: Path) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt):
        _run(tmp_path, open_engine=_signalling(number))
    assert load_checkpoint(tmp_path).state.generation == 1 and (tmp_path / "latest.hebb.safetensors").exists()
    assert signal.getsignal(number) == before


def test_a_run_whose_hang_up_is_ignored_goes_on(tmp_path: Path) -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        _run(tmp_path, open_engine=_signalling(signal.SIGHUP))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert load_checkpoint(tmp_path).state.generation == 2


def test_a_run_in_another_thread_sets_no_handlers(tmp_path: Path) -> None:
    thread = threading.Thread(target=_run, args=(tmp_path,))
    thread.start()
    thread.join()
    assert load_checkpoint(tmp_path).state.generation == 2


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_that_another_run_works_in_is_refused(resume: bool, tmp_path: Path) -> None:
    if resume:
        _run(tmp_path)
    with held(tmp_path, "hebb evolve"), pytest.raises(BadInputError, match="another hebb evolve .*works on it"):
        _run(tmp_path, 3, resume=resume)


def test_a_folder_that_was_taken_meanwhile_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked at again under the lock."""
    prepare = evolve.prepare

    def slow(config: Any) -> Any:
        monkeypatch.setattr(evolve, "prepare", prepare)
        _run(tmp_path)
        return prepare(config)

    monkeypatch.setattr(evolve, "prepare", slow)
    with pytest.raises(BadInputError, match="already holds a run"):
        _run(tmp_path)
    assert len(log_of(tmp_path)) == 2


def test_a_run_that_went_on_meanwhile_is_not_gone_back_on(tmp_path: Path) -> None:
    """Else the log would lose what the other has written."""
    _run(tmp_path)

    def slow(*_: Any) -> PretendEngine:
        _run(tmp_path, 3, resume=True)
        return PretendEngine()

    with pytest.raises(BadInputError, match="another run has just gone on in it: --resume again"):
        _run(tmp_path, 5, resume=True, open_engine=slow)
    assert load_checkpoint(tmp_path).state.generation == len(log_of(tmp_path)) == 3


@pytest.mark.parametrize("left", ["best.hebb.safetensors", "latest.hebb.safetensors", "log.jsonl"])
def test_what_a_run_left_is_not_written_over(left: str, tmp_path: Path) -> None:
    (tmp_path / left).write_text("mine")
    with pytest.raises(BadInputError, match=f"already holds {left} and no checkpoint .*another --out"):
        _run(tmp_path)
    assert (tmp_path / left).read_text() == "mine" and [p.name for p in tmp_path.iterdir()] == [left]


@pytest.mark.parametrize("line", [b'{"a": 1}', b"[1]", b"\xff\xfe", b'{"generation": "x"}', b"[" * 100_000])
def test_a_strange_line_in_the_log_is_one_line(line: bytes, tmp_path: Path) -> None:
    _run(tmp_path)
    log = tmp_path / "log.jsonl"
    log.write_bytes(log.read_bytes() + line + b"\n")
    with pytest.raises(BadInputError, match=r"log.jsonl, line 3: not a generation .*--resume again") as caught:
        _run(tmp_path, 3, resume=True)
    assert "\n" not in str(caught.value)


def test_a_line_that_was_cut_short_is_dropped(tmp_path: Path) -> None:
    _run(tmp_path)
    log = tmp_path / "log.jsonl"
    log.write_bytes(log.read_bytes() + b'{"gener')
    _run(tmp_path, 3, resume=True)
    assert [entry["generation"] for entry in log_of(tmp_path)] == [1, 2, 3]


def test_a_broken_line_in_the_middle_is_no_cut(tmp_path: Path) -> None:
    _run(tmp_path)
    log = tmp_path / "log.jsonl"
    log.write_bytes(b'{"gener\n' + log.read_bytes())
    with pytest.raises(BadInputError, match=r"log.jsonl, line 1: not a generation"):
        _run(tmp_path, 3, resume=True)


def test_fewer_generations_than_were_lived_are_refused(tmp_path: Path) -> None:
    _run(tmp_path)
    before = (tmp_path / "config.yaml").read_bytes()
    with pytest.raises(BadInputError, match=r"--generations 1: .* has lived 2 already"):
        _run(tmp_path, 1, resume=True)
    assert (tmp_path / "config.yaml").read_bytes() == before


def test_nothing_left_to_do_is_told(tmp_path: Path) -> None:
    said: list[str] = []
    _run(tmp_path, say=said.append)
    assert said == []
    _run(tmp_path, resume=True, say=said.append, open_engine=lambda *_: pytest.fail("nobody has to work"))
    assert len(said) == 1 and "all 2 generations are lived, nothing is left to do" in said[0]
