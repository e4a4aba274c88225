"""What a recording came to: the story of a run, by the definitions of `sim.statistics`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hebb_controller.live_faults import is_wipe
from hebb_controller.signals import Vector
from hebb_controller_ros.messages import seconds, took_over
from hebb_controller_ros.recording import Recording


@dataclass(frozen=True)
class FaultStory:
    """One fault of a run.

    Attributes:
        fault: what it was.
        onset: when it began, in [s] of the run.
        end: when it ended; equal to `onset` for wiped weights, None if it never did.
        speed_before: in [m/s]; None if it did not walk or nobody saw.
        recovery_steps: control steps until 90 % of that speed were back, to stay; None if they did not come back.
        speed_kept: share of the speed from 100 steps after the end on.
    """

    fault: str
    onset: float
    end: float | None
    speed_before: float | None = None
    recovery_steps: int | None = None
    speed_kept: float | None = None


@dataclass(frozen=True)
class RunStory:
    """What a recording came to; times in [s] of its own clock, from its first reading on.

    Attributes:
        info: what the controller said of itself.
        period: of control, in [s].
        time: of the positions, shape `(n,)`.
        position: of the base, in [m], shape `(n, 3)`; no rows without ground truth.
        walked_from: when the network began to move the body.
        steps_to_90: control steps from there to 90 % of the cruising speed.
        cruise: cruising speed, in [m/s].
        faults: what befell it.
        modes: (time, mode, reason), changes of mode.
        loop_period: between commands as they arrived at the recorder, in [s].
        plasticity: (times, norms), the second of shape `(m, layers, 3)`.
    """

    info: dict[str, Any]
    period: float
    time: Vector
    position: Vector
    walked_from: float
    steps_to_90: int | None
    cruise: float | None
    faults: list[FaultStory]
    modes: list[tuple[float, str, str]]
    loop_period: Vector
    plasticity: tuple[Vector, Vector] = field(default=(np.zeros(0), np.zeros((0, 0, 3))))

    @property
    def distance(self) -> float | None:
        """Forward displacement of the base, in [m]; None without ground truth."""
        return float(self.position[-1, 0] - self.position[0, 0]) if len(self.position) else None


def story_of(recording: Recording) -> RunStory:
    """Return what a recording came to, by the definitions of `sim.statistics`."""
    from sim.statistics import cruising_speed, recovery, steps_to_90

    period = 1.0 / float(recording.info.get("control_rate", 50.0))
    time, position = recording.walk()
    zero = float(time[0]) if len(time) else _first_stamp(recording)
    modes = recording.entries("hebb_controller/mode")
    told = (took_over(m, period) for m in modes)
    walked = next((stamp - zero for stamp in told if stamp is not None), 0.0)
    start = int(np.searchsorted(time - zero, walked - 1e-9))
    x = position[start:, 0]
    pairs = _pairs(recording.entries("fault_markers"))
    onset = round((min(p[1] for p in pairs) - zero - walked) / period) if pairs else None
    faults = []
    for fault, began, ended in pairs:
        story = FaultStory(fault, began - zero, None if ended is None else ended - zero)
        if len(x) and ended is not None:
            first, last = round((began - zero - walked) / period), round((ended - zero - walked) / period)
            found = recovery(x, period, first, last) if 0 < first <= last < len(x) else None
            if found is not None:
                story = FaultStory(fault, story.onset, story.end, found.speed_before, found.steps, found.speed_kept)
        faults.append(story)
    arrivals = recording.arrivals("joint_targets")
    return RunStory(
        recording.info,
        period,
        time - zero,
        position,
        walked,
        steps_to_90(x, period, onset) if len(x) > 1 else None,
        float(cruising_speed(x, period, onset)) if len(x) > 1 else None,
        faults,
        _modes(modes, period, zero, float(time[-1]) if len(time) else float("inf")),
        np.diff(arrivals),
        _plasticity(recording, modes[0]["begun_at"] - zero if modes else 0.0, period),
    )


def _modes(entries: list[dict[str, Any]], period: float, zero: float, last: float) -> list[tuple[float, str, str]]:
    """Return the changes of mode up to the last reading: what comes after it is a run that has ended."""
    told = [(_when(m, period, zero), m["mode"], m["reason"]) for m in entries if m["phase"] != "idle"]
    return [entry for entry in told if entry[0] + zero < last]


def _when(entry: dict[str, Any], period: float, zero: float) -> float:
    return float(entry["begun_at"] + entry["step"] * period - zero)


def _pairs(markers: list[dict[str, Any]]) -> list[tuple[str, float, float | None]]:
    """Return (fault, onset, end) with stamps in [s]; wiped weights end as they begin."""
    found = []
    for marker in markers:
        if marker["event"] != "start":
            continue
        ends = [m["stamp"] for m in markers if m["event"] == "end" and m["fault"] == marker["fault"]]
        end = marker["stamp"] if is_wipe(marker["fault"]) else ends[0] if ends else None
        found.append((str(marker["fault"]), float(marker["stamp"]), end))
    return sorted(found, key=lambda pair: pair[1])


def _first_stamp(recording: Recording) -> float:
    joints = recording.messages("joint_states")
    return seconds(joints[0].header.stamp) if joints else 0.0


def _plasticity(recording: Recording, begun: float, period: float) -> tuple[Vector, Vector]:
    rows = [np.array(m.data).reshape(-1, 3) for m in recording.messages("hebb_controller/plasticity")]
    if not rows:
        return np.zeros(0), np.zeros((0, 0, 3))
    rate = float(recording.info.get("parameters", {}).get("report_rate", 10.0))
    every = max(round(1.0 / (period * rate)), 1)
    return begun + every * period * np.arange(1, len(rows) + 1), np.array(rows)
