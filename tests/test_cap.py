"""`cap`: young weights grow freely, old ones are scaled back; every engine beyond the bound, where it matters."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest
from fixtures_rulebooks import random_rulebook
from oracle import loop_step, relative_error

from hebb_controller import Rule
from hebb_controller.kernel import CAP_BOUND
from hebb_controller.onnx_export import onnx_step
from hebb_controller.onnx_network import OnnxNetwork
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import Rulebook
from hebb_controller.torch_network import TorchPopulation

Weights = list[npt.NDArray[np.float32]]


@pytest.fixture
def book() -> Rulebook:
    return dataclasses.replace(random_rulebook(load_robot("ant"), hidden=(16, 8)), normalisation="cap")


def _start(book: Rulebook, largest: float) -> Weights:
    rng = np.random.default_rng(2)
    drawn = [rng.uniform(-1, 1, c.shape[1:]).astype(np.float32) for c in book.coefficients]
    return [(w * (largest / np.abs(w).max())).astype(np.float32) for w in drawn]


def _by_kernel(book: Rulebook, weights: Weights, x: npt.ArrayLike) -> Weights:
    network = book.network()
    network.weights = weights
    network.act(x)
    network.adapt()
    return [w.copy() for w in network.weights]


def _by_onnx(book: Rulebook, weights: Weights, x: npt.ArrayLike) -> Weights:
    network = OnnxNetwork(onnx_step(book))
    network.weights = weights
    network.act(x)
    network.adapt()
    return list(network.weights)


def _by_torch(book: Rulebook, weights: Weights, x: npt.ArrayLike) -> Weights:
    pytest.importorskip("torch")
    rule = Rule.named(book.rule)
    population = TorchPopulation(book.layer_sizes, rule, book.coefficients, 1, "cap")
    population.weights = [w[None] for w in weights]
    population.act(np.asarray(x)[None])
    population.adapt()
    return [w[0].numpy() for w in population.weights]


@pytest.mark.parametrize("engine", [_by_kernel, _by_onnx, _by_torch])
@pytest.mark.parametrize("largest", [0.1, 2990.0, 3010.0, 9e5])
def test_each_engine_equals_the_loop(engine, largest: float, book: Rulebook) -> None:  # type: ignore[no-untyped-def]
    weights, x = _start(book, largest), np.random.default_rng(3).normal(size=book.layer_sizes[0])
    _, expected = loop_step(Rule.named(book.rule), book.coefficients, weights, x, "cap")
    found = engine(book, weights, x)
    assert relative_error(found, expected) < 2e-5
    peaks = [float(np.abs(w).max()) for w in found]
    if largest > CAP_BOUND:
        assert peaks == pytest.approx([CAP_BOUND] * len(peaks), rel=1e-2)  # the rule may pull the peak back a little
    assert max(peaks) <= CAP_BOUND * (1 + 1e-6)


def test_young_weights_are_those_of_none(book: Rulebook) -> None:
    free, capped = dataclasses.replace(book, normalisation="none").network(), book.network()
    x = np.random.default_rng(4).normal(size=(100, book.layer_sizes[0]))
    for network in (free, capped):
        network.reset(np.random.default_rng(5))
        for row in x:
            network.act(row)
            network.adapt()
    for a, b in zip(free.weights, capped.weights, strict=True):
        assert 0.0 < np.abs(a).max() < CAP_BOUND
        np.testing.assert_array_equal(a, b)
