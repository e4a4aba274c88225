"""`hebb run --plant serial`: one walk of a robot behind a serial port, told on the terminal."""

from __future__ import annotations

import gc
import sys
from dataclasses import dataclass, field

import numpy as np

from firmware_bridge.errors import LinkError
from firmware_bridge.serial_plant import SerialConfig, SerialPlant, open_plant
from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule, zero_weights
from hebb_controller.faults import NO_WEAKENING, FaultyActuators
from hebb_controller.loop import Pacer
from hebb_controller.phases import Phase
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.safety import Mode, SafetyGate
from hebb_controller.sequence import Sequencer


@dataclass(frozen=True)
class SerialRunConfig:
    """How to walk.

    Attributes:
        seed: of the random weights.
        steps: control steps, standing up included.
        schedule: what befalls the walk, in control steps since the robot walks by itself.
    """

    seed: int = 0
    steps: int = 700
    schedule: FaultSchedule = field(default_factory=FaultSchedule)

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be.

        Raises:
            BadInputError: with the value.
        """
        if self.steps < 1 or self.seed < 0:
            raise BadInputError(f"steps {self.steps}, seed {self.seed}: steps must be 1 or more, the seed 0 or more")


def run(robot: RobotSpec, book: Rulebook, wiring: SerialConfig, config: SerialRunConfig) -> int:
    """Stand up, walk, let go; return the exit code: 1 when the walk ended by itself.

    Raises:
        BadInputError: settings that cannot work.
        LinkError: the board cannot be reached, or refuses torque.
    """
    actuators = FaultyActuators(robot, config.schedule.faults)
    if actuators.needs_strength:
        raise BadInputError(NO_WEAKENING)
    controller = book.controller(robot)
    controller.network.warm_up()
    sequencer = Sequencer(controller, SafetyGate(robot), seed=config.seed, start=book.start)
    plant = open_plant(robot, wiring)
    try:
        for note in plant.warnings:
            print(f"note: {note}")
        plant.arm()
        print(f"armed: {robot.name} on {wiring.port}, {robot.control_rate:g} Hz; Ctrl-C lets go", flush=True)
        code = _Walk(plant, sequencer, actuators, config).go(robot.control_rate)
    except BaseException:
        _close(plant)
        raise
    return 1 if _close(plant) else code


def _close(plant: SerialPlant) -> bool:
    """Let go, and say so where that was not confirmed; return whether it was not."""
    failed = plant.close()
    if failed:
        print(f"hebb: error: {plant.report().reason}", file=sys.stderr)
    return bool(failed)


class _Walk:
    """One walk and what has been told of it."""

    def __init__(
        self, plant: SerialPlant, sequencer: Sequencer, actuators: FaultyActuators, config: SerialRunConfig
    ) -> None:
        self._plant, self._sequencer, self._actuators, self._config = plant, sequencer, actuators, config
        self._rng = np.random.default_rng([config.seed, 0, 1])
        self._walked = 0
        self._told: tuple[Phase | None, str] = (None, "")

    def go(self, rate: float) -> int:
        plant, sequencer = self._plant, self._sequencer
        state = plant.sense()
        sequencer.activate(state)
        gc.freeze()  # what lives now lives to the end: the collector need not walk over it within a period
        pacer = Pacer(1.0 / rate)
        for step in range(self._config.steps):
            self._befall()
            try:
                state = plant.sense()
                targets = sequencer.tick(state, plant.now())
            except LinkError:  # the last reading grows old, and the gate decides what that means
                targets = sequencer.tick_old(state, plant.now() - state.time)
            walking = sequencer.phase is Phase.RUN
            if targets is not None:
                plant.actuate(self._actuators.apply(self._walked, targets, state) if walking else targets)
            if sequencer.gate.mode is Mode.NOMINAL:
                sequencer.adapt()
            self._walked += walking
            self._tell(step)
            if not plant.armed:
                print(f"hebb: error: the walk ended by itself: {self._told[1]}", file=sys.stderr)
                return 1
            pacer.wait()
        self._sum_up(pacer.nb_late)
        return 0

    def _befall(self) -> None:
        schedule, sequencer = self._config.schedule, self._sequencer
        if sequencer.phase is not Phase.RUN:
            return
        for ablation in schedule.ablations:
            if ablation.step == self._walked:
                zero_weights(sequencer.controller.network, ablation.share, self._rng)
        sequencer.frozen = schedule.stop_plasticity is not None and self._walked >= schedule.stop_plasticity

    def _tell(self, step: int) -> None:
        fault = "perturbed" if self._sequencer.phase is Phase.RUN and self._config.schedule.active(self._walked) else ""
        reason = self._sequencer.gate.reason or self._plant.report().reason or fault
        now = (self._sequencer.phase, reason)
        if now != self._told:
            self._told = now
            print(f"step {step + 1:5d}  {now[0].value:5s} {reason}", flush=True)

    def _sum_up(self, nb_late: int) -> None:
        report = self._plant.report()
        print(
            f"{self._config.steps} steps, {nb_late} late; {report.nb_cycles} bus cycles, {report.nb_missing} answers "
            f"missing, {report.nb_corrupt} corrupt, {report.nb_implausible} not believed; {report.voltage:.1f} V, "
            f"{report.temperature:.0f} deg C"
        )
