"""`hebb report DIR [DIR_B]`: a trial's report as page, JSON and CSV, or two trials side by side."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from hebb_controller_ros.trial_report_compare import comparison_of
from hebb_controller_ros.trial_report_compare_page import comparison_page
from hebb_controller_ros.trial_report_files import csv_of, write_files
from hebb_controller_ros.trial_report_gather import gather
from hebb_controller_ros.trial_report_numbers import numbers_of
from hebb_controller_ros.trial_report_page import trial_page


def run(folder: Path, out: Path | None, as_json: bool) -> int:
    """Write the report of a trial and say where; return the exit code.

    Args:
        folder: the trial's.
        out: where the report goes; None: into the trial's own folder.
        as_json: print its numbers instead of what was written.
    """
    trial = gather(folder, _tell)
    found = numbers_of(trial)
    written = write_files(
        trial.folder.path / "report" if out is None else out,
        "report",
        found,
        trial_page(trial, found),
        csv_of(found["runs"]),
    )
    if as_json:
        print(json.dumps(found))
        return 0
    outcomes = [f"{count} {outcome}" for outcome, count in found["runs_by_outcome"].items() if count]
    print(f"{found['trial']['name']}: {found['runs_planned']} runs planned, {', '.join(outcomes)}")
    for lost in found["attempts_not_finished"]:
        why = f": {lost['reason']}" if lost["reason"] else ""
        print(f"run {lost['run']} ({lost['condition']}), attempt {lost['attempt']} {lost['outcome']}{why}")
    for note in found["notes"]:
        print(f"note: {note}")
    for file in written:
        print(f"wrote {file}")
    return 0


def run_both(first: Path, second: Path, out: Path | None, as_json: bool) -> int:
    """Write the comparison of two trials and say where; return the exit code.

    Args:
        first: folder of a trial.
        second: folder of another.
        out: where the comparison goes; None: beside the first one's report.
        as_json: print its numbers instead of what was written.
    """
    trials = gather(first, _tell), gather(second, _tell)
    found = comparison_of(*trials)
    both = [{"trial": which} | entry for which in ("first", "second") for entry in found[which]["runs"]]
    folder = trials[0].folder.path / "report" if out is None else out
    name = f"beside-{found['second']['trial']['folder'].replace('/', '-')}"
    written = write_files(folder, name, found, comparison_page(*trials, found), csv_of(both, ("trial",)))
    if as_json:
        print(json.dumps(found))
        return 0
    for note in found["notes"]:
        print(f"note: {note}")
    for file in written:
        print(f"wrote {file}")
    return 0


def _tell(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:<60}", end="" if text else "\r", file=sys.stderr, flush=True)
