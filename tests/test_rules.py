"""The rule family against the published equation, written out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oracle import draw, loop_step

from hebb_controller import Rule
from hebb_controller.errors import BadInputError
from hebb_controller.rules import VARIANTS, fold, split_coefficients, split_weights, weight_change, weight_shapes

UNITS = st.integers(1, 9)


def test_terms_of_the_released_variants() -> None:
    assert {name: "".join(t[0] if t != "D_out" else "o" for t in VARIANTS[name]) for name in VARIANTS} == {
        "A": "A",
        "AD": "AD",
        "AD_lr": "ADe",
        "ABC": "ABC",
        "ABC_lr": "ABCe",
        "ABCD": "ABCD",
        "ABCD_lr": "ABCDe",
        "ABCD_lr_D_out": "ABCeo",
        "ABCD_lr_D_in_and_out": "ABCDeo",
    }


def test_one_synapse_by_hand() -> None:
    rule = Rule.named("ABCD_lr_D_in_and_out")
    c = np.array([2.0, 3.0, 5.0, 7.0, 0.5, 11.0], dtype=np.float32).reshape(6, 1, 1)
    change = weight_change(rule, c, np.array([0.5], np.float32), np.array([-1.0], np.float32))
    assert change.item() == 0.5 * (2 * 0.5 * -1 + 3 * 0.5 + 5 * -1 + 7) + 11


def test_pre_is_the_last_axis() -> None:
    rule = Rule.named("ABC")
    only_b = np.zeros((3, 2, 3), dtype=np.float32)
    only_b[1] = 1.0
    change = weight_change(rule, only_b, np.array([1, 2, 3], np.float32), np.array([4, 5], np.float32))
    np.testing.assert_array_equal(change, [[1, 2, 3], [1, 2, 3]])


@pytest.mark.parametrize("name", VARIANTS)
@given(pre=UNITS, post=UNITS, seed=st.integers(0, 99))
def test_definition_equals_the_loop(name: str, pre: int, post: int, seed: int) -> None:
    rule, rng = Rule.named(name), np.random.default_rng(seed)
    coefficients, weights = draw(rule, (pre, post), rng)
    x = rng.uniform(-1, 1, pre)
    o, new = loop_step(rule, coefficients, weights, x, "none")
    change = weight_change(rule, coefficients[0].astype(np.float64), x, np.array(o[1]))
    np.testing.assert_allclose(weights[0] + change, new[0], rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", VARIANTS)
def test_folding_changes_nothing(name: str) -> None:
    rule, rng = Rule.named(name), np.random.default_rng(1)
    (c,), _ = draw(rule, (5, 7), rng)
    pre, post = rng.uniform(-1, 1, 5), rng.uniform(-1, 1, 7)
    folded = fold(rule, c)
    assert folded.dtype == np.float32 and folded.flags.c_contiguous
    by_fold = weight_change(Rule.named("ABCD"), folded.astype(np.float64), pre, post)
    np.testing.assert_allclose(by_fold, weight_change(rule, c.astype(np.float64), pre, post), rtol=0, atol=1e-6)


@given(sizes=st.lists(UNITS, min_size=2, max_size=4), name=st.sampled_from(sorted(VARIANTS)))
def test_splitting_keeps_every_number_in_order(sizes: list[int], name: str) -> None:
    rule = Rule.named(name)
    flat = np.arange(rule.nb_coefficients(sizes), dtype=np.float32)
    parts = split_coefficients(rule, sizes, flat)
    assert [p.shape for p in parts] == rule.coefficient_shapes(sizes)
    np.testing.assert_array_equal(np.concatenate([p.ravel() for p in parts]), flat)
    weights = np.arange(sum(a * b for a, b in weight_shapes(sizes)), dtype=np.float32)
    assert [w.shape for w in split_weights(sizes, weights)] == weight_shapes(sizes)


def test_parts_are_views() -> None:
    flat = np.zeros(6, dtype=np.float32)
    split_weights((2, 3), flat)[0][1, 1] = 4.0
    assert flat[3] == 4.0


@pytest.mark.parametrize("sizes", [(), (3,), (3, 0), (3, -1, 2)])
def test_sizes_that_are_no_network(sizes: tuple[int, ...]) -> None:
    with pytest.raises(BadInputError, match="layer sizes"):
        weight_shapes(sizes)


def test_bad_names_and_lengths_are_refused_in_one_line() -> None:
    with pytest.raises(BadInputError, match=r"unknown rule 'ABBA': choose one of A, ABC, .*AD_lr") as error:
        Rule.named("ABBA")
    assert "\n" not in str(error.value)
    with pytest.raises(BadInputError, match="has 48 numbers"):
        split_coefficients(Rule.named("ABCD"), (3, 4), np.zeros(47, np.float32))
    with pytest.raises(BadInputError, match="has 12 weights"):
        split_weights((3, 4), np.zeros((3, 4), np.float32))
