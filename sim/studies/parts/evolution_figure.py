"""The picture of evolutions: scores against control steps, a generation's spread, settings, how far terms moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.studies.parts.coefficients import RULES
from sim.studies.parts.training import curves_of, evaluated, last_scores, score
from sim.study.colours import MARKS, MUTED
from sim.study.figure import (
    colour_of,
    figure_with_small_panels,
    heading,
    mark_of,
    medians_with_samples,
    name_of,
    points_with_intervals,
    reference,
)
from sim.study.intervals import of_median
from sim.study.paired import paired_ratios
from sim.study.records import Record, where

BASE = "hebbian-dr"
CURVES = (BASE, "static-dr", "gru-dr", "hebbian", "static", "gru", "static-dr-fine")
#: Conditions with one setting of the search changed.
SETTINGS = ("population-32", "population-128", "sigma-0.05", "sigma-0.2", "optimiser-plain")


def draw(records: Sequence[Record]) -> Figure:
    """Draw the four panels; what has no records is left out."""
    found = {c: [e for e in map(evaluated, curves_of(records, c).values()) if e] for c in CURVES}
    found = {condition: curves for condition, curves in found.items() if curves}
    figure, upper, small, (spread, settings, moved) = figure_with_small_panels(13.0, 8.2, len(found), 3)
    _scores(upper, small, found)
    _generations(spread, records)
    _settings(settings, records)
    _moved(moved, records)
    return figure


def _scores(part: Any, small: Sequence[Any], found: dict[str, list[list[Record]]]) -> None:
    """Draw every evolution's evaluations, their median and its interval, one panel a condition."""
    title = "Evaluation of the mean, both training bodies (thin: an evolution, thick: median, band: 95 % interval"
    heading(
        part,
        f"{title}, dashed: median of {name_of(BASE)})",
        "control steps [millions]",
        "score: reward of a life, 2 a metre",
    )
    for axes, (condition, curves) in zip(small, found.items(), strict=True):
        colour = colour_of(condition)
        for curve in curves:
            axes.plot([r["steps"] / 1e6 for r in curve], list(map(score, curve)), color=colour, lw=0.7, alpha=0.5)
        if condition != BASE and BASE in found:
            steps, points = _median(found[BASE])
            axes.plot(steps, [p.value for p in points], color="#555555", lw=1.2, ls="--", zorder=1.9)
        steps, points = _median(curves)
        axes.plot(steps, [p.value for p in points], color=colour, lw=2.4)
        axes.fill_between(steps, [p.low for p in points], [p.high for p in points], color=colour, alpha=0.18, lw=0)
        axes.set_title(
            f"{name_of(condition).replace(', ', chr(10), 1)}\nn = {len(curves)}", weight="normal", fontsize=9
        )
        axes.grid(axis="y")


def _median(curves: Sequence[Sequence[Record]]) -> tuple[list[float], list[Any]]:
    """Return the steps in millions and the scores' medians, as far as all curves go."""
    length = range(min(map(len, curves)))
    steps = [float(np.median([curve[k]["steps"] for curve in curves])) / 1e6 for k in length]
    return steps, [of_median([score(curve[k]) for curve in curves]) for k in length]


def _generations(axes: Any, records: Sequence[Record]) -> None:
    for condition in CURVES[:2]:
        curves = list(curves_of(records, condition).values())
        if not curves:
            continue
        length = min(map(len, curves))
        generation = [r["generation"] for r in curves[0][:length]]
        for field, style in (("max", ":"), ("mean", "-")):
            values = np.array([[np.nan if r[field] is None else r[field] for r in c[:length]] for c in curves])
            label = f"{name_of(condition)}, {'best' if field == 'max' else 'mean'}"
            axes.plot(generation, np.median(values, axis=0), style, color=colour_of(condition), lw=1.8, label=label)
    axes.set(xlabel="generation, lives growing from 200 to 360 steps", ylabel="reward of a training life, 2 a metre")
    axes.set_title("Members of a generation, medians")
    _finish(axes, legend="upper left")


def _settings(axes: Any, records: Sequence[Record]) -> None:
    base = last_scores(records, BASE)
    found = {condition: paired_ratios(last_scores(records, condition), base) for condition in SETTINGS}
    for place, (condition, values) in enumerate(found.items()):
        medians_with_samples(axes, [place], [values], colour_of(condition), mark=mark_of(condition))
    reference(axes, 1.0)
    labels = [f"{condition.replace('-', ' ', 1)} (n = {len(values)})" for condition, values in found.items()]
    axes.set_xticks(range(len(found)), labels, rotation=35, ha="right", rotation_mode="anchor", fontsize=9)
    axes.set_xlim(-0.6, len(found) - 0.4)
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set(ylabel="score at the end / that of the same seed")
    axes.set_title("One setting changed, equal control steps")
    axes.grid(axis="y")


def _moved(axes: Any, records: Sequence[Record]) -> None:
    mine = where(records, condition=BASE, treatment=RULES)
    terms = list(dict.fromkeys(r["term"] for r in mine))
    layers = sorted({r["layer"] for r in mine})
    for layer in layers:
        offset = 0.24 * (layer - 0.5 * (len(layers) - 1))
        for field in ("moved", "first_std"):
            values = [[r[field] for r in where(mine, layer=layer, term=t) if field in r] for t in terms]
            places, middles = np.arange(len(terms)) + offset, list(map(of_median, values))
            if field == "moved":
                label = f"layer {layer + 1}"
                points_with_intervals(axes, places.tolist(), middles, MUTED[layer], label, mark=MARKS[layer])
            else:
                label = "deviation of the first draw" if layer == 0 else ""
                axes.plot(places, [m.value for m in middles], "_", ms=11, mew=2.0, color="#222222", label=label or None)
    n = len({r["evolution"] for r in mine})
    axes.set_xticks(range(len(terms)), ["learning rate" if term == "eta" else term for term in terms])
    axes.set(
        xlabel=f"term of the rule, {name_of(BASE)}",
        ylabel="RMS over synapses",
        ylim=(axes.get_ylim()[0], max(1.35, axes.get_ylim()[1])),
    )
    axes.set_title(f"How far coefficients moved (n = {n})")
    _finish(axes, legend="upper left")


def _finish(axes: Any, legend: str) -> None:
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc=legend, fontsize=8.5, ncols=1)
