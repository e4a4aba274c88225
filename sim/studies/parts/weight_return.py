"""How far the weights are from those before a treatment, beyond what they wander undisturbed.

From records of the `recovery` probe. The yardstick is the same life without the treatment (`nothing`),
at the same step.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.study.probes import WeightRecovery
from sim.study.records import Record, where
from sim.study.summaries import per_evolution

NOTHING = "nothing"
LAGS = WeightRecovery.AFTER
#: Distance beyond the undisturbed life's that no longer counts.
LEFT = 0.05
#: What is left has settled if it differs by less than this at the last two of `LAGS`.
SETTLED = 0.02


def distances(records: Sequence[Record], name: str, lag: int, kind: str = "weight_gap") -> dict[int, float]:
    """Return the weights' mean distance so many steps after a treatment, one number per evolution.

    `weight_gap` is that to the nearest of the moments before, `weight_distance` that to the last of them.
    """
    found = [
        {"evolution": r["evolution"], "distance": r[kind].get(str(lag))}
        for r in where(records, treatment=name)
        if r.get(kind)
    ]
    return per_evolution(found, "distance")


def left_over(records: Sequence[Record], name: str, lag: int) -> dict[int, float]:
    """Return the distance beyond that of the undisturbed lives at the same step, one number per evolution."""
    undisturbed = distances(records, NOTHING, lag)
    return {seed: d - undisturbed[seed] for seed, d in distances(records, name, lag).items() if seed in undisturbed}


def weights_back(records: Sequence[Record], name: str) -> dict[int, float]:
    """Return the first of `LAGS` from which on no more than `LEFT` are left, per evolution; `inf`: none.

    Where no life lasted that long, nothing is known to be back.
    """
    left = {lag: left_over(records, name, lag) for lag in LAGS}
    seeds = sorted(left[LAGS[0]])
    found = {}
    for seed in seeds:
        late = [lag for lag in LAGS if left[lag].get(seed, np.inf) > LEFT]
        later = [lag for lag in LAGS if not late or lag > late[-1]]
        found[seed] = float(later[0]) if later else np.inf
    return found


def course(earlier: float, last: float) -> str:
    """Say on what weights a robot walks that are not back, from what is left at the last two of `LAGS`."""
    if abs(last - earlier) < SETTLED:
        return "on other weights than before"
    return f"before its weights are back, with what is left still {'falling' if last < earlier else 'rising'}"
