"""Painted rules in a rulebook, in every engine, and on another robot."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from hebb_controller import Rule, Rulebook, definition
from hebb_controller.cli import main
from hebb_controller.cppn import paint
from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.painted_rules import HIDDEN_GAIN, PaintedRules, nb_numbers_of, scaled
from hebb_controller.repaint import repaint
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from hebb_controller.substrate import substrate_of
from sim.first_draw import FirstDraw
from sim.painted import CppnEncoding

LAYOUT = "servo_heading"
HIDDEN, CPPN_HIDDEN = (6, 4), (9, 5)
RULE = Rule.named("ABCD_lr")


def encoding() -> CppnEncoding:
    return CppnEncoding(RULE, substrate_of(load_robot("realant"), LAYOUT, HIDDEN), CPPN_HIDDEN, 3.0)


def painted_book(seed: int = 0) -> Rulebook:
    robot, code = load_robot("realant"), encoding()
    numbers = code.first_mean(np.random.default_rng(seed), FirstDraw(0.1, 1.0, 0.2, 0.5))
    return Rulebook(
        rule=RULE.name,
        layer_sizes=code.substrate.layer_sizes,
        normalisation="max",
        robot=robot.name,
        robot_hash=robot.contract_hash,
        layout=LAYOUT,
        layout_version=1,
        action_filter=robot.action_filter,
        control_rate=robot.control_rate,
        coefficients=(),
        encoded=code.encoded(numbers),
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return painted_book().save(tmp_path / "painted.hebb.safetensors")


def test_numbers_and_layers_are_one_thing() -> None:
    """A flat vector, cut into layers and joined again; hidden weights follow their gain and the number of inputs."""
    numbers = np.arange(nb_numbers_of(CPPN_HIDDEN, 5), dtype=np.float32)
    rules = PaintedRules.of(numbers, CPPN_HIDDEN, 5, encoding().substrate)
    np.testing.assert_array_equal(rules.numbers, numbers)
    assert rules.nb_numbers == numbers.size == 17 * 9 + 10 * 5 + 6 * 5
    assert rules.hidden == CPPN_HIDDEN
    first, second, last = scaled(rules.layers)
    np.testing.assert_allclose(first, HIDDEN_GAIN * rules.layers[0], rtol=1e-6)
    np.testing.assert_allclose(second[:, :-1], HIDDEN_GAIN / 3 * rules.layers[1][:, :-1], rtol=1e-6)
    np.testing.assert_allclose(last[:, :-1], rules.layers[2][:, :-1] / np.sqrt(5), rtol=1e-6)
    np.testing.assert_array_equal(last[:, -1], rules.layers[2][:, -1])


def test_a_file_holds_the_cppn_and_paints_at_loading(saved: Path) -> None:
    """No coefficient is written, all come back bit for bit, and the digest is that of what is written."""
    book, made = load_rulebook(saved), painted_book()
    assert {name.split(".")[0] for name in load_file(saved)} == {"cppn", "substrate"}
    assert book.digest == made.digest
    assert book.nb_evolved == nb_numbers_of(CPPN_HIDDEN, 5)
    for a, b in zip(book.coefficients, made.coefficients, strict=True):
        np.testing.assert_array_equal(a, b)
    assert book.encoded is not None
    np.testing.assert_array_equal(book.encoded.numbers, made.encoded.numbers if made.encoded else None)


def test_the_network_follows_the_painted_coefficients(saved: Path) -> None:
    """A life of the loaded network beside the definition with coefficients painted here."""
    book = load_rulebook(saved)
    assert isinstance(book.encoded, PaintedRules)
    coefficients = paint(book.encoded.cppn(), book.encoded.substrate)
    network = book.network()
    network.reset(np.random.default_rng(1))
    weights = network.snapshot()
    observations = np.random.default_rng(2).normal(size=(20, 31)).astype(np.float32)
    expected, _ = definition.life(RULE, coefficients, weights, list(observations), "max")
    for x, action in zip(observations, expected, strict=True):
        np.testing.assert_allclose(network.act(x), action, atol=1e-4)
        network.adapt()


def test_onnx_follows_the_painted_coefficients(saved: Path, tmp_path: Path) -> None:
    """The exported graph takes the steps of the network."""
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from hebb_controller.onnx_export import export_onnx
    from hebb_controller.onnx_network import OnnxNetwork

    book = load_rulebook(saved)
    exported, network = OnnxNetwork(export_onnx(book, tmp_path / "painted.onnx")), book.network()
    network.reset(np.random.default_rng(1))
    exported.weights = network.snapshot()
    for x in np.random.default_rng(2).normal(size=(10, 31)):
        np.testing.assert_allclose(exported.act(x), network.act(x), atol=1e-4)
        exported.adapt()
        network.adapt()


def test_a_part_of_another_kind_is_refused(saved: Path) -> None:
    """A substrate of a later version, and a CPPN of another width, in one line each."""
    from hebb_controller import rulebook_file

    header, tensors = rulebook_file.read(saved)
    later = {**header, "encoded": {**header["encoded"], "substrate_version": 9}, "schema": 1}
    rulebook_file.write(saved, later, tensors)
    with pytest.raises(RulebookError, match="legs v9: this package knows legs v1"):
        load_rulebook(saved)
    rulebook_file.write(saved, {**header, "schema": 1}, {**tensors, "cppn.1": tensors["cppn.1"][:, :-1]})
    with pytest.raises(RulebookError, match="needs"):
        load_rulebook(saved)
    rulebook_file.write(saved, {**header, "layer_sizes": [31, 6, 6, 8], "schema": 1}, tensors)
    with pytest.raises(RulebookError, match="the network has"):
        load_rulebook(saved)


@pytest.mark.parametrize(("robot", "inputs", "outputs"), [("sts12", 43, 12), ("pwm12", 43, 12), ("bittle", 31, 8)])
def test_painting_for_another_robot_asks_the_same_cppn(robot: str, inputs: int, outputs: int, tmp_path: Path) -> None:
    """What the same CPPN paints on the other substrate; the robot takes the rulebook."""
    book = painted_book()
    other = load_robot(robot)
    assert isinstance(book.encoded, PaintedRules)
    repainted = load_rulebook(repaint(book, other).save(tmp_path / "other.hebb.safetensors"))
    assert repainted.layer_sizes == (inputs, *HIDDEN, outputs)
    for a, b in zip(
        repainted.coefficients, paint(book.encoded.cppn(), substrate_of(other, LAYOUT, HIDDEN)), strict=True
    ):
        np.testing.assert_array_equal(a, b)
    repainted.controller(other)
    assert repainted.provenance["painted_from"]["digest"] == book.digest
    assert repainted.nb_evolved == book.nb_evolved


def test_painting_back_gives_the_same_rules() -> None:
    """realant to sts12 to realant: what sees the same places paints the same."""
    book = painted_book()
    back = repaint(repaint(book, load_robot("sts12")), load_robot("realant"))
    for a, b in zip(back.coefficients, book.coefficients, strict=True):
        np.testing.assert_array_equal(a, b)


def test_what_was_not_painted_cannot_be_repainted() -> None:
    """One rule per synapse, or evolved start weights, fit one network alone."""
    book = painted_book()
    with pytest.raises(BadInputError, match="were not painted"):
        repaint(dataclasses.replace(book, encoded=None), load_robot("sts12"))
    start = tuple(np.zeros(c.shape[1:], dtype=np.float32) for c in book.coefficients)
    with pytest.raises(BadInputError, match="start weights"):
        repaint(dataclasses.replace(book, start_weights=start), load_robot("sts12"))
    with pytest.raises(BadInputError, match="each needs 1 or more"):
        repaint(book, load_robot("sts12"), (8, 0))


def test_hebb_paint_and_hebb_rulebook(saved: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The verb writes a rulebook that says what it was painted from; a robot without a body is one line of error."""
    out = tmp_path / "sts12.hebb.safetensors"
    assert main(["paint", str(saved), "--robot", "sts12", "--out", str(out)]) == 0
    assert "31-6-4-8" in (said := capsys.readouterr().out) and "43-6-4-12" in said
    assert main(["rulebook", str(out), "--json"]) == 0
    entry = json.loads(capsys.readouterr().out)
    assert entry["robot"] == "sts12"
    assert entry["provenance"]["painted_from"] == {
        "digest": load_rulebook(saved).digest, "robot": "realant", "layer_sizes": [31, 6, 4, 8]
    }  # fmt: skip
    assert main(["paint", str(saved), "--robot", "ant", "--out", str(out)]) == 2
    assert "body section" in capsys.readouterr().err
    with safe_open(out, framework="numpy") as file:
        assert "hebb" in file.metadata()
    save_file({"x": np.zeros(1, dtype=np.float32)}, out)
    assert main(["paint", str(out), "--robot", "sts12", "--out", str(out)]) == 2


@pytest.mark.slow
def test_the_torch_population_follows_the_painted_coefficients(saved: Path) -> None:
    """One member, beside the network."""
    pytest.importorskip("torch")
    from hebb_controller.torch_network import TorchPopulation

    book = load_rulebook(saved)
    network = book.network()
    network.reset(np.random.default_rng(1))
    population = TorchPopulation(book.layer_sizes, RULE, [c[None] for c in book.coefficients], 1, "max")
    population.weights = [w[None] for w in network.snapshot()]
    for x in np.random.default_rng(2).normal(size=(10, 31)):
        np.testing.assert_allclose(population.act(x[None])[0], network.act(x), atol=1e-4)
        population.adapt()
        network.adapt()
