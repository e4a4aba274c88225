"""The recurrent rival: its step against the definition and torch, its face, its rulebook, its search vector."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot, state_at
from hypothesis import given, settings
from hypothesis import strategies as st

from hebb_controller import Rulebook, definition, load_rulebook
from hebb_controller.errors import BadInputError, RulebookError
from hebb_controller.fault_schedule import zero_weights
from hebb_controller.gru import GruNetwork, gru_shapes
from hebb_controller.onnx_export import onnx_step
from hebb_controller.weights_file import load_weights, save_weights
from sim.first_draw import FirstDraw
from sim.genome import Genome

SIZES = (11, 5, 2)
UNITS = st.sampled_from([1, 2, 3, 4, 7, 8, 16, 17])
ROBOT = servo_robot(2)


def drawn(sizes: tuple[int, ...] = SIZES, seed: int = 0, spread: float = 0.5) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(0.0, spread, shape).astype(np.float32) for shape in gru_shapes(sizes)]


def network(sizes: tuple[int, ...] = SIZES, seed: int = 0, spread: float = 0.5) -> GruNetwork:
    made = GruNetwork(sizes)
    made.reset(start=drawn(sizes, seed, spread))
    return made


def live(made: GruNetwork, steps: int = 20, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    actions = []
    for _ in range(steps):
        actions.append(made.act(rng.normal(size=made.layer_sizes[0])))
        made.adapt()
    return np.array(actions)


def book(**changes: Any) -> Rulebook:
    made = random_rulebook(ROBOT, hidden=(5,), normalisation="none", static=True)
    made = dataclasses.replace(made, rule="gru", start_weights=tuple(drawn(made.layer_sizes)))
    return dataclasses.replace(made, **changes)


@settings(max_examples=25)
@given(sizes=st.tuples(UNITS, UNITS, UNITS), seed=st.integers(0, 999))
def test_steps_equal_the_definition(sizes: tuple[int, int, int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    made, hidden = network(sizes, seed), np.zeros(sizes[1])
    exact = [w.astype(np.float64) for w in drawn(sizes, seed)]
    for _ in range(30):
        x = rng.uniform(-2, 2, sizes[0])
        wanted, hidden = definition.gru_step(exact, hidden, x)
        np.testing.assert_allclose(made.act(x), wanted, rtol=0, atol=5e-6)
        np.testing.assert_allclose(made.activations[1], hidden, rtol=0, atol=5e-6)


def test_steps_equal_torch() -> None:
    torch = pytest.importorskip("torch")
    sizes = (31, 69, 8)
    gates, out = (torch.from_numpy(w) for w in drawn(sizes, spread=0.2))
    cell = torch.nn.GRUCell(31, 69)
    made, rng = network(sizes, spread=0.2), np.random.default_rng(1)
    with torch.no_grad():
        cell.weight_ih.copy_(gates[:, :31])
        cell.weight_hh.copy_(gates[:, 31:-1])
        cell.bias_ih.copy_(gates[:, -1])
        cell.bias_hh.zero_()
        hidden = torch.zeros(1, 69)
        for _ in range(200):
            x = rng.normal(size=31).astype(np.float32)
            hidden = cell(torch.from_numpy(x[None]), hidden)
            wanted = torch.tanh(hidden @ out.T)[0].numpy()
            np.testing.assert_allclose(made.act(x), wanted, rtol=0, atol=1e-5)


def test_it_remembers_until_it_is_reset_or_told_to_forget() -> None:
    made = network()
    first = live(made)
    assert np.abs(live(made) - first).max() > 1e-4
    made.reset(start=drawn())
    np.testing.assert_array_equal(live(made), first)
    made.forget()
    np.testing.assert_array_equal(live(made), first)


def test_its_weights_never_change() -> None:
    made = network()
    before = made.snapshot()
    live(made)
    for a, b, c in zip(before, made.snapshot(), drawn(), strict=True):
        np.testing.assert_array_equal(a, b)
        np.testing.assert_array_equal(a, c)
    assert not made.plastic and made.nb_synapses == sum(w.size for w in before)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_bad_numbers_stay_out(bad: float) -> None:
    ours, theirs, x = network(), network(), np.ones(11)
    x[4] = bad
    np.testing.assert_array_equal(ours.act(x), theirs.act(np.where(np.isfinite(x), x, 0.0)))
    assert ours.non_finite_inputs == 1 and theirs.non_finite_inputs == 0
    np.testing.assert_array_equal(network().act(np.full(11, 1e30)), network().act(np.full(11, 1e6)))
    ours.weights[0][:, 3] = bad
    ours.weights[1][0, 0] = bad
    assert np.isfinite(live(ours)).all() and all(np.isfinite(a).all() for a in ours.activations)


def test_bad_arguments_are_refused() -> None:
    for sizes in ((3, 4), (3, 4, 5, 2), (3, 0, 2)):
        with pytest.raises(BadInputError, match="one hidden layer"):
            GruNetwork(sizes)
    made = network()
    with pytest.raises(BadInputError, match="observation of shape"):
        made.act(np.zeros(3))
    with pytest.raises(BadInputError, match="weights of shapes"):
        made.weights = [np.zeros((2, 2)), np.zeros((2, 2))]
    with pytest.raises(BadInputError, match="choose one of"):
        made.reset(np.random.default_rng(0), "ones")


# As multiprocessing sends them. No file is read so: weights and rules travel as safetensors.
@pytest.mark.parametrize("clone", [copy.deepcopy, lambda made: pickle.loads(pickle.dumps(made))])
def test_copies_live_on_their_own(clone: Any) -> None:
    made = network()
    live(made, 4)
    other = clone(made)
    np.testing.assert_array_equal(live(made), live(other))


def test_wiped_and_saved_weights(tmp_path: Path) -> None:
    made = network()
    zero_weights(made, 0.5, np.random.default_rng(0))
    assert sum(int((w == 0.0).sum()) for w in made.weights) == round(0.5 * made.nb_synapses)
    path = save_weights(tmp_path / "life.safetensors", made, "digest")
    other = GruNetwork(SIZES)
    load_weights(path, other)
    made.forget()
    np.testing.assert_array_equal(live(made), live(other))


def test_a_rulebook_of_it_comes_back_and_drives_a_controller(tmp_path: Path) -> None:
    saved = book()
    loaded = load_rulebook(saved.save(tmp_path / "a.hebb.safetensors"))
    assert loaded.digest == saved.digest and loaded.rule == "gru" and loaded.static
    controller = loaded.controller(ROBOT)
    controller.network.warm_up()
    controller.reset(np.random.default_rng(0), loaded.start)
    first = [controller.act(state_at(ROBOT)).value for _ in range(5)]
    controller.adapt()
    assert not np.array_equal(first[0], first[1])
    controller.reset(start=None)
    np.testing.assert_array_equal([controller.act(state_at(ROBOT)).value for _ in range(5)], first)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"layer_sizes": (11, 5, 5, 2)}, "one hidden layer"),
        ({"start_weights": ()}, "start weights do not fit"),
        ({"start_weights": tuple(drawn((11, 6, 2)))}, "start weights do not fit"),
        ({"coefficients": (np.zeros((5, 5, 11), np.float32),)}, "coefficients do not fit"),
        ({"update_every": 2}, "changes no weight"),
    ],
)
def test_rulebooks_that_do_not_hold_together(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RulebookError, match=words):
        book(**change).check()


def test_no_onnx_graph_is_made_of_it() -> None:
    with pytest.raises(RulebookError, match="hidden state has no place") as caught:
        onnx_step(book())
    assert "\n" not in str(caught.value)


def test_its_search_vector_is_its_weights() -> None:
    genome = Genome.of((31, 69, 8), "gru", "ABCD_lr", "max", "uniform")
    assert genome.size == 3 * 69 * (31 + 69 + 1) + 8 * 69 == 21_459
    assert genome.rule_name == "gru" and genome.normalisation == "none" and genome.nb_coefficients == 0
    mean = genome.first_mean(np.random.default_rng(0), FirstDraw(weight_spread=0.2))
    assert mean.std() == pytest.approx(0.2, rel=0.03)
    made = genome.network()
    made.reset(None, genome.express(mean, made))
    np.testing.assert_array_equal(np.concatenate([w.ravel() for w in made.weights]), mean)


def test_settings_that_it_cannot_have() -> None:
    with pytest.raises(BadInputError, match="one hidden layer"):
        Genome.of((5, 4, 4, 3), "gru", "ABCD_lr", "max", "uniform")
    with pytest.raises(BadInputError, match="changes no weight"):
        Genome.of((5, 4, 3), "gru", "ABCD_lr", "max", "uniform", update_every=4)
