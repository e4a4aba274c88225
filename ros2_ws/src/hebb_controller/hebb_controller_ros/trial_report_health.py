"""The health of the bus as the plant told it, and how evenly the commands came."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebb_controller.signals import Vector
from hebb_controller_ros.recording import Recording

#: Counters that only grow: what counts is by how much they did.
COUNTERS = (
    "bus_cycles",
    "answers_missing",
    "answers_corrupt",
    "answers_not_asked_for",
    "answers_not_believed",
    "goals_limited",
    "goals_refused",
)
#: A period longer than so many wanted ones is late, as the nodes' own diagnostics count.
LATE = 1.5


@dataclass(frozen=True)
class Bus:
    """What the plant's diagnostics said of servos and bus during a run, once a second.

    Attributes:
        supply_min: lowest supply, in [V].
        hottest: hottest servo, in [degrees C].
        largest_load: largest load, as a share of what the servo can do.
        oldest_joint: age of the oldest joint's answer, the largest that was told, in [ms].
        counted: growth of each of `COUNTERS`.
        levels: health levels that were told, with how often, the worst reason of each behind it.
    """

    supply_min: float | None
    hottest: float | None
    largest_load: float | None
    oldest_joint: float | None
    counted: dict[str, int]
    levels: dict[str, int]
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Jitter:
    """Periods between commands as they reached the recorder.

    Attributes:
        p50: median, in [ms].
        p99: in [ms].
        largest: in [ms].
        late_share: share longer than one and a half of the wanted period.
        n: periods.
    """

    p50: float
    p99: float
    largest: float
    late_share: float
    n: int


def bus_of(recording: Recording) -> Bus | None:
    """Return the bus's health; None where there is no bus, as in simulation, or nobody told of it."""
    told: list[dict[str, str]] = []
    for message in recording.messages("diagnostics"):
        for status in message.status:
            figures = {pair.key: pair.value for pair in status.values}
            if "bus_cycles" in figures:
                told.append(figures)
    if not told:
        return None
    levels: dict[str, int] = {}
    for figures in told:
        level = figures.get("health", "?")
        levels[level] = levels.get(level, 0) + 1
    reasons = {figures["health_reason"] for figures in told if figures.get("health_reason")}
    return Bus(
        _extreme(told, "supply_V", min),
        _extreme(told, "hottest_degC", max),
        _extreme(told, "largest_load", max),
        _extreme(told, "oldest_joint_ms", max),
        {key: _growth([int(v) for v in _values(told, key)]) for key in COUNTERS},
        levels,
        tuple(sorted(reasons)),
    )


def jitter_of(arrivals: Vector, period: float, info: Mapping[str, Any]) -> Jitter | None:
    """Return how evenly commands came; None in lock-step, where nobody keeps time, and with fewer than two.

    Args:
        arrivals: of commands at the recorder, in [s], from the activation on.
        period: wanted, in [s] of the run.
        info: what the controller said of itself.
    """
    if info.get("parameters", {}).get("lockstep", False) or arrivals.size < 2:
        return None
    periods = np.diff(arrivals)
    p50, p99 = 1e3 * np.percentile(periods, [50, 99])
    late = float(np.mean(periods > LATE * period))
    return Jitter(float(p50), float(p99), 1e3 * float(periods.max()), late, int(periods.size))


def _growth(values: list[int]) -> int:
    # A plant that was started again counts from nothing.
    return sum(b - a if b >= a else b for a, b in zip(values[:-1], values[1:], strict=True))


def _extreme(told: list[dict[str, str]], key: str, of: Any) -> float | None:
    values = _values(told, key)
    return float(of(values)) if values else None


def _values(told: list[dict[str, str]], key: str) -> list[float]:
    found = []
    for figures in told:
        try:
            value = float(figures[key])
        except (KeyError, ValueError):
            continue
        if math.isfinite(value):
            found.append(value)
    return found
