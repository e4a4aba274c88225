"""A car without its world: one line that says what to install."""

from __future__ import annotations

import sys

import pytest

from hebb_controller.errors import MissingExtraError
from sim.car.problem import prepare_car
from sim.evolution_files import load_evolution


@pytest.mark.parametrize("missing", ["gymnasium.error", "gymnasium.envs.box2d.car_racing"])
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    pytest.importorskip("gymnasium")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=r"'\.\[car\]'"):
        prepare_car(load_evolution("car-racing"))
