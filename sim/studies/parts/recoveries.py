"""Recovery in numbers: medians in which a life that never regained its speed counts as longer than any other.

Only lives that walked when the treatment came are asked (`speed_before` is there). "Never" is `inf` here and null in
figures: it stands for longer than the rest of the life. Times are `recovery_steps` of `sim.statistics`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.statistics import WINDOW
from sim.study.intervals import Interval, of_median
from sim.study.records import Record
from sim.study.summaries import per_evolution

#: What the definition itself costs, in steps: a robot that is at full speed at once gets this.
FLOOR = WINDOW
LEAST = f"{FLOOR} is the least"


def walking(records: Sequence[Record]) -> list[Record]:
    """Return the lives that walked when the treatment came."""
    return [record for record in records if record.get("speed_before") is not None]


def life_times(records: Sequence[Record]) -> list[float]:
    """Return the recovery time of every life that walked, in steps; `inf`: never."""
    return [np.inf if r["recovery_steps"] is None else float(r["recovery_steps"]) for r in walking(records)]


def recovery_times(records: Sequence[Record]) -> dict[int, float]:
    """Return the median recovery time over the lives of every evolution, in steps; `inf` where it is never."""
    return median_times(walking(records), "recovery_steps")


def median_times(records: Sequence[Record], field: str) -> dict[int, float]:
    """Return the median of a time over all lives of every evolution; null in a life is `inf`: never."""
    times = [{"evolution": r["evolution"], "time": np.inf if r[field] is None else r[field]} for r in records]
    return per_evolution(times, "time", lambda values: float(np.median(values)))


def shares_recovered(records: Sequence[Record]) -> dict[int, float]:
    """Return the share of lives that regained their speed to stay, one number per evolution."""
    asked = [{"evolution": r["evolution"], "back": float(r["recovery_steps"] is not None)} for r in walking(records)]
    return per_evolution(asked, "back")


def counted(records: Sequence[Record]) -> str:
    """Return how many lives regained their speed to stay, of those that walked, as text."""
    asked = walking(records)
    return f"{sum(r['recovery_steps'] is not None for r in asked)} of {len(asked)}" if asked else "-"


def speeds_kept(records: Sequence[Record]) -> dict[int, float]:
    """Return the mean speed after the treatment over the mean speed before, one number per evolution.

    A ratio of means: a life that hardly walked before must not weigh more than the others. A fallen robot stands.
    """
    lives = [r for r in walking(records) if r.get("speed_after") is not None]
    after, before = per_evolution(lives, "speed_after"), per_evolution(lives, "speed_before")
    return {seed: after[seed] / before[seed] for seed in after}


def recovery_time(records: Sequence[Record]) -> Interval:
    """Return the median of the evolutions' recovery times, with its interval, in steps."""
    return of_median(list(recovery_times(records).values()))


def time_text(interval: Interval) -> str:
    """Return a recovery time as text, `never` for one beyond the end of the life."""
    if interval.n == 0:
        return "-"
    value, low, high = ("never" if np.isinf(x) else f"{x:.0f}" for x in (interval.value, interval.low, interval.high))
    return f"{value} (n = {interval.n})" if np.isnan(interval.low) else f"{value} ({low} to {high})"
