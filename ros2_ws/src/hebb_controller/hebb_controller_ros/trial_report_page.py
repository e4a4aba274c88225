"""The page of one trial: what was tried, what came of it, and how far it can be believed."""

from __future__ import annotations

from html import escape

from hebb_controller_ros import trial_report_dots as dots
from hebb_controller_ros import trial_report_plots as plots
from hebb_controller_ros.trial_report_figures import COMPARED, GUARD, KEPT, OF, RECOVERY, described
from hebb_controller_ros.trial_report_gather import Gathered
from hebb_controller_ros.trial_report_lists import parity_table, runs_table, unfinished_table
from hebb_controller_ros.trial_report_sections import (
    Numbers,
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

Charts = list[tuple[str, Chart | None]]


def trial_page(trial: Gathered, found: Numbers) -> str:
    """Return the page of a trial.

    Args:
        trial: the trial, for the pictures.
        found: its numbers as the JSON file has them: no number on the page comes from elsewhere.
    """
    name = escape(str(found["trial"]["name"]))
    body = [f"<h1>Trial {name}</h1>", *heading(found), *notes_of(found["notes"])]
    body += ["<h2>Conditions</h2>", key_of(trial.folder.conditions), conditions_table(found)]
    body += ["<h2>Distance</h2>", _distance(trial)]
    body += ["<h2>Differences within blocks</h2>", *_differences(found)]
    body += ["<h2>Perturbations and recovery</h2>", *_recovery(trial, found)]
    body += ["<h2>Guards</h2>", *_guards(trial, found)]
    body += ["<h2>Joints, time, bus</h2>", *health_tables(found)]
    body += ["<h2>Runs</h2>", runs_table(found), unfinished_table(found), parity_table(found)]
    body += ["<h2>What the figures mean</h2>", meaning()]
    return page(f"{found['trial']['name']}: trial report", body)


def _distance(trial: Gathered) -> str:
    charts: Charts = [
        ("Distance over time, every run; perturbations shaded.", plots.distances(trial)),
        ("Distance of every run; lines join the runs of a block.", dots.pairs(trial, "distance_m")),
    ]
    if not any(chart for _, chart in charts):
        return f"<p>Stage {escape(str(trial.folder.told['stage']))}: nobody measured a distance.</p>"
    return grid(charts)


def _differences(found: Numbers) -> list[str]:
    entries = found["differences"]
    if not entries:
        return ["<p>One condition: nothing to compare.</p>"]
    rows = []
    for k, entry in enumerate(entries):
        place, figure = ("differences", str(k)), described(entry["figure"])
        if entry["n"]:
            ends = [number(found, (*place, end), figure.form) for end in ("low", "high")]
            rows.append(
                [
                    f"{escape(entry['first'])} \u2212 {escape(entry['second'])}",
                    escape(figure.title),
                    number(found, (*place, "median"), figure.form),
                    " to ".join(ends) if entry["low"] is not None else NONE,
                    number(found, (*place, "n"), "d"),
                    escape(entry["verdict"]),
                ]
            )
    if not rows:
        return ["<p>No block has a finished run of two conditions, or nobody measured what is compared.</p>"]
    kept = [key for key in dict.fromkeys(entry["figure"] for entry in entries) if key.startswith(KEPT + OF)]
    charts: Charts = []
    for key in (COMPARED[0], *kept):
        title = described(key).title
        chosen = [entry for entry in entries if entry["figure"] == key]
        words = f"{_capital(title)}: dots are blocks; below them the median and its interval."
        charts.append((words, dots.differences(chosen, title)))
    columns = ["difference", "figure", "median", "95 % interval", "blocks", "verdict"]
    return [
        grid(charts),
        table("Median difference within blocks, with 95 % bootstrap intervals", columns, rows, words=(1, 5)),
        '<p class="quiet">An interval that holds nought shows no equality. With fewer than five blocks there is none. '
        "The intervals are not corrected for how many there are.</p>",
    ]


def _recovery(trial: Gathered, found: Numbers) -> list[str]:
    labels = found["perturbations"]
    if not labels:
        return ["<p>Nothing befell the runs.</p>"]
    rows = [
        [
            f"{escape(label)}<small>{escape(name)}</small>",
            *(
                number(found, ("conditions", name, "recovery", label, key), "d")
                for key in ("recovered", "not_recovered", "not_told")
            ),
            spread(found, ("conditions", name, "figures", f"{RECOVERY}{OF}{label}"), ".2f"),
            number(found, ("conditions", name, "recovery", label, "median_of_all_s"), ".2f"),
            spread(found, ("conditions", name, "figures", f"{KEPT}{OF}{label}"), ".2f"),
        ]
        for label in labels
        for name in found["conditions"]
    ]
    charts: Charts = [(f"Recovery from {escape(label)}, every run.", dots.recoveries(trial, label)) for label in labels]
    charts += [(f"{_capital(described(key).title)}.", dots.pairs(trial, key)) for key in dots.kept_figures(trial)]
    columns = [
        "perturbation, condition",
        "recovered",
        "not recovered",
        "not told",
        "time of those that did [s]",
        "median of all [s]",
        "share of speed kept",
    ]
    return [grid(charts), table("Recovery, by perturbation and condition", columns, rows)]


def _guards(trial: Gathered, found: Numbers) -> list[str]:
    words = (
        "Modes of the controller's guard, a row for each run, the plant's thin above it: green nominal, yellow hold, "
        "red limp. Thin red below: perturbed. The bar at 0: the network's start."
    )
    rows = [
        [escape(name), *(spread(found, ("conditions", name, "figures", f.key), f.form) for f in GUARD)]
        for name in found["conditions"]
    ]
    reasons = [
        [escape(name), escape(reason), number(found, ("conditions", name, "guard_reasons_s", reason), ".2f")]
        for name, condition in found["conditions"].items()
        for reason in condition["guard_reasons_s"]
    ]
    parts = [grid([(words, plots.modes(trial))])]
    parts.append(table("Time in each mode, the ramp included", ["condition", *(f.title for f in GUARD)], rows))
    if not reasons:
        return [*parts, "<p>Every command was let through.</p>"]
    columns = ["condition", "who, mode and reason", "all runs together [s]"]
    return [*parts, table("Why a guard did not let commands through", columns, reasons, words=(1,))]


def _capital(words: str) -> str:
    return escape(words[:1].upper() + words[1:])
