"""How large the rivals are: numbers that evolution searches, and numbers that move while a life is lived."""

from __future__ import annotations

from functools import lru_cache

from sim.genome import Genome
from sim.robot_problem import prepare_robot
from sim.study.evolutions import settings_of


@lru_cache
def _genome(condition: str) -> Genome:
    return prepare_robot(settings_of(condition, 1)).genome


def evolved_numbers(condition: str) -> int:
    """Return how many numbers an evolution of this condition searches."""
    return _genome(condition).size


def changing_numbers(condition: str) -> str:
    """Return what moves in a life, in words: weights, the hidden state, or nothing."""
    genome = _genome(condition)
    if genome.gru:
        return f"{genome.layer_sizes[1]} (state)"
    if genome.rule is None:
        return "0"
    return f"{sum(post * pre for post, pre in genome.weight_shapes):,} (weights)"
