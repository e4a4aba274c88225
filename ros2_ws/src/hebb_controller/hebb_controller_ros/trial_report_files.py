"""The files of a report: JSON, one CSV row per run, the page. Each is whole or not there."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

from hebb_controller.rulebook_file import write_atomically

_FIRST = ("run", "block", "condition", "seed", "outcome", "attempts", "ended_by")


def write_files(folder: Path, name: str, numbers: dict[str, Any], page: str, table: str) -> list[Path]:
    """Write page, numbers and table under one name, and return their paths.

    Args:
        folder: where; made if need be.
        name: of the files, without suffix.
        numbers: for the JSON file.
        page: as HTML.
        table: as CSV.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(numbers, indent=1, allow_nan=False, ensure_ascii=False) + "\n"
    contents = ((".html", page), (".json", text), (".csv", table))
    return [write_atomically(folder / f"{name}{suffix}", content.encode()) for suffix, content in contents]


def csv_of(runs: list[dict[str, Any]], extra: tuple[str, ...] = ()) -> str:
    """Return one row per run; the columns are keys of the JSON's runs, an empty cell is null.

    Args:
        runs: as the JSON has them.
        extra: columns that come first.
    """
    keys = [*extra, *_FIRST]
    keys += [key for key in dict.fromkeys(key for run in runs for key in run) if key not in (*keys, "perturbations")]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, keys, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    for run in runs:
        writer.writerow({key: "" if value is None else value for key, value in run.items()})
    return stream.getvalue()
