"""Records on disk: one JSON line per life, so that a study that was cut short goes on where it stopped.

The lives of one cell are written in one piece; a cell whose lines are not all there was cut short and is lived again.
Records of rulebooks that have changed since, or that the study no longer asks for, are dropped when it is run.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.rulebook import write_atomically
from sim.json_lines import read_json_lines

Record = dict[str, Any]
#: Significant digits of a recorded number: micrometres on a walk of metres.
DIGITS = 6


def read(path: Path) -> list[Record]:
    """Return the records of a study, whole cells only; none where there is no file.

    Raises:
        BadInputError: a line that is no record.
    """
    if not path.is_file():
        return []
    records = read_json_lines(path, _is_record, "a record", "then run the study again")
    counts: dict[str, int] = {}
    for record in records:
        counts[record["cell"]] = counts.get(record["cell"], 0) + 1
    return [record for record in records if counts[record["cell"]] == record["of"]]


def _is_record(content: Any) -> bool:
    return isinstance(content, dict) and "cell" in content


def append(path: Path, records: Sequence[Record]) -> None:
    """Add the records of one cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(as_lines(records))


def rewrite(path: Path, records: Iterable[Record]) -> None:
    """Replace the file by these records, in an order that does not depend on who lived them first."""
    ordered = sorted(records, key=lambda r: (r["condition"], r["evolution"], r["treatment"], r["cell"], r["episode"]))
    write_atomically(path, as_lines(ordered).encode())


def as_lines(records: Sequence[Record]) -> str:
    """Return records as JSON lines, numbers rounded."""
    return "".join(json.dumps(_rounded(record), separators=(",", ":")) + "\n" for record in records)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(f"{float(value):.{DIGITS}g}") if math.isfinite(value) else None
    return value


def where(records: Iterable[Record], **values: Any) -> list[Record]:
    """Return the records that have these values; a field that a record lacks has its default there, None here."""
    return [r for r in records if all(r.get(name) == value for name, value in values.items())]
