"""The page of two trials: each picture twice, on the same axes, and every figure beside its counterpart."""

from __future__ import annotations

from html import escape
from typing import Any

from hebb_controller_ros import trial_report_dots as dots
from hebb_controller_ros import trial_report_plots as plots
from hebb_controller_ros.trial_report_compare import conditions_of
from hebb_controller_ros.trial_report_figures import described
from hebb_controller_ros.trial_report_gather import Gathered
from hebb_controller_ros.trial_report_sections import (
    conditions_table,
    grid,
    heading,
    health_tables,
    key_of,
    meaning,
    notes_of,
)
from hebb_controller_ros.trial_report_style import page
from hebb_controller_ros.trial_report_svg import Chart
from hebb_controller_ros.trial_report_tables import NONE, number, spread, table

WHICH = ("first", "second")


def comparison_page(first: Gathered, second: Gathered, found: dict[str, Any]) -> str:
    """Return the page of two trials.

    Args:
        first: one trial, for the pictures.
        second: the other.
        found: numbers of both as the JSON file has them.
    """
    trials, names = (first, second), conditions_of(first, second)
    called = [f"{which}: {title_of(found[which])}" for which in WHICH]
    body = [f"<h1>{escape(title_of(found['first']))} beside {escape(title_of(found['second']))}</h1>"]
    body += notes_of(found["notes"])
    for which, title in zip(WHICH, called, strict=True):
        body += [f"<h2>{escape(title.capitalize())}</h2>", *heading(found, (which,)), *notes_of(found[which]["notes"])]
    body += ["<h2>Distance, on the same axes</h2>", key_of(names)]
    limits = plots.track_limits(trials)
    body.append(grid(_beside(called, [plots.distances(trial, limits, names) for trial in trials])))
    body.append(grid(_beside(called, _pairs(trials, "distance_m", names))))
    body += ["<h2>First less second</h2>", _differences(found)]
    body.append(
        '<p class="quiet">The runs of two trials are no pairs: what is told is the difference of the medians, with a '
        "95 % bootstrap interval over runs, none with fewer than five on either side.</p>"
    )
    body += ["<h2>Does what the conditions do carry over?</h2>", _effects(found)]
    if found["perturbations"]:
        body.append("<h2>Recovery, on the same axes</h2>")
    for label in found["perturbations"]:
        longest = dots.longest_recovery(trials, label)
        body.append(grid(_beside(called, [dots.recoveries(trial, label, longest, names) for trial in trials])))
    body.append("<h2>Every condition of each</h2>")
    for which, title in zip(WHICH, called, strict=True):
        body.append(conditions_table(found, (which,), escape(title)))
    for which, title in zip(WHICH, called, strict=True):
        body += [f"<h2>Joints, time, bus: {escape(title)}</h2>", *health_tables(found, (which,))]
    body += ["<h2>What the figures mean</h2>", meaning()]
    return page(f"{title_of(found['first'])} beside {title_of(found['second'])}", body)


def title_of(found: dict[str, Any]) -> str:
    """Return a trial's name with where it was done."""
    head = found["trial"]
    return f"{head['name']} ({head['stage']}, {head['backend']})"


def _beside(called: list[str], charts: list[Chart | None]) -> list[tuple[str, Chart | None]]:
    return [(escape(title), chart) for title, chart in zip(called, charts, strict=True)]


def _pairs(trials: tuple[Gathered, Gathered], figure: str, names: Any) -> list[Chart | None]:
    values = [
        value
        for trial in trials
        for blocks in dots.block_values(trial, figure, names).values()
        for value in blocks.values()
    ]
    return [dots.pairs(trial, figure, dots.around(values), names) if values else None for trial in trials]


def _differences(found: dict[str, Any]) -> str:
    rows = []
    for k, entry in enumerate(found["differences"]):
        figure, name = described(entry["figure"]), entry["condition"]
        sides = [
            spread(found, (which, "conditions", name, "figures", figure.key), figure.form)
            if figure.key in found[which]["conditions"].get(name, {"figures": {}})["figures"]
            else NONE
            for which in WHICH
        ]
        if NONE in sides:
            continue
        place = ("differences", str(k))
        ends = [number(found, (*place, end), figure.form) for end in ("low", "high")]
        interval = "" if entry["low"] is None else f"<small>{' to '.join(ends)}</small>"
        title = escape(figure.title)
        difference = number(found, (*place, "median"), figure.form) + interval
        rows.append([f"{escape(name)}<small>{title}</small>", *sides, difference, escape(entry["verdict"])])
    if not rows:
        return "<p>No figure was measured in both.</p>"
    columns = ["condition, figure", "first", "second", "first less second", "verdict"]
    return table("Each condition in both trials: medians, with least, largest and number", columns, rows, words=(4,))


def _effects(found: dict[str, Any]) -> str:
    rows: dict[tuple[str, str], list[str]] = {}
    for side, which in enumerate(WHICH):
        for k, entry in enumerate(found[which]["differences"]):
            figure = described(entry["figure"])
            label = (f"{entry['first']} \u2212 {entry['second']}", figure.title)
            place = (which, "differences", str(k))
            ends = [number(found, (*place, end), figure.form) for end in ("low", "high")]
            interval = f"{' to '.join(ends)}, " if entry["low"] is not None else ""
            count = number(found, (*place, "n"), "d")
            cell = f"{number(found, (*place, 'median'), figure.form)}<small>{interval}n = {count}</small>"
            rows.setdefault(label, [NONE, NONE])[side] = cell if entry["n"] else NONE
    shown = [
        [f"{escape(pair)}<small>{escape(title)}</small>", *cells]
        for (pair, title), cells in rows.items()
        if cells != [NONE, NONE]
    ]
    if not shown:
        return "<p>No two conditions of one block in either trial.</p>"
    return table("Differences between conditions within blocks, in each trial", ["difference", *WHICH], shown)
