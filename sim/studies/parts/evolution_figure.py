"""The picture of evolutions: scores against control steps, a generation's spread, settings, how far terms moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plot_panels import LAYERS
from sim.studies.parts.coefficients import RULES
from sim.studies.parts.training import curves_of, evaluated, last_scores, score
from sim.study.figure import colour_of, empty_figure, name_of, points_with_intervals, samples
from sim.study.intervals import of_median
from sim.study.records import Record, where

BASE = "hebbian-dr"
CURVES = (BASE, "static-dr", "hebbian", "static", "gru-dr")
SETTINGS = (BASE, "population-32", "population-128", "sigma-0.05", "sigma-0.2", "optimiser-plain")


def draw(records: Sequence[Record]) -> Figure:
    """Draw the four panels; what has no records is left out."""
    figure, ((scores, spread), (settings, moved)) = empty_figure(12.5, 9.0, columns=2, rows=2)
    _scores(scores, records)
    _generations(spread, records)
    _settings(settings, records)
    _moved(moved, records)
    return figure


def _scores(axes: Any, records: Sequence[Record]) -> None:
    for condition in CURVES:
        curves = [c for c in map(evaluated, curves_of(records, condition).values()) if c]
        if not curves:
            continue
        colour, length = colour_of(condition), min(map(len, curves))
        for curve in curves:
            axes.plot([r["steps"] / 1e6 for r in curve], list(map(score, curve)), color=colour, lw=0.7, alpha=0.35)
        points = [of_median([score(curve[k]) for curve in curves]) for k in range(length)]
        steps = [float(np.median([curve[k]["steps"] for curve in curves])) / 1e6 for k in range(length)]
        label = f"{name_of(condition)} (n = {len(curves)})"
        axes.plot(steps, [p.value for p in points], color=colour, lw=2.2, label=label)
        axes.fill_between(steps, [p.low for p in points], [p.high for p in points], color=colour, alpha=0.15, lw=0)
    axes.set(xlabel="control steps [millions]", ylabel="score: reward of a whole life, 2 a metre")
    axes.set_title("Evaluation of the mean, both training bodies")
    _finish(axes, legend="upper left")


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
            axes.plot(generation, np.median(values, axis=0), style, color=colour_of(condition), lw=1.6, label=label)
    axes.set(xlabel="generation, lives growing from 200 to 360 steps", ylabel="reward of a training life, 2 a metre")
    axes.set_title("Members of a generation, medians over evolutions")
    _finish(axes, legend="upper left")


def _settings(axes: Any, records: Sequence[Record]) -> None:
    found = {condition: list(last_scores(records, condition).values()) for condition in SETTINGS}
    for place, (condition, values) in enumerate(found.items()):
        if values:
            points_with_intervals(axes, [place], [of_median(values)], colour_of(condition))
            samples(axes, place, values, colour_of(condition))
    labels = [f"{_short(condition)}\nn = {len(values)}" for condition, values in found.items()]
    axes.set_xticks(range(len(found)), labels, fontsize=8)
    axes.set_xlim(-0.6, len(found) - 0.4)
    axes.set_ylim(bottom=min(0.0, *(v for values in found.values() for v in (values or [0.0]))))
    axes.set(ylabel="score at the end")
    axes.set_title("One setting changed, same number of control steps")
    axes.grid(axis="y")


def _short(condition: str) -> str:
    return "as all studies" if condition == BASE else condition.replace("-", "\n", 1)


def _moved(axes: Any, records: Sequence[Record]) -> None:
    mine = where(records, condition=BASE, treatment=RULES)
    terms = list(dict.fromkeys(r["term"] for r in mine))
    layers = sorted({r["layer"] for r in mine})
    for layer in layers:
        offset = 0.22 * (layer - 0.5 * (len(layers) - 1))
        for field, marker in (("moved", "o"), ("first_std", "_")):
            values = [[r[field] for r in where(mine, layer=layer, term=t) if field in r] for t in terms]
            places = np.arange(len(terms)) + offset
            if field == "moved":
                points_with_intervals(axes, places, list(map(of_median, values)), LAYERS[layer], f"layer {layer + 1}")
            else:
                label = "deviation of the first draw" if layer == 0 else None
                level = [of_median(v).value for v in values]
                axes.plot(places, level, marker, ms=13, mew=2.0, color="#222222", label=label)
    n = len({r["evolution"] for r in mine})
    axes.set_xticks(range(len(terms)), terms)
    axes.set(ylabel="RMS over synapses")
    axes.set_title(f"How far the coefficients moved, {name_of(BASE)} (n = {n})")
    _finish(axes, legend="best")


def _finish(axes: Any, legend: str) -> None:
    axes.grid(axis="y")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc=legend, fontsize=9)
