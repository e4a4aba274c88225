"""The report of one life: its numbers as JSON, the sentence that tells it, and the names of its files."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.rulebook import Rulebook, write_atomically
from sim.episode_trace import STOPPED, EpisodeTrace
from sim.life_figures import LifeFigures, figures_of
from sim.perturbation_text import file_tags, perturbation_text
from sim.run_recording import LEARNING, PERTURBED, RECOVERING, WALKING, Snapshot
from sim.statistics import trailing_speed
from sim.versions import versions


@dataclass(frozen=True)
class LifeReport:
    """Everything that the report of one life is drawn and written from.

    Attributes:
        robot: name of the robot.
        body: name of its body.
        rulebook: name or path of the rulebook, as given.
        book: the rulebook.
        seed: of the life.
        schedule: what befell it.
        trace: the recorded life.
        modes: of the safety gate, per step, shape `(T,)`.
        weight_change: RMS change of a weight per step and layer, shape `(T, layers)`.
        weight_size: RMS of the weights per step and layer, shape `(T, layers)`.
        snapshots: of the weights.
    """

    robot: str
    body: str
    rulebook: str
    book: Rulebook
    seed: int
    schedule: FaultSchedule
    trace: EpisodeTrace
    modes: Sequence[str]
    weight_change: np.ndarray
    weight_size: np.ndarray
    snapshots: Sequence[Snapshot]

    @property
    def figures(self) -> LifeFigures:
        """The life's numbers."""
        return figures_of(self.trace, self.schedule)

    @property
    def phases(self) -> list[str]:
        """What the robot was up to, per step: with hindsight, as the numbers say."""
        figures, steps = self.figures, self.trace.steps
        walked = steps if figures.steps_to_90 is None else figures.steps_to_90
        phases = [LEARNING if step < walked else WALKING for step in range(steps)]
        if self.schedule.window is not None:
            onset, stop = self.schedule.window
            stop = steps if stop is None else min(max(stop, onset + 1), steps)
            if figures.recovery is None:
                after = [LEARNING] * steps
            else:
                recovering = steps if figures.recovery.steps is None else figures.recovery.steps
                after = [RECOVERING] * recovering + [WALKING] * steps
            phases = [*phases[:onset], *[PERTURBED] * (stop - onset), *after]
        return phases[:steps]

    @property
    def name(self) -> str:
        """Name of the report's files, without suffix: the same life has the same name, one that was stopped another."""
        words = [Path(self.rulebook).name.split(".")[0], self.body, f"seed{self.seed}", *file_tags(self.schedule)]
        return "-".join(words + [STOPPED] * (self.trace.ended == STOPPED))


def story(report: LifeReport) -> list[str]:
    """Return the life in two or three lines."""
    figures, dt = report.figures, report.trace.control_period
    began = "static weights" if report.book.static else "random weights"
    if report.book.start_weights and not report.book.static:
        began = "evolved start weights"
    if figures.steps_to_90 is None:
        walked = f"{began}: it did not walk"
    else:
        walked = (
            f"{began} → walking after {figures.steps_to_90} steps ({figures.steps_to_90 * dt:.1f} s), "
            f"{figures.cruise:.2f} m/s"
        )
    lines = [walked]
    if report.schedule.window is not None:
        lines.append(f"{perturbation_text(report.schedule)} → {recovery_text(report)}")
    ended = {
        "fall": ", then it fell",
        "task": ", then the task's rules ended it",
        "physics": ", then the simulator blew up",
        STOPPED: ", then it was stopped",
    }.get(report.trace.ended, "")
    lines.append(f"{figures.distance:.1f} m forward in {figures.steps} steps ({figures.steps * dt:.1f} s){ended}")
    return lines


def recovery_text(report: LifeReport) -> str:
    """Return how it went on after the perturbation, in words."""
    figures = report.figures
    if report.schedule.window is not None and report.schedule.window[0] >= report.trace.steps:
        return "the life was over before"
    if report.schedule.window is None or report.schedule.window[1] is None:
        return "it stays, there is nothing to recover from"
    if figures.recovery is None:
        return "it was not walking before"
    if report.schedule.window[1] >= report.trace.steps:
        return "the life was over before it ended"
    if figures.recovery.steps is None:
        return f"not recovered within {report.trace.steps - report.schedule.window[1]} steps"
    seconds = figures.recovery.steps * report.trace.control_period
    return f"back at 90 % of its speed after {figures.recovery.steps} steps ({seconds:.1f} s)"


def write_json(report: LifeReport, folder: Path) -> Path:
    """Write the life's numbers and series, atomically, and return the path."""
    path = folder / f"{report.name}.json"
    return write_atomically(path, (json.dumps(as_dict(report), indent=1) + "\n").encode())


def as_dict(report: LifeReport) -> dict[str, Any]:
    """Return the life's numbers and series, ready for JSON: SI units, not-a-number as null."""
    figures, trace = report.figures, report.trace
    recovery = figures.recovery
    return {
        "robot": report.robot,
        "body": report.body,
        "rulebook": report.rulebook,
        "rulebook_digest": report.book.digest,
        "seed": report.seed,
        "perturbations": report.schedule.as_dict(),
        "story": story(report),
        "control_period_s": trace.control_period,
        "steps": trace.steps,
        "ended": trace.ended,
        "distance_m": figures.distance,
        "speed_m_s": figures.speed,
        "cruise_m_s": _number(figures.cruise),
        "reward": figures.reward,
        "steps_to_90": figures.steps_to_90,
        "speed_before_perturbation_m_s": None if recovery is None else recovery.speed_before,
        "recovery_steps": None if recovery is None else recovery.steps,
        "recovery_first_steps": None if recovery is None else recovery.first_steps,
        "speed_kept": None if recovery is None else recovery.speed_kept,
        "safety": {
            "limited_commands": trace.nb_limited,
            "steps_not_nominal": trace.nb_not_nominal,
        },
        "versions": versions(),
        "series": {
            "position_m": _rounded(trace.position),
            "roll_pitch_rad": _rounded(trace.attitude),
            "speed_m_s": _rounded(trailing_speed(trace.x, trace.control_period)),
            "reward": _rounded(trace.reward),
            "weight_change_rms": _significant(report.weight_change),
            "weight_rms": _significant(report.weight_size),
            "phase": report.phases,
            "safety": list(report.modes),
        },
    }


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _rounded(array: np.ndarray) -> list[Any]:
    values = np.round(array, 5).astype(object)
    values[~np.isfinite(array)] = None
    return list(values.tolist())


def _significant(array: np.ndarray) -> list[list[float]]:
    return [[float(f"{value:.4g}") for value in row] for row in array]
