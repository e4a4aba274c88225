"""The exported graph, run by onnxruntime, against the loop and against the definition in double over a long life."""

from __future__ import annotations

import builtins
import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from oracle import draw, loop_step, relative_error

from hebb_controller import PlasticNetwork, Rule, Rulebook, definition
from hebb_controller.errors import BadInputError, MissingExtraError, RulebookError
from hebb_controller.kernel import NORMALISATIONS
from hebb_controller.onnx_export import export_onnx, onnx_step
from hebb_controller.onnx_network import OnnxNetwork
from hebb_controller.rules import VARIANTS

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")

SIZES = (5, 8, 4)


def book(name: str = "ABCD_lr", how: str = "max", sizes: tuple[int, ...] = SIZES, spread: float = 0.3) -> Rulebook:
    coefficients: Sequence[np.ndarray] = ()
    if name != "static":
        coefficients, _ = draw(Rule.named(name), sizes, np.random.default_rng(1), spread)
    _, weights = draw(Rule.named("A"), sizes, np.random.default_rng(2))
    start = tuple(weights) if name == "static" else ()
    return Rulebook(name, sizes, how, "ant", "0" * 16, "ant_bullet", 1, 1.0, 60.0, tuple(coefficients), start)


@pytest.mark.parametrize("how", NORMALISATIONS)
@pytest.mark.parametrize("name", VARIANTS)
def test_one_step_equals_the_loop(name: str, how: str) -> None:
    rules = book(name, how)
    _, weights = draw(Rule.named(name), SIZES, np.random.default_rng(3))
    network = OnnxNetwork(onnx_step(rules))
    network.weights = weights
    x = np.random.default_rng(4).normal(size=SIZES[0])
    o, expected = loop_step(Rule.named(name), rules.coefficients, weights, x, how)
    np.testing.assert_allclose(network.act(x), o[-1], rtol=0, atol=2e-6)
    assert relative_error(network.weights, weights) == 0.0  # nothing changes before adapt
    network.adapt()
    assert relative_error(network.weights, expected) < 2e-5


def test_a_thousand_steps_stay_with_the_definition(tmp_path: Path) -> None:
    sizes, rule = (28, 128, 64, 8), Rule.named("ABCD_lr")
    rules = book("ABCD_lr", "max", sizes, spread=0.1)
    network = OnnxNetwork(export_onnx(rules, tmp_path / "out.onnx"))
    network.reset(np.random.default_rng(5))
    exact = [c.astype(np.float64) for c in rules.coefficients]
    defined: Sequence[np.ndarray] = [w.astype(np.float64) for w in network.weights]
    for x in np.random.default_rng(2).normal(size=(1000, sizes[0])).astype(np.float32):
        action, defined = definition.step(rule, exact, defined, x.astype(np.float64), "max")
        assert np.abs(network.act(x) - action).max() < 1e-4
        network.adapt()
    error = relative_error(network.weights, defined)
    print(f"relative error of the weights after 1000 steps: onnxruntime {error:.1e}")
    assert error < 1e-4


def test_graph_alone_feeds_its_weights_back() -> None:
    session = ort.InferenceSession(onnx_step(book()), providers=["CPUExecutionProvider"])
    assert [(i.name, i.shape) for i in session.get_inputs()] == [
        ("observation", [5]),
        ("weights.0", [8, 5]),
        ("weights.1", [4, 8]),
    ]
    outputs = {o.name: o.shape for o in session.get_outputs()}
    assert outputs == {"action": [4], "next_weights.0": [8, 5], "next_weights.1": [4, 8]}
    reference = OnnxNetwork(onnx_step(book()))
    reference.reset(np.random.default_rng(0))
    fed = {f"weights.{k}": w.copy() for k, w in enumerate(reference.weights)}
    for x in np.random.default_rng(1).normal(size=(5, 5)).astype(np.float32):
        found = dict(zip(outputs, session.run(list(outputs), {"observation": x, **fed}), strict=True))
        np.testing.assert_array_equal(found["action"], reference.act(x))
        reference.adapt()
        fed = {name.removeprefix("next_"): w for name, w in found.items() if name != "action"}


def test_behaves_like_the_network_it_stands_for() -> None:
    rules = book()
    ours, theirs = OnnxNetwork(onnx_step(rules)), rules.network()
    for network in (ours, theirs):
        network.reset(np.random.default_rng(7))
    for t, x in enumerate(np.random.default_rng(8).normal(size=(20, 5))):
        x[t % 5] = np.nan if t == 3 else x[t % 5]
        np.testing.assert_allclose(ours.act(x), theirs.act(x), atol=1e-5)
        if t != 5:  # plasticity off for one step: the weights stay
            ours.adapt()
            theirs.adapt()
        if t == 10:
            for network in (ours, theirs):
                network.weights[0][2:5] = 0.0
    assert relative_error(ours.weights, theirs.weights) < 1e-4
    assert ours.non_finite_inputs == theirs.non_finite_inputs == 1
    before = [w.copy() for w in ours.weights]
    ours.warm_up()
    ours.adapt()  # nothing was acted on since
    assert relative_error(ours.weights, before) == 0.0


def test_static_rulebooks_export_too() -> None:
    rules = book("static", "none")
    ours, theirs = OnnxNetwork(onnx_step(rules)), rules.network()
    for network in (ours, theirs):
        network.reset(start=rules.start)
    x = np.linspace(-1, 1, 5)
    np.testing.assert_allclose(ours.act(x), theirs.act(x), atol=1e-6)
    ours.adapt()
    assert not ours.plastic and relative_error(ours.weights, rules.start_weights) == 0.0


def test_bad_numbers_stay_out() -> None:
    network = OnnxNetwork(onnx_step(book(how="none", spread=1e5)))
    network.reset(np.random.default_rng(0))
    for _ in range(20):
        action = network.act([np.nan, np.inf, -np.inf, 1e30, -1e30])
        network.adapt()
        assert np.abs(action).max() <= 1.0
        assert all(np.abs(w).max() <= 1e6 for w in network.weights)
    with pytest.raises(BadInputError, match="NaN"):
        network.weights = [w * np.nan for w in network.weights]
    with pytest.raises(BadInputError, match="5 inputs"):
        network.act(np.zeros(4))


def test_files_that_are_no_plastic_network(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish.onnx"
    rubbish.write_bytes(b"not a model")
    for source in (rubbish, tmp_path / "missing.onnx"):
        with pytest.raises(BadInputError, match="cannot load") as error:
            OnnxNetwork(source)
        assert "\n" not in str(error.value)
    node = onnx.helper.make_node("Tanh", ["x"], ["y"])
    value = [onnx.helper.make_tensor_value_info(n, onnx.TensorProto.FLOAT, [1]) for n in "xy"]
    graph = onnx.helper.make_graph([node], "g", value[:1], value[1:])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=8)
    with pytest.raises(BadInputError, match="not a plastic network"):
        OnnxNetwork(model.SerializeToString())


def test_rulebook_that_does_not_hold_together_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(RulebookError):
        export_onnx(dataclasses.replace(book(), normalisation="mean"), tmp_path / "out.onnx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_missing_packages_are_named_with_their_extra(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    model = onnx_step(book())
    real = builtins.__import__

    def without(name: str, *rest: Any, **named: Any) -> Any:
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=rf"{package} is not installed: pip install '\.\[onnx\]'"):
        OnnxNetwork(model) if package == "onnxruntime" else onnx_step(book())


def test_header_travels_with_the_graph() -> None:
    rules = book()
    header = OnnxNetwork(onnx_step(rules)).header
    assert header["digest"] == rules.digest and header["robot"] == "ant"
    assert isinstance(rules.network(), PlasticNetwork)
