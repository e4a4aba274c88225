"""The picture of a recorded run: speed with what befell it, how the weights moved, where the body went."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller_ros.run_story import RunStory

_SPEED, _FAULT, _QUIET = "#1f5fa8", "#d9534f", "#777777"


def write_png(story: RunStory, path: Path) -> Path:
    """Draw a story and return the file, written atomically."""
    from matplotlib.figure import Figure

    from sim.figure_file import write_figure

    figure = Figure(figsize=(11, 7.2), layout="constrained")
    grid = figure.add_gridspec(2, 2, height_ratios=[3, 2], width_ratios=[3, 2])
    _speed(figure.add_subplot(grid[0, :]), story)
    _weights(figure.add_subplot(grid[1, 0]), story)
    _path(figure.add_subplot(grid[1, 1]), story)
    robot, rulebook = story.info.get("robot", "robot"), Path(str(story.info.get("rulebook", "?"))).name
    figure.suptitle(f"{robot} · rulebook {rulebook} · under ROS 2", x=0.01, ha="left", fontweight="bold")
    return write_figure(figure, path, dpi=110)


def _speed(axes: Any, story: RunStory) -> None:
    from sim.statistics import trailing_speed

    axes.set(xlabel="time [s]", ylabel="speed [m/s]")
    axes.spines[["top", "right"]].set_visible(False)
    if not len(story.position):
        axes.text(0.5, 0.5, "no ground truth was recorded", ha="center", transform=axes.transAxes, color=_QUIET)
        return
    speed = trailing_speed(story.position[:, 0], story.period)
    top = 1.25 * max(float(speed.max()), 0.05)
    axes.set(xlim=(0.0, float(story.time[-1])), ylim=(min(0.0, 1.1 * float(speed.min())), top))
    axes.plot(story.time[: len(speed)], speed, color=_SPEED, linewidth=1.8)
    axes.axvline(story.walked_from, color=_QUIET, linewidth=0.8, linestyle=":")
    axes.text(story.walked_from, 0.97 * top, " random weights", va="top", color=_QUIET, fontsize=9)
    for fault in story.faults:
        end = fault.onset if fault.end is None else fault.end
        axes.axvspan(fault.onset, max(end, fault.onset + story.period), color=_FAULT, alpha=0.2, linewidth=0)
        if fault.speed_before is None:
            told = ""
        elif fault.recovery_steps is None:
            told = "\nspeed not regained"
        else:
            told = f"\n{fault.recovery_steps} steps to 90 % of {fault.speed_before:.2f} m/s"
            back = end + fault.recovery_steps * story.period
            axes.plot(back, np.interp(back, story.time[: len(speed)], speed), "o", color=_FAULT)
        name = fault.fault.split("@")[0]
        axes.text(fault.onset, 0.97 * top, f" {name}{told}", va="top", color=_FAULT, fontsize=9)


def _weights(axes: Any, story: RunStory) -> None:
    time, rows = story.plasticity
    axes.set(xlabel="time [s]", ylabel="change / size of the weights")
    axes.spines[["top", "right"]].set_visible(False)
    for layer in range(rows.shape[1] if len(time) > 1 else 0):
        share = rows[1:, layer, 1] / np.maximum(rows[1:, layer, 0], 1e-12)
        axes.semilogy(time[1:], np.maximum(share, 1e-6), linewidth=1.2, label=f"layer {layer + 1}")
    for fault in story.faults:
        axes.axvspan(fault.onset, fault.end or fault.onset + story.period, color=_FAULT, alpha=0.2, linewidth=0)
    if len(time) > 1:
        axes.legend(frameon=False, fontsize=8, ncols=3)


def _path(axes: Any, story: RunStory) -> None:
    axes.set(xlabel="forward [m]", ylabel="left [m]")
    axes.spines[["top", "right"]].set_visible(False)
    if len(story.position):
        axes.plot(story.position[:, 0], story.position[:, 1], color=_SPEED, linewidth=1.5)
        axes.plot(*story.position[0, :2], "o", color=_QUIET)
        axes.set_aspect("equal", adjustable="datalim")
