"""Small steps of one joint on the stand, recorded for `response_fit`; and a held servo that a hand rocks."""

from __future__ import annotations

import time

import numpy as np

from calibration.joint_mover import JointMover
from calibration.record import JointRecord
from calibration.response_fit import StepAnswer
from firmware_bridge.errors import LinkError

#: Half the height of a step, in [rad]: enough for a bus servo to reach its top speed, little enough for any stand.
AMPLITUDE = 0.2
#: What stays free of the limits, in [rad].
_MARGIN = 0.03
#: Readings before a step, for its rest; and how long a settled joint is watched, in [s].
_REST, _SETTLED = 0.05, 0.06
#: The slowest servo has come to rest by then, in [s].
_SLOWEST = 0.3
#: A step is given up after so long, in [s].
_LONGEST = 1.2
#: So long a servo takes hold before what it gives way counts, in [s].
_GRIP = 0.3
#: So many readings tell how far a rocked servo gives way.
_LEAST_READINGS = 20
#: Between readings, in [s]: the line has room, and the phase of the readings wanders.
_PAUSE = 0.002


def centre_of(seat: JointRecord) -> tuple[float, float]:
    """Return around which angle a joint is stepped, and by how much to either side, in [rad]."""
    half = min(AMPLITUDE, 0.5 * (seat.upper - seat.lower) - _MARGIN)
    low, high = seat.lower + half + _MARGIN, seat.upper - half - _MARGIN
    return float(np.clip(seat.neutral, min(low, high), max(low, high))), half


def step_train(mover: JointMover, nb_steps: int, rng: np.random.Generator) -> list[StepAnswer]:
    """Step a joint up and down in turn, and return what it did.

    Args:
        mover: with torque on.
        nb_steps: how many steps.
        rng: draws the phase between a step and the readings after it, so that they do not fall into step.
    """
    centre, half = centre_of(mover.seat)
    here = centre - half
    mover.go(here)
    settled = time.monotonic() + _SLOWEST
    while time.monotonic() < settled:
        mover.hold()
        mover.look()
        time.sleep(_PAUSE)
    steps = []
    for k in range(nb_steps):
        goal = centre + half * (1.0 if k % 2 == 0 else -1.0)
        steps.append(_step(mover, here, goal, rng))
        here = goal
    mover.go(centre)
    return steps


def _step(mover: JointMover, start: float, goal: float, rng: np.random.Generator) -> StepAnswer:
    times: list[float] = []
    angles: list[float] = []

    def look() -> None:
        reading = mover.look()
        if reading is not None:
            times.append(reading[0])
            angles.append(reading[1])

    rest_until = time.monotonic() + _REST
    while time.monotonic() < rest_until:
        mover.command(start)
        look()
        time.sleep(_PAUSE)
    began, _ = mover.command(goal)
    time.sleep(rng.uniform(0.0, 3.0 * _PAUSE))
    while time.monotonic() - began < _LONGEST:
        mover.command(goal)
        look()
        if times and times[-1] - began > _SETTLED:
            recent = [a for t, a in zip(times, angles, strict=True) if t > times[-1] - _SETTLED]
            if abs(angles[-1] - goal) < 0.05 and np.ptp(recent) < 0.003:
                break
        time.sleep(_PAUSE)
    return StepAnswer(began, start, goal, np.array(times), np.array(angles))


def rocked(mover: JointMover, duration: float) -> list[float]:
    """Hold a joint where it is while a hand rocks it, and return the counts that its servo told.

    Args:
        mover: with torque on.
        duration: in [s].

    Raises:
        LinkError: hardly any reading came.
    """
    ticks = []
    began = time.monotonic()
    while time.monotonic() - began < _GRIP + duration:
        mover.hold()
        seen = mover.look()
        told = None if mover.reading is None else mover.reading.values
        if seen is not None and told is not None and time.monotonic() - began > _GRIP:
            ticks.append(told["position"])
        time.sleep(_PAUSE)
    if len(ticks) < _LEAST_READINGS:
        raise LinkError(f"port {mover.line.path}: {mover.seat.name} told its position only {len(ticks)} times")
    return ticks
