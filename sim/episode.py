"""One life: a controller with fresh weights on a body, from reset to the end of the episode."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.fault_schedule import FaultSchedule, zero_weights
from hebb_controller.faults import FaultyActuators
from hebb_controller.rules import FloatArray
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


def live(
    task: Task,
    controller: Controller,
    rng: np.random.Generator,
    body: str,
    start: str | tuple[FloatArray, ...] = "uniform",
    horizon: int | None = None,
    warm_up: int = 0,
    stall: int = 0,
    schedule: FaultSchedule | None = None,
) -> Outcome:
    """Run one episode and return its outcome.

    Args:
        task: the simulated task.
        controller: reset here, with weights drawn from `rng` unless `start` says otherwise.
        rng: source of everything random in this life.
        body: name of the body.
        start: as in `PlasticNetwork.reset`.
        horizon: control steps after which the episode is cut; None: the task's own length.
        warm_up: rewards of the first steps that do not count, so that a lunge at the start earns nothing.
        stall: end the life once this many counted steps in a row sum to no progress, which saves the time of lives
            that are stuck; 0: never. Steps in which a fault holds do not count for it.
        schedule: what befalls this life; from its onset on only a stall or the horizon ends it, as in `record_life`.
    """
    schedule = schedule or FaultSchedule()
    onset = schedule.window[0] if schedule.window else task.max_steps + 1
    actuators = FaultyActuators(task.robot, schedule.faults)
    state = task.reset(rng, body)
    controller.reset(rng, start)
    # Only servos are weakened: a torque-driven robot's faults are folded into its torques.
    weaken = getattr(task, "set_strength", None) if actuators.needs_strength else None
    reward, fallen, step = 0.0, False, 0
    totals: deque[float] = deque(maxlen=stall + 1)
    for step in range(1, min(horizon or task.max_steps, task.max_steps) + 1):
        for ablation in schedule.ablations:
            if ablation.step == step:
                zero_weights(controller.network, ablation.share, rng)
        if weaken:
            weaken(actuators.strength(step))
        transition = task.step(actuators.apply(step, controller.act(state), state))
        controller.adapt()
        state = transition.state
        if step > warm_up:
            reward += transition.reward
            totals.append(reward)
        if any(fault.active(step) for fault in schedule.faults):
            totals.clear()
        fallen = fallen or transition.fallen
        if (transition.done and step < onset) or (stall and len(totals) > stall and reward <= totals[0]):
            break
    return Outcome(reward, step, fallen)
