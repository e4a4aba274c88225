"""The search vector: its layout, and that it means what it says."""

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from sim.first_draw import FirstDraw
from sim.genome import Genome

SIZES = (5, 4, 3)


@pytest.mark.parametrize(
    ("plasticity", "start", "size"),
    [("hebbian", "uniform", 5 * 32), ("hebbian", "coevolve", 6 * 32), ("none", "uniform", 32)],
)
def test_sizes(plasticity: str, start: str, size: int) -> None:
    """Five coefficients a synapse, one more number where the start is evolved, the start alone when static."""
    assert Genome.of(SIZES, plasticity, "ABCD_lr", "none", start).size == size


def test_a_split_vector_is_the_whole_vector_in_order() -> None:
    """Coefficients of all layers, then start weights: nothing lost, nothing twice."""
    genome = Genome.of(SIZES, "hebbian", "ABCD_lr", "max", "coevolve")
    vector = np.arange(genome.size, dtype=np.float32)
    coefficients, weights = genome.split(vector)
    assert [c.shape for c in coefficients] == [(5, 4, 5), (5, 3, 4)]
    assert [w.shape for w in weights] == [(4, 5), (3, 4)]
    np.testing.assert_array_equal(np.concatenate([t.ravel() for t in (*coefficients, *weights)]), vector)


def test_expressing_replaces_the_rule_wholly() -> None:
    """After a second member, nothing of the first is left in the network."""
    genome = Genome.of(SIZES, "hebbian", "ABCD", "none", "uniform")
    rng = np.random.default_rng(1)
    first, second = (rng.standard_normal(genome.size, dtype=np.float32) for _ in range(2))
    reused, fresh = genome.network(), genome.network()
    genome.express(first, reused)
    for network in (reused, fresh):
        start = genome.express(second, network)
        network.reset(np.random.default_rng(2), start)
        network.act(np.ones(5))
        network.adapt()
    for a, b in zip(reused.weights, fresh.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_static_weights_are_the_vector() -> None:
    """A static member starts at its evolved weights and keeps them."""
    genome = Genome.of(SIZES, "none", "ABCD_lr", "max", "uniform")
    vector = np.random.default_rng(1).standard_normal(genome.size, dtype=np.float32)
    network = genome.network()
    network.reset(None, genome.express(vector, network))
    network.act(np.ones(5))
    network.adapt()
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in network.weights]), vector)


def test_first_mean_spreads() -> None:
    """Every term and the start weights are drawn with their own deviation and mean."""
    genome = Genome.of((60, 60), "hebbian", "ABCD_lr", "none", "coevolve")
    mean = genome.first_mean(np.random.default_rng(0), FirstDraw(2.0, 0.5, 0.1, 0.7, 0.3))
    ((a, b, c, d, eta),), (weights,) = genome.split(mean)
    for values, spread in ((a, 2.0), (b, 2.0), (c, 2.0), (d, 0.5), (eta, 0.1), (weights, 0.3)):
        assert values.std() == pytest.approx(spread, rel=0.05)
    assert eta.mean() == pytest.approx(0.7, rel=0.05)


@pytest.mark.parametrize(
    "names",
    [("sometimes", "A", "none", "uniform"), ("hebbian", "Z", "none", "uniform"), ("hebbian", "A", "x", "uniform"),
     ("hebbian", "A", "none", "y")],
)  # fmt: skip
def test_unknown_names_list_the_choices(names: tuple[str, str, str, str]) -> None:
    """One line that offers what exists."""
    with pytest.raises(BadInputError, match="choose one of"):
        Genome.of(SIZES, *names)
