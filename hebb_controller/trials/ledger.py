"""What a trial has done so far, read from its folder alone: a trial that was killed anywhere goes on from there.

    DIR/trial.json                          what is to be done, written once
    DIR/runs/001-plastic/attempt-1/         one attempt; run.json in it is written last

An attempt without a whole run.json was cut off: it stays as it is, and the next one gets the next number.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hebb_controller import held_folder
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.rulebook_file import write_atomically
from hebb_controller.trials.plan import PlannedRun

SCHEMA = 1
FINISHED, ABORTED = "finished", "aborted"


@dataclass(frozen=True)
class Attempt:
    """One attempt at a run.

    Attributes:
        number: counts from 1.
        folder: where it lies.
        record: what run.json says; None: the attempt was cut off.
    """

    number: int
    folder: Path
    record: dict[str, Any] | None

    @property
    def finished(self) -> bool:
        """True if the run need not be done again."""
        return self.record is not None and self.record["outcome"] == FINISHED


def start(folder: Path, protocol: bytes, head: Mapping[str, Any]) -> bool:
    """Begin a stage in its folder, or take up the one that is there; return True if it has just begun.

    Args:
        folder: the stage's; made if need be.
        protocol: the protocol's file, byte for byte.
        head: what trial.json says.

    Raises:
        BadInputError: another trial lies there, or the same with another protocol, robot, calibration, rulebook.
    """
    copy, trial = folder / "protocol.yaml", folder / "trial.json"
    if copy.exists() and copy.read_bytes() != protocol:
        raise BadInputError(f"{folder}: begun with another protocol: give another --out, or the old protocol back")
    if trial.exists():
        there = read_json(trial)
        wanted = json.loads(json.dumps(head))
        for key in ("schema", "stage", "backend", "plan", "robot_sha256", "calibration_sha256", "rulebook_sha256"):
            if there.get(key) != wanted.get(key):
                raise BadInputError(
                    f"{folder}: begun with another {key.replace('_sha256', '')}: "
                    "runs of two kinds do not mix: give another --out"
                )
        return False
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(copy, protocol)
    write_json(trial, head)
    return True


def attempts(folder: Path, run: PlannedRun) -> list[Attempt]:
    """Return the attempts at a run, oldest first."""
    found = []
    for path in sorted((folder / "runs" / run.folder).glob("attempt-*")):
        number = path.name.removeprefix("attempt-")
        if path.is_dir() and number.isdecimal():
            found.append(Attempt(int(number), path, _record(path / "run.json")))
    return sorted(found, key=lambda attempt: attempt.number)


def left(folder: Path, plan: Sequence[PlannedRun]) -> list[PlannedRun]:
    """Return the runs that no attempt has finished, in their order."""
    return [run for run in plan if not any(attempt.finished for attempt in attempts(folder, run))]


def new_attempt(folder: Path, run: PlannedRun) -> tuple[int, Path]:
    """Make the folder of the next attempt at a run; return its number and path.

    Raises:
        RunFailedError: it cannot be made.
    """
    number = max((attempt.number for attempt in attempts(folder, run)), default=0) + 1
    path = folder / "runs" / run.folder / f"attempt-{number}"
    try:
        path.mkdir(parents=True)
    except OSError as error:
        raise RunFailedError(f"{path}: {error.strerror or error}") from error
    return number, path


def finish_attempt(folder: Path, record: Mapping[str, Any]) -> Path:
    """Write an attempt's run.json: the last thing that happens to it.

    Raises:
        RunFailedError: it has one.
    """
    path = folder / "run.json"
    if path.exists():
        raise RunFailedError(f"{path}: is there already: nothing is ever overwritten")
    return write_json(path, record)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Keep every other program out of a stage's folder; a killed one leaves nothing behind that keeps us out.

    Raises:
        BadInputError: another program holds it.
    """
    with held_folder.held(folder, "hebb trial"):
        yield


def read_json(path: Path) -> dict[str, Any]:
    """Read a file of ours.

    Raises:
        BadInputError: not there, or not whole.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{path}: damaged ({' '.join(str(error).split())[:200]})") from error
    if not isinstance(content, dict):
        raise BadInputError(f"{path}: damaged: it must hold keys and values")
    return content


def write_json(path: Path, content: Mapping[str, Any]) -> Path:
    """Write a file of ours, atomically, and return its path."""
    return write_atomically(path, (json.dumps(content, indent=1, allow_nan=False) + "\n").encode())


def _record(path: Path) -> dict[str, Any] | None:
    if not path.exists():
        return None
    try:
        record = read_json(path)
    except BadInputError:
        return None  # as good as none: the run is done again, and this attempt stays as it is
    return record if record.get("outcome") in (FINISHED, ABORTED) else None
