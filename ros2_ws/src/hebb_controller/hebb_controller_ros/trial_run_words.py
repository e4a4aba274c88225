"""From the arguments of `trial.launch.py` to the command line of `hebb trial`."""

from __future__ import annotations

from collections.abc import Mapping


def words_of(given: Mapping[str, str]) -> list[str]:
    """Return what follows the interpreter on the command line."""
    words = ["-m", "hebb_controller.cli", "trial", given["trial"]]
    for name in ("stage", "out"):
        if given[name]:
            words += [f"--{name}", given[name]]
    for name in ("resume", "assume_yes"):
        if given[name] == "true":
            words.append(f"--{name.replace('_', '-')}")
    return words
