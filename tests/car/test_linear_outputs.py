"""Networks whose outputs are their sums: engine against definition, and what it does to the change of weights."""

from __future__ import annotations

import numpy as np
import pytest

from hebb_controller import definition
from hebb_controller.errors import BadInputError
from hebb_controller.network import PlasticNetwork
from hebb_controller.rules import Rule
from sim.car.driver import bounded

SIZES = (20, 12, 7, 3)


@pytest.mark.parametrize("normalisation", ["none", "max"])
def test_the_engine_lives_the_definitions_life(normalisation: str) -> None:
    rng = np.random.default_rng(0)
    rule = Rule.named("ABCD_lr")
    coefficients = [rng.normal(0.0, 0.3, shape).astype(np.float32) for shape in rule.coefficient_shapes(SIZES)]
    network = PlasticNetwork(SIZES, rule, coefficients, normalisation, outputs="linear")
    network.reset(rng)
    weights = [w.astype(float) for w in network.snapshot()]
    exact = [c.astype(float) for c in coefficients]
    for _ in range(12):
        x = rng.uniform(-1.0, 1.0, SIZES[0])
        sums, weights = definition.step(rule, exact, weights, x, normalisation, outputs="linear")
        np.testing.assert_allclose(network.act(x), sums, rtol=1e-3, atol=1e-3)
        network.adapt()
        for w, expected in zip(network.snapshot(), weights, strict=True):
            np.testing.assert_allclose(w, expected, rtol=1e-3, atol=1e-3)


def test_sums_are_what_tanh_would_be_taken_of() -> None:
    rng = np.random.default_rng(1)
    linear, usual = (PlasticNetwork(SIZES, None, None, outputs=outputs) for outputs in ("linear", "tanh"))
    linear.reset(rng)
    usual.weights = linear.snapshot()
    x = rng.uniform(-1.0, 1.0, SIZES[0])
    np.testing.assert_allclose(np.tanh(linear.act(x)), usual.act(x), atol=1e-6)


def test_sums_stay_finite_whatever_comes() -> None:
    network = PlasticNetwork((2, 2), None, None, outputs="linear")
    network.weights = [np.full((2, 2), 1e6)]
    assert np.abs(network.act([1e30, -np.inf])).max() <= 1e6
    network.weights[0][0, 0] = np.nan
    np.testing.assert_array_equal(network.act([1.0, 1.0])[:1], [0.0])


def test_unknown_outputs_are_refused() -> None:
    with pytest.raises(BadInputError, match="linear, tanh"):
        PlasticNetwork((2, 2), None, None, outputs="softmax")


def test_bounds_are_tanh_and_the_logistic_function() -> None:
    sums = np.array([0.7, -2.0, 60.0], dtype=np.float32)
    expected = [np.tanh(0.7), 1 / (1 + np.exp(2.0)), 1.0]
    np.testing.assert_allclose(bounded(sums), expected, atol=1e-6)
    assert np.all(np.isfinite(bounded(np.array([-1e6, -1e6, 1e6], dtype=np.float32))))
