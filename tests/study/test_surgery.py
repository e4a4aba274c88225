"""Changes to rules: what is taken away is gone, what is shuffled is all still there."""

from __future__ import annotations

import numpy as np
import pytest
from fixtures_rulebooks import random_rulebook, servo_robot

from hebb_controller.errors import BadInputError
from hebb_controller.rules import Rule
from sim.study.surgery import SURGERIES, operate

TERMS = Rule.named("ABCD_lr").terms


def test_no_surgery_leaves_the_rulebook_alone() -> None:
    book = random_rulebook(servo_robot())
    assert operate(book, "", np.random.default_rng(0)) is book


@pytest.mark.parametrize(("surgery", "gone"), [("only_D", "ABC"), ("no_A", "A"), ("no_D", "D")])
def test_terms_are_cut_and_others_kept(surgery: str, gone: str) -> None:
    book = random_rulebook(servo_robot())
    after = operate(book, surgery, np.random.default_rng(0))
    for old, new in zip(book.coefficients, after.coefficients, strict=True):
        for k, term in enumerate(TERMS):
            assert np.array_equal(new[k], 0.0 * old[k] if term in gone else old[k])


def test_shuffled_rules_are_the_same_rules_elsewhere() -> None:
    book = random_rulebook(servo_robot())
    after = operate(book, "shuffled", np.random.default_rng(0))
    for old, new in zip(book.coefficients, after.coefficients, strict=True):
        assert not np.array_equal(old, new)
        rows = [sorted(map(tuple, layer.reshape(len(TERMS), -1).T.tolist())) for layer in (old, new)]
        assert rows[0] == rows[1]


def test_mean_and_random_rules_keep_the_mean() -> None:
    book = random_rulebook(servo_robot(6), hidden=(64,))
    for surgery, tolerance in (("mean_rule", 1e-6), ("random", 0.1)):
        after = operate(book, surgery, np.random.default_rng(0))
        for old, new in zip(book.coefficients, after.coefficients, strict=True):
            assert new.mean(axis=(1, 2)) == pytest.approx(old.mean(axis=(1, 2)), abs=tolerance)


@pytest.mark.parametrize("surgery", SURGERIES)
def test_every_surgery_leaves_a_rulebook_that_holds_together(surgery: str) -> None:
    operate(random_rulebook(servo_robot()), surgery, np.random.default_rng(0)).check()


def test_static_rulebooks_and_unknown_surgeries_are_refused() -> None:
    with pytest.raises(BadInputError, match="no coefficients"):
        operate(random_rulebook(servo_robot(), static=True), "no_A", np.random.default_rng(0))
    with pytest.raises(BadInputError, match="choose one of"):
        operate(random_rulebook(servo_robot()), "no_Z", np.random.default_rng(0))
