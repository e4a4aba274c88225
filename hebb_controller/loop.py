"""The loop without ROS: any plant, at the control rate or as fast as the plant allows.

    sense -> weights wiped? -> act -> faults -> safety gate -> actuate -> adapt -> record

`adapt` comes after the command has left, so that plasticity adds no latency; it waits while the gate holds the
command back, for the network must not learn from a body that does not hear it. A reading that fails to come
(`OSError`, which a timeout is) leaves the last one in place: it grows old, and the gate holds or lets go.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from hebb_controller.controller import Controller
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.fault_schedule import FaultSchedule, zero_weights
from hebb_controller.faults import FaultyActuators
from hebb_controller.plant import Plant
from hebb_controller.safety import Mode, SafetyGate
from hebb_controller.signals import JointTargets, RobotState


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What happened in one control step.

    Attributes:
        step: counts from 0.
        state: the reading that was answered.
        targets: the command that left, after faults and gate.
        mode: of the gate.
        reason: why the gate is not nominal; empty otherwise.
        perturbed: True while an actuator fault holds, or when weights were wiped in this step.
    """

    step: int
    state: RobotState
    targets: JointTargets
    mode: Mode
    reason: str
    perturbed: bool


class Pacer:
    """Keeps a loop at a fixed period; after an overrun it goes on from now instead of catching up in a burst.

    Args:
        period: in [s].
        clock: monotonic clock, in [s].
        sleep: waits for so many seconds.

    Attributes:
        nb_late: periods that took longer than they should.
    """

    def __init__(
        self,
        period: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._period, self._clock, self._sleep = period, clock, sleep
        self._next = clock() + period
        self.nb_late = 0

    def wait(self) -> None:
        """Return when the period is over."""
        left = self._next - self._clock()
        if left > 0.0:
            self._sleep(left)
            self._next += self._period
        else:
            self.nb_late += 1
            self._next = self._clock() + self._period


def run_loop(
    plant: Plant,
    controller: Controller,
    gate: SafetyGate,
    schedule: FaultSchedule | None = None,
    rng: np.random.Generator | None = None,
    clock: Callable[[], float] | None = None,
    pacer: Pacer | None = None,
) -> Iterator[StepRecord]:
    """Drive a plant, one control step per item, until the caller stops asking.

    Args:
        plant: the body; the caller closes it.
        controller: reset by the caller, who decides on its weights.
        gate: the safety gate, which the caller has reset.
        schedule: what befalls this life; nothing by default.
        rng: chooses the weights to wipe; needed when the schedule wipes some.
        clock: the clock that stamps the plant's readings, in [s]; None: readings are as old as their stamp says
            (a simulator), so staleness is not tested.
        pacer: keeps the control rate; None: as fast as the plant allows.

    Raises:
        BadInputError: a schedule that this robot or this plant cannot have.
        RunFailedError: the plant gave no first reading.
    """
    schedule = FaultSchedule() if schedule is None else schedule
    actuators = FaultyActuators(controller.robot, schedule.faults)
    set_strength = getattr(plant, "set_strength", None)
    if actuators.needs_strength and set_strength is None:
        raise BadInputError("faults limp and weak: this plant cannot take the torque from single servos")
    if schedule.ablations and rng is None:
        raise BadInputError("zeroed weights are chosen at random: pass a numpy Generator")
    state = _first_reading(plant)
    step = 0
    while True:
        for ablation in schedule.ablations:
            if ablation.step == step and rng is not None:
                zero_weights(controller.network, ablation.share, rng)
        if schedule.stop_plasticity is not None:
            controller.plasticity_enabled = step < schedule.stop_plasticity
        if actuators.needs_strength and set_strength is not None:
            set_strength(actuators.strength(step))
        wanted = actuators.apply(step, controller.act(state), state)
        targets = gate(wanted, state, state.time if clock is None else clock())
        plant.actuate(targets)
        if gate.mode is Mode.NOMINAL:
            controller.adapt()
        yield StepRecord(step, state, targets, gate.mode, gate.reason, schedule.active(step))
        if pacer is not None:
            pacer.wait()
        with contextlib.suppress(OSError):  # the last reading grows old; the gate decides what that means
            state = plant.sense()
        step += 1


def _first_reading(plant: Plant) -> RobotState:
    try:
        return plant.sense()
    except OSError as error:
        raise RunFailedError(f"no first reading from the body: {error}") from error
