"""Health by itself: how long a thing must last, and which cause wins."""

from __future__ import annotations

import pytest

from firmware_bridge.board_line import ServoReading
from firmware_bridge.health import HealthLimits, HealthWatch, Level

NAMES = ("hip", "knee")
WELL = {"position": 0.0, "voltage": 12.0, "temperature": 30.0, "load": 0.0}


def judged(watch: HealthWatch, now: float, alarm: str = "", silent: tuple[int, ...] = (), **values: float) -> Level:
    heard = [k not in silent for k in range(len(NAMES))]
    readings = [
        ServoReading(
            k + 1, now, 0, {**WELL, **(values if k == 0 else {})} if heard[k] else None, alarm if k == 0 else ""
        )
        for k in range(len(NAMES))
    ]
    return watch.judge(readings, heard, now)[0]


@pytest.fixture
def watch() -> HealthWatch:
    return HealthWatch(HealthLimits.for_supply(12.0), NAMES)


def test_an_alarm_counts_when_it_lasts(watch: HealthWatch) -> None:
    levels = [judged(watch, 0.02 * k, alarm="overload") for k in range(3)]
    assert levels == [Level.WELL, Level.WELL, Level.SIT]


def test_an_alarm_in_between_is_a_blind_checksums_doing(watch: HealthWatch) -> None:
    levels = [judged(watch, 0.02 * k, alarm="overload" if k % 2 else "") for k in range(20)]
    assert set(levels) == {Level.WELL}


def test_temperature_derates_then_sits(watch: HealthWatch) -> None:
    assert [judged(watch, 0.0, temperature=t) for t in (59, 60, 69, 70)] == [
        Level.WELL,
        Level.DERATE,
        Level.DERATE,
        Level.SIT,
    ]


def test_a_dip_of_the_supply_is_none_and_a_sag_is(watch: HealthWatch) -> None:
    assert [judged(watch, t, voltage=9.0) for t in (0.0, 0.4)] == [Level.WELL] * 2
    assert judged(watch, 0.45) is Level.WELL  # it came back
    assert [judged(watch, t, voltage=9.0) for t in (0.5, 0.9, 1.01)] == [Level.WELL, Level.WELL, Level.SIT]


@pytest.mark.parametrize(("silent", "worst"), [((0,), Level.SIT), ((0, 1), Level.LIMP)])
def test_silence_holds_then_sits_or_lets_go(watch: HealthWatch, silent: tuple[int, ...], worst: Level) -> None:
    levels = [judged(watch, 0.02 * k, silent=silent) for k in range(10)]
    assert levels == [Level.WELL] * 2 + [Level.HOLD] * 7 + [worst]
    assert judged(watch, 1.0) is Level.WELL  # the owner, not the watch, remembers


def test_two_cells_and_three_have_their_own_bounds() -> None:
    assert HealthLimits.for_supply(7.4).min_voltage == pytest.approx(6.4)
    assert HealthLimits.for_supply(11.1).min_voltage == pytest.approx(9.6)
    assert HealthLimits.for_supply(float("nan")).min_voltage == pytest.approx(6.4)  # nobody measures it


def test_a_board_that_measures_nothing_is_well() -> None:
    watch = HealthWatch(HealthLimits(), NAMES)
    readings = [ServoReading(k, 0.0, 0, {"position": 0.0}) for k in (1, 2)]
    assert watch.judge(readings, [True, True], 0.0) == (Level.WELL, "")


def test_strain_has_to_last(watch: HealthWatch) -> None:
    assert watch.strained([0.0, 0.6], 0.0) == "" == watch.strained([0.0, 0.6], 0.9)
    assert watch.strained([0.0, 0.1], 0.95) == ""  # it came free
    assert watch.strained([0.0, 0.6], 1.0) == "" and "knee" in watch.strained([0.0, 0.6], 2.1)
