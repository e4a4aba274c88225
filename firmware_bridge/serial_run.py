"""`hebb run --plant serial`: one walk of a robot behind a serial port, told on the terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from firmware_bridge.errors import LinkError
from firmware_bridge.serial_plant import SerialConfig, SerialPlant, open_plant
from hebb_controller.errors import BadInputError
from hebb_controller.loop import Pacer
from hebb_controller.robot import RobotSpec
from hebb_controller.rulebook import Rulebook
from hebb_controller.safety import Mode, SafetyGate
from hebb_controller.sequence import Phase, Sequencer


@dataclass(frozen=True)
class SerialRunConfig:
    """How to walk.

    Attributes:
        port: serial port of the servos.
        protocol: of the servos.
        imu_port: serial port of the IMU, or `level`.
        seed: of the random weights.
        steps: control steps, standing up included.
    """

    port: str
    protocol: str
    imu_port: str
    seed: int = 0
    steps: int = 700

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be.

        Raises:
            BadInputError: with the value.
        """
        if self.steps < 1 or self.seed < 0:
            raise BadInputError(f"steps {self.steps}, seed {self.seed}: steps must be 1 or more, the seed 0 or more")


def run(robot: RobotSpec, book: Rulebook, config: SerialRunConfig) -> int:
    """Stand up, walk, sit down; return the exit code: 1 when the walk ended by itself.

    Raises:
        BadInputError: settings that cannot work.
        LinkError: the board cannot be reached, or refuses torque.
    """
    controller = book.controller(robot)
    controller.network.warm_up()
    plant = open_plant(robot, SerialConfig(config.port, config.protocol, config.imu_port))
    try:
        for warning in plant.warnings:
            print(f"warning: {warning}")
        sequencer = Sequencer(controller, SafetyGate(robot), seed=config.seed, start=book.start)
        plant.arm()
        print(f"armed: {robot.name} on {config.port}, {robot.control_rate:g} Hz; Ctrl-C lets go")
        return _walk(plant, sequencer, robot, config.steps)
    finally:
        plant.close()


def _walk(plant: SerialPlant, sequencer: Sequencer, robot: RobotSpec, steps: int) -> int:
    state = plant.sense()
    sequencer.activate(state)
    pacer = Pacer(1.0 / robot.control_rate)
    told: tuple[Phase | None, str] = (None, "")
    for step in range(steps):
        try:
            state = plant.sense()
            targets = sequencer.tick(state, plant.now())
        except LinkError:  # the last reading grows old, and the gate decides what that means
            targets = sequencer.tick_old(state, plant.now() - state.time)
        if targets is not None:
            plant.actuate(targets)
        if sequencer.gate.mode is Mode.NOMINAL:
            sequencer.adapt()
        report = plant.report()
        now = (sequencer.phase, sequencer.gate.reason or report.reason)
        if now != told:
            told = now
            print(f"step {step + 1:5d}  {now[0].value:5s} {now[1]}")
        if not plant.armed:
            print(f"hebb: error: the walk ended by itself: {told[1]}", file=sys.stderr)
            return 1
        pacer.wait()
    report = plant.report()
    print(
        f"{steps} steps, {pacer.nb_late} late; {report.nb_cycles} bus cycles, {report.nb_missing} answers missing, "
        f"{report.nb_corrupt} corrupt, {report.nb_implausible} not believed; {report.voltage:.1f} V, "
        f"{report.temperature:.0f} deg C"
    )
    return 0
