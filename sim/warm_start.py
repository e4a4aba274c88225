"""The rulebook that an evolution begins from, and what to do where it is missing."""

from __future__ import annotations

from pathlib import Path

from hebb_controller.errors import RulebookError
from hebb_controller.rulebook import Rulebook, find_rulebook, load_rulebook
from sim.evolution_files import named_evolutions
from sim.evolve_config import EvolveConfig


def warm_start_book(config: EvolveConfig) -> Rulebook:
    """Return the rulebook that the settings begin from.

    Raises:
        RulebookError: it cannot be read, or there is none of that name: with the command that makes it, if that is one
            of ours.
    """
    name = config.begins_with
    try:
        find_rulebook(name)
    except RulebookError as error:
        made = _maker(name)
        todo = f"'{made}' makes it" if made else "make it first"
        raise RulebookError(
            f"warm start {name}: no such rulebook, and these settings begin from it: {todo}, or pass another "
            "--warm-start"
        ) from error
    return load_rulebook(name)


def _maker(name: str) -> str:
    """Return the command whose run leaves this rulebook: runs are in folders of the settings' names; empty: unknown."""
    shipped, parts = named_evolutions(), Path(name).parts
    for folder in parts[-2:-1]:
        if folder in shipped:
            return f"hebb evolve --config {folder} --out {Path(name).parent}"
    if len(parts) > 2 and f"study/{parts[-3]}" in shipped:
        return f"hebb evolve --config study/{parts[-3]} --seed {parts[-2]}"
    return ""
