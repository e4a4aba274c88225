"""A trial's folder as a report sees it: its plan, and every attempt at every run, the broken ones too.

What the files hold is described in docs/trials.md. Nothing here looks into a recording.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.trials import ledger
from hebb_controller.trials.ledger import ABORTED, FINISHED
from hebb_controller.trials.plan import PlannedRun
from hebb_controller.trials.protocol import STAGES

KILLED, UNREADABLE = "killed", "unreadable"
#: What trial.json has to say for a report to be made.
NEEDED = ("name", "robot", "robot_sha256", "rulebook", "rulebook_sha256", "stage", "backend", "plan")


@dataclass(frozen=True)
class Tried:
    """One attempt at a run.

    Attributes:
        planned: the run.
        number: of the attempt, from 1.
        folder: where it lies.
        outcome: `finished`, `aborted`, `killed` (nothing was written at its end) or `unreadable`.
        reason: why it is not finished, or what ended it.
        told: run.json; empty where there is none.
        recording: the MCAP file; None where there is none.
    """

    planned: PlannedRun
    number: int
    folder: Path
    outcome: str
    reason: str = ""
    told: dict[str, Any] = field(default_factory=dict)
    recording: Path | None = None


@dataclass(frozen=True)
class TrialFolder:
    """A trial.

    Attributes:
        path: its folder.
        told: trial.json.
        plan: its runs, by number.
        tried: attempts, by run and number.
        notes: what is odd about the folder, one line each.
    """

    path: Path
    told: dict[str, Any]
    plan: tuple[PlannedRun, ...]
    tried: tuple[Tried, ...]
    notes: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[str, ...]:
        """Names of the conditions: in the protocol's order, then in that of the alphabet."""
        planned = {run.condition for run in self.plan}
        listed = [entry["name"] for entry in self._described() if entry["name"] in planned]
        return tuple(dict.fromkeys([*listed, *sorted(planned)]))

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of each condition, as far as the protocol tells."""
        return {str(entry["name"]): str(entry.get("kind", "")) for entry in self._described()}

    @property
    def reference(self) -> str:
        """The condition that the others are subtracted from: the plastic one, or else the first."""
        kinds = self.kinds
        return next((name for name in self.conditions if kinds.get(name, name) == "plastic"), self.conditions[0])

    @property
    def moves(self) -> bool:
        """True if the body was to move about by itself: what it went says something."""
        return bool(self.told["stage"] == "ground")

    @property
    def prompts(self) -> tuple[tuple[float, float, str], ...]:
        """What an operator was told to do: when [s] after the network's start, for how long [s] (0: it stays), text."""
        protocol = self.told.get("protocol")
        listed = (
            protocol.get("perturbations") if isinstance(protocol, dict) and self.told["stage"] != "shadow" else None
        )
        asked = [entry for entry in listed or [] if isinstance(entry, dict) and entry.get("operator")]
        return tuple((float(e["at"]), float(e.get("duration", 0.0)), str(e["operator"])) for e in asked)

    def _described(self) -> list[dict[str, Any]]:
        protocol = self.told.get("protocol")
        listed = protocol.get("conditions") if isinstance(protocol, dict) else None
        return [entry for entry in listed or [] if isinstance(entry, dict) and "name" in entry]


def is_trial(path: Path) -> bool:
    """Return True if a path is a trial's folder."""
    return (Path(path) / "trial.json").is_file()


def read_trial(path: Path) -> TrialFolder:
    """Read a trial's folder.

    A folder that holds the stages of a trial stands for the highest one that was begun.

    Raises:
        BadInputError: no such folder, or its trial.json cannot be used.
    """
    path = Path(path)
    if not path.is_dir():
        raise BadInputError(f"no trial {path}: no such folder")
    path = next((p for p in (path, *(path / stage for stage in reversed(STAGES))) if is_trial(p)), path)
    if not is_trial(path):
        raise BadInputError(f"{path}: no trial.json in it: give the folder that hebb trial made")
    told = ledger.read_json(path / "trial.json")
    missing = [key for key in NEEDED if key not in told]
    if missing:
        raise BadInputError(f"{path / 'trial.json'}: without {', '.join(missing)}: not what hebb trial writes")
    plan = _plan(told["plan"], path / "trial.json")
    if not plan:
        raise BadInputError(f"{path / 'trial.json'}: an empty plan: there is nothing to report")
    tried = tuple(_tried(planned, attempt) for planned in plan for attempt in ledger.attempts(path, planned))
    planned_folders = {planned.folder for planned in plan}
    strange = sorted(p.name for p in path.glob("runs/*/") if p.name not in planned_folders)
    notes = tuple(f"runs/{name} belongs to no run of the plan: left out" for name in strange)
    return TrialFolder(path, told, plan, tried, notes)


def _plan(entries: Any, file: Path) -> tuple[PlannedRun, ...]:
    try:
        plan = [PlannedRun(int(e["run"]), int(e["block"]), str(e["condition"]), int(e["seed"])) for e in entries]
    except (KeyError, TypeError, ValueError) as error:
        raise BadInputError(f"{file}: a run of the plan lacks run, block, condition or seed ({error!r})") from error
    if len({planned.run for planned in plan}) != len(plan):
        raise BadInputError(f"{file}: two runs of the plan have one number")
    return tuple(sorted(plan, key=lambda planned: planned.run))


def _tried(planned: PlannedRun, attempt: ledger.Attempt) -> Tried:
    folder, told = attempt.folder, attempt.record
    recordings = sorted(folder.glob("*.mcap"))
    recording = recordings[-1] if recordings else None
    if told is None:
        why = "its run.json is damaged" if (folder / "run.json").exists() else "nothing was written at its end"
        return Tried(planned, attempt.number, folder, KILLED, why, {}, recording)
    if told.get("condition") != planned.condition:
        why = f"its run.json is of condition {told.get('condition')!r}"
        return Tried(planned, attempt.number, folder, UNREADABLE, why, told, recording)
    if told.get("recording"):
        recording = folder / Path(str(told["recording"])).name
    reason = str(told.get("reason") or "")
    if told["outcome"] == ABORTED:
        return Tried(planned, attempt.number, folder, ABORTED, reason, told, recording)
    if recording is None or not recording.is_file():
        return Tried(planned, attempt.number, folder, UNREADABLE, "its recording is missing", told, None)
    return Tried(planned, attempt.number, folder, FINISHED, reason, told, recording)
