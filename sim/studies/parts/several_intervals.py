"""Several intervals of one question: which of them exclude a level, said with how many were asked.

Of twenty intervals of 95 % one misses its level by chance. They are not corrected for their number; it is said.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.study.intervals import Interval


def excluding(asked: Mapping[str, Interval], level: float) -> str:
    """Say which intervals exclude a level, of how many; those of too few evolutions have none and are not counted."""
    sure = {name: interval for name, interval in asked.items() if not np.isnan(interval.low)}
    if not sure:
        return "too few evolutions to say"
    told = [name for name, interval in sure.items() if interval.low > level or interval.high < level]
    if not told:
        return f"none of {len(sure)} intervals of 95 %, uncorrected, excludes {level:g}"
    verb = "excludes" if len(told) == 1 else "exclude"
    return f"{len(told)} of {len(sure)} intervals of 95 %, uncorrected, {verb} {level:g}: {', '.join(told)}"
