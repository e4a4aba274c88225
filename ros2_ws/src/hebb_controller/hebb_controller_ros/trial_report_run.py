"""One finished run: everything the report says of it, from its recording and from what the trial wrote down."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.errors import HebbError, RunFailedError
from hebb_controller.signals import Vector
from hebb_controller_ros.messages import seconds
from hebb_controller_ros.recording import Recording, read_recording
from hebb_controller_ros.run_story import RunStory, story_of
from hebb_controller_ros.trial_report_folder import TrialFolder, Tried
from hebb_controller_ros.trial_report_guard import (
    CONTROLLER,
    PLANT,
    RunClock,
    Span,
    activation_of,
    falls_of,
    spans_of,
)
from hebb_controller_ros.trial_report_health import Bus, Jitter, bus_of, jitter_of
from hebb_controller_ros.trial_report_parity import Parity, parity_of
from hebb_controller_ros.trial_report_perturbations import Perturbation, perturbations_of
from hebb_controller_ros.trial_report_tracking import Tracking, tracking_of

#: What run.json and the recording may differ by before it is said, in [m].
SAME_DISTANCE = 0.02
#: A body that lets go for longer than this, unasked, is said, in [s].
WORTH_SAYING = 0.2


@dataclass(frozen=True)
class Run:
    """A finished run; times in [s] of its own clock, from its first reading on.

    Attributes:
        attempt: the attempt that finished it.
        story: what `hebb report` tells of its recording.
        end: of the run.
        distance: in [m]; None if nobody measured it.
        source: who measured it.
        falls: times it fell; None if nobody could tell.
        perturbations: by onset.
        controller: spans of the controller's guard.
        plant: spans of the plant's.
        tracking: of the joints; None where they are only commanded.
        bus: its health; None without a bus.
        jitter: of the commands; None in lock-step.
        parity: what a replay said.
        notes: what is odd about it.
    """

    attempt: Tried
    story: RunStory
    end: float
    distance: float | None
    source: str | None
    falls: int | None
    perturbations: tuple[Perturbation, ...]
    controller: tuple[Span, ...]
    plant: tuple[Span, ...]
    tracking: Tracking | None
    bus: Bus | None
    jitter: Jitter | None
    parity: Parity
    notes: tuple[str, ...] = ()

    @property
    def walked(self) -> float:
        """Time from the network's start to the end, in [s]."""
        return max(self.end - self.story.walked_from, 0.0)

    @property
    def speed(self) -> float | None:
        """Mean speed, in [m/s]."""
        return None if self.distance is None or self.walked <= 0.0 else self.distance / self.walked

    def curve(self) -> tuple[Vector, Vector]:
        """Return time [s] and forward distance [m] from the network's start on; empty without a track."""
        return curve_of(self.story, self.end)


def curve_of(story: RunStory, end: float) -> tuple[Vector, Vector]:
    """Return time [s] and forward distance [m] from the network's start to `end` [s]; empty without a track."""
    walking = (story.time >= story.walked_from - 1e-6) & (story.time <= end + 1e-6)
    x = story.position[walking, 0] if len(story.position) else np.zeros(0)
    return (story.time[walking] - story.walked_from, x - x[0]) if x.size else (np.zeros(0), np.zeros(0))


def run_of(attempt: Tried, folder: TrialFolder) -> Run:
    """Return what a finished attempt came to.

    Raises:
        RunFailedError: the recording cannot be read, is damaged, or holds nothing to report.
    """
    assert attempt.recording is not None
    try:
        recording = read_recording(attempt.recording)
        if not recording.whole:
            raise RunFailedError(f"its recording is damaged or cut off after {len(recording.events)} messages")
        if not recording.info or not recording.messages("joint_states"):
            raise RunFailedError("its recording holds no joint states, or nothing that the controller said of itself")
        return _run_of(attempt, folder, recording)
    except HebbError as error:
        # Reports travel: what they say of a file is its name.
        raise RunFailedError(str(error).replace(str(attempt.recording), attempt.recording.name)) from error
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        # Whole, and yet not ours: a message that lacks what the recorder's own have.
        raise RunFailedError(f"its recording holds messages of another shape: {error!r}") from error


def _run_of(attempt: Tried, folder: TrialFolder, recording: Recording) -> Run:
    told, story = attempt.told, story_of(recording)
    zero = _zero(recording)
    clock = RunClock(recording, zero)
    end = clock.end
    if told.get("planned_s") is not None:
        end = min(end, story.walked_from + float(told["planned_s"]))
    if not folder.moves:
        story = dataclasses.replace(story, position=np.zeros((0, 3)), cruise=None, steps_to_90=None)
    begin = activation_of(recording, clock)
    controller, plant = (spans_of(recording, topic, clock, begin, end) for topic in (CONTROLLER, PLANT))
    perturbations = perturbations_of(story, end, folder.prompts)
    disturbed = [(p.onset, end if p.end is None else p.end) for p in perturbations]
    distance, source = _distance(attempt, story, end, folder.moves)
    seen, noted = falls_of(recording), told.get("falls")
    arrivals = recording.arrivals(recording.command_topic)
    # The answer to the last reading comes after it.
    ours = (clock(arrivals) >= begin) & (clock(arrivals) <= end + story.period)
    return Run(
        attempt=attempt,
        story=story,
        end=end,
        distance=distance,
        source=source,
        falls=seen if noted is None else int(noted),
        perturbations=perturbations,
        controller=controller,
        plant=plant,
        tracking=tracking_of(recording, zero, story.walked_from, (controller, plant), disturbed),
        bus=bus_of(recording),
        jitter=jitter_of(arrivals[ours], story.period, recording.info),
        parity=parity_of(recording, folder.path / "rulebooks"),
        notes=(*_notes(distance, source, curve_of(story, end)[1], noted, seen), *_idle(controller, plant)),
    )


def _distance(attempt: Tried, story: RunStory, end: float, moves: bool) -> tuple[float | None, str | None]:
    if "distance_m" in attempt.told or not moves:
        value = attempt.told.get("distance_m")
        return (None, None) if value is None else (float(value), attempt.told.get("distance_source"))
    x = curve_of(story, end)[1]
    return (float(x[-1]), "ground_truth") if x.size else (None, None)


def _notes(
    distance: float | None, source: str | None, x: Vector, noted: int | None, seen: int | None
) -> tuple[str, ...]:
    notes = []
    if noted is not None and seen is not None and noted != seen:
        notes.append(f"run.json counts {noted} falls, the recorded attitude {seen}: run.json's is reported")
    if source == "ground_truth" and distance is not None and x.size and abs(x[-1] - distance) > SAME_DISTANCE:
        notes.append(f"run.json says {distance:.2f} m, the recording {x[-1]:.2f} m: run.json's is reported")
    return tuple(notes)


def _idle(controller: Sequence[Span], plant: Sequence[Span]) -> tuple[str, ...]:
    # A body that lets go although the controller does not ask for it: its run says little of the condition.
    asked = [span for span in controller if span.mode == "limp"]
    loose = [s for s in plant if s.mode == "limp" and not any(a.start < s.end and s.start < a.end for a in asked)]
    time = sum(span.duration for span in loose)
    if time < WORTH_SAYING:
        return ()
    reasons = ", ".join(dict.fromkeys(span.reason for span in loose))
    return (f"the plant had let go for {time:.1f} s while the controller commanded ({reasons})",)


def _zero(recording: Recording) -> float:
    # The same zero as the story's, so that one clock goes through the whole report.
    time, _ = recording.walk()
    return float(time[0]) if len(time) else seconds(recording.messages("joint_states")[0].header.stamp)
