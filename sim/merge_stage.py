"""The settings of a stage of a merge schedule: those of the rulebook's evolution, as they stand where it begins."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from hebb_controller.rulebook import Rulebook
from hebb_controller.shared_rules import SharedRules
from sim.evolve_config import EvolveConfig

if TYPE_CHECKING:
    from sim.merge_schedule import MergeSchedule


def continued(
    book: Rulebook, schedule: MergeSchedule, generations: int, length: int, begun: Rulebook, start: Path
) -> EvolveConfig:
    """Return the settings of a stage: those of the rulebook's own evolution, as they stand after so many generations.

    Horizon, learning rate and sigma go on from where they were, so that stages are stretches of one run.

    Args:
        book: the rulebook that the schedule was begun with; its provenance holds the settings.
        schedule: the schedule.
        generations: all that have been lived so far, those of the rulebook and those of earlier stages.
        length: generations of the stage.
        begun: the rulebook that the stage begins at.
        start: file of that rulebook.
    """
    config = EvolveConfig.from_dict(dict(book.provenance["config"]))
    lived = generations - _before(book)
    es = dataclasses.replace(
        config.es, learning_rate=config.es.learning_rate_at(lived), sigma=config.es.sigma_at(lived)
    )
    return dataclasses.replace(
        config,
        es=es,
        horizon=int(config.horizon + config.horizon_growth * lived) if config.horizon else 0,
        generations=length,
        evaluate_every=min(config.evaluate_every, length),
        # Other noise than in the stages before, and than in the schedule of another evolution.
        seed=1_000_000 * schedule.seed + 1_000 * config.seed + generations,
        workers=schedule.workers,
        warm_start=str(start),
        encoding="shared" if isinstance(begun.encoded, SharedRules) else "",
    )


def _before(book: Rulebook) -> int:
    """Return the generations that a rulebook had lived when the settings in its provenance began to count.

    What a schedule leaves counts all its generations, but its settings are those that the last stage began under.
    """
    stages = book.provenance.get("stages")
    return int(book.provenance["generations"]) - int(stages[-1]["generations"]) if stages else 0
