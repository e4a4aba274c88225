"""Parts that the page of one trial and the page of two have in common."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from hebb_controller_ros.trial_report_figures import BUS, JITTER, TRACKING, WALK
from hebb_controller_ros.trial_report_meaning import MEANING
from hebb_controller_ros.trial_report_plots import key_svg, look_of
from hebb_controller_ros.trial_report_svg import Chart
from hebb_controller_ros.trial_report_tables import number, spread, table

Numbers = dict[str, Any]
#: Digits of a hash that a page shows.
_HASH = 12


def heading(found: Numbers, at: tuple[str, ...] = ()) -> list[str]:
    """Return what was tried, where and with what.

    Args:
        found: numbers of the JSON file.
        at: where in them the trial's are.
    """
    here = _there(found, at)
    head, outcomes, attempts = here["trial"], here["runs_by_outcome"], here["attempts_by_outcome"]
    standing = [
        f"{number(found, (*at, 'runs_by_outcome', name), 'd')} {name}"
        for name in outcomes
        if outcomes[name] or name == "finished"
    ]
    lost = [
        f"{number(found, (*at, 'attempts_by_outcome', name), 'd')} {name}"
        for name in attempts
        if attempts[name] and name != "finished"
    ]
    facts = [
        ("robot", head["robot"]),
        ("stage, backend", f"{head['stage']}, {head['backend']}"),
        ("rulebook", head["rulebook"]),
        ("rulebook hash", str(head["rulebook_sha256"])[:_HASH]),
        ("robot hash", str(head["robot_sha256"])[:_HASH]),
        ("calibration", str(head["calibration_sha256"] or "none")[:_HASH]),
        ("surface", head["surface"]),
        ("folder", head["folder"]),
    ]
    return [
        f"<p>{number(found, (*at, 'runs_planned'), 'd')} runs planned: {', '.join(standing)}. "
        f"Attempts that did not finish: {', '.join(lost) or 'none'}.</p>",
        '<dl class="facts">'
        + "".join(f"<div><dt>{name}</dt><dd>{escape(str(value))}</dd></div>" for name, value in facts if value)
        + "</dl>",
    ]


def notes_of(notes: Sequence[str]) -> list[str]:
    """Return what a reader must know before the figures."""
    if not notes:
        return []
    return ['<div class="notes"><ul>' + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul></div>"]


def key_of(conditions: Sequence[str]) -> str:
    """Return the key to lines and marks."""
    keys = [f'<span class="key">{key_svg(look)}{escape(name)}</span>' for name, look in look_of(conditions).items()]
    return f"<p>{' '.join(keys)}</p>"


def conditions_table(found: Numbers, at: tuple[str, ...] = (), caption: str = "Every condition") -> str:
    """Return how every condition did."""
    conditions = _there(found, at)["conditions"]
    rows = []
    for name, condition in conditions.items():
        place = (*at, "conditions", name)
        finished, planned = (number(found, (*place, key), "d") for key in ("finished", "planned"))
        lost = number(found, (*place, "attempts_not_finished"), "d")
        kind = f"<small>{escape(condition['kind'])}</small>" if condition["kind"] not in ("", name) else ""
        rows.append(
            [
                f"{escape(name)}{kind}",
                f"{finished} of {planned}<small>attempts lost: {lost}</small>",
                *(spread(found, (*place, "figures", figure.key), figure.form) for figure in WALK),
                number(found, (*place, "falls_in_all_attempts"), "d"),
            ]
        )
    columns = ["condition", "runs finished", *(figure.title for figure in WALK), "falls, all attempts"]
    return table(f"{caption}: median of the finished runs, least to largest, number of runs", columns, rows)


def health_tables(found: Numbers, at: tuple[str, ...] = ()) -> list[str]:
    """Return how joints, time and bus did, by condition; a sentence where there is nothing to tell."""
    parts = []
    conditions = _there(found, at)["conditions"]
    for caption, figures, missing in (
        ("Tracking: commanded less measured angle", TRACKING, "the joints are only commanded, or nothing moved"),
        ("Time between commands, as they reached the recorder", JITTER, "in lock-step nobody keeps time"),
        ("Bus and supply", BUS, "no board told of itself: in simulation there is none"),
    ):
        told = [f for f in figures if any(c["figures"][f.key]["n"] for c in conditions.values())]
        if told:
            rows = [
                [escape(name), *(spread(found, (*at, "conditions", name, "figures", f.key), f.form) for f in told)]
                for name in conditions
            ]
            parts.append(table(caption, ["condition", *(f.title for f in told)], rows))
        else:
            parts.append(f"<p><strong>{caption}</strong>: not told; {missing}.</p>")
    return [*parts, *_bus_health(found, at)]


def _bus_health(found: Numbers, at: tuple[str, ...]) -> list[str]:
    conditions = _there(found, at)["conditions"]
    rows = [
        [
            escape(name),
            escape(level),
            number(found, (*at, "conditions", name, "bus_levels", level), "d"),
            escape("; ".join(condition["bus_reasons"])),
        ]
        for name, condition in conditions.items()
        for level in condition["bus_levels"]
    ]
    if not rows:
        return []
    columns = ["condition", "level", "times", "reasons, of all levels"]
    return [table("Health of the bus, as told once a second", columns, rows, words=(1,), long=(3,))]


def grid(charts: Sequence[tuple[str, Chart | None]]) -> str:
    """Return charts with their captions (HTML), beside each other where there is room; those that are None left out."""
    figures = [f"<figure><figcaption>{words}</figcaption>{chart.svg()}</figure>" for words, chart in charts if chart]
    return f'<div class="grid">{"".join(figures)}</div>' if figures else ""


def meaning() -> str:
    """Return what the figures mean."""
    return f"<dl>{''.join(f'<dt><strong>{name}</strong></dt><dd>{text}</dd>' for name, text in MEANING)}</dl>"


def _there(found: Numbers, at: tuple[str, ...]) -> Numbers:
    for step in at:
        found = found[step]
    return found
