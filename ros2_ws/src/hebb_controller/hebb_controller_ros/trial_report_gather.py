"""From a trial's folder to runs with their figures: what cannot be read is listed, and the others are reported."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hebb_controller.errors import BadInputError, HebbError
from hebb_controller.trials.ledger import ABORTED, FINISHED
from hebb_controller.trials.plan import PlannedRun
from hebb_controller_ros.trial_report_folder import KILLED, UNREADABLE, TrialFolder, Tried, read_trial
from hebb_controller_ros.trial_report_run import Run, run_of

NOT_BEGUN = "not begun"
#: What tells most about a run that has not finished comes first.
_TELLING = (UNREADABLE, ABORTED, KILLED)


@dataclass(frozen=True)
class Gathered:
    """A trial with everything that its recordings say.

    Attributes:
        folder: the trial.
        runs: those that finished and can be read, by number.
        tried: all attempts, those whose recording cannot be read marked so.
        notes: what is odd, one line each.
    """

    folder: TrialFolder
    runs: tuple[Run, ...]
    tried: tuple[Tried, ...]
    notes: tuple[str, ...]

    def outcome(self, planned: PlannedRun) -> str:
        """Return how a run of the plan stands."""
        found = [attempt.outcome for attempt in self.tried if attempt.planned == planned]
        return next((outcome for outcome in (FINISHED, *_TELLING) if outcome in found), NOT_BEGUN)

    def tried_by(self, condition: str) -> list[Tried]:
        """Return a condition's attempts."""
        return [attempt for attempt in self.tried if attempt.planned.condition == condition]

    def runs_of(self, condition: str) -> list[Run]:
        """Return a condition's runs."""
        return [run for run in self.runs if run.attempt.planned.condition == condition]


def gather(path: Path, tell: Callable[[str], None] = lambda text: None) -> Gathered:
    """Read a trial and all its finished runs.

    Args:
        path: the trial's folder.
        tell: takes one line of progress per run.

    Raises:
        BadInputError: no trial, or none of its runs has finished and can be read.
    """
    folder = read_trial(path)
    runs: dict[int, Run] = {}
    tried: list[Tried] = []
    notes = list(folder.notes)
    for attempt in folder.tried:
        number = attempt.planned.run
        if attempt.outcome == FINISHED and number in runs:
            notes.append(f"run {number} finished twice: its first counts, attempt {attempt.number} does not")
        elif attempt.outcome == FINISHED:
            tell(f"run {number} of {len(folder.plan)}: {attempt.planned.condition}")
            try:
                run = runs[number] = run_of(attempt, folder)
                notes += [f"run {number}: {note}" for note in run.notes]
            except HebbError as error:
                attempt = dataclasses.replace(attempt, outcome=UNREADABLE, reason=str(error))
        tried.append(attempt)
    if not runs:
        raise BadInputError(f"{path}: no finished run to report: {_standing(tried) or 'nothing was begun'}")
    return Gathered(folder, tuple(runs[number] for number in sorted(runs)), tuple(tried), tuple(notes))


def _standing(tried: list[Tried]) -> str:
    counted = [(outcome, [a for a in tried if a.outcome == outcome]) for outcome in _TELLING]
    return ", ".join(
        f"{len(found)} {outcome}" + (f" ({found[0].reason})" if found[0].reason else "")
        for outcome, found in counted
        if found
    )
