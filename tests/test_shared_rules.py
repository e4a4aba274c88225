"""Shared rules: whatever reads them does as if every synapse had its rule written out."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures_rulebooks import servo_robot
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle import draw, loop_step, relative_error

from hebb_controller import (
    PlasticNetwork,
    Rule,
    Rulebook,
    definition,
    kernel,
    load_rulebook,
    rulebook_file,
    shared_kernel,
)
from hebb_controller.catalogue import rulebook_entry
from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.rules import VARIANTS, weight_shapes
from hebb_controller.shared_rules import SharedRules

SIZES = (11, 4, 2)
ROBOT = servo_robot(2)
UNITS = st.sampled_from([1, 2, 3, 5, 8, 15, 16, 17, 33])


def drawn(name: str, sizes: tuple[int, ...], nb_rules: int, seed: int = 0) -> SharedRules:
    rng = np.random.default_rng(seed)
    rules = rng.normal(0.0, 0.3, (nb_rules, Rule.named(name).nb_terms))
    return SharedRules.of(rules, [rng.integers(nb_rules, size=shape) for shape in weight_shapes(sizes)])


def test_nothing_compiles_once_shared_rules_are_given() -> None:
    functions = [f for f in vars(shared_kernel).values() if hasattr(f, "signatures")]
    network = PlasticNetwork(SIZES, Rule.named("ABCD_lr"), drawn("ABCD_lr", SIZES, 7))
    PlasticNetwork.warm_up()
    before = [len(f.signatures) for f in functions]
    network.reset(np.random.default_rng(0))
    network.act(np.ones(SIZES[0]))
    network.adapt()
    assert before == [len(f.signatures) for f in functions] and sum(before) > 0


def book(shared: SharedRules | None = None, **changes: Any) -> Rulebook:
    made = Rulebook(
        "ABCD_lr",
        SIZES,
        "max",
        ROBOT.name,
        ROBOT.contract_hash,
        "servo",
        1,
        0.5,
        50.0,
        (),
        encoded=shared or drawn("ABCD_lr", SIZES, 7),
    )
    return dataclasses.replace(made, **changes)


@settings(max_examples=40)
@given(
    name=st.sampled_from(sorted(VARIANTS)),
    how=st.sampled_from(sorted(kernel.NORMALISATIONS)),
    sizes=st.lists(UNITS, min_size=2, max_size=4).map(tuple),
    nb_rules=st.sampled_from([1, 2, 7, 255, 256, 257]),
    seed=st.integers(0, 999),
)
def test_a_step_through_the_assignment_equals_loop_and_definition(
    name: str, how: str, sizes: tuple[int, ...], nb_rules: int, seed: int
) -> None:
    rule, shared, rng = Rule.named(name), drawn(name, sizes, nb_rules, seed), np.random.default_rng(seed)
    network = PlasticNetwork(sizes, rule, shared, how)
    plain = PlasticNetwork(sizes, rule, shared.coefficients(), how)
    weights = draw(rule, sizes, rng)[1]
    for each in (network, plain):
        each.weights = weights
    for _ in range(3):
        x = rng.uniform(-2, 2, sizes[0])
        before = [w.astype(np.float64) for w in network.weights]
        exact = [c.astype(np.float64) for c in shared.coefficients()]
        o, by_loop = loop_step(rule, exact, before, x, how)
        by_definition = definition.step(rule, exact, before, x, how)[1]
        np.testing.assert_allclose(network.act(x), o[-1], rtol=0, atol=3e-6)
        plain.weights = network.weights
        plain.act(x)
        network.adapt()
        plain.adapt()
        # Under `var` a layer of one or two synapses is divided by almost nothing.
        bound = 2e-3 if how == "var" else 2e-5
        for other in (by_loop, by_definition, plain.weights):
            assert relative_error(network.weights, other) < bound


def test_a_slower_clock_reads_through_the_assignment_too() -> None:
    rule, shared = Rule.named("ABCD_lr"), drawn("ABCD_lr", SIZES, 7)
    both = [PlasticNetwork(SIZES, rule, rules, "max", 3, 2) for rules in (shared, shared.coefficients())]
    rng = np.random.default_rng(3)
    for network in both:
        network.reset(np.random.default_rng(4))
    for x in rng.uniform(-1, 1, (20, SIZES[0])):
        for network in both:
            network.act(x)
            network.adapt()
    assert relative_error(both[0].weights, both[1].weights) < 1e-4


@pytest.mark.parametrize(("nb_rules", "kind"), [(1, np.uint8), (256, np.uint8), (257, np.uint16), (65_536, np.uint16)])
def test_the_assignment_is_as_small_as_it_can_be_and_comes_back(tmp_path: Path, nb_rules: int, kind: type) -> None:
    saved = book(drawn("ABCD_lr", SIZES, nb_rules))
    loaded = load_rulebook(saved.save(tmp_path / "a.hebb.safetensors"))
    assert isinstance(loaded.encoded, SharedRules) and loaded.digest == saved.digest
    assert {layer.dtype for layer in loaded.encoded.assignment} == {np.dtype(kind)}
    for a, b in zip(loaded.coefficients, saved.coefficients, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (loaded.nb_evolved, loaded.encoded.nb_rules) == (5 * nb_rules, nb_rules)
    assert "coefficients.0" not in rulebook_file.read(tmp_path / "a.hebb.safetensors")[1]


def test_written_out_they_are_each_synapse_s_row() -> None:
    shared = drawn("ABC", SIZES, 5)
    for layer, coefficients in zip(shared.assignment, shared.coefficients(), strict=True):
        for (j, i), number in np.ndenumerate(layer):
            np.testing.assert_array_equal(coefficients[:, j, i], shared.rules[number])


def test_one_vector_of_numbers_and_back() -> None:
    shared = drawn("ABCD_lr", SIZES, 6)
    numbers = np.arange(30, dtype=np.float32)
    again = shared.with_numbers(numbers)
    np.testing.assert_array_equal(again.numbers, numbers)
    np.testing.assert_array_equal(again.rules[1], [5, 6, 7, 8, 9])
    assert again.assignment is shared.assignment


def test_a_network_comes_out_of_it_written_out_or_compact() -> None:
    compact, plain = book().network(compact=True), book().network()
    for network in (compact, plain):
        network.reset(np.random.default_rng(0))
        network.act(np.ones(11))
        network.adapt()
    assert relative_error(compact.weights, plain.weights) < 1e-5


def test_the_listing_says_how_many_rules_and_numbers() -> None:
    entry = rulebook_entry("a", book())
    assert (entry["rules"], entry["evolved_numbers"]) == (7, 35)
    plain = rulebook_entry("a", book(encoded=None))
    assert (plain["rules"], plain["evolved_numbers"]) == (11 * 4 + 4 * 2, 5 * (11 * 4 + 4 * 2))


def test_what_does_not_fit_is_refused(tmp_path: Path) -> None:
    good = drawn("ABCD_lr", SIZES, 7)
    rule = Rule.named("ABCD_lr")
    for wrong, message in (
        (drawn("ABC", SIZES, 7), "3 terms"),
        (drawn("ABCD_lr", (11, 5, 2), 7), "assignment of shapes"),
        (good.with_numbers(np.full(35, np.nan, np.float32)), "NaN"),
    ):
        with pytest.raises(BadInputError, match=message):
            PlasticNetwork(SIZES, rule, wrong)
        with pytest.raises(RulebookError, match=message):
            book(wrong).save(tmp_path / "a")
    with pytest.raises(BadInputError, match="below 7"):
        dataclasses.replace(good, assignment=tuple(layer + np.uint8(1) for layer in good.assignment))
    with pytest.raises(BadInputError, match="unsigned"):
        dataclasses.replace(good, assignment=tuple(layer.astype(np.int64) for layer in good.assignment))
    with pytest.raises(BadInputError, match="1 to 65,536 rules"):
        SharedRules.of(np.zeros((0, 5)), good.assignment)
    with pytest.raises(RulebookError, match="encoded=None"):
        book(coefficients=tuple(2 * c for c in book().coefficients)).save(tmp_path / "a")
    with pytest.raises(RulebookError, match="changes no weight"):
        book(rule="static", coefficients=(), encoded=good).check()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("header", "tensors", "message"),
    [
        ({}, {"assignment.0": np.zeros((4, 11), np.int64)}, "not float32"),
        ({}, {"assignment.0": np.zeros((4, 11), np.float32)}, "not float32"),
        ({}, {"assignment.0": np.full((4, 11), 7, np.uint8)}, "below 7"),
        ({}, {"rules": np.zeros((7, 5), np.uint8)}, "not float32"),
        ({}, {"rules": np.zeros(7, np.float32)}, "must be .rules, terms."),
        ({}, {"assignment.3": np.zeros((4, 11), np.uint8)}, "not a whole header"),
        ({}, {"coefficients.0": np.zeros((5, 4, 11), np.float32)}, "encoded=None"),
        ({"encoded": {"kind": "woven"}}, {}, "unknown encoded 'woven'"),
        ({"encoded": {}}, {}, "not a whole header"),
        ({"encoded": None}, {}, "coefficients do not fit"),
    ],
    ids=["signed", "float", "beyond", "integer rules", "no table", "stray", "both", "kind", "no kind", "no entry"],
)
def test_forged_files_are_refused(
    tmp_path: Path, header: dict[str, Any], tensors: dict[str, np.ndarray], message: str
) -> None:
    whole = book()._header() | header
    path = rulebook_file.write(tmp_path / "a", whole, book()._tensors() | tensors)
    with pytest.raises(RulebookError, match=message) as error:
        load_rulebook(path)
    assert "\n" not in str(error.value)


def test_a_rulebook_without_parts_says_nothing_about_them() -> None:
    plain = book(encoded=None)
    assert not {"encoded", "front_end", "outputs"} & plain._header().keys()


def test_onnx_gathers_the_same_constants() -> None:
    pytest.importorskip("onnxruntime")
    onnx_export = pytest.importorskip("hebb_controller.onnx_export")
    pytest.importorskip("onnx")
    from hebb_controller.onnx_network import OnnxNetwork

    # Two layers as wide as realant's, where a table is smaller than what it is gathered into.
    sizes = (31, 64, 8)
    shared = book(drawn("ABCD_lr", sizes, 300), layer_sizes=sizes, coefficients=())
    plain = dataclasses.replace(shared, encoded=None)
    models = [onnx_export.onnx_step(each) for each in (shared, plain)]
    assert len(models[0]) < 0.5 * len(models[1])
    lives = []
    for model in models:
        network = OnnxNetwork(model)
        network.reset(np.random.default_rng(0))
        for x in np.random.default_rng(1).uniform(-1, 1, (10, 31)):
            network.act(x)
            network.adapt()
        lives.append([w.copy() for w in network.weights])
    for a, b in zip(*lives, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_torch_twin_takes_them() -> None:
    torch = pytest.importorskip("torch")
    from hebb_controller.torch_network import TorchPopulation

    shared = drawn("ABCD_lr", SIZES, 7)
    both = [TorchPopulation(SIZES, Rule.named("ABCD_lr"), c, 2, "max") for c in (shared, shared.coefficients())]
    for population in both:
        population.reset([np.random.default_rng(k) for k in range(2)])
        population.act(torch.ones(2, SIZES[0]))
        population.adapt()
    for a, b in zip(both[0].weights, both[1].weights, strict=True):
        assert torch.equal(a, b)
