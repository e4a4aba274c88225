"""The folder of an evolution: what may begin in it, and its log, `log.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import SUFFIX, write_atomically
from sim.checkpoint import FILE
from sim.json_lines import read_json_lines

LOG = "log.jsonl"
BEST, LATEST = f"best{SUFFIX}", f"latest{SUFFIX}"


def refuse_occupied(folder: Path) -> None:
    """Refuse to begin where a run, or anything that one leaves, lies already.

    Raises:
        BadInputError: with what lies there and what to do.
    """
    if (folder / FILE).exists():
        raise BadInputError(f"{folder} already holds a run: pass --resume to go on, or another --out")
    there = [name for name in (LOG, BEST, LATEST) if (folder / name).exists()]
    if there:
        raise BadInputError(
            f"{folder} already holds {', '.join(there)} and no checkpoint to go on from: pass another --out, or move "
            "them away"
        )


def read_log(folder: Path) -> list[dict[str, Any]]:
    """Return what each generation came to, without a last line that a kill cut short.

    Raises:
        BadInputError: no log there; a line that no evolution wrote.
    """
    log = folder / LOG
    if not log.is_file():
        raise BadInputError(f"no log in {folder}: not the folder of an evolution")
    return read_json_lines(log, _is_entry, "a generation of an evolution", "then --resume again")


def cut_log(folder: Path, generation: int) -> None:
    """Drop lines behind the checkpoint: a killed run logged generations that are about to be lived again.

    Raises:
        BadInputError: a line that no evolution wrote.
    """
    log = folder / LOG
    if log.exists():
        kept = [json.dumps(entry) + "\n" for entry in read_log(folder) if entry["generation"] <= generation]
        write_atomically(log, "".join(kept).encode())


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and type(entry.get("generation")) is int
