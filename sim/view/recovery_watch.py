"""How each lane comes through what befalls it, while it happens, by the definition of `statistics.recovery`.

That definition looks back from the end of a life. While a life goes on, a recovery counts once nothing that is still
to come can undo it: when the 100 steps over which its speed has to last are over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.page.frames import (
    FELL,
    HOLDS,
    INTERRUPTED,
    NOT_RECOVERED,
    NOT_WALKING,
    RECOVERED,
    RECOVERING,
    Disturbance,
    Outcome,
)
from hebb_controller.signals import Vector
from sim.statistics import REFERENCE_STEPS, SLOWEST_WALK, WINDOW, recovery

#: A lane that has not recovered so many steps after the end is given up.
PATIENCE = 3000
#: So many disturbances are remembered.
KEPT = 8


@dataclass
class _Watched:
    label: str
    onset: int
    end: int | None
    outcomes: list[Outcome]


class RecoveryWatch:
    """Follows the newest disturbances of several lanes that share one clock of steps.

    Args:
        nb_lanes: how many lanes.
        control_period: in [s].
    """

    def __init__(self, nb_lanes: int, control_period: float) -> None:
        self._nb_lanes, self._dt = nb_lanes, control_period
        self._watched: list[_Watched] = []

    def begin(self, label: str, step: int, end: int | None) -> None:
        """Take note of a disturbance of the steps `step <= t < end`; None: it holds until `release`."""
        for earlier in self._watched:
            earlier.outcomes = [
                Outcome(INTERRUPTED, o.seconds, o.share) if o.state in (RECOVERING, HOLDS) else o
                for o in earlier.outcomes
            ]
        self._watched.append(_Watched(label, step, end, [Outcome(HOLDS)] * self._nb_lanes))
        del self._watched[:-KEPT]

    def release(self, step: int, label: str = "") -> None:
        """End every disturbance that still holds at `step`, or those of a label."""
        for watched in self._watched:
            if label in ("", watched.label) and (watched.end is None or watched.end > step):
                watched.end = max(step, watched.onset)

    def update(self, step: int, tracks: Sequence[Sequence[float]], fallen: Sequence[bool]) -> tuple[Disturbance, ...]:
        """Return all disturbances as they stand after `step` steps.

        Args:
            step: control steps since the beginning.
            tracks: per lane, forward positions after 0 ... `step` steps, in [m].
            fallen: per lane, True while the robot lies.
        """
        for watched in self._watched:
            for k, track in enumerate(tracks):
                if watched.outcomes[k].state in (HOLDS, RECOVERING):
                    how = outcome(track, self._dt, watched.onset, watched.end, step)
                    watched.outcomes[k] = Outcome(FELL) if fallen[k] and how.state == RECOVERING else how
        return tuple(
            Disturbance(w.label, w.onset * self._dt, None if w.end is None else w.end * self._dt, tuple(w.outcomes))
            for w in self._watched
        )


def recent_speed(track: Sequence[float] | Vector, dt: float) -> float:
    """Return the forward speed over the last window, in [m/s]; a shorter track counts as standing before.

    Args:
        track: forward positions, a control step apart, in [m].
        dt: control period, in [s].
    """
    return float(track[-1] - track[max(len(track) - 1 - WINDOW, 0)]) / (WINDOW * dt)


def outcome(track: Sequence[float], dt: float, onset: int, end: int | None, step: int) -> Outcome:
    """Return how a lane stands `step` steps into its life.

    Args:
        track: forward positions after 0 ... `step` steps, in [m].
        dt: control period, in [s].
        onset: first perturbed step.
        end: first step after the perturbation; None while it holds.
        step: control steps lived.
    """
    first = max(onset - REFERENCE_STEPS, 0)
    x = np.array(track[first : step + 1])
    reference = onset - first
    before = float(x[reference] - x[0]) / (reference * dt) if reference and x.size > reference else 0.0
    if not before >= SLOWEST_WALK:
        return Outcome(NOT_WALKING)
    share = recent_speed(x, dt) / before
    if end is None or step < end:
        return Outcome(HOLDS, share=share)
    found = recovery(x, dt, onset - first, end - first)
    if found is not None and found.steps is not None and step >= end + found.steps - WINDOW + REFERENCE_STEPS:
        return Outcome(RECOVERED, found.steps * dt, share)
    return Outcome(NOT_RECOVERED if step - end > PATIENCE else RECOVERING, share=share)
