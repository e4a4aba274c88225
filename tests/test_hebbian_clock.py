"""Weights that change every k-th step, from activations averaged over M steps; and that nobody else notices."""

from __future__ import annotations

import copy
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import draw, loop_normalise, loop_step, relative_error
from safetensors import safe_open

from hebb_controller import PlasticNetwork, Rule, definition, load_rulebook
from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.kernel import NORMALISATIONS
from hebb_controller.onnx_export import onnx_step
from hebb_controller.rulebook import shipped_rulebooks
from sim.evolve_config import EvolveConfig
from sim.genome import Genome

SIZES = (6, 9, 5, 3)
RULE = Rule.named("ABCD_lr")
COEFFICIENTS, WEIGHTS = draw(RULE, SIZES, np.random.default_rng(0), 0.1)
CLOCKS = [(1, 1), (4, 1), (1, 10), (4, 10), (3, 2)]


def network(every: int, over: int, how: str = "max") -> PlasticNetwork:
    made = PlasticNetwork(SIZES, RULE, COEFFICIENTS, how, every, over)
    made.weights = WEIGHTS
    return made


def observations(steps: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-2, 2, (steps, SIZES[0]))


def live(made: PlasticNetwork, steps: int = 25, seed: int = 1) -> np.ndarray:
    actions = []
    for x in observations(steps, seed):
        actions.append(made.act(x))
        made.adapt()
    return np.array(actions)


@settings(max_examples=20)
@given(every=st.integers(1, 6), over=st.integers(1, 12), how=st.sampled_from(["none", "max", "clip"]))
def test_a_life_equals_the_definition(every: int, over: int, how: str) -> None:
    exact = [[a.astype(np.float64) for a in arrays] for arrays in (COEFFICIENTS, WEIGHTS)]
    actions, lived = definition.life(RULE, *exact, observations(25), how, every, over)
    made = network(every, over, how)
    for x, action, weights in zip(observations(25), actions, lived, strict=True):
        np.testing.assert_allclose(made.act(x), action, rtol=0, atol=2e-4)
        made.adapt()
        assert relative_error(made.snapshot(), weights) < 5e-4


def test_the_definition_equals_a_loop_over_units() -> None:
    """Two changes by hand: after the first pass and the third, the latter from three passes."""
    a, b, c, d, eta = (COEFFICIENTS[0][k].astype(float) for k in range(5))
    x = observations(3)
    _, lived = definition.life(RULE, COEFFICIENTS, WEIGHTS, list(x), "none", 2, 3)
    first, second = loop_step(RULE, COEFFICIENTS, WEIGHTS, x[0], "none")
    assert relative_error(lived[0], second) < 1e-6 and relative_error(lived[1], second) < 1e-6
    passes = [first, *(loop_step(RULE, COEFFICIENTS, second, x[k], "none")[0] for k in (1, 2))]
    wanted = np.zeros((9, 6))
    for j in range(9):
        for i in range(6):
            pre, post = (sum(p[layer][unit] for p in passes) / 3 for layer, unit in ((0, i), (1, j)))
            wanted[j, i] = second[0][j, i] + eta[j, i] * (
                a[j, i] * pre * post + b[j, i] * pre + c[j, i] * post + d[j, i]
            )
    assert relative_error([lived[2][0]], [loop_normalise(wanted, "none")]) < 1e-6


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_a_usual_clock_leaves_every_bit_as_it_was(how: str) -> None:
    """Averages over one pass are that pass."""
    plain = PlasticNetwork(SIZES, RULE, COEFFICIENTS, how)
    plain.weights = WEIGHTS
    clocked = network(1, 1, how)
    forced = network(2, 1, how)
    assert forced._clock is not None and clocked._clock is None
    forced._clock._every = 1
    wanted = live(plain)
    for made in (clocked, forced):
        np.testing.assert_array_equal(live(made), wanted)
        for a, b in zip(made.snapshot(), plain.snapshot(), strict=True):
            np.testing.assert_array_equal(a, b)


def test_weights_change_after_the_first_pass_and_every_fourth() -> None:
    made, changed = network(4, 1), []
    for t, x in enumerate(observations(13)):
        before = made.snapshot()
        made.act(x)
        made.adapt()
        if any((a != b).any() for a, b in zip(before, made.snapshot(), strict=True)):
            changed.append(t)
    assert changed == [0, 4, 8, 12]


def test_the_clock_runs_on_while_plasticity_is_stopped() -> None:
    """What counts is forward passes: a change that was missed is not made up for."""
    made = network(4, 1)
    live(made, 3)
    made.act(observations(1)[0])  # the fourth
    before = made.snapshot()
    made.act(observations(1)[0])  # the fifth is due
    made.adapt()
    assert (made.snapshot()[0] != before[0]).any()
    for _ in range(4):
        made.act(observations(1)[0])  # the ninth was due, and nobody called adapt
    before = made.snapshot()
    made.act(observations(1)[0])
    made.adapt()
    np.testing.assert_array_equal(made.snapshot()[0], before[0])


@pytest.mark.parametrize(("every", "over"), CLOCKS)
def test_reset_clears_clock_and_window(every: int, over: int) -> None:
    made = network(every, over)
    first = live(made, 6)
    made.reset(start=WEIGHTS)
    np.testing.assert_array_equal(live(made, 6), first)
    made.weights = WEIGHTS
    made.forget()
    np.testing.assert_array_equal(live(made, 6), first)
    other = copy.deepcopy(made)
    np.testing.assert_array_equal(live(made, 9), live(other, 9))


@pytest.mark.parametrize("clock", [(0, 1), (1, 0), (-1, 1), (2.0, 1), (1, 1.5)])
def test_clocks_that_cannot_be(clock: tuple[Any, Any]) -> None:
    with pytest.raises(BadInputError, match="whole number from 1 to 10,000,000"):
        network(*clock)
    with pytest.raises(RulebookError, match="whole number from 1 to 10,000,000"):
        dataclasses.replace(random_rulebook(servo_robot()), update_every=clock[0], average_over=clock[1]).check()


def test_nothing_compiles_after_warm_up() -> None:
    from hebb_controller import network_clock

    PlasticNetwork.warm_up()
    before = len(network_clock._average.signatures)
    live(network(2, 3))
    assert len(network_clock._average.signatures) == before == 1


def test_a_rulebook_carries_the_clock(tmp_path: Path) -> None:
    plain = random_rulebook(servo_robot())
    book = dataclasses.replace(plain, update_every=4, average_over=10)
    loaded = load_rulebook(book.save(tmp_path / "a.hebb.safetensors"))
    assert (loaded.update_every, loaded.average_over) == (4, 10)
    assert loaded.digest == book.digest != plain.digest
    with_clock, without = loaded.network(), plain.network()
    for made in (with_clock, without):
        made.reset(np.random.default_rng(0))
        for _ in range(2):
            made.act(np.ones(made.layer_sizes[0]))
            made.adapt()
    assert (with_clock.snapshot()[0] != without.snapshot()[0]).any()


def test_rulebooks_without_a_clock_of_their_own_keep_header_and_digest(tmp_path: Path) -> None:
    for name, path in shipped_rulebooks().items():
        book = load_rulebook(path)
        assert (book.update_every, book.average_over) == (1, 1), name
        with safe_open(path, framework="numpy") as file:
            header = json.loads(file.metadata()["hebb"])
        assert book.digest == header["digest"], name
        assert "update_every" not in header and "average_over" not in book._header()


def test_no_onnx_graph_is_made_of_a_slower_clock() -> None:
    for change in ({"update_every": 4}, {"average_over": 10}):
        with pytest.raises(RulebookError, match="at every step from that step alone"):
            onnx_step(dataclasses.replace(random_rulebook(servo_robot()), **change))


def test_settings_reach_the_network() -> None:
    genome = Genome.of(SIZES, "hebbian", "ABCD_lr", "max", "uniform", 4, 10)
    made = genome.network()
    vector = np.concatenate([c.ravel() for c in COEFFICIENTS])
    made.reset(np.random.default_rng(0), genome.express(vector, made))
    made.weights = WEIGHTS
    np.testing.assert_array_equal(live(made), live(network(4, 10)))  # type: ignore[arg-type]
    for change in ({"update_every": 0}, {"average_over": 0}):
        with pytest.raises(BadInputError, match="must be 1 or more"):
            EvolveConfig(**change)
