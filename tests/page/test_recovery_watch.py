"""Recoveries while they happen: the same numbers as `statistics.recovery` gives afterwards, and none too early."""

from __future__ import annotations

import numpy as np
import pytest

from hebb_controller.page.frames import (
    FELL,
    HOLDS,
    INTERRUPTED,
    NOT_RECOVERED,
    NOT_WALKING,
    RECOVERED,
    RECOVERING,
)
from sim.statistics import REFERENCE_STEPS, WINDOW, recovery
from sim.view.recovery_watch import PATIENCE, RecoveryWatch, outcome

DT = 0.02


def track(*parts: tuple[int, float]) -> np.ndarray:
    """Positions of a robot that goes so many steps at such a speed [m/s], part by part."""
    speeds = np.concatenate([np.full(steps, speed) for steps, speed in parts])
    return np.concatenate([[0.0], np.cumsum(speeds) * DT])


def test_the_live_recovery_is_that_of_the_finished_life() -> None:
    rng = np.random.default_rng(3)
    for lame in (0, 40, 173):
        x = track((400, 0.5), (100, 0.0), (lame, 0.1), (600, 0.5))
        x = x + np.concatenate([[0.0], np.cumsum(rng.normal(0.0, 0.0005, x.size - 1))])
        onset, end = 400, 500
        after = recovery(x, DT, onset, end)
        assert after is not None and after.steps is not None
        states = [outcome(x[: t + 1], DT, onset, end, t) for t in range(onset + 1, x.size)]
        first = next(k for k, o in enumerate(states) if o.state == RECOVERED)
        assert states[first].seconds == pytest.approx(after.steps * DT)
        assert all(o.state == RECOVERED and o.seconds == states[first].seconds for o in states[first:])
        # Not before its 100 steps are over.
        assert onset + 1 + first == end + after.steps - WINDOW + REFERENCE_STEPS


def test_a_lunge_is_no_recovery() -> None:
    x = track((200, 0.5), (50, 0.0), (30, 0.6), (300, 0.0))
    assert outcome(x, DT, 200, 250, x.size - 1).state == RECOVERING


def test_states_of_those_that_do_not_recover() -> None:
    x = track((200, 0.5), (PATIENCE + 200, 0.0))
    assert outcome(x[:241], DT, 200, None, 240).state == HOLDS
    assert outcome(x, DT, 200, 250, x.size - 1).state == NOT_RECOVERED
    assert outcome(track((300, 0.01)), DT, 200, 210, 300).state == NOT_WALKING
    assert outcome(track((5, 0.5)), DT, 0, 0, 5).state == NOT_WALKING


def test_a_new_disturbance_interrupts_the_last_and_clearing_ends_what_holds() -> None:
    x = track((1200, 0.5)).tolist()
    watch = RecoveryWatch(1, DT)
    watch.begin("freeze hip", 200, None)
    (held,) = watch.update(250, [x], [False])
    assert held.end is None and held.outcomes[0].state == HOLDS and held.outcomes[0].share == pytest.approx(1.0)
    watch.release(300)
    watch.begin("wipe", 310, 310)
    first, second = watch.update(400, [x], [False])
    assert first.end == pytest.approx(300 * DT) and first.outcomes[0].state == INTERRUPTED
    (_, second) = watch.update(600, [x], [False])
    assert second.outcomes[0].state == RECOVERED and second.outcomes[0].seconds == pytest.approx(WINDOW * DT)


def test_who_falls_has_not_recovered() -> None:
    x = track((200, 0.5), (300, 0.0)).tolist()
    watch = RecoveryWatch(1, DT)
    watch.begin("saturate", 200, 250)
    (one,) = watch.update(300, [x], [True])
    assert one.outcomes[0].state == FELL
