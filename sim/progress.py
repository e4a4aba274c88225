"""What an evolution shows while it runs, and the curve that is left behind."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

from tqdm import tqdm

from sim.run_folder import read_log


class ProgressBar:
    """A line with generation, fitness, speed and time left; evaluations of the mean scroll past above it.

    Args:
        generations: generations in all.
        first: generations already done.
    """

    def __init__(self, generations: int, first: int = 0) -> None:
        self._bar = tqdm(total=generations, initial=first, unit="gen", dynamic_ncols=True, smoothing=0.1)

    def __call__(self, entry: dict[str, Any]) -> None:
        """Show a generation's log entry."""
        shown = {name: "nan" if entry[name] is None else f"{entry[name]:.3g}" for name in ("mean", "median", "max")}
        self._bar.set_postfix(shown | {"steps/s": entry["steps_per_second"]}, refresh=False)
        self._bar.update(1)
        if "evaluation" in entry:
            rewards = "  ".join(f"{body} {value:.4g}" for body, value in entry["evaluation"].items())
            best = "  best so far" if entry["best"] else ""
            self._bar.write(
                f"generation {entry['generation']}: mean over whole lives: {rewards}  "
                f"({entry['steps'] / 1e6:.2f} M steps){best}"
            )
        if "error" in entry:
            self._bar.write(f"generation {entry['generation']}: {entry['failed']} members failed: {entry['error']}")

    def say(self, text: str) -> None:
        """Let a line scroll past above the bar."""
        self._bar.write(text)

    def close(self) -> None:
        """Leave the bar as it stands."""
        self._bar.close()


def plot_curve(folder: Path) -> Path:
    """Draw a run's fitness over control steps into `curve.png` and return its path."""
    from matplotlib.figure import Figure

    from sim.figure_file import write_figure

    entries = read_log(folder)
    millions = [e["steps"] / 1e6 for e in entries]
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(millions, [e["max"] for e in entries], color="#bbbbbb", linewidth=0.8, label="best member")
    axes.plot(millions, [e["mean"] for e in entries], color="#0072b2", linewidth=1.2, label="population mean")
    evaluated = [e for e in entries if "evaluation" in e]
    bodies = evaluated[-1]["evaluation"] if evaluated else ()
    for body, colour in zip(bodies, itertools.cycle(("#d55e00", "#009e73", "#cc79a7")), strict=False):
        values = [e["evaluation"][body] for e in evaluated]
        axes.plot([e["steps"] / 1e6 for e in evaluated], values, "o-", ms=3, color=colour, label=f"mean, {body}")
    axes.set_xlabel("control steps [million]")
    axes.set_ylabel("reward per life")
    axes.legend(frameon=False, fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    return write_figure(figure, folder / "curve.png", dpi=120)
