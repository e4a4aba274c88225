"""The study of the other engine: retention is paired within an evolution, sweeps are told against MuJoCo as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from study.made_up import record

from sim.studies import engine
from sim.study.evolutions import Evolutions


def lives(bullet: float, mujoco: float, late: float, condition: str = "hebbian-dr") -> list[dict]:
    return [
        record(condition, seed, treatment, distance=distance * seed, horizon=500)
        for seed in range(1, 6)
        for treatment, distance in (("bullet", bullet), ("mujoco", mujoco), ("latency 0.06", late))
    ]


def test_retention_is_a_ratio_within_each_evolution() -> None:
    records = lives(4.0, 3.0, 1.5)
    assert engine.retention(records, "mujoco", "bullet") == pytest.approx([0.75] * 5)
    found = engine.findings(records)
    assert found.figure("hebbian-dr MuJoCo / Bullet") == pytest.approx(0.75)
    assert engine.sweep_of(records)["latency 0.06"].value == pytest.approx(0.5)


def test_rules_that_stand_in_bullet_have_no_retention() -> None:
    assert engine.retention(lives(0.0, 3.0, 1.0), "mujoco", "bullet") == []
    assert engine.findings(lives(-1.0, 3.0, 1.0)).figures == {}


def test_only_lives_that_both_settings_have_are_compared() -> None:
    # The third and fourth body are hard, whatever the latency: lives without a partner must not count.
    records = [
        record("hebbian-dr", 1, treatment, k, distance=4.0 if k < 2 else 1.0, horizon=500)
        for treatment, number in (("mujoco", 4), ("latency 0.06", 2))
        for k in range(number)
    ]
    assert engine.retention(records, "latency 0.06", "mujoco") == pytest.approx([1.0])


def test_what_plastic_rules_keep_beyond_static_weights_is_told() -> None:
    found = engine.findings([*lives(4.0, 3.6, 1.0), *lives(4.0, 2.0, 1.0, "static-dr")])
    assert found.figure("retention, hebbian-dr minus static-dr") == pytest.approx(0.4)
    assert any("plastic rules keep more" in sentence for sentence in found.answer)


def test_another_rate_lives_as_long_in_seconds() -> None:
    cells = engine.cells(Evolutions(Path(__file__).parents[2] / "docs/results/evolutions", most=1), False)
    seconds = {cell.horizon / (cell.control_rate or engine.RATE) for cell in cells}
    assert seconds == {engine.SECONDS}


def test_pictures_need_no_records() -> None:
    engine.draw([])
    engine.draw(lives(4.0, 3.0, 1.5))
