"""The folder of an evolution: what may begin in it, and its log, `log.jsonl`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.rulebook import SUFFIX, write_atomically
from sim.checkpoint import FILE

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


def cut_log(folder: Path, generation: int) -> None:
    """Drop lines behind the checkpoint: a killed run logged generations that are about to be lived again.

    Raises:
        BadInputError: a line that no evolution wrote.
    """
    log = folder / LOG
    if not log.exists():
        return
    kept = []
    for number, line in enumerate(log.read_bytes().splitlines(), 1):
        try:
            entry = json.loads(line.decode())
        except json.JSONDecodeError:
            continue  # the line that the kill cut short
        except (UnicodeDecodeError, RecursionError):
            entry = None
        if not _is_entry(entry):
            raise BadInputError(
                f"{log}, line {number}: no generation of an evolution: mend or remove this line, then --resume again"
            )
        if entry["generation"] <= generation:
            kept.append(line + b"\n")
    write_atomically(log, b"".join(kept))


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and type(entry.get("generation")) is int
