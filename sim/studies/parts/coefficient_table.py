"""The coefficients of evolved rules as a table and a sentence, medians over evolutions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sim.studies.parts.coefficients import RULES
from sim.study.figure import name_of
from sim.study.intervals import of_median
from sim.study.records import Record, where
from sim.study.study import Figures, Table

#: What the table says of each term.
TERM_FIGURES = ("mean", "std", "first_std", "moved", "kept", "negative")
#: Standard errors that the largest of thirty correlations of independent terms exceeds once in twenty times.
CHANCE = 3.1
#: Variance of a median of normal samples over that of their mean, for many.
MEDIAN = np.pi / 2


def coefficients_said(records: Sequence[Record], condition: str, tables: list[Table], figures: Figures) -> list[str]:
    """Add a condition's table and figures, and return what they say."""
    mine = where(records, condition=condition, treatment=RULES)
    n = len({r["evolution"] for r in mine})
    rows, strongest = [], (0.0, "", 0.0)  # correlation, where, in its standard errors
    for layer in sorted({r["layer"] for r in mine}):
        for term in dict.fromkeys(r["term"] for r in mine):
            here = where(mine, layer=layer, term=term)
            values = {f: of_median(_numbers(here, f)) for f in TERM_FIGURES}
            pairs = {t: of_median([v for v in _across(here, t) if v is not None]).value for t in here[0]["correlation"]}
            for other, value in pairs.items():
                errors = abs(value) * (here[0]["synapses"] * (n / MEDIAN if n > 2 else n)) ** 0.5
                if errors > strongest[2]:
                    strongest = (value, f"{term} and {other} of layer {layer + 1}", errors)
            rows.append(
                (str(layer + 1), term, *(v.text() for v in values.values()))
                + (", ".join(f"{t} {v:+.2f}" for t, v in pairs.items() if np.isfinite(v)) or "-",)
            )
    head = ("layer", "term", "mean", "deviation", "deviation at first", "moved (RMS)", "correlation with the first")
    title = f"{name_of(condition)}: coefficients, medians over {n} evolution{'s' if n > 1 else ''}"
    tables.append(Table(title, (*head, "share below 0", "correlation with later terms"), tuple(rows)))
    kept, negative = _of_term(mine, "D", "kept"), _of_term(mine, "eta", "negative")
    figures |= {f"{condition} D kept": kept, f"{condition} eta below 0": negative}
    answer = f"{name_of(condition)}, n = {n}: {100 * (negative or 0):.0f} % of the learning rates are below 0."
    if strongest[1]:
        told = "more" if strongest[2] > CHANCE else "no more"
        answer += f" The clearest correlation between two terms is {strongest[0]:+.2f} ({strongest[1]}), {told} than "
        answer += "chance gives the largest of thirty."
    moved = [value for value in _numbers(mine, "moved") if np.isfinite(value)]
    if moved:
        answer += f" Terms moved by {min(moved):.2f} to {max(moved):.2f} RMS, whichever term and layer."
    if kept is not None:
        drawn = "most of it is still what was drawn" if kept > 0.71 else "most of it was found"  # r^2 = 0.5
        answer += f" The constant D correlates {kept:.2f} with what the evolution began with: {drawn}."
    return [answer]


def _numbers(records: Sequence[Record], field: str) -> list[float]:
    return [float(r[field]) for r in records if r.get(field) is not None]


def _across(records: Sequence[Record], term: str) -> list[float | None]:
    return [r["correlation"][term] for r in records]


def _of_term(records: Sequence[Record], term: str, field: str) -> float | None:
    """Return a figure of one term, layers weighing by their synapses, median over evolutions."""
    values = []
    for seed in sorted({r["evolution"] for r in records}):
        here = [r for r in where(records, term=term, evolution=seed) if r.get(field) is not None]
        if here:
            values.append(float(np.average(_numbers(here, field), weights=_numbers(here, "synapses"))))
    return float(np.median(values)) if values else None
