"""What `hebb run` remembers beside the trace: how the weights changed, how they looked, what the robot was up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.loop import StepRecord
from hebb_controller.network_face import Network
from hebb_controller.rules import FloatArray
from hebb_controller.safety import tilt
from hebb_controller.signals import Vector
from sim.statistics import SHARE, SLOWEST_WALK, WINDOW
from sim.task_plant import TaskPlant

LEARNING, WALKING, PERTURBED, RECOVERING = "learning", "walking", "PERTURBED", "recovering"


@dataclass(frozen=True)
class Snapshot:
    """The weights at one moment.

    Attributes:
        label: what the moment is.
        step: control steps since the start.
        weights: per layer, shape `(post, pre)`.
    """

    label: str
    step: int
    weights: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Moment:
    """One step as the live view shows it.

    Attributes:
        record: of the loop.
        position: of the base after the step, shape `(3,)`, in [m].
        tilt: of the base after the step, in [rad].
        speed: forward speed over the last 25 steps, in [m/s].
        weight_change: RMS change of the weights in this step, as a share of their RMS, per layer.
        phase: learning, walking, PERTURBED or recovering.
    """

    record: StepRecord
    position: Vector
    tilt: float
    speed: float
    weight_change: tuple[float, ...]
    phase: str


class PhaseWatch:
    """Says what the robot is up to while it happens; the report's numbers come from `statistics`, with hindsight.

    It walks once its speed has stopped growing: less than 10 % more than a window ago. It has recovered once the speed
    of a whole window behind the perturbation is 90 % of the speed before.

    Args:
        schedule: what befalls the life.
    """

    def __init__(self, schedule: FaultSchedule) -> None:
        self._window = schedule.window
        self._phase = LEARNING
        self._before = 0.0
        self._speeds: list[float] = []

    def __call__(self, step: int, speed: float, perturbed: bool) -> str:
        """Return the phase after `step`, at a speed in [m/s] over the last window."""
        self._speeds.append(speed)
        if self._window is not None and step < self._window[0]:
            self._before = speed
        if perturbed:
            self._phase, self._since = PERTURBED, step
        elif self._phase == PERTURBED:
            # Who did not walk before has nothing to recover.
            self._phase, self._since = (RECOVERING if self._before >= SLOWEST_WALK else LEARNING), step
        elif self._phase == RECOVERING:
            if step - self._since >= WINDOW and speed >= SHARE * self._before:
                self._phase = WALKING
        elif (
            self._phase == LEARNING and step >= 2 * WINDOW and SLOWEST_WALK <= speed <= 1.1 * self._speeds[-1 - WINDOW]
        ):
            self._phase = WALKING
        elif self._phase == WALKING and speed < 0.5 * SLOWEST_WALK:
            self._phase = LEARNING
        return self._phase


class RunRecorder:
    """Collects what the report draws, step by step.

    Args:
        network: the network whose weights are watched, already reset.
        schedule: what befalls the life.
        start: forward position at the start, in [m].
        control_period: in [s].
        steps: control steps planned.

    Attributes:
        snapshots: of the weights: at the start, before, at the end of and after the perturbation.
        weight_change: RMS change of a weight; a row per step, a column per layer.
        weight_size: RMS of the weights; likewise.
        modes: of the safety gate, per step.
    """

    def __init__(
        self, network: Network, schedule: FaultSchedule, start: float, control_period: float, steps: int
    ) -> None:
        self._network = network
        self._last = network.snapshot()
        self._x = [start]
        self._dt = control_period
        self._watch = PhaseWatch(schedule)
        self._wanted = _moments(schedule, steps)
        self.snapshots = [Snapshot("at the start", 0, tuple(self._last))]
        self.weight_change: list[tuple[float, ...]] = []
        self.weight_size: list[tuple[float, ...]] = []
        self.modes: list[str] = []

    def __call__(self, record: StepRecord, plant: TaskPlant) -> Moment:
        """Take note of a step and return what the live view shows of it."""
        now = self._network.snapshot()
        change = tuple(_rms(b - a) for a, b in zip(self._last, now, strict=True))
        self._last = now
        truth = plant.state.truth
        assert truth is not None
        position = truth.position_base_in_world
        self._x.append(float(position[0]))
        speed = (self._x[-1] - self._x[max(len(self._x) - 1 - WINDOW, 0)]) / (WINDOW * self._dt)
        phase = self._watch(record.step, speed, record.perturbed)
        size = tuple(_rms(w) for w in now)
        self.weight_change.append(change)
        self.weight_size.append(size)
        self.modes.append(record.mode.value)
        for label, step in self._wanted:
            if step == record.step + 1:
                self.snapshots.append(Snapshot(label, step, tuple(now)))
        share = tuple(c / s if s > 0.0 else 0.0 for c, s in zip(change, size, strict=True))
        return Moment(record, position, tilt(plant.state), speed, share, phase)

    def finish(self) -> None:
        """Take the last snapshot, if the life ended before it was due."""
        steps = len(self.modes)
        if self.snapshots[-1].step != steps:
            self.snapshots.append(Snapshot("at the end", steps, tuple(self._last)))


def _rms(values: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(values, dtype=np.float64))))


def _moments(schedule: FaultSchedule, steps: int) -> Sequence[tuple[str, int]]:
    if schedule.window is None:
        return [("a third through", steps // 3), ("two thirds through", 2 * steps // 3), ("at the end", steps)]
    onset, stop = schedule.window
    before = ("before the perturbation", onset)
    if stop is None:
        return [before, ("perturbed", (onset + steps) // 2), ("at the end", steps)]
    if stop == onset:  # wiped weights: the step itself, and what grew back within a window
        return [before, ("just wiped", onset + 1), ("one window later", onset + WINDOW), ("at the end", steps)]
    return [before, ("end of perturbation", stop), ("at the end", steps)]
