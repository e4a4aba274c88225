"""When the guards of controller and plant let commands through, held or let go, and why; and how often it fell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.safety import tilt_of
from hebb_controller.signals import Vector
from hebb_controller_ros.messages import attitude_in, seconds
from hebb_controller_ros.recording import Recording

CONTROLLER, PLANT = "hebb_controller/mode", "plant/state"


@dataclass(frozen=True)
class Span:
    """A stretch of time in one mode.

    Attributes:
        start: in [s] of the run.
        end: likewise.
        mode: `nominal`, `hold` or `limp`.
        reason: why, one line; empty in `nominal`.
    """

    start: float
    end: float
    mode: str
    reason: str

    @property
    def duration(self) -> float:
        """In [s]."""
        return self.end - self.start


class RunClock:
    """From arrivals at the recorder to the run's own time, which the readings carry.

    Between two readings, and behind the last one, time goes on at the pace of the whole run: a guard that holds
    because no reading comes holds for as long as it does. In lock-step nothing is behind the last reading.

    Args:
        recording: the recording.
        zero: stamp of the run's first reading, in [s].

    Attributes:
        end: the last word of the plant, in [s] of the run: a reading, its state, or its diagnostics.
    """

    def __init__(self, recording: Recording, zero: float) -> None:
        arrivals = recording.arrivals("joint_states")
        stamps = np.array([seconds(m.header.stamp) for m in recording.messages("joint_states")]) - zero
        fresh = np.concatenate([[True], np.diff(stamps) > 0.0])[: stamps.size]
        self._arrivals, self._stamps = arrivals[fresh], stamps[fresh]
        self._pace = 1.0
        if self._stamps.size > 1 and self._arrivals[-1] > self._arrivals[0]:
            self._pace = float(np.ptp(self._stamps) / np.ptp(self._arrivals))
        self._lockstep = bool(recording.info.get("parameters", {}).get("lockstep", False))
        said = [arrivals, recording.arrivals(PLANT), _diagnostics_of_plant(recording)]
        self.end = float(self(np.array([times[-1] for times in said if times.size])).max(initial=0.0))

    def __call__(self, arrivals: Vector) -> Vector:
        """Return times in [s] of the run for arrivals in [s] since the recording's first message."""
        if not self._stamps.size:
            return np.zeros_like(arrivals)
        behind = 0.0 if self._lockstep else np.maximum(arrivals - self._arrivals[-1], 0.0) * self._pace
        return np.asarray(np.interp(arrivals, self._arrivals, self._stamps) + behind)


def _diagnostics_of_plant(recording: Recording) -> Vector:
    times = recording.arrivals("diagnostics")
    ours = [any(s.name.endswith("plant") for s in m.status) for m in recording.messages("diagnostics")]
    return times[np.array(ours, dtype=bool)] if times.size else times


def spans_of(recording: Recording, topic: str, clock: RunClock, begin: float, last: float) -> tuple[Span, ...]:
    """Return what a guard did within a stretch of the run; empty if it said nothing.

    How the plant waits for its first command is left out.

    Args:
        recording: the recording.
        topic: `CONTROLLER` or `PLANT`.
        clock: of the run.
        begin: when the controller was activated, in [s] of the run.
        last: end of the stretch, in [s] of the run.
    """
    entries = recording.entries(topic)
    times = [*clock(recording.arrivals(topic)), last] if entries else []
    spans: list[Span] = []
    for entry, start, end in zip(entries, times[:-1], times[1:], strict=True):
        waits = topic == PLANT and not spans and entry["mode"] == "hold" and entry is not entries[-1]
        if waits or entry.get("phase") == "idle" or not min(end, last) > max(start, begin):
            continue
        span = Span(float(max(start, begin)), float(min(end, last)), str(entry["mode"]), str(entry["reason"]))
        if spans and (spans[-1].mode, spans[-1].reason, spans[-1].end) == (span.mode, span.reason, span.start):
            span = Span(spans.pop().start, span.end, span.mode, span.reason)
        spans.append(span)
    return tuple(spans)


def activation_of(recording: Recording, clock: RunClock) -> float:
    """Return when the controller began to ramp, in [s] of the run; 0 if that was not recorded."""
    times = clock(recording.arrivals(CONTROLLER))
    begun = [t for t, e in zip(times, recording.entries(CONTROLLER), strict=True) if e.get("phase") != "idle"]
    return float(begun[0]) if begun else 0.0


def time_in(spans: Sequence[Span], mode: str) -> float | None:
    """Return the time in a mode, in [s]; None if the guard said nothing."""
    return sum((span.duration for span in spans if span.mode == mode), 0.0) if spans else None


def falls_of(recording: Recording) -> int | None:
    """Return how often the base tilted beyond the guard's bound for as many readings as the guard wants.

    None if no attitude was recorded. A fall ends when the base is upright again.
    """
    given = recording.info.get("parameters", {})
    bound, wanted = math.radians(given.get("max_tilt_deg", 75.0)), int(given.get("tilt_readings", 3))
    angles: dict[float, tuple[float, float, float]] = {}
    for message in recording.messages("imu/data"):
        angles[seconds(message.header.stamp)] = attitude_in(message)
    table = np.array(list(angles.values())).reshape(-1, 3)
    if not np.isfinite(table[:, :2]).any():
        return None
    tilted = tilt_of(table[:, 0], table[:, 1]) > bound
    edges = np.flatnonzero(np.diff(np.concatenate([[False], tilted, [False]]).astype(int)))
    return int((edges[1::2] - edges[::2] >= wanted).sum())
