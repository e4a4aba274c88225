"""The panels of a life's picture that stand below its speed: change of the weights, the weights, the path.

Colours are Okabe and Ito's, which the common kinds of colour blindness tell apart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from hebb_controller.safety import Mode, tilt_of
from sim.report import LifeReport
from sim.run_recording import LEARNING, PERTURBED, RECOVERING, WALKING

BLACK, ORANGE, SKY, GREEN, BLUE, RED = "#222222", "#E69F00", "#56B4E9", "#009E73", "#0072B2", "#D55E00"
GREY, PALE = "#777777", "#F8DFCF"
PHASES = {LEARNING: SKY, WALKING: GREEN, PERTURBED: RED, RECOVERING: ORANGE}
_SHORT_HANDLES = {"handlelength": 1.0, "handletextpad": 0.4, "columnspacing": 1.0}
LAYERS = (BLUE, ORANGE, GREEN, RED, SKY, BLACK)


def shade(axes: Any, report: LifeReport) -> None:
    """Mark what befell the robot: faults as bands, wiped weights as lines, the end of plasticity dotted."""
    schedule, steps = report.schedule, report.trace.steps
    for fault in schedule.faults:
        if fault.start < steps:
            axes.axvspan(fault.start, min(fault.stop or steps, steps), color=PALE, lw=0, zorder=0)
    for ablation in schedule.ablations:
        if ablation.step < steps:
            axes.axvline(ablation.step, color=RED, lw=1.5, zorder=1)
    if schedule.stop_plasticity is not None and schedule.stop_plasticity < steps:
        axes.axvline(schedule.stop_plasticity, color=BLACK, lw=1.2, ls=":", zorder=1)


def weight_change_panel(axes: Any, report: LifeReport) -> None:
    """Draw how much each layer changes in a step, as a share of its size."""
    shade(axes, report)
    with np.errstate(divide="ignore", invalid="ignore"):
        change = np.where(report.weight_change > 0.0, 100.0 * report.weight_change / report.weight_size, np.nan)
    for k in range(change.shape[1]):
        pre, post = report.book.layer_sizes[k : k + 2]
        axes.plot(np.arange(1, len(change) + 1), change[:, k], lw=1.2, color=LAYERS[k % 6], label=f"{pre} to {post}")
    axes.set(ylabel="change per step [%]", xlabel="control step")
    axes.set_title("How much the weights change, as a share of their size")
    axes.grid(axis="y")
    if np.isfinite(change).any():
        axes.set_yscale("log")
        axes.set_ylim(np.nanquantile(change, 0.005) / 2.0, 2.0 * np.nanmax(change))
        axes.yaxis.set_major_locator(LogLocator(numticks=8))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        _legend_above(axes, change.shape[1])
    else:
        axes.set_yticks([])
        axes.text(0.5, 0.5, "nothing changes", transform=axes.transAxes, ha="center", color=GREY)


def weights_panel(figure: Figure, cell: Any, report: LifeReport) -> None:
    """Draw the largest layer at up to four moments, each on a scale of its own: unbounded weights grow a lot."""
    shown = report.snapshots[:4]
    layer = int(np.argmax([w.size for w in shown[0].weights]))
    pre, post = report.book.layer_sizes[layer : layer + 2]
    inner = cell.subgridspec(1, len(shown), wspace=0.08)
    for k, snapshot in enumerate(shown):
        axes = figure.add_subplot(inner[k])
        weights = snapshot.weights[layer]
        scale = float(np.quantile(np.abs(weights), 0.98)) or 1.0
        axes.imshow(weights, cmap="PuOr", vmin=-scale, vmax=scale, aspect="auto", interpolation="nearest")
        axes.set(xticks=[0, pre - 1], yticks=[0, post - 1] if k == 0 else [])
        axes.set_title(f"step {snapshot.step}: {snapshot.label}", weight="normal", fontsize=10)
        axes.set_xlabel(f"from unit\norange \u2212{_short(scale)}   purple +{_short(scale)}", labelpad=-8, fontsize=9)
        if k == 0:
            axes.set_ylabel("to unit", labelpad=-10)
            axes.annotate(
                f"The weights of layer {pre} to {post}",
                (0.0, 1.0),
                xytext=(0, 24),
                xycoords="axes fraction",
                textcoords="offset points",
                fontsize=11,
                weight="bold",
            )


def path_panel(axes: Any, report: LifeReport) -> None:
    """Draw the path from above, coloured by what the robot was up to."""
    position = report.trace.position
    x, y = position[:, 0] - position[0, 0], position[:, 1] - position[0, 1]
    for name, colour in PHASES.items():
        ends = np.flatnonzero([phase == name for phase in report.phases]) + 1
        if ends.size:
            # Each step is drawn from the point it came from, so that the pieces join.
            pieces = np.stack([np.stack([x[ends - 1], x[ends]], 1), np.stack([y[ends - 1], y[ends]], 1)], 2)
            axes.add_collection(LineCollection(list(pieces), colors=colour, linewidths=2.5, label=name.lower()))
    axes.plot([0], [0], "o", color=BLACK, ms=6)
    axes.annotate("start", (0, 0), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9)
    axes.set(xlabel="forward x [m]", ylabel="left y [m]")
    _equal_scales(axes, x, y)
    axes.grid()
    axes.set_title("Where it went, from above")
    axes.legend(loc="lower right", bbox_to_anchor=(1.02, 0.98), frameon=False, ncols=4, fontsize=8, **_SHORT_HANDLES)


def stability_panel(axes: Any, report: LifeReport) -> None:
    """Draw the tilt of the base, and where the safety gate let nothing through."""
    shade(axes, report)
    roll, pitch = report.trace.attitude.T
    tilt = np.degrees(tilt_of(roll, pitch))
    axes.plot(tilt, color=BLUE, lw=1.2)
    stopped = np.flatnonzero([mode != Mode.NOMINAL.value for mode in report.modes])
    if stopped.size:
        axes.plot(stopped, np.full(stopped.size, 2.0), "s", color=RED, ms=3, label="safety gate: not nominal")
        _legend_above(axes, 1)
    axes.set(xlim=(0, report.trace.steps), ylim=(0.0, max(50.0, 1.1 * float(np.nanmax(tilt)))))
    axes.set(xlabel="control step", ylabel="tilt [degrees]")
    axes.grid(axis="y")
    axes.set_title("How upright it stays")


def _legend_above(axes: Any, columns: int) -> None:
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 0.98), frameon=False, ncols=columns, fontsize=9)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.2g}"


def _equal_scales(axes: Any, x: np.ndarray, y: np.ndarray) -> None:
    """Set limits that show the whole path with one metre as long to the left as it is forwards."""
    width, height = axes.get_position().size * axes.figure.get_size_inches()
    across = max(1.1 * float(np.ptp(x)), (1.5 * float(np.ptp(y)) + 0.1) * width / height, 0.5)
    along = across * height / width
    left, middle = x.min() - 0.04 * across, 0.5 * (y.min() + y.max())
    axes.set(xlim=(left, left + across), ylim=(middle - 0.5 * along, middle + 0.5 * along))
