"""The plastic network from outside: starts, weights, ablation, and what happens when things go wrong."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import draw, loop_normalise, loop_step, relative_error

from hebb_controller import PlasticNetwork, Rule
from hebb_controller.errors import BadInputError
from hebb_controller.kernel import NORMALISATIONS

SIZES = (6, 9, 5, 3)
RULE = Rule.named("ABCD_lr")


def network(how: str = "none", seed: int = 0, spread: float = 0.3) -> PlasticNetwork:
    rng = np.random.default_rng(seed)
    coefficients, weights = draw(RULE, SIZES, rng, spread)
    made = PlasticNetwork(SIZES, RULE, coefficients, how)
    made.weights = weights
    return made


def live(made: PlasticNetwork, steps: int = 20, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    actions = []
    for _ in range(steps):
        actions.append(made.act(rng.normal(size=SIZES[0])))
        made.adapt()
    return np.array(actions)


def test_same_seed_same_life() -> None:
    lives = []
    for seed in (5, 5, 6):
        made = network()
        made.reset(np.random.default_rng(seed))
        lives.append(live(made))
    np.testing.assert_array_equal(lives[0], lives[1])
    assert np.abs(lives[0] - lives[2]).max() > 1e-3


def test_starts() -> None:
    made = PlasticNetwork((100, 200, 10), None, None)
    made.reset(np.random.default_rng(0))
    flat = np.concatenate([w.ravel() for w in made.weights])
    assert np.abs(flat).max() <= 0.1 and abs(flat.std() - 0.2 / np.sqrt(12)) < 1e-3
    made.reset(np.random.default_rng(0), "normal")
    assert abs(np.concatenate([w.ravel() for w in made.weights]).std() - 0.024) < 1e-3
    given = [w + 1 for w in made.weights]
    made.reset(start="zeros")
    assert not any(w.any() for w in made.weights)
    made.reset(start=given)
    for a, b in zip(made.weights, given, strict=True):
        np.testing.assert_array_equal(a, b)


def test_reset_forgets_activations_and_scales() -> None:
    made = network("max")
    live(made)
    made.reset(start=[np.full(s, 0.5, np.float32) for s in ((9, 6), (5, 9), (3, 5))])
    assert not any(a.any() for a in made.activations)
    assert all((w == 0.5).all() for w in made.weights)


@pytest.mark.parametrize("how", ["none", "clip"])
def test_zero_coefficients_leave_the_weights_alone(how: str) -> None:
    made = network(how)
    made.set_rule(RULE, [np.zeros(s, np.float32) for s in RULE.coefficient_shapes(SIZES)])
    before = [w.copy() for w in made.weights]
    live(made)
    for a, b in zip(made.weights, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_update_uses_the_activations_of_the_same_forward_pass() -> None:
    made, x = network(), np.linspace(-1, 1, SIZES[0])
    coefficients, weights = draw(RULE, SIZES, np.random.default_rng(0))
    o, _ = loop_step(RULE, coefficients, weights, x, "none")
    made.act(x)
    for a, b in zip(made.activations, o, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)
    made.adapt()
    for a, b in zip(made.activations, o, strict=True):  # the update leaves them, so that adapting twice is defined
        np.testing.assert_allclose(a, b, atol=1e-6)


@pytest.mark.parametrize("how", NORMALISATIONS)
@given(steps=st.integers(1, 5), seed=st.integers(0, 50))
def test_ablated_synapses_start_again_from_zero(how: str, steps: int, seed: int) -> None:
    made = network(how, seed)
    coefficients, _ = draw(RULE, SIZES, np.random.default_rng(seed))
    live(made, steps)
    mask = np.random.default_rng(seed).random(made.weights[1].shape) < 1 / 3
    made.weights[1][mask] = 0.0
    wiped = [w.copy() for w in made.weights]
    assert not wiped[1][mask].any() and wiped[1][~mask].all()
    x = np.linspace(-1, 1, SIZES[0])
    o, expected = loop_step(RULE, coefficients, wiped, x, how)
    np.testing.assert_allclose(made.act(x), o[-1], atol=3e-6)
    made.adapt()
    assert relative_error(made.weights, expected) < 2e-5


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_looking_at_weights_changes_nothing(how: str) -> None:
    seen, unseen = network(how), network(how)
    for made in (seen, unseen):
        live(made, 3)
    before = [w.copy() for w in seen.weights]
    for a, b in zip(before, seen.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(live(seen, 5), live(unseen, 5), atol=1e-5)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_a_snapshot_leaves_every_bit_of_the_life_as_it_is(how: str) -> None:
    seen, unseen = network(how), network(how)
    for _ in range(20):
        for w in seen.snapshot():
            w[:] = 0.0  # a copy
        np.testing.assert_array_equal(live(seen, 3), live(unseen, 3))
    for a, b in zip(seen.snapshot(), unseen.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_max_normalised_weights_peak_at_one() -> None:
    made = network("max")
    live(made)
    assert [float(np.abs(w).max()) for w in made.weights] == pytest.approx([1.0] * 3, abs=1e-6)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_layers_of_zeros_and_constants(how: str) -> None:
    made = network(how)
    made.set_rule(RULE, [np.zeros(s, np.float32) for s in RULE.coefficient_shapes(SIZES)])
    for value in (0.0, 1e-38, 3.0):
        made.reset(start=[np.full(w.shape, value, np.float32) for w in made.weights])
        live(made, 2)
        for w in made.weights:
            once = loop_normalise(np.full(w.shape, value), how)
            np.testing.assert_allclose(w, loop_normalise(once, how), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("how", NORMALISATIONS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300])
def test_non_finite_inputs_count_as_zero(how: str, bad: float) -> None:
    poisoned, healthy = network(how), network(how)
    x = np.linspace(-1, 1, SIZES[0])
    x[2] = bad
    a = poisoned.act(x)
    x[2] = 0.0
    np.testing.assert_array_equal(a, healthy.act(x))
    assert (poisoned.non_finite_inputs, healthy.non_finite_inputs) == (1, 0)
    for made in (poisoned, healthy):
        made.adapt()
    for a, b in zip(poisoned.weights, healthy.weights, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_exploding_rules_stay_finite_and_bounded(how: str) -> None:
    made = network(how)
    made.set_rule(RULE, [np.full(s, 1e6, np.float32) for s in RULE.coefficient_shapes(SIZES)])
    for k in range(50):
        action = made.act(np.full(SIZES[0], (-1.0) ** k * 1e30))
        made.adapt()
        assert np.abs(action).max() <= 1.0
        assert all(np.abs(w).max() <= 1e6 for w in made.weights)


@pytest.mark.parametrize("how", NORMALISATIONS)
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_poison_written_through_a_view_does_not_spread(how: str, bad: float) -> None:
    made = network(how)
    made.weights[0][1, 2] = bad
    assert np.isfinite(made.act(np.ones(SIZES[0]))).all()
    made.adapt()
    assert all(np.isfinite(w).all() for w in made.weights)
    assert np.isfinite(live(made)).all()


def test_bad_weights_are_refused_and_the_old_ones_stay() -> None:
    made = network()
    before = [w.copy() for w in made.weights]
    for bad in (np.nan, np.inf):
        spoilt = [w.copy() for w in before]
        spoilt[1][0, 0] = bad
        with pytest.raises(BadInputError, match="NaN"):
            made.weights = spoilt
    with pytest.raises(BadInputError, match="shapes"):
        made.weights = before[:2]
    for a, b in zip(made.weights, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_bad_coefficients_are_refused() -> None:
    good = [np.zeros(s, np.float32) for s in RULE.coefficient_shapes(SIZES)]
    for bad in (np.nan, np.inf, 2e6):
        spoilt = [c.copy() for c in good]
        spoilt[2][0, 0, 0] = bad
        with pytest.raises(BadInputError, match="coefficients hold"):
            PlasticNetwork(SIZES, RULE, spoilt)
    with pytest.raises(BadInputError, match="needs"):
        PlasticNetwork(SIZES, RULE, good[:2])
    with pytest.raises(BadInputError, match="needs"):
        PlasticNetwork(SIZES, Rule.named("A"), good)
    with pytest.raises(BadInputError, match="needs"):
        PlasticNetwork(SIZES, RULE, None)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(BadInputError, match="choose one of cap, clip, max, none, var"):
        PlasticNetwork(SIZES, None, None, "mean")
    with pytest.raises(BadInputError, match="pass a numpy Generator"):
        network().reset()
    with pytest.raises(BadInputError, match="unknown start"):
        network().reset(np.random.default_rng(0), "ones")
    for x in (1.0, np.ones(1), np.ones(7), np.ones((1, 6))):
        with pytest.raises(BadInputError, match="6 inputs"):
            network().act(x)


def test_static_network_never_changes() -> None:
    made = PlasticNetwork(SIZES, None, None, "max")
    made.reset(np.random.default_rng(0))
    before = [w.copy() for w in made.weights]
    live(made)
    assert not made.plastic
    for a, b in zip(made.weights, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_rule_can_be_exchanged_in_mid_life() -> None:
    made = network()
    live(made, 2)
    made.set_rule(None, None)
    before = [w.copy() for w in made.weights]
    live(made, 2)
    np.testing.assert_array_equal(made.weights[0], before[0])
    made.set_rule(Rule.named("A"), [np.ones(s, np.float32) for s in Rule.named("A").coefficient_shapes(SIZES)])
    live(made, 1)
    assert np.abs(made.weights[0] - before[0]).max() > 0.0


# As multiprocessing sends them. No file is read so: weights and rules travel as safetensors.
@pytest.mark.parametrize("clone", [copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_copies_live_on_their_own(clone) -> None:  # type: ignore[no-untyped-def]
    made = network("max")
    live(made, 4)
    other = clone(made)
    np.testing.assert_array_equal(live(made), live(other))


def test_actions_and_activations_are_copies() -> None:
    made = network()
    first = made.act(np.ones(6))
    kept = first.copy()
    made.act(-np.ones(6))
    np.testing.assert_array_equal(first, kept)
