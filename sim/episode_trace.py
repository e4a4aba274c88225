"""One evaluated life, recorded: where the base went, what it earned, how it ended.

With a perturbation, the benchmark's own end rules (falling, 30 steps without progress) hold up to its onset only: a
saturated ant makes no progress for 100 steps, and the question is whether it walks again. A servo robot that falls has
fallen, perturbed or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.loop import Pacer, StepRecord, run_loop
from hebb_controller.robot import TORQUE
from hebb_controller.safety import SafetyGate
from hebb_controller.signals import RobotState, Vector
from sim.task_plant import TaskPlant

#: How a life ended that whoever watched it stopped.
STOPPED = "stopped"


@dataclass(frozen=True)
class EpisodeTrace:
    """What happened in one life of T steps.

    Attributes:
        control_period: in [s].
        position: of the base in the world, shape `(T + 1, 3)`, in [m]; row 0 is the start.
        attitude: roll and pitch, shape `(T + 1, 2)`, in [rad].
        reward: per step, shape `(T,)`.
        ended: `horizon`, `fall`, `task` (the task's other end rules), `physics` (the simulator blew up) or `stopped`
            (by whoever watched).
        nb_limited: commands that the safety gate held within limits or slew.
        nb_not_nominal: steps in which the gate did not let commands through.
    """

    control_period: float
    position: Vector
    attitude: Vector
    reward: Vector
    ended: str
    nb_limited: int
    nb_not_nominal: int

    @property
    def steps(self) -> int:
        """Control steps taken."""
        return int(self.reward.size)

    @property
    def x(self) -> Vector:
        """Forward position of the base, shape `(T + 1,)`, in [m]."""
        return self.position[:, 0]

    @property
    def distance(self) -> float:
        """Forward displacement of the base, in [m]."""
        return float(self.x[-1] - self.x[0])

    @property
    def fallen(self) -> bool:
        """True if the life ended in a fall, or on its side at the horizon."""
        return self.ended == "fall"


def record_life(
    plant: TaskPlant,
    controller: Controller,
    gate: SafetyGate,
    schedule: FaultSchedule,
    rng: np.random.Generator,
    horizon: int,
    watch: Callable[[StepRecord, TaskPlant], None] | None = None,
    pacer: Pacer | None = None,
    stopped: Callable[[], bool] | None = None,
) -> EpisodeTrace:
    """Run one life to its end and return what happened.

    Args:
        plant: the simulated body, just reset.
        controller: just reset.
        gate: just reset.
        schedule: what befalls this life.
        rng: chooses the weights to wipe.
        horizon: control steps at most.
        watch: called after every step.
        pacer: keeps the control rate; None: as fast as possible.
        stopped: asked after every step whether that was the last; None: nobody stops it.
    """
    first = plant.state
    positions, attitudes, rewards = [_position(first)], [(first.roll, first.pitch)], []
    onset = schedule.window[0] if schedule.window else horizon
    benchmark = controller.robot.actuation == TORQUE
    ended, not_nominal = "horizon", 0
    for record in run_loop(plant, controller, gate, schedule, rng, pacer=pacer):
        transition = plant.transition
        assert transition is not None
        position = _position(transition.state)
        if not (np.isfinite(position).all() and np.isfinite(transition.reward)):
            ended = "physics"  # the simulator has blown up: the step counts for nothing
            break
        positions.append(position)
        attitudes.append((transition.state.roll, transition.state.pitch))
        rewards.append(transition.reward)
        not_nominal += bool(record.reason)
        if watch is not None:
            watch(record, plant)
        last = record.step + 1 >= horizon
        if transition.done and not last and not (benchmark and record.step >= onset):
            ended = "fall" if transition.fallen else "task"
            break
        if last:
            # The reward counts steps, not falls: a body that lies at the end has fallen.
            ended = "fall" if transition.fallen else "horizon"
            break
        if stopped is not None and stopped():
            ended = STOPPED
            break
    return EpisodeTrace(
        plant.task.control_period,
        np.array(positions),
        np.array(attitudes),
        np.array(rewards),
        ended,
        gate.nb_limited,
        not_nominal,
    )


def _position(state: RobotState) -> Vector:
    assert state.truth is not None, "a simulator tells the truth"
    return state.truth.position_base_in_world
