"""The figures of a run: the one list that tables, CSV, JSON and comparisons are made from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hebb_controller_ros.trial_report_guard import time_in
from hebb_controller_ros.trial_report_health import COUNTERS
from hebb_controller_ros.trial_report_run import Run

Number = float | int | None
#: Between a perturbation's figure and its label: `recovery_s:saturate`.
OF = ":"
RECOVERY, KEPT = "recovery_s", "speed_kept"


@dataclass(frozen=True)
class Figure:
    """A number that every run has, or has not.

    Attributes:
        key: its name in JSON and CSV, unit included.
        title: for people.
        form: how it is written.
        of: takes it from a run; None: it was not measured.
    """

    key: str
    title: str
    form: str
    of: Callable[[Run], Number]


def _from(part: str, name: str) -> Callable[[Run], Number]:
    """Return what takes a number from a part of a run; null where the run lacks the part."""

    def take(run: Run) -> Number:
        found = getattr(run, part)
        return None if found is None else getattr(found, name)

    return take


def _counter(key: str) -> Callable[[Run], Number]:
    return lambda run: None if run.bus is None else run.bus.counted[key]


WALK = (
    Figure("distance_m", "distance [m]", ".2f", lambda run: run.distance),
    Figure("speed_m_s", "mean speed [m/s]", ".3f", lambda run: run.speed),
    Figure("cruise_m_s", "cruising speed [m/s]", ".3f", lambda run: _finite(run.story.cruise)),
    Figure("learned_s", "90 % of it after [s]", ".2f", lambda run: _seconds(run, run.story.steps_to_90)),
    Figure("falls", "falls", ".0f", lambda run: run.falls),
)
GUARD = (
    Figure("nominal_s", "nominal [s]", ".1f", lambda run: time_in(run.controller, "nominal")),
    Figure("hold_s", "hold [s]", ".2f", lambda run: time_in(run.controller, "hold")),
    Figure("limp_s", "limp [s]", ".2f", lambda run: time_in(run.controller, "limp")),
    Figure("plant_hold_s", "plant: hold [s]", ".2f", lambda run: time_in(run.plant, "hold")),
    Figure("plant_limp_s", "plant: limp [s]", ".2f", lambda run: time_in(run.plant, "limp")),
)
TRACKING = (
    Figure("tracking_rms_rad", "tracking, RMS [rad]", ".4f", _from("tracking", "rms")),
    Figure("tracking_p95_rad", "tracking, 95 % within [rad]", ".4f", _from("tracking", "p95")),
    Figure("tracking_worst_rad", "tracking, worst joint's RMS [rad]", ".4f", _from("tracking", "worst_rms")),
)
JITTER = (
    Figure("period_p50_ms", "period, median [ms]", ".2f", _from("jitter", "p50")),
    Figure("period_p99_ms", "period, 99 % within [ms]", ".2f", _from("jitter", "p99")),
    Figure("period_max_ms", "period, longest [ms]", ".1f", _from("jitter", "largest")),
    Figure("late_share", "late periods, share", ".4f", _from("jitter", "late_share")),
)
BUS = (
    Figure("supply_min_V", "lowest supply [V]", ".1f", _from("bus", "supply_min")),
    Figure("battery_start_V", "battery before [V]", ".2f", lambda run: run.attempt.told.get("battery_start_V")),
    Figure("battery_end_V", "battery after [V]", ".2f", lambda run: run.attempt.told.get("battery_end_V")),
    Figure("hottest_degC", "hottest servo [°C]", ".0f", _from("bus", "hottest")),
    Figure("largest_load", "largest load, share", ".2f", _from("bus", "largest_load")),
    Figure("oldest_joint_ms", "oldest joint [ms]", ".0f", _from("bus", "oldest_joint")),
    *(Figure(key, key.replace("_", " "), ".0f", _counter(key)) for key in COUNTERS),
)
FIGURES = WALK + GUARD + TRACKING + JITTER + BUS
#: What conditions are compared by, within blocks; and each perturbation's recovery and kept speed.
COMPARED = ("distance_m", "speed_m_s", "cruise_m_s", "falls")


def labels_of(runs: Sequence[Run]) -> list[str]:
    """Return the labels of all perturbations, earliest first."""
    onsets: dict[str, list[float]] = {}
    for run in runs:
        for perturbation in run.perturbations:
            onsets.setdefault(perturbation.label, []).append(perturbation.onset)
    return sorted(onsets, key=lambda label: (min(onsets[label]), label))


def values_of(run: Run, labels: Sequence[str]) -> dict[str, Number]:
    """Return a run's numbers by key, those of the perturbations `labels` included."""
    values: dict[str, Number] = {figure.key: figure.of(run) for figure in FIGURES}
    suffered = {perturbation.label: perturbation for perturbation in run.perturbations}
    for label in labels:
        found = suffered.get(label)
        values[f"{RECOVERY}{OF}{label}"] = None if found is None else found.recovery
        values[f"{KEPT}{OF}{label}"] = None if found is None else found.speed_kept
    return values


def described(key: str) -> Figure:
    """Return how a figure is called and written, by its key."""
    for figure in FIGURES:
        if figure.key == key:
            return figure
    kind, _, label = key.partition(OF)
    title = f"recovery from {label} [s]" if kind == RECOVERY else f"speed kept after {label}"
    return Figure(key, title, ".2f", lambda run: None)


def words_of(run: Run) -> dict[str, Any]:
    """Return what a run has to say beside numbers."""
    return {
        "distance_source": run.source,
        "tracking_worst_joint": None if run.tracking is None else run.tracking.worst_joint,
        "bus_levels": "" if run.bus is None else " ".join(f"{k}:{n}" for k, n in sorted(run.bus.levels.items())),
        "parity": run.parity.verdict,
        "parity_commands": run.parity.commands,
        "parity_largest_rad": run.parity.largest,
        "parity_reason": run.parity.reason,
    }


def _seconds(run: Run, steps: int | None) -> float | None:
    return None if steps is None else steps * run.story.period


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
