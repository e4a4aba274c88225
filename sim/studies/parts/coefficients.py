"""Statistics of evolved coefficients, per layer and term, and how far they are from where the search began."""

from __future__ import annotations

import numpy as np

from hebb_controller.errors import RulebookError
from hebb_controller.rulebook import Rulebook
from hebb_controller.rules import FloatArray, Rule
from sim.evolve_config import EvolveConfig
from sim.evolved_rulebook import first_mean
from sim.robot_problem import prepare_robot
from sim.studies.parts.training import heading
from sim.study.cell import Cell
from sim.study.evolutions import Evolutions
from sim.study.records import Record

RULES = "rules"


def rule_records(cell: Cell, evolutions: Evolutions) -> list[Record]:
    """Return one record per layer and term of evolved rules: see `term_figures`."""
    book = evolutions.book(cell.condition, cell.evolution)
    terms = Rule.named(book.rule).terms
    first = first_coefficients(book)
    found = [
        {"layer": k, "term": term, "synapses": layer[0].size}
        | term_figures(layer, j, terms, None if first is None else first[k])
        for k, layer in enumerate(book.coefficients)
        for j, term in enumerate(terms)
    ]
    head = heading(cell, evolutions, len(found))
    return [head | {"episode": k} | each for k, each in enumerate(found)]


def first_coefficients(book: Rulebook) -> list[FloatArray] | None:
    """Return the coefficients that an evolution began with, drawn again from its seed; None if they are gone."""
    config = EvolveConfig.from_dict(book.provenance["config"])
    genome = prepare_robot(config).genome
    try:
        return genome.split(first_mean(config, genome))[0]
    except RulebookError:
        return None  # it began with a rulebook that does not come with the project


def term_figures(layer: FloatArray, term: int, terms: tuple[str, ...], first: FloatArray | None) -> Record:
    """Return what can be said of one term in one layer.

    Args:
        layer: shape `(terms, post, pre)`.
        term: its number.
        terms: names, in order.
        first: the same layer as the search began.

    Returns:
        `mean`, `std` over synapses; `negative`, the share below 0; `correlation` with each later term; `moved`, the
        RMS distance from the first value, and `kept`, the correlation with it (None for a term that began equal).
    """
    flat = layer.reshape(len(terms), -1).astype(float)
    mine = flat[term]
    later = range(term + 1, len(terms))
    figures: Record = {"mean": mine.mean(), "std": mine.std(), "negative": np.mean(mine < 0.0)}
    figures["correlation"] = {terms[k]: correlation(mine, flat[k]) for k in later}
    if first is not None:
        began = first[term].ravel().astype(float)
        figures |= {
            "first_std": began.std(),
            "moved": np.sqrt(np.mean((mine - began) ** 2)),
            "kept": correlation(mine, began),
        }
    return figures


def correlation(a: np.ndarray, b: np.ndarray) -> float | None:
    """Return Pearson's correlation; None where one of the two does not vary."""
    if min(a.std(), b.std()) < 1e-6:
        return None
    return float(np.corrcoef(a, b)[0, 1])
