"""The picture of one life: speed, weight change, weights and path on one page that reads without a caption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import numpy as np
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec

from sim.figure_file import write_figure
from sim.perturbation_text import perturbation_text
from sim.plot_panels import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    RED,
    SKY,
    path_panel,
    shade,
    stability_panel,
    weight_change_panel,
    weights_panel,
)
from sim.report import LifeReport, story
from sim.statistics import SHARE, WINDOW, trailing_speed

STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.labelcolor": BLACK,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
}
_LABEL_BOX = {"boxstyle": "round,pad=0.25", "fc": "white", "ec": "none", "alpha": 0.85}


def write_png(report: LifeReport, folder: Path) -> Path:
    """Draw the life, write it atomically, and return the path."""
    with matplotlib.rc_context(STYLE):
        return write_figure(draw(report), folder / f"{report.name}.png", dpi=110)


def draw(report: LifeReport) -> Figure:
    """Return the figure of a life."""
    figure = Figure(figsize=(12.5, 11.0), facecolor="white")
    grid = GridSpec(
        4, 1, figure, left=0.07, right=0.98, top=0.895, bottom=0.065, hspace=0.55, height_ratios=[3.4, 1.3, 2.6, 1.7]
    )
    lines = story(report)
    headline = f"{report.robot}, {report.body.replace('_', ' ')}: {lines[0]}"
    figure.text(0.02, 0.965, headline, fontsize=14, weight="bold", color=BLACK)
    figure.text(0.02, 0.94, "   ·   ".join(lines[1:]), fontsize=11, color=BLACK)
    origin = f"rulebook {Path(report.rulebook).name} ({report.book.digest}), seed {report.seed}"
    figure.text(0.98, 0.012, origin, fontsize=8, color=GREY, ha="right")
    speed = figure.add_subplot(grid[0])
    _speed(speed, report)
    weight_change_panel(figure.add_subplot(grid[1], sharex=speed), report)
    weights_panel(figure, grid[2], report)
    below = grid[3].subgridspec(1, 2, wspace=0.12)
    path_panel(figure.add_subplot(below[0]), report)
    stability_panel(figure.add_subplot(below[1]), report)
    return figure


def _speed(axes: Any, report: LifeReport) -> None:
    dt, steps = report.trace.control_period, report.trace.steps
    smooth, raw = (trailing_speed(report.trace.x, dt, window) for window in (WINDOW, 5))
    shade(axes, report)
    axes.plot(raw, color=SKY, lw=0.8, alpha=0.7, label="over the last 5 steps")
    axes.plot(smooth, color=BLUE, lw=2.2, label=f"over the last {WINDOW} steps")
    low, high = min(float(raw.min()), 0.0), max(float(raw.max()), 0.1)
    top = high + 0.3 * (high - low)  # room for the labels
    axes.set(xlim=(0, steps), ylim=(low - 0.05 * (high - low), top), ylabel="forward speed [m/s]")
    axes.set_xlabel(f"control step ({1000.0 * dt:.3g} ms each)")
    axes.set_title("How fast it goes")
    axes.grid(axis="y")
    axes.axhline(0.0, color=GREY, lw=0.8)
    reached = report.figures.steps_to_90
    if reached is not None:
        text = f"walks: 90 % of cruising speed\nafter {reached} steps ({reached * dt:.1f} s)"
        _mark(axes, reached, float(smooth[reached]), text, 0.012 * steps, top)
    if report.schedule.window is not None:
        onset, stop = report.schedule.window
        ended = steps if stop is None else min(stop, steps)
        text = perturbation_text(report.schedule).replace(", ", "\n").replace(" at step", "\nat step")
        # A band carries its label; a moment has it on its left, for the recovery follows on its right.
        place, side = (onset - 0.01 * steps, "right") if stop == onset else (0.5 * (onset + ended), "center")
        if onset < steps:
            axes.text(place, top, text, color=RED, weight="bold", ha=side, va="top", bbox=_LABEL_BOX)
        if stop is not None and stop < steps:
            _recovery(axes, report, smooth, stop, top)
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), frameon=False, ncols=3, fontsize=9)


def _recovery(axes: Any, report: LifeReport, smooth: np.ndarray, stop: int, top: float) -> None:
    recovery, steps = report.figures.recovery, report.trace.steps
    if recovery is None:
        return
    level = SHARE * recovery.speed_before
    axes.plot([stop, steps], [level, level], color=BLACK, lw=1, ls="--", label="90 % of the speed before")
    if recovery.steps is None:
        axes.text(stop + 0.07 * steps, top, "not recovered", color=RED, weight="bold", va="top", bbox=_LABEL_BOX)
        return
    back = stop + recovery.steps
    seconds = recovery.steps * report.trace.control_period
    text = f"recovered: 90 % of the speed before\n{recovery.steps} steps ({seconds:.1f} s) after the end"
    _mark(axes, back, float(smooth[back]), text, back + 0.012 * steps, top)


def _mark(axes: Any, step: int, speed: float, text: str, left: float, top: float) -> None:
    axes.plot([step], [speed], "o", color=GREEN, ms=8, zorder=5)
    axes.plot([step, step], [speed, top], color=GREEN, lw=1, zorder=2)
    axes.text(left, top, text, color=GREEN, weight="bold", va="top", ha="left", bbox=_LABEL_BOX)
