"""Tables of the page. Every number stands in a `data` element with its place in the JSON file and its whole value."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape, unescape
from typing import Any

NONE = "–"
#: Between the steps of a place in the JSON file; names of conditions and perturbations may hold points.
STEP = "|"


def number(found: Any, place: Sequence[str], form: str) -> str:
    """Return the number at a place of the JSON file, written in a form; a dash for null."""
    value = found
    for step in place:
        value = value[int(step)] if isinstance(value, list) else value[step]
    if value is None:
        return NONE
    at = escape(STEP.join(place), quote=True)
    return f'<data value="{value!r}" data-at="{at}">{written(value, form)}</data>'


def written(value: float, form: str) -> str:
    """Return a number as a person reads it: a true minus, and none before a nought."""
    text = format(value, form)
    return text.lstrip("-") if not text.strip("-0.") else text.replace("-", "\u2212")


def spread(found: Any, place: Sequence[str], form: str) -> str:
    """Return the median of a spread with what it lies between, and how many runs that are."""
    values = found
    for step in place:
        values = values[step]
    if not values["n"]:
        return NONE
    median, low, high = (number(found, (*place, key), form) for key in ("median", "least", "largest"))
    n = number(found, (*place, "n"), "d")
    return f"{median}<small>{f'{low} to {high}, ' if values['n'] > 1 else ''}n = {n}</small>"


def table(
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    words: Sequence[int] = (),
    long: Sequence[int] = (),
) -> str:
    """Return a table that scrolls where it does not fit.

    Args:
        caption: what it shows, as HTML.
        columns: headings, as text; the first is that of the rows' names.
        rows: cells, as HTML.
        words: columns that hold words.
        long: columns that hold many.
    """
    head = "".join(f'<th scope="col"{_kind(k, words, long)}>{escape(name)}</th>' for k, name in enumerate(columns))
    body = "".join(
        "<tr>"
        + f'<th scope="row">{row[0]}</th>'
        + "".join(f"<td{_kind(k, words, long)}>{cell}</td>" for k, cell in enumerate(row[1:], 1))
        + "</tr>"
        for row in rows
    )
    label = escape(unescape(caption), quote=True)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}"><table>'
        f"<caption><span>{caption}</span></caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _kind(column: int, words: Sequence[int], long: Sequence[int]) -> str:
    if column in long:
        return ' class="words long"'
    return ' class="words"' if column in words or column == 0 else ""
