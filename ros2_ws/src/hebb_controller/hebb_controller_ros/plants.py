"""Which body the plant node moves: simulated, echoed, or behind a serial port."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calibration.wiring import wiring_of
from firmware_bridge.imu_sources import Imu
from firmware_bridge.serial_plant import SerialPlant, open_plant
from hebb_controller.errors import BadInputError, unknown
from hebb_controller.plant import Plant
from hebb_controller.robot import POSITION, RobotSpec
from hebb_controller.signals import JointTargets, RobotState, Vector

BACKENDS = ("sim", "serial", "mock")


@dataclass(frozen=True)
class PlantConfig:
    """What to build.

    Attributes:
        backend: one of `BACKENDS`.
        robot: the robot.
        body: name of the body, simulation only.
        seed: the life is episode 0 of `hebb evaluate` on this seed, in lives of the task's own length.
        randomise: draw body, ground, servos and sensors anew, simulation only.
        port: serial port of the servos.
        protocol: of the servos; empty: the one that the robot's servos speak.
        imu_port: serial port of the IMU, `board` or `level`; empty: the topic imu/data.
        calibration: file of the calibration; empty: the robot's own, or built as drawn where there is none.
    """

    backend: str
    robot: RobotSpec
    body: str = "intact"
    seed: int = 0
    randomise: bool = False
    port: str = ""
    protocol: str = ""
    imu_port: str = ""
    calibration: str = ""


def make_plant(config: PlantConfig, topic_imu: Callable[[], Imu]) -> Plant:
    """Return the body.

    Args:
        config: what to build.
        topic_imu: makes the listener to the user's own IMU, for servos without one.

    Raises:
        BadInputError: unknown backend or body, or a robot driven by torque.
        MissingExtraError: the simulator is not installed.
        LinkError: the servos cannot be reached.
    """
    if config.robot.actuation != POSITION:
        raise BadInputError(
            f"robot {config.robot.name} is driven by torque and sees ground truth: ROS carries position-driven robots "
            "(realant, sts12, or your own); hebb run walks this one"
        )
    if config.backend == "serial":
        return _serial(config, topic_imu)
    makers: dict[str, Callable[[PlantConfig], Plant]] = {"sim": _simulated, "mock": _mock}
    if config.backend not in makers:
        raise unknown("backend", config.backend, BACKENDS)
    return makers[config.backend](config)


def _simulated(config: PlantConfig) -> Plant:
    from sim.tasks import check_bodies, import_pybullet, make_task

    import_pybullet()
    from sim.task_plant import TaskPlant

    check_bodies(config.robot, config.body)
    task = make_task(config.robot, randomise=config.randomise)
    # One step ahead of the walk: what compiles at first use would stall the first period for half a second.
    standing = task.reset(np.random.default_rng(0), config.body)
    task.step(JointTargets(standing.time, config.robot.neutral, POSITION))
    return TaskPlant(task, np.random.default_rng([config.seed, 0]), config.body)


def _serial(config: PlantConfig, topic_imu: Callable[[], Imu]) -> SerialPlant:
    wiring = wiring_of(config.robot, config.port, config.protocol, config.imu_port, config.calibration)
    # Stamps of hardware are those of the system's clock, as every other driver's.
    epoch = time.time() - time.monotonic()
    return open_plant(config.robot, wiring, None if config.imu_port else topic_imu(), epoch)


def _mock(config: PlantConfig) -> Plant:
    return EchoPlant(config.robot)


class EchoPlant:
    """A body without physics, like ros2_control's mock components: the joints are where they were told to be.

    It stands level and still whatever it is told: for measuring rates and latencies, and for trying a set-up.

    Args:
        robot: the robot.
    """

    def __init__(self, robot: RobotSpec) -> None:
        self._robot = robot
        self._step = 0
        self._position = robot.neutral.copy()

    def sense(self) -> RobotState:
        """Return the last command as the newest reading."""
        return RobotState(
            round(self._step / self._robot.control_rate, 9),
            self._position,
            np.full(self._robot.nb_joints, math.nan),
            0.0,
            0.0,
            0.0,
            np.zeros(3),
            measured=False,
        )

    def actuate(self, targets: JointTargets) -> None:
        """Take the command for one control period."""
        if not targets.limp:
            self._position = targets.value.copy()
        self._step += 1

    def set_strength(self, share: Vector) -> None:
        """Nothing: what has no torque loses none. A trial is tried on this body with the faults of the real one."""

    def close(self) -> None:
        """Nothing to let go of."""
