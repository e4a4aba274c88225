"""One life: a controller with fresh weights on a body, from reset to the end of the episode.

An `Episode` is cut where the network acts and adapts, for whoever asks the networks of many lives at once: `sim.batch`.
`lived` lives it whole.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.fault_schedule import Ablation, FaultSchedule, zero_weights
from hebb_controller.faults import FaultyActuators
from hebb_controller.rules import FloatArray
from hebb_controller.signals import JointTargets
from sim.task import Task


@dataclass(frozen=True)
class Outcome:
    """What a training episode came to.

    Attributes:
        reward: sum of the rewards that count.
        steps: control steps taken.
        fallen: True if the robot fell.
    """

    reward: float
    steps: int
    fallen: bool


class Episode:
    """A life in progress: before each step `wipe`, then `take` the controller's answer to `state`, until it is `over`.

    Args:
        task: the simulated task, reset here.
        controller: reset here, with weights drawn from `rng` unless `start` says otherwise.
        rng: source of everything random in this life.
        body: name of the body.
        start: as in `PlasticNetwork.reset`.
        horizon: control steps after which the episode is cut; None: the task's own length.
        warm_up: rewards of the first steps that do not count, so that a lunge at the start earns nothing.
        stall: end the life once this many counted steps in a row sum to no progress, which saves the time of lives
            that are stuck; 0: never. Steps in which a fault holds do not count for it.
        schedule: what befalls this life, at the same steps as in `record_life`. From its onset on only a stall or the
            horizon ends it, so that getting up can pay; in `record_life` that holds for the ant alone, and a servo
            robot's life ends with its fall.
        fall_ends: under a fault that stays the task's own end holds on, such as that of a fall: a broken leg is no
            excuse for lying down.

    Attributes:
        controller: the controller.
        state: the newest reading.
        over: True once the life has ended.
    """

    def __init__(
        self,
        task: Task,
        controller: Controller,
        rng: np.random.Generator,
        body: str,
        start: str | tuple[FloatArray, ...] = "uniform",
        horizon: int | None = None,
        warm_up: int = 0,
        stall: int = 0,
        schedule: FaultSchedule | None = None,
        fall_ends: bool = False,
    ) -> None:
        self._task, self._rng = task, rng
        self._schedule = schedule = schedule or FaultSchedule()
        window = schedule.window
        excused = window is not None and not (fall_ends and window[1] is None)
        self._excused_from = window[0] if window and excused else task.max_steps + 1
        self._length = min(horizon or task.max_steps, task.max_steps)
        self._warm_up, self._stall = warm_up, stall
        self._actuators = FaultyActuators(task.robot, schedule.faults)
        self.controller = controller
        self.state = task.reset(rng, body)
        controller.reset(rng, start)
        # Only servos are weakened: a torque-driven robot's faults are folded into its torques.
        self._weaken = getattr(task, "set_strength", None) if self._actuators.needs_strength else None
        self._reward, self._step, self._fallen = 0.0, 0, False
        self._totals: deque[float] = deque(maxlen=stall + 1)
        self.over = False

    @property
    def wipe_is_due(self) -> bool:
        """True if `wipe` will change weights before the coming step."""
        return bool(self._due())

    def wipe(self) -> None:
        """Wipe the weights whose time it is, in the controller's network: before its next `act`."""
        for ablation in self._due():
            zero_weights(self.controller.network, ablation.share, self._rng)

    def _due(self) -> list[Ablation]:
        return [ablation for ablation in self._schedule.ablations if ablation.step == self._step]

    def take(self, targets: JointTargets) -> None:
        """Drive the body for one control period by the controller's answer, and count what it earned."""
        step = self._step  # counts from 0, as a schedule does
        if self._weaken:
            self._weaken(self._actuators.strength(step))
        transition = self._task.step(self._actuators.apply(step, targets, self.state))
        self.state = transition.state
        self._step += 1
        if self._step > self._warm_up:
            self._reward += transition.reward
            self._totals.append(self._reward)
        if any(fault.active(step) for fault in self._schedule.faults):
            self._totals.clear()
        self._fallen = self._fallen or transition.fallen
        stalled = self._stall and len(self._totals) > self._stall and self._reward <= self._totals[0]
        self.over = bool((transition.done and step < self._excused_from) or stalled or self._step >= self._length)

    @property
    def outcome(self) -> Outcome:
        """What it has come to so far."""
        return Outcome(self._reward, self._step, self._fallen)


def lived(episode: Episode) -> Outcome:
    """Live a life to its end, and return what it came to."""
    controller = episode.controller
    while not episode.over:
        episode.wipe()
        episode.take(controller.act(episode.state))
        controller.adapt()
    return episode.outcome
