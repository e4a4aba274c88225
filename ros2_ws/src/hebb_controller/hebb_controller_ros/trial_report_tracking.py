"""How closely the joints followed: commanded against measured angles, where there is something to measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError
from hebb_controller.robot import MEASURED
from hebb_controller.signals import Vector
from hebb_controller_ros.messages import seconds
from hebb_controller_ros.recording import Recording
from hebb_controller_ros.trial_report_guard import Span


@dataclass(frozen=True)
class Tracking:
    """Differences between a command and the reading that follows it, while nothing was wrong.

    Attributes:
        rms: over time and joints, in [rad].
        p95: 95 % of the differences are no larger, in [rad].
        worst_joint: the joint with the largest RMS.
        worst_rms: its RMS, in [rad].
        n: readings compared.
    """

    rms: float
    p95: float
    worst_joint: str
    worst_rms: float
    n: int


def tracking_of(
    recording: Recording,
    zero: float,
    begin: float,
    guards: Sequence[Sequence[Span]],
    disturbed: Sequence[tuple[float, float]],
) -> Tracking | None:
    """Return the tracking error; None where joints are only commanded, or nothing can be compared.

    Left out: commands to let go, times in which a guard did not let commands through, and perturbations, for what a
    fault does between command and servo is no error of the servo.

    Args:
        recording: the recording.
        zero: stamp of the run's first reading, in [s].
        begin: first time that counts, in [s] of the run.
        guards: of the controller and of the plant; one that said nothing let everything through.
        disturbed: beginnings and ends of perturbations, in [s] of the run.
    """
    if [m.data for m in recording.messages("joint_states_source")][-1:] != [MEASURED]:
        return None
    commands = {seconds(m.header.stamp): m for m in recording.messages("joint_targets")}
    readings = {seconds(m.header.stamp): m for m in recording.messages("joint_states")}
    if not commands or not readings:
        return None
    names = list(next(iter(commands.values())).joint_names)
    stamps = np.array(sorted(readings))
    open_ = [[(s.start, s.end) for s in spans if s.mode == "nominal"] for spans in guards if spans]
    rows: list[Vector] = []
    for stamp in sorted(commands):
        place = int(np.searchsorted(stamps, stamp, side="right"))
        after = float(stamps[place]) if place < stamps.size else None
        wanted = np.asarray(commands[stamp].points[0].positions, dtype=float)
        if after is None or wanted.size != len(names) or stamp - zero < begin:
            continue
        through = all(any(a <= stamp - zero and after - zero <= b for a, b in spans) for spans in open_)
        if through and not any(a <= after - zero and stamp - zero < b for a, b in disturbed):
            rows.append(wanted - _positions(readings[after], names, recording))
    if not rows:
        return None
    errors = np.abs(np.array(rows))
    by_joint = np.sqrt(np.mean(errors**2, axis=0))
    worst = int(by_joint.argmax())
    rms = float(np.sqrt(np.mean(errors**2)))
    return Tracking(rms, float(np.percentile(errors, 95)), names[worst], float(by_joint[worst]), len(rows))


def _positions(message: Any, names: list[str], recording: Recording) -> Vector:
    found = dict(zip(message.name, message.position, strict=False))
    missing = [name for name in names if name not in found]
    if missing:
        raise BadInputError(
            f"{recording.path}: joint_states lacks {len(missing)} joints that are commanded: two robots?"
        )
    return np.array([found[name] for name in names])
