"""Evolve and merge by a schedule: merge to so many rules, evolve on for some generations, merge to fewer, and so on.

In the schedule's folder: `schedule.yaml`, one folder per stage (`1-1536`, `2-768`, ...) with the merged rules that it
began at and the run that `sim.evolve` made of them, and at the end `merged.hebb.safetensors`: the best of the last
stage, with all stages in its provenance. A stage of as many rules as there are already merges nothing, which makes the
control that evolves on without merging.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hebb_controller.catalogue import nb_rules as nb_rules_of
from hebb_controller.errors import BadInputError
from hebb_controller.held_folder import held
from hebb_controller.rulebook import SUFFIX, Rulebook, load_rulebook, write_atomically
from hebb_controller.strict_yaml import load_strictly
from sim.checkpoint import FILE, load_checkpoint
from sim.evolve import run as evolve
from sim.evolve_config import EvolveConfig
from sim.merge import check_count, check_distinct, check_how, loss_text, merge, need_sklearn
from sim.merge_stage import continued
from sim.run_folder import BEST, LOG

MERGED = f"merged{SUFFIX}"
SETTINGS = "schedule.yaml"
Say = Callable[[str], None]


@dataclass(frozen=True)
class MergeSchedule:
    """What a schedule does.

    Attributes:
        rules: how many rules each stage has, never more than the one before.
        generations: generations of each stage; one number: of all alike.
        seed: of merging and of evolving.
        per_layer: no rule is shared across layers.
        scale: of merging, a key of `sim.merge.SCALES`.
        workers: worker processes; results do not depend on it.
    """

    rules: tuple[int, ...]
    generations: tuple[int, ...]
    seed: int = 1
    per_layer: bool = False
    scale: str = "none"
    workers: int = 2

    def __post_init__(self) -> None:
        """Refuse a schedule without stages or workers, rules that grow, or a way of merging that there is not.

        Raises:
            BadInputError: with what is wrong.
        """
        if not self.rules or min(self.generations, default=0) < 1:
            raise BadInputError("a schedule needs one stage, and one generation for each stage, at least")
        if self.workers < 1:
            raise BadInputError(f"workers {self.workers}: must be 1 or more")
        if len(self.generations) not in (1, len(self.rules)):
            raise BadInputError(
                f"generations {list(self.generations)}: give one number, or {len(self.rules)} for as many stages"
            )
        if list(self.rules) != sorted(self.rules, reverse=True):
            raise BadInputError(f"schedule {list(self.rules)}: merging leaves fewer rules at each stage, not more")
        check_how(self.seed, self.scale)

    @property
    def stages(self) -> tuple[tuple[int, int], ...]:
        """Rules and generations of each stage."""
        each = self.generations * len(self.rules) if len(self.generations) == 1 else self.generations
        return tuple(zip(self.rules, each, strict=True))


def run_schedule(
    book: Rulebook,
    schedule: MergeSchedule,
    folder: Path,
    resume: bool = False,
    say: Say = print,
    report: Callable[[dict[str, Any]], None] | None = None,
) -> Rulebook:
    """Run all stages, and return the rulebook that the last one leaves.

    Args:
        book: evolved by `hebb evolve`: its provenance says under which settings to evolve on.
        schedule: the stages.
        folder: where everything is written.
        resume: go on where an earlier call was stopped, to the same numbers.
        say: called with a line per stage.
        report: called with each generation's log entry.

    Raises:
        BadInputError: a rulebook without settings, rules that it cannot be merged to, a folder that holds another
            schedule, none to resume, or that another program works in.
        MissingExtraError: scikit-learn is not installed.
    """
    if "config" not in book.provenance:
        raise BadInputError("this rulebook does not say how it was evolved: run 'hebb evolve --warm-start' yourself")
    if resume and not (folder / SETTINGS).exists():
        raise BadInputError(f"{folder} holds no schedule to go on with: leave out --resume")
    _check_rules(book, schedule)  # before the folder is claimed: what is refused leaves nothing behind
    with held(folder, "hebb merge"):
        _claim(folder, book, schedule, resume)
        return _staged(book, schedule, folder, say, report)


def _staged(
    book: Rulebook,
    schedule: MergeSchedule,
    folder: Path,
    say: Say,
    report: Callable[[dict[str, Any]], None] | None,
) -> Rulebook:
    stages: list[dict[str, Any]] = []
    generations = int(book.provenance.get("generations", 0))
    current = book
    for number, (nb_rules, length) in enumerate(schedule.stages, 1):
        stage = folder / f"{number}-{nb_rules}"
        begun = _begun(current, nb_rules, schedule, stage, say)
        config = continued(book, schedule, generations, length, begun, stage / MERGED)
        _evolved(config, stage, report)
        current = load_rulebook(stage / f"best{SUFFIX}")
        generations += length
        merges = begun.provenance.get("merged", [])[-1:]
        stages.append({"rules": nb_rules, "generations": length, **(merges[0] if merges else {})})
        say(f"{stage}: {current.nb_evolved:,} numbers after {generations} generations")
    provenance = {**current.provenance, "stages": stages, "generations": generations, "merged_from": book.digest}
    final = dataclasses.replace(current, provenance=provenance)
    final.save(folder / MERGED)
    return final


def _check_rules(book: Rulebook, schedule: MergeSchedule) -> None:
    there = nb_rules_of(book)
    merging = [nb_rules for nb_rules in schedule.rules if not 0 < there <= nb_rules]  # the others merge nothing
    for nb_rules in merging:
        check_count(book, nb_rules, schedule.per_layer)
    if merging:
        need_sklearn()
    if schedule.rules[0] in merging:  # later stages merge what evolution has made different
        check_distinct(book, merging[0], schedule.per_layer)


def _claim(folder: Path, book: Rulebook, schedule: MergeSchedule, resume: bool) -> None:
    settings = {name: value for name, value in dataclasses.asdict(schedule).items() if name != "workers"}
    asked = settings | {
        "rules": list(schedule.rules),
        "generations": list(schedule.generations),
        "rulebook": book.digest,
    }
    path = folder / SETTINGS
    if path.exists() and not resume:
        raise BadInputError(f"{folder} already holds a schedule: pass --resume to go on, or another --out")
    if path.exists() and _settings_in(path) != asked:
        raise BadInputError(f"{path}: of another rulebook or schedule; resume with the same, or choose another --out")
    write_atomically(path, yaml.safe_dump(asked, sort_keys=False).encode())


def _settings_in(path: Path) -> Any:
    try:
        return load_strictly(path.read_text(encoding="utf-8"))
    except (BadInputError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path}: damaged ({error}): put it back, or choose another --out") from error


def _begun(current: Rulebook, nb_rules: int, schedule: MergeSchedule, stage: Path, say: Say) -> Rulebook:
    """Return the rules that a stage begins at, merged now or by the call that was stopped."""
    path = stage / MERGED
    if path.exists():
        return load_rulebook(path)
    if nb_rules >= nb_rules_of(current):
        current.save(path)
        return current
    merged = merge(current, nb_rules, schedule.seed, schedule.per_layer, schedule.scale)
    merged.save(path)
    say(f"{stage}: {loss_text(current, merged)}")
    return merged


def _evolved(config: EvolveConfig, stage: Path, report: Callable[[dict[str, Any]], None] | None) -> None:
    there = (stage / FILE).exists()
    if there and load_checkpoint(stage).state.generation >= config.generations:
        return
    if not there:  # killed before its first checkpoint: the stage begins anew
        for left in (LOG, BEST):
            (stage / left).unlink(missing_ok=True)
    evolve(config, stage, there, report)
