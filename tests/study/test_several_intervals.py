"""Several intervals of one question: those that exclude a level are named, with how many were asked."""

from __future__ import annotations

import numpy as np

from sim.studies.parts.several_intervals import excluding
from sim.study.intervals import Interval

BELOW, ABOVE = Interval(0.5, 0.2, 0.999, 8), Interval(1.5, 1.001, 2.0, 8)
HOLDING, TOUCHING = Interval(1.0, 0.9, 1.1, 8), Interval(0.9, 0.8, 1.0, 8)
FEW = Interval(0.1, np.nan, np.nan, 3)


def test_those_that_exclude_the_level_are_named_and_counted() -> None:
    asked = {"a": BELOW, "b": HOLDING, "c": ABOVE, "d": FEW}
    assert excluding(asked, 1.0) == "2 of 3 intervals of 95 %, uncorrected, exclude 1: a, c"
    assert excluding({"a": BELOW, "b": HOLDING}, 1.0) == "1 of 2 intervals of 95 %, uncorrected, excludes 1: a"


def test_an_interval_that_ends_at_the_level_holds_it() -> None:
    asked = {"b": HOLDING, "t": TOUCHING}
    assert excluding(asked, 1.0) == "none of 2 intervals of 95 %, uncorrected, excludes 1"


def test_few_evolutions_say_nothing() -> None:
    assert excluding({"d": FEW}, 1.0) == excluding({}, 0.0) == "too few evolutions to say"
