"""The evolutions that studies stand on: one folder each, rules and log, under `evolutions/CONDITION/SEED/`.

A condition is a file of settings, `sim/evolutions/study/CONDITION.yaml`; one evolution of it is

    hebb evolve --config study/CONDITION --seed SEED

`shipped/NAME` is a rulebook that comes with the project, one evolution called 0.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.rulebook import SUFFIX, Rulebook, load_rulebook, write_atomically
from sim.checkpoint import FILE, load_checkpoint
from sim.evolution_files import load_evolution
from sim.evolve import run as evolve
from sim.evolve_config import EvolveConfig
from sim.run_folder import LOG, read_log

SHIPPED = "shipped/"
RULES = f"rules{SUFFIX}"
#: What a log keeps of each generation.
KEPT = ("generation", "mean", "median", "max", "failed", "step_rms", "mean_rms", "evaluation", "steps", "seconds")


@dataclass(frozen=True)
class Evolutions:
    """The finished evolutions in a folder.

    Attributes:
        folder: holds `CONDITION/SEED/`.
        most: at most so many of each condition are seen, which makes a quick study; 0: all.
    """

    folder: Path
    most: int = 0

    def seeds(self, condition: str) -> tuple[int, ...]:
        """Return the seeds of a condition's finished evolutions, in order."""
        if condition.startswith(SHIPPED):
            return (0,)
        names = [path.parent.name for path in (self.folder / condition).glob(f"*/{RULES}")]
        # Other folders, such as 1-old, are somebody's own.
        found = sorted(int(name) for name in names if name.isdecimal() and str(int(name)) == name)
        return tuple(found[: self.most] if self.most else found)

    def path(self, condition: str, seed: int) -> Path:
        """Return where the rules of an evolution are, or would be."""
        return self.folder / condition / str(seed) / RULES

    def book(self, condition: str, seed: int) -> Rulebook:
        """Return the rules of an evolution.

        Raises:
            RulebookError: there are none, or they cannot be read.
        """
        if condition.startswith(SHIPPED):
            return load_rulebook(condition.removeprefix(SHIPPED))
        return load_rulebook(self.path(condition, seed))

    def log(self, condition: str, seed: int) -> list[dict[str, Any]]:
        """Return what each generation came to."""
        return read_log(self.folder / condition / str(seed))

    def digest(self, condition: str, seed: int) -> str | None:
        """Return the digest of an evolution's rules; None if it is not here."""
        try:
            return self.book(condition, seed).digest
        except RulebookError:
            return None


def settings_of(condition: str, seed: int, workers: int = 1) -> EvolveConfig:
    """Return the settings of one evolution of a condition.

    Raises:
        BadInputError: there is no such condition.
    """
    return dataclasses.replace(load_evolution(f"study/{condition}"), seed=seed, workers=workers)


def training_steps(config: EvolveConfig, whole: int = 500) -> int:
    """Return the control steps that the members of an evolution live at most; `whole` is the task's own length."""
    lives = config.es.population * config.episodes * (len(config.fates) if config.share == "every" else 1)
    return lives * sum(config.horizon_at(generation, whole) for generation in range(config.generations))


def evolve_missing(
    evolutions: Evolutions,
    condition: str,
    number: int,
    runs: Path,
    workers: int,
    say: Callable[[str], None],
) -> None:
    """Bring a condition to `number` evolutions, going on with what was begun under `runs/CONDITION/SEED`.

    Raises:
        BadInputError: there is no such condition, or a run under way that cannot go on.
    """
    for seed in range(1, number + 1):
        if evolutions.path(condition, seed).is_file():
            continue
        config = settings_of(condition, seed, workers)
        run = runs / condition / str(seed)
        if not finished(run, config):
            say(f"evolving {condition} {seed} of {number}: {config.generations} generations in {run}")
            evolve(config, run, resume=(run / FILE).is_file())
        adopt(run, config, evolutions, condition)


def finished(run: Path, config: EvolveConfig) -> bool:
    """Return True if a run's folder holds all generations that the settings ask for.

    The checkpoint says so, which is written behind log and rules: a run that was killed between them may have logged
    its last generation beside the best rules of an earlier one. Without a checkpoint nothing is finished.

    Raises:
        BadInputError: a checkpoint that cannot be read; nobody can tell, nor go on.
    """
    return (run / FILE).is_file() and load_checkpoint(run).state.generation >= config.generations


def adopt(run: Path, config: EvolveConfig, evolutions: Evolutions, condition: str) -> Path:
    """Copy the rules that scored best on the training bodies, and the log, of a finished run; return the rules' path.

    Raises:
        BadInputError: the run was made with other settings.
    """
    book = load_rulebook(run / f"best{SUFFIX}")
    made_with = EvolveConfig.from_dict(book.provenance["config"])
    if dataclasses.replace(made_with, workers=config.workers) != config:
        differing = [
            f.name for f in dataclasses.fields(config) if getattr(made_with, f.name) != getattr(config, f.name)
        ]
        raise BadInputError(f"{run}: evolved with other settings than study/{condition} ({', '.join(differing)})")
    kept = [{name: entry[name] for name in KEPT if name in entry} for entry in read_log(run)]
    path = evolutions.path(condition, config.seed)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path.with_name(LOG), "".join(json.dumps(entry) + "\n" for entry in kept).encode())
    return write_atomically(path, (run / f"best{SUFFIX}").read_bytes())
