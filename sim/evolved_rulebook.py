"""Between an evolution's search vector and a rulebook: the point it begins at, and the artifact it leaves."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.observation import layout_named
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray
from sim.checkpoint import Checkpoint
from sim.engine import BATCHED
from sim.evolve_config import EvolveConfig
from sim.evolve_flags import command_of
from sim.genome import Genome
from sim.versions import versions
from sim.warm_start import warm_start_book
from sim.world import MUJOCO


def as_rulebook(
    config: EvolveConfig,
    robot: RobotSpec,
    genome: Genome,
    vector: FloatArray,
    checkpoint: Checkpoint,
    entry: dict[str, Any],
) -> Rulebook:
    """Return a search point as a rulebook, with where it came from in its header."""
    coefficients, weights = genome.split(vector)
    layout = layout_named(config.layout or robot.observation)
    return Rulebook(
        rule=genome.rule_name,
        layer_sizes=genome.layer_sizes,
        normalisation=genome.normalisation,
        robot=robot.name,
        robot_hash=robot.contract_hash,
        layout=layout.name,
        layout_version=layout.version,
        action_filter=robot.action_filter,
        control_rate=robot.control_rate,
        coefficients=tuple(coefficients),
        start_weights=tuple(weights),
        provenance=provenance_of(config, checkpoint, entry),
        update_every=genome.update_every,
        average_over=genome.average_over,
        encoded=genome.encoded(vector),
    )


def provenance_of(
    config: EvolveConfig, checkpoint: Checkpoint, entry: dict[str, Any], *packages: str
) -> dict[str, Any]:
    """Return where a search point came from, for a rulebook's header.

    Args:
        config: settings of the run.
        checkpoint: the run at that point.
        entry: the generation's log entry, empty where there is none.
        packages: further packages whose versions the numbers depend on, beside those of engines.
    """
    engines = checkpoint.engines
    packages += (MUJOCO,) if MUJOCO in config.physics else ()
    packages += ("torch",) if any(name.startswith(BATCHED) for name in engines) else ()
    settings = dataclasses.replace(config, generations=checkpoint.state.generation)
    return {
        # Where a run went from engine to engine no command leads to it: `engines` has them all.
        "command": command_of(settings, *engines[-1:]),
        "config": config.as_dict(),
        "engines": list(engines),
        "seed": config.seed,
        "generations": checkpoint.state.generation,
        "population": config.es.population,
        "environment_steps": checkpoint.steps,
        "wall_seconds": checkpoint.seconds,
        "fitness": entry.get("evaluation"),
        "versions": versions(*packages),
    }


def first_mean(config: EvolveConfig, genome: Genome) -> FloatArray:
    """Return the search point that a run begins at: drawn, or taken from the rulebook of a warm start.

    Raises:
        BadInputError: a warm start of another shape or rule, or none at that name.
    """
    if not config.begins_with:
        rng = np.random.default_rng([config.seed])
        return genome.first_mean(rng, config.first_draw)
    book = warm_start_book(config)
    rules = [layer.ravel() for layer in book.coefficients]
    if genome.encoding is not None:
        if book.encoded is None or book.encoded.header()["kind"] != config.encoding:
            raise BadInputError(f"warm start {config.begins_with}: its rules are not encoded as {config.encoding}")
        rules = [book.encoded.numbers]
    mean = np.concatenate([*rules, *(layer.ravel() for layer in book.start_weights)])
    if (book.rule, book.layer_sizes, mean.size) != (genome.rule_name, genome.layer_sizes, genome.size):
        raise BadInputError(
            f"warm start {config.begins_with}: {book.rule} {list(book.layer_sizes)} of {mean.size:,} numbers does not "
            f"fit these settings: they want {genome.rule_name} {list(genome.layer_sizes)} of {genome.size:,}"
        )
    return mean.astype(np.float32)
