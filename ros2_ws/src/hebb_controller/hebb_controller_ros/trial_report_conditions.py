"""A condition in numbers: what its finished runs came to, and what became of all that was tried."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from hebb_controller.trials.ledger import FINISHED
from hebb_controller_ros.trial_report_figures import Number
from hebb_controller_ros.trial_report_gather import Gathered
from hebb_controller_ros.trial_report_pairs import Row
from hebb_controller_ros.trial_report_perturbations import NOT_RECOVERED, RECOVERED
from hebb_controller_ros.trial_report_run import Run


def condition_dict(
    trial: Gathered, name: str, rows: Sequence[Row], figures: Sequence[str], labels: Sequence[str]
) -> dict[str, Any]:
    """Return a condition's numbers, ready for JSON.

    Args:
        trial: the trial.
        name: of the condition.
        rows: every run's numbers.
        figures: keys of the figures to be told.
        labels: of the perturbations.
    """
    runs, tried = trial.runs_of(name), trial.tried_by(name)
    mine = [row for row in rows if row.condition == name]
    buses = [run.bus for run in runs if run.bus is not None]
    levels = sorted({level for bus in buses for level in bus.levels})
    return {
        "kind": trial.folder.kinds.get(name, ""),
        "planned": sum(planned.condition == name for planned in trial.folder.plan),
        "finished": len(runs),
        "attempts_not_finished": sum(a.outcome != FINISHED for a in tried),
        "falls_in_all_attempts": sum(int(a.told.get("falls") or 0) for a in tried),
        "figures": {key: spread_of([row.values.get(key) for row in mine]) for key in figures},
        "recovery": {label: _recovered(runs, label) for label in labels},
        "guard_reasons_s": _reasons(runs),
        "bus_levels": {level: sum(bus.levels.get(level, 0) for bus in buses) for level in levels},
        "bus_reasons": sorted({reason for bus in buses for reason in bus.reasons}),
        "parity": {v: sum(run.parity.verdict == v for run in runs) for v in ("equal", "differs", "not checked")},
    }


def _reasons(runs: Sequence[Run]) -> dict[str, float]:
    """Return the time that the guards did not let commands through, by who, mode and reason, in [s]."""
    found: dict[str, list[float]] = {}
    told: dict[str, set[str]] = {}
    for run in runs:
        for who, spans in (("controller", run.controller), ("plant", run.plant)):
            for span in (span for span in spans if span.mode != "nominal"):
                words = f"{who}, {span.mode}: {span.reason or 'no reason told'}"
                # `tilted 87 degrees` and `tilted 88 degrees` are one reason.
                alike = re.sub(r"\d+(\.\d+)?", "N", words)
                found.setdefault(alike, []).append(span.duration)
                told.setdefault(alike, set()).add(words)
    names = {alike: next(iter(words)) if len(words) == 1 else alike for alike, words in told.items()}
    return {names[alike]: sum(sorted(found[alike])) for alike in sorted(found)}


def _recovered(runs: Sequence[Run], label: str) -> dict[str, Any]:
    suffered = [p for run in runs for p in run.perturbations if p.label == label]
    times = [math.inf if p.outcome == NOT_RECOVERED else p.recovery for p in suffered]
    told = [t for t in times if t is not None]
    outcomes = [p.outcome for p in suffered]
    return {
        "recovered": outcomes.count(RECOVERED),
        "not_recovered": outcomes.count(NOT_RECOVERED),
        "not_told": len(outcomes) - outcomes.count(RECOVERED) - outcomes.count(NOT_RECOVERED),
        # One that did not come back counts as longer than any other; null if that is where the median lies.
        "median_of_all_s": float(np.median(told)) if told else None,
    }


def spread_of(values: Sequence[Number]) -> dict[str, float | int | None]:
    """Return number, mean, sample deviation, median, least and largest of the values that there are.

    They are put in order first, so that the order of the runs cannot change a digit.
    """
    there = np.sort(np.array([float(v) for v in values if v is not None and math.isfinite(v)]))
    n = int(there.size)
    return {
        "n": n,
        "mean": float(there.mean()) if n else None,
        "std": float(there.std(ddof=1)) if n > 1 else None,
        "median": float(np.median(there)) if n else None,
        "least": float(there[0]) if n else None,
        "largest": float(there[-1]) if n else None,
    }
