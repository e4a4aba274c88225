"""What a life's speed trace says: how soon it walked, how fast, and how soon again after a perturbation.

All definitions work on x(t), the forward position of the base after t control steps.

    speed after t steps        v(t) = (x(t) - x(t - W)) / (W dt), W = 25 steps (0.4 to 0.5 s), a trailing window.
                               Before step 0 the robot stood: x(t) = x(0) for t < 0.
    cruising speed             the median, over the second half of the time before the perturbation (without one, of the
                               whole life), of the mean speed of the last 100 steps, which is several strides. Below
                               0.05 m/s the robot does not walk.
    lasting                    a speed counts as reached after t steps if v(t) reaches it, and so does the mean over the
                               100 steps that begin with v(t)'s window: legs let loose lunge, and a lunge is not a gait.
    steps_to_90                the first t at which 90 % of the cruising speed are reached, lasting (fewer steps where
                               the life ends). The window alone costs 0.9 W = 23 steps to a robot that cruised from
                               the first step on; one that begins with a lunge gets less.
    recovery_steps             with the speed before, r = the mean speed of the 100 steps before the onset (fewer if the
                               life is shorter): the smallest k such that 0.9 r is reached, lasting, after end + k
                               steps, by a window that lies wholly behind the end of the perturbation, so k >= W. No
                               step of the time before can leak in, and a robot that is at full speed at once gets
                               W = 25, not 0. That window begins at k - W: the moment that a stopwatch would show lies
                               between the two. The 100 steps must fit into the life: what begins within its last 100
                               steps is no recovery, for nobody saw it last.
    recovery_first_steps       the same without "lasting": the first good window of 25 steps, lunge or gait.
    speed_kept                 mean speed from 100 steps after the end on, as a share of r; null in a life shorter than
                               that.

A life that never regains its speed before its end has no recovery time: it is counted in `not_recovered`. `mean`,
`std`, `median` and `n` are those of the others; `median_of_all` counts a life that did not recover as longer than any
other (null if that is where the median lies). A life that was over, or not walking, when the perturbation came is
counted in `not_perturbed`; one that never reached its cruising speed for long, or does not walk, in `not_reached`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebb_controller.signals import Vector

WINDOW = 25
SHARE = 0.9
REFERENCE_STEPS = 100
SLOWEST_WALK = 0.05  # [m/s]


@dataclass(frozen=True)
class Recovery:
    """What a perturbation did to one life.

    Attributes:
        speed_before: mean speed over the 100 steps before the onset, in [m/s].
        steps: `recovery_steps`; None if the speed did not return to stay.
        first_steps: `recovery_first_steps`; None if it did not return at all.
        speed_kept: share of that speed from 100 steps after the end on; None if the life ended before.
    """

    speed_before: float
    steps: int | None
    first_steps: int | None
    speed_kept: float | None


def trailing_speed(x: Vector, dt: float, window: int = WINDOW) -> Vector:
    """Return v(t) for t = 0 ... T, in [m/s].

    Args:
        x: forward positions, shape `(T + 1,)`, in [m].
        dt: control period, in [s].
        window: in steps.
    """
    before = x[np.maximum(np.arange(x.size) - window, 0)]
    return (x - before) / (window * dt)


def cruising_speed(x: Vector, dt: float, onset: int | None = None) -> float:
    """Return the median of the 100-step mean speed in the second half of the time before `onset`, in [m/s].

    Without an onset, of the whole life; NaN if that time is shorter than two windows of 25 steps.
    """
    end = x.size - 1 if onset is None else min(onset, x.size - 1)
    if end < 2 * WINDOW:
        return math.nan
    half = end // 2
    return float(np.median(trailing_speed(x, dt, min(REFERENCE_STEPS, half))[half : end + 1]))


def steps_to_90(x: Vector, dt: float, onset: int | None = None) -> int | None:
    """Return after how many steps the speed first reached 90 % of cruising; None for a robot that does not walk."""
    cruise = cruising_speed(x, dt, onset)
    if not cruise >= SLOWEST_WALK:
        return None
    last = x.size - 1 if onset is None else min(onset, x.size - 1)
    return _first_at(x, dt, SHARE * cruise, 1, last, lasting_to=last)


def recovery(x: Vector, dt: float, onset: int, end: int) -> Recovery | None:
    """Return how a life went on after a perturbation of the steps `onset <= t < end`.

    Args:
        x: forward positions, shape `(T + 1,)`, in [m].
        dt: control period, in [s].
        onset: first perturbed step.
        end: first step after the perturbation; `onset` itself for one that takes no time.

    Returns:
        None if the robot was not walking before, or its life was over.
    """
    reference = min(REFERENCE_STEPS, onset)
    if reference == 0 or onset >= x.size - 1:
        return None
    before = float(x[onset] - x[onset - reference]) / (reference * dt)
    if not before >= SLOWEST_WALK:
        return None
    earliest, last = end + WINDOW, x.size - 1
    first = _first_at(x, dt, SHARE * before, earliest, last)
    back = _first_at(x, dt, SHARE * before, earliest, last + WINDOW - REFERENCE_STEPS, lasting_to=last)
    later = end + REFERENCE_STEPS
    rest = last - later
    kept = float(x[-1] - x[later]) / (rest * dt) / before if rest >= WINDOW else None
    return Recovery(before, None if back is None else back - end, None if first is None else first - end, kept)


def _first_at(x: Vector, dt: float, speed: float, first: int, last: int, lasting_to: int | None = None) -> int | None:
    """Return the first t of `first <= t <= last` at which `speed` is reached; None if there is none.

    With `lasting_to` it must last, for 100 steps or up to that step.
    """
    t = np.arange(first, last + 1)
    reached = trailing_speed(x, dt)[t] >= speed
    if lasting_to is not None:
        begin = np.maximum(t - WINDOW, 0)
        end = np.minimum(begin + REFERENCE_STEPS, lasting_to)
        reached &= (x[end] - x[begin]) >= speed * dt * np.maximum(end - begin, 1)
    found = np.flatnonzero(reached)
    return int(t[found[0]]) if found.size else None


def summary(values: Sequence[float]) -> dict[str, float | int | None]:
    """Return mean, sample standard deviation, median and number of `values`; null where there are too few."""
    array = np.asarray(values, dtype=float)
    return {
        "mean": float(array.mean()) if array.size else None,
        "std": float(array.std(ddof=1)) if array.size > 1 else None,
        "median": float(np.median(array)) if array.size else None,
        "n": int(array.size),
    }


def recovery_summary(lives: Sequence[Recovery | None], lasting: bool = True) -> dict[str, Any]:
    """Return the summary of recovery times, with the lives that have none counted.

    Args:
        lives: as `recovery` returned them.
        lasting: summarise `recovery_steps`; False: `recovery_first_steps`.
    """
    times = [life.steps if lasting else life.first_steps for life in lives if life is not None]
    recovered = [t for t in times if t is not None]
    median = float(np.median([math.inf if t is None else t for t in times])) if times else math.inf
    return summary(recovered) | {
        "not_recovered": len(times) - len(recovered),
        "not_perturbed": len(lives) - len(times),
        "median_of_all": median if math.isfinite(median) else None,
    }
