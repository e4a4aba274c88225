"""Pictures of single numbers: blocks across conditions, differences with their intervals, recovery times."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from hebb_controller_ros.trial_report_figures import KEPT, OF, described, labels_of, values_of
from hebb_controller_ros.trial_report_gather import Gathered
from hebb_controller_ros.trial_report_numbers import rows_of
from hebb_controller_ros.trial_report_pairs import by_block
from hebb_controller_ros.trial_report_perturbations import NOT_RECOVERED, RECOVERED
from hebb_controller_ros.trial_report_plots import look_of
from hebb_controller_ros.trial_report_svg import Chart

#: How much a column's dots are spread, in columns, so that equal ones stand side by side.
_SPREAD = 0.5
#: Where in a row of differences the blocks stand, and where their median with its interval, in rows.
_ABOVE, _BELOW = 0.16, -0.16


def pairs(
    trial: Gathered, figure: str, limits: tuple[float, float] | None = None, names: Sequence[str] = ()
) -> Chart | None:
    """Draw a figure of every block in every condition, blocks joined by lines; None where nobody has it.

    Args:
        trial: the trial.
        figure: key.
        limits: of the axis, where two trials share it.
        names: conditions in order, where two trials share them; else the trial's.
    """
    names = names or trial.folder.conditions
    values = block_values(trial, figure, names)
    flat = [value for blocks in values.values() for value in blocks.values()]
    if not flat:
        return None
    title = described(figure).title
    low, high = limits or around(flat)
    chart = Chart(
        f"{title} by block and condition", (-0.5, len(names) - 0.5), (low, high), "", title, x_ticks=False
    )  # fmt: skip
    if low < 0.0 < high:
        chart.level(0.0)
    for block in sorted({block for blocks in values.values() for block in blocks}):
        there = [(k, values[name][block]) for k, name in enumerate(names) if block in values[name]]
        chart.line([k for k, _ in there], [v for _, v in there], "pair", f"block {block}")
    for k, (name, (colour, _, mark)) in enumerate(look_of(names).items()):
        for block, value in sorted(values[name].items()):
            chart.dot(k, value, colour, mark, f"{name}, block {block}: {value:.3g}")
    chart.column_labels(names)
    return chart


def block_values(trial: Gathered, figure: str, names: Sequence[str]) -> dict[str, dict[int, float]]:
    """Return a figure by condition and block."""
    rows = rows_of(trial.runs, labels_of(trial.runs))
    return {name: by_block(rows, name, figure) for name in names}


def differences(found: Sequence[Mapping[str, Any]], title: str) -> Chart | None:
    """Draw the differences of one figure: a row for each comparison, blocks as dots, the interval as a bar."""
    rows = [entry for entry in found if entry["n"]]
    if not rows:
        return None
    values = [v for entry in rows for v in [*entry["blocks"].values(), entry["low"], entry["high"]] if v is not None]
    chart = Chart(
        f"{title}, differences within blocks", around(values), (-0.6, len(rows) - 0.4), f"difference, {title}", "",
        height=64 + 40 * len(rows), left=110, y_ticks=False,
    )  # fmt: skip
    chart.bar(0.0, 0.0, (len(rows) - 1) / 2, len(rows), "zeroline")
    for k, entry in enumerate(reversed(rows)):
        if entry["low"] is not None:
            ends = [entry["low"], entry["high"]]
            chart.line(ends, [k + _BELOW, k + _BELOW], "interval", f"95 %: {entry['low']} to {entry['high']}")
        for block, value in entry["blocks"].items():
            chart.dot(value, k + _ABOVE, "quietdot", "circle", f"block {block}: {value:.3g}")
        chart.dot(entry["median"], k + _BELOW, "median", "diamond", f"median {entry['median']:.3g}")
        chart.row_label(k + 0.16, entry["first"])
        chart.row_label(k - 0.2, f"\u2212 {entry['second']}")
    return chart


def recoveries(trial: Gathered, label: str, longest: float | None = None, names: Sequence[str] = ()) -> Chart | None:
    """Draw every run's recovery time from one perturbation; those that did not come back stand in a row above.

    Args:
        trial: the trial.
        label: of the perturbation.
        longest: recovery, in [s], where two trials share the axis.
        names: conditions in order, where two trials share them; else the trial's.
    """
    names = names or trial.folder.conditions
    suffered = [(run.attempt.planned, p) for run in trial.runs for p in run.perturbations if p.label == label]
    told = [(planned, p) for planned, p in suffered if p.outcome in (RECOVERED, NOT_RECOVERED)]
    if not told:
        return None
    top = longest or longest_recovery([trial], label)
    chart = Chart(
        f"recovery from {label}", (-0.5, len(names) - 0.5), (0.0, 1.25 * top), "", f"{label}: recovery [s]",
        x_ticks=False, y_ticks_to=1.05 * top,
    )  # fmt: skip
    chart.level(1.1 * top, "grid")
    chart.row_label(1.17 * top, "never")
    for k, (name, (colour, _, mark)) in enumerate(look_of(names).items()):
        mine = sorted(((p.recovery, planned.run) for planned, p in told if planned.condition == name), key=_by_time)
        for j, (time, number) in enumerate(mine):
            x = k + _SPREAD * ((j + 0.5) / len(mine) - 0.5)
            words = f"run {number}, {name}: {'not recovered' if time is None else f'{time:.2f} s'}"
            chart.dot(x, 1.17 * top if time is None else time, colour, mark, words)
    chart.column_labels(names)
    return chart


def longest_recovery(trials: Sequence[Gathered], label: str) -> float:
    """Return the longest recovery time from a perturbation, in [s], for an axis; 1 where there is none."""
    times = [p.recovery for t in trials for run in t.runs for p in run.perturbations if p.label == label and p.recovery]
    return max(times, default=1.0)


def kept_figures(trial: Gathered) -> list[str]:
    """Return the keys of the kept speeds that some run has."""
    labels = labels_of(trial.runs)
    keys = [f"{KEPT}{OF}{label}" for label in labels]
    return [key for key in keys if any(values_of(run, labels)[key] is not None for run in trial.runs)]


def around(values: Sequence[float]) -> tuple[float, float]:
    """Return an axis's range around values, nought included."""
    low, high = min(0.0, *values, 0.0), max(0.0, *values, 0.0)
    room = 0.08 * (high - low) or 0.5
    return (low - room if low < 0.0 else 0.0), high + room if high > 0.0 or low == high else 0.0


def _by_time(entry: tuple[float | None, int]) -> tuple[float, int]:
    return math.inf if entry[0] is None else entry[0], entry[1]
