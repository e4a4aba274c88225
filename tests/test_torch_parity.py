"""The batched torch form against single networks and against the definition in double, over a long life."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from oracle import draw, loop_step, relative_error

from hebb_controller import PlasticNetwork, Rule, definition
from hebb_controller.errors import BadInputError
from hebb_controller.kernel import NORMALISATIONS
from hebb_controller.rules import VARIANTS
from hebb_controller.torch_network import TorchPopulation

torch = pytest.importorskip("torch")
torch.set_num_threads(1)  # a second thread costs more than a step of this size

SIZES = (5, 8, 4)
MEMBERS = 3


def population(name: str, how: str) -> tuple[TorchPopulation, list[list[np.ndarray]], list[list[np.ndarray]]]:
    rule = Rule.named(name)
    drawn = [draw(rule, SIZES, np.random.default_rng(seed)) for seed in range(MEMBERS)]
    coefficients = [[c for c in d[0]] for d in drawn]
    weights = [[w for w in d[1]] for d in drawn]
    made = TorchPopulation(SIZES, rule, stacked(coefficients), MEMBERS, how)
    made.weights = stacked(weights)
    return made, coefficients, weights


def stacked(members: Sequence[Sequence[np.ndarray]]) -> list[np.ndarray]:
    return [np.stack(layer) for layer in zip(*members, strict=True)]


@pytest.mark.parametrize("how", NORMALISATIONS)
@pytest.mark.parametrize("name", VARIANTS)
def test_each_member_takes_the_step_of_the_loop(name: str, how: str) -> None:
    made, coefficients, weights = population(name, how)
    x = np.random.default_rng(9).normal(size=(MEMBERS, SIZES[0]))
    actions = made.act(x)
    made.adapt()
    for m in range(MEMBERS):
        o, expected = loop_step(Rule.named(name), coefficients[m], weights[m], x[m], how)
        np.testing.assert_allclose(actions[m], o[-1], rtol=0, atol=2e-6)
        assert relative_error([w[m] for w in made.weights], expected) < 2e-5


def test_a_thousand_steps_stay_with_the_definition() -> None:
    sizes, rule = (28, 128, 64, 8), Rule.named("ABCD_lr")
    coefficients, weights = draw(rule, sizes, np.random.default_rng(1), spread=0.1)
    made = TorchPopulation(sizes, rule, coefficients, 2, "max")
    made.weights = [np.stack([w, w]) for w in weights]
    numba = PlasticNetwork(sizes, rule, coefficients, "max")
    numba.weights = weights
    exact = [c.astype(np.float64) for c in coefficients]
    defined: Sequence[np.ndarray] = [w.astype(np.float64) for w in weights]
    recorded = np.random.default_rng(2).normal(size=(1000, sizes[0])).astype(np.float32)
    for x in recorded:
        action, defined = definition.step(rule, exact, defined, x.astype(np.float64), "max")
        batch = made.act(np.stack([x, x]))
        single = numba.act(x)
        made.adapt()
        numba.adapt()
        assert np.abs(batch[1].numpy() - action).max() < 1e-4
        assert np.abs(single - action).max() < 1e-4
    errors = relative_error([w[1] for w in made.weights], defined), relative_error(numba.weights, defined)
    print(f"relative error of the weights after 1000 steps: torch {errors[0]:.1e}, numba {errors[1]:.1e}")
    assert max(errors) < 1e-4


def test_members_start_like_single_networks() -> None:
    made = TorchPopulation(SIZES, None, None, MEMBERS)
    for start in ("uniform", "normal", "zeros"):
        made.reset([np.random.default_rng(seed) for seed in range(MEMBERS)], start)
        for seed in range(MEMBERS):
            single = PlasticNetwork(SIZES, None, None)
            single.reset(np.random.default_rng(seed), start)
            for batch, w in zip(made.weights, single.weights, strict=True):
                np.testing.assert_array_equal(batch[seed], w)


@pytest.mark.parametrize("how", NORMALISATIONS)
def test_bad_numbers_have_the_same_outcome_as_in_single_networks(how: str) -> None:
    made, coefficients, weights = population("ABCD_lr", how)
    x = np.array([[np.nan, 1, np.inf, -np.inf, 1e7]] * MEMBERS)
    made.weights[0][0, 1, 2] = float("nan")
    single = PlasticNetwork(SIZES, Rule.named("ABCD_lr"), coefficients[0], how)
    single.weights = weights[0]
    single.weights[0][1, 2] = np.nan
    np.testing.assert_allclose(made.act(x)[0], single.act(x[0]), atol=1e-5)
    made.adapt()
    single.adapt()
    assert relative_error([w[0] for w in made.weights], single.weights) < 1e-4


def test_ablation_and_static_members() -> None:
    made, _, _ = population("ABCD_lr", "max")
    made.weights[1][:] = 0.0
    assert not made.act(np.ones((MEMBERS, SIZES[0]))).any()
    made.set_rule(None, None)
    before = [w.clone() for w in made.weights]
    made.adapt()
    assert all(torch.equal(a, b) for a, b in zip(made.weights, before, strict=True))


def test_bad_arguments_are_refused() -> None:
    made, coefficients, weights = population("A", "none")
    with pytest.raises(BadInputError, match="observations of shape"):
        made.act(np.ones((MEMBERS, 4)))
    with pytest.raises(BadInputError, match="needs"):
        made.set_rule(Rule.named("A"), stacked(coefficients[:2]))
    with pytest.raises(BadInputError, match="NaN"):
        made.weights = [w * np.nan for w in stacked(weights)]
    with pytest.raises(BadInputError, match="2 generators"):
        made.reset([np.random.default_rng(0)] * 2)
    with pytest.raises(BadInputError, match="members"):
        TorchPopulation(SIZES, None, None, 0)
    with pytest.raises(BadInputError, match="normalisation"):
        TorchPopulation(SIZES, None, None, 1, "mean")
