"""The numbers of one life."""

from __future__ import annotations

from dataclasses import dataclass

from hebb_controller.fault_schedule import FaultSchedule
from sim.episode_trace import EpisodeTrace
from sim.statistics import Recovery, cruising_speed, recovery, steps_to_90


@dataclass(frozen=True)
class LifeFigures:
    """What one life came to.

    Attributes:
        reward: sum of the rewards.
        distance: forward displacement of the base, in [m].
        speed: distance over the time lived, in [m/s].
        cruise: cruising speed, in [m/s]; NaN in a life too short for one.
        steps: control steps lived.
        steps_to_90: see `statistics`; None for a robot that does not walk.
        recovery: see `statistics`; None without a perturbation that ends, or if there was nothing to perturb.
        fallen: True if it ended in a fall.
        nb_limited: commands that the safety gate changed.
        nb_not_nominal: steps in which the gate let nothing through.
    """

    reward: float
    distance: float
    speed: float
    cruise: float
    steps: int
    steps_to_90: int | None
    recovery: Recovery | None
    fallen: bool
    nb_limited: int
    nb_not_nominal: int


def figures_of(trace: EpisodeTrace, schedule: FaultSchedule) -> LifeFigures:
    """Return what a recorded life came to."""
    onset, end = schedule.window or (None, None)
    dt = trace.control_period
    return LifeFigures(
        reward=float(trace.reward.sum()),
        distance=trace.distance,
        speed=trace.distance / (max(trace.steps, 1) * dt),
        cruise=cruising_speed(trace.x, dt, onset),
        steps=trace.steps,
        steps_to_90=steps_to_90(trace.x, dt, onset),
        recovery=None if onset is None or end is None else recovery(trace.x, dt, onset, end),
        fallen=trace.fallen,
        nb_limited=trace.nb_limited,
        nb_not_nominal=trace.nb_not_nominal,
    )
