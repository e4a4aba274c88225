"""Tables with a row for each run or attempt: nothing that was tried is left out of them."""

from __future__ import annotations

from html import escape

from hebb_controller_ros.trial_report_figures import WALK
from hebb_controller_ros.trial_report_sections import Numbers
from hebb_controller_ros.trial_report_tables import NONE, number, table


def runs_table(found: Numbers) -> str:
    """Return every run of the plan."""
    rows = []
    for k, run in enumerate(found["runs"]):
        place = ("runs", str(k))
        told = "; ".join(f"{label}: {outcome}" for label, outcome in run.get("perturbations", {}).items())
        rows.append(
            [
                f"{number(found, (*place, 'run'), 'd')} {escape(run['condition'])}",
                number(found, (*place, "block"), "d"),
                escape(run["outcome"]),
                number(found, (*place, "attempts"), "d"),
                _measured(found, k),
                *(number(found, (*place, f.key), f.form) if f.key in run else NONE for f in WALK[1:]),
                escape(told) or NONE,
                escape(run["ended_by"] or "") or NONE,
            ]
        )
    columns = ["run", "block", "outcome", "attempts", *(f.title for f in WALK)]
    columns += ["perturbations", "ended by"]
    return table("Every run of the plan", columns, rows, words=(2, 10), long=(9,))


def _measured(found: Numbers, k: int) -> str:
    run, distance = found["runs"][k], WALK[0]
    if run.get(distance.key) is None:
        return NONE
    source = escape(str(run["distance_source"]).replace("_", " "))
    return f"{number(found, ('runs', str(k), distance.key), distance.form)}<small>{source}</small>"


def unfinished_table(found: Numbers) -> str:
    """Return the attempts that did not finish."""
    rows = []
    for k, lost in enumerate(found["attempts_not_finished"]):
        place = ("attempts_not_finished", str(k))
        rows.append(
            [
                f"{number(found, (*place, 'run'), 'd')} {escape(lost['condition'])}",
                number(found, (*place, "attempt"), "d"),
                escape(lost["outcome"]),
                escape(lost["reason"]) or NONE,
                number(found, (*place, "falls"), "d"),
            ]
        )
    if not rows:
        return "<p>Every attempt finished.</p>"
    columns = ["run", "attempt", "outcome", "reason", "falls"]
    return table("Attempts that did not finish: in no figure above", columns, rows, words=(2,), long=(3,))


def parity_table(found: Numbers) -> str:
    """Return what a replay of each run said."""
    rows = []
    for k, run in enumerate(found["runs"]):
        if "parity" in run:
            place = ("runs", str(k))
            rows.append(
                [
                    f"{number(found, (*place, 'run'), 'd')} {escape(run['condition'])}",
                    escape(run["parity"]),
                    number(found, (*place, "parity_commands"), "d"),
                    number(found, (*place, "parity_largest_rad"), ".3g"),
                    escape(run["parity_reason"]) or NONE,
                ]
            )
    columns = ["run", "verdict", "commands", "largest difference [rad]", "first difference, or why not checked"]
    caption = "Parity: the recorded readings, through the rulebook, give the recorded commands"
    return table(caption, columns, rows, words=(1,), long=(4,))
