"""A CPPN as an encoding of evolved rules: its first draw, its settings, and evolutions of it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from hebb_controller import Rule
from hebb_controller.errors import BadInputError
from hebb_controller.painted_rules import PaintedRules, nb_numbers_of
from hebb_controller.robot_file import load_robot
from hebb_controller.substrate import substrate_of
from sim.checkpoint import Checkpoint, load_checkpoint
from sim.evolution_files import load_evolution
from sim.evolve_config import EvolveConfig
from sim.first_draw import FirstDraw
from sim.openai_es import EsConfig, EsState
from sim.painted import CppnEncoding

LAYOUT = "servo_heading"
HIDDEN, CPPN_HIDDEN = (6, 4), (9, 5)
RULE = Rule.named("ABCD_lr")


def test_a_first_cppn_paints_the_spreads_asked_for() -> None:
    """Deviation and mean of every term over all synapses, and a pattern that varies between neighbours."""
    code = CppnEncoding(RULE, substrate_of(load_robot("realant"), LAYOUT, HIDDEN), CPPN_HIDDEN, 3.0)
    numbers = code.first_mean(np.random.default_rng(3), FirstDraw(0.1, 1.0, 0.0, 0.5))
    assert numbers.shape == (code.size,) and numbers.dtype == np.float32
    painted = code.encoded(numbers).coefficients()
    for k, term in enumerate(RULE.terms):
        values = np.concatenate([layer[k].ravel() for layer in painted])
        spread, mean = {"D": (1.0, 0.0), "eta": (0.0, 0.5)}.get(term, (0.1, 0.0))
        assert values.std() == pytest.approx(spread, abs=1e-3)
        assert values.mean() == pytest.approx(mean, abs=1e-3)


def test_a_higher_frequency_varies_more_between_neighbours() -> None:
    """Differences of D along the grid, over its deviation."""

    def roughness(frequency: float) -> float:
        places = substrate_of(load_robot("realant"), LAYOUT, (64, 32))
        code = CppnEncoding(RULE, places, (24,), frequency)
        draws = []
        for seed in range(5):
            numbers = code.first_mean(np.random.default_rng(seed), FirstDraw(0.1, 1.0, 0.0, 0.5))
            d = code.encoded(numbers).coefficients()[1][3].reshape(4, 8, 64)
            draws.append(np.diff(d, axis=1).std() / d.std())
        return float(np.mean(draws))

    assert roughness(1.0) < roughness(3.0) < roughness(9.0)


def tiny() -> EvolveConfig:
    """Return the shipped settings with a small network, a small CPPN and short lives."""
    return dataclasses.replace(
        load_evolution("painted"), hidden=HIDDEN, cppn_hidden=CPPN_HIDDEN, generations=2, horizon=8,
        evaluate_every=5, es=EsConfig(population=4),
    )  # fmt: skip


@pytest.mark.sim
def test_a_search_point_lives_as_the_rulebook_that_it_becomes() -> None:
    """The settings become the encoding; a member's network holds what the rulebook paints."""
    pytest.importorskip("pybullet")
    from sim.robot_problem import prepare_robot

    problem = prepare_robot(tiny())
    mean = problem.first_mean()
    assert mean.size == problem.size == nb_numbers_of(CPPN_HIDDEN, 5)
    state = dataclasses.replace(EsState.start(mean), generation=1)
    book = problem.rulebook(mean, Checkpoint(tiny(), state, 0, 0.0, None), {})
    assert isinstance(book.encoded, PaintedRules)
    np.testing.assert_array_equal(book.encoded.numbers, mean)
    assert "--encoding cppn" in book.provenance["command"]
    expressed, loaded = problem.genome.network(), book.network()
    assert problem.genome.express(mean, expressed) == book.start == "uniform"
    for network in (expressed, loaded):
        network.reset(np.random.default_rng(1))
        network.act(np.ones(31))
        network.adapt()
    for a, b in zip(expressed.snapshot(), loaded.snapshot(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.sim
def test_settings_that_a_cppn_cannot_have_are_refused() -> None:
    """The ant's network has no places here, static weights no rules, a CPPN needs a hidden unit."""
    pytest.importorskip("pybullet")
    from sim.robot_problem import prepare_robot

    for changes, message in (
        ({"robot": "ant", "layout": ""}, "body section"),
        ({"plasticity": "none"}, "no rules to encode"),
        ({"cppn_hidden": (0,)}, "1 unit or more"),
    ):
        with pytest.raises(BadInputError, match=message):
            prepare_robot(dataclasses.replace(tiny(), **changes))


@pytest.mark.sim
@pytest.mark.slow
def test_an_evolution_of_a_cppn_resumes_and_is_repeated(tmp_path: Path) -> None:
    """The same seed twice, once with a stop between."""
    pytest.importorskip("pybullet")
    from sim.evolve import run

    run(tiny(), tmp_path / "whole")
    run(dataclasses.replace(tiny(), generations=1), tmp_path / "broken")
    run(tiny(), tmp_path / "broken", resume=True)
    states = [load_checkpoint(tmp_path / name).state for name in ("whole", "broken")]
    np.testing.assert_array_equal(states[0].mean, states[1].mean)
