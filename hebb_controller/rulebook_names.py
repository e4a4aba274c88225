"""Rulebooks by name: those that come with the project, and anybody's own files."""

from __future__ import annotations

import shlex
from pathlib import Path

from hebb_controller.errors import RulebookError

SUFFIX = ".hebb.safetensors"
SHIPPED = Path(__file__).parent / "rulebooks"


def shipped_rulebooks() -> dict[str, Path]:
    """Return the rulebooks that come with the project, name -> path."""
    return {p.name.removesuffix(SUFFIX): p for p in sorted(SHIPPED.glob(f"*{SUFFIX}"))}


def find_rulebook(name_or_path: str | Path) -> Path:
    """Return the path of a shipped name or of an existing file.

    Raises:
        RulebookError: neither; the message lists the shipped names.
    """
    shipped = shipped_rulebooks()
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    path = Path(name_or_path)
    if not path.is_file():
        raise RulebookError(f"no rulebook {str(name_or_path)!r}: a file, or one of {', '.join(shipped) or 'none yet'}")
    return path


def rulebook_named_like(robot: str, given: str, how: str) -> str:
    """Return the name of the rulebook that comes with a robot: what is taken where nobody has named one.

    Args:
        robot: name of the robot.
        given: name or file that it was asked for by.
        how: how a rulebook is named there, such as `--rulebook FILE`.

    Raises:
        RulebookError: none comes with it; the message says how to get one.
    """
    if robot not in shipped_rulebooks():
        evolve = f"hebb evolve --config servo --robot {shlex.quote(given)}"
        raise RulebookError(f"{robot} has no shipped rulebook: give {how}, or evolve one: {evolve}")
    return robot
