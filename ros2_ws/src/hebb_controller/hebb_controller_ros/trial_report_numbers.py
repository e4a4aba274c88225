"""A trial in numbers: what the JSON file holds, and what CSV and page are made from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from hebb_controller.trials.ledger import ABORTED, FINISHED
from hebb_controller_ros.trial_report_conditions import condition_dict
from hebb_controller_ros.trial_report_figures import (
    COMPARED,
    FIGURES,
    KEPT,
    OF,
    RECOVERY,
    labels_of,
    values_of,
    words_of,
)
from hebb_controller_ros.trial_report_folder import KILLED, UNREADABLE, TrialFolder
from hebb_controller_ros.trial_report_gather import NOT_BEGUN, Gathered
from hebb_controller_ros.trial_report_pairs import Difference, Row, paired
from hebb_controller_ros.trial_report_run import Run

SCHEMA = 1
#: What is said of the trial itself, as trial.json has it.
_HEAD = (
    "name",
    "stage",
    "backend",
    "robot",
    "robot_sha256",
    "rulebook",
    "rulebook_sha256",
    "calibration_sha256",
    "seed",
    "versions",
)


def numbers_of(trial: Gathered) -> dict[str, Any]:
    """Return a trial in numbers, ready for JSON: six digits, and null for what there is not."""
    folder = trial.folder
    labels = labels_of(trial.runs)
    rows = rows_of(trial.runs, labels)
    figures = [figure.key for figure in FIGURES] + [
        f"{kind}{OF}{label}" for label in labels for kind in (RECOVERY, KEPT)
    ]
    compared = [*COMPARED, *(key for key in figures if OF in key)]
    others = [condition for condition in folder.conditions if condition != folder.reference]
    standing = [trial.outcome(planned) for planned in folder.plan]
    found = {
        "schema": SCHEMA,
        "trial": {key: folder.told.get(key) for key in _HEAD} | _place(folder),
        "runs_planned": len(folder.plan),
        "runs_by_outcome": {o: standing.count(o) for o in (FINISHED, UNREADABLE, ABORTED, KILLED, NOT_BEGUN)},
        "attempts_by_outcome": {
            o: sum(a.outcome == o for a in trial.tried) for o in (FINISHED, UNREADABLE, ABORTED, KILLED)
        },
        "reference": folder.reference,
        "perturbations": labels,
        "notes": [*trial.notes, *_repeated(trial)],
        "conditions": {name: condition_dict(trial, name, rows, figures, labels) for name in folder.conditions},
        "differences": [
            difference_dict(paired(rows, folder.reference, other, key)) for other in others for key in compared
        ],
        "runs": _runs(trial, labels),
        "attempts_not_finished": [
            {
                "run": a.planned.run,
                "block": a.planned.block,
                "condition": a.planned.condition,
                "attempt": a.number,
                "outcome": a.outcome,
                "reason": a.reason,
                "falls": a.told.get("falls"),
            }
            for a in trial.tried
            if a.outcome != FINISHED
        ],
    }
    return dict(plain(found))


def rows_of(runs: Sequence[Run], labels: Sequence[str]) -> list[Row]:
    """Return every run's numbers with its condition and block."""
    return [Row(r.attempt.planned.condition, r.attempt.planned.block, values_of(r, labels)) for r in runs]


def difference_dict(found: Difference) -> dict[str, Any]:
    """Return a difference, ready for JSON."""
    return {
        "first": found.first,
        "second": found.second,
        "figure": found.figure,
        "n": found.interval.n,
        "median": found.interval.value,
        "low": found.interval.low,
        "high": found.interval.high,
        "verdict": found.verdict,
        "blocks": {str(block): value for block, value in found.blocks.items()},
    }


def plain(value: Any) -> Any:
    """Return numbers to six digits, null for what is no number, and plain lists and dictionaries."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, float):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return value


def _repeated(trial: Gathered) -> list[str]:
    """Return which conditions did the same in every run: in lock-step, what no seed reaches repeats to the bit."""
    notes = []
    for name in trial.folder.conditions:
        went = [
            run.distance for run in trial.runs_of(name) if run.distance is not None and run.source == "ground_truth"
        ]
        if len(went) > 1 and len(set(went)) == 1:
            notes.append(
                f"{name}: all {len(went)} runs went the same distance to the last digit: one run, not {len(went)}"
            )
    return notes


def _place(folder: TrialFolder) -> dict[str, Any]:
    protocol, path = folder.told.get("protocol"), folder.path.resolve()
    surface = protocol.get("surface") if isinstance(protocol, dict) else None
    # A stage's folder is called by its stage alone: the one above has the trial's name.
    name = f"{path.parent.name}/{path.name}" if path.name == folder.told["stage"] else path.name
    return {"folder": name, "surface": surface or None}


def _runs(trial: Gathered, labels: Sequence[str]) -> list[dict[str, Any]]:
    finished = {run.attempt.planned.run: run for run in trial.runs}
    rows = []
    for planned in trial.folder.plan:
        run = finished.get(planned.run)
        row: dict[str, Any] = planned.as_dict() | {"outcome": trial.outcome(planned)}
        row["attempts"] = sum(a.planned == planned for a in trial.tried)
        row["ended_by"] = None if run is None else run.attempt.reason
        if run is not None:
            row |= values_of(run, labels) | words_of(run)
            row["perturbations"] = {p.label: p.outcome for p in run.perturbations}
        rows.append(row)
    return rows
