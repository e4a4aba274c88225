"""A robot behind a serial cable, as a plant: the same seam that simulated bodies have."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from firmware_bridge.bus_owner import BoardReport, BusOwner, Power
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import JointMap, nominal_map
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_bus import ServoBus
from firmware_bridge.servo_tables import find_table
from firmware_bridge.wit_imu import ImuReading, WitImu
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.signals import JointTargets, RobotState, attitude_angle


class Imu(Protocol):
    """Where the attitude comes from. Implemented by `WitImu`, by the ROS edge and by `LevelImu`."""

    def latest(self) -> ImuReading | None:
        """Return the newest reading, or None before the first."""

    def close(self) -> None:
        """Let go of it."""


class LevelImu:
    """No IMU: level and still, for a robot on a stand. A robot on the ground must not be driven by it."""

    def latest(self) -> ImuReading | None:
        """Return a level attitude, now."""
        return ImuReading(time.monotonic(), 0.0, 0.0, 0.0, np.zeros(3))

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True)
class SerialConfig:
    """How a robot is wired.

    Attributes:
        port: serial port of the servos.
        protocol: of the servos, such as `sts`.
        imu_port: serial port of the IMU; `level` for a robot on a stand that has none.
        joint_map: which servo moves which joint; None: built exactly as drawn, ids 1, 2, ... in joint order.
        supervise: keep a process that switches torque off if this one dies.
    """

    port: str
    protocol: str
    imu_port: str = ""
    joint_map: JointMap | None = None
    supervise: bool = True


class SerialPlant:
    """Bus servos and an IMU.

    Args:
        robot: the robot.
        owner: of the servos' line.
        imu: of the base.
        clock: in [s].

    Attributes:
        live: True: readings come by themselves, whether or not a command did.
    """

    live = True

    def __init__(
        self, robot: RobotSpec, owner: BusOwner, imu: Imu, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._robot, self._owner, self._imu, self._clock = robot, owner, imu, clock
        self._began = clock()
        self._yaw_at_start: float | None = None
        self._unsensed = np.full(robot.nb_joints, np.nan)

    @property
    def warnings(self) -> Sequence[str]:
        """What the handshake found strange."""
        return self._owner.warnings

    def now(self) -> float:
        """Return the time on the clock that stamps the readings, in [s]."""
        return self._clock() - self._began

    def arm(self) -> None:
        """Switch torque on, at an operator's word.

        Raises:
            LinkError: it cannot be.
        """
        self._owner.arm()

    def report(self) -> BoardReport:
        """Return how the board fares."""
        return self._owner.report()

    def sense(self) -> RobotState:
        """Read all servos and the IMU.

        Raises:
            LinkError: a link is lost, or the IMU has never spoken.
        """
        angles, _ = self._owner.read()
        imu = self._imu.latest()
        if imu is None:
            imu = self._first_attitude()
        if self._yaw_at_start is None:
            self._yaw_at_start = imu.yaw
        stamp = min(self._clock(), imu.time + _IMU_AGE) - self._began  # an IMU that falls silent makes readings old
        return RobotState(
            round(stamp, 9),
            angles,
            self._unsensed,
            attitude_angle(imu.roll),
            attitude_angle(imu.pitch),
            attitude_angle(_wrapped(imu.yaw - self._yaw_at_start)),
            imu.angular_velocity,
        )

    def _first_attitude(self) -> ImuReading:
        deadline = self._clock() + 1.0
        while self._clock() < deadline:
            imu = self._imu.latest()
            if imu is not None:
                return imu
            time.sleep(0.005)
        raise LinkError("the IMU says nothing: is it wired, at 115200 baud, with angles and rates switched on?")

    def actuate(self, targets: JointTargets) -> None:
        """Hand goals to the servos, or let go."""
        if targets.limp:
            self._owner.disarm("told to let go")
        else:
            self._owner.write(targets.value)

    @property
    def armed(self) -> bool:
        """True while goals reach the servos."""
        return self._owner.report().power is Power.ARMED

    def close(self) -> None:
        """Torque off, and let go of both ports; safe to call twice."""
        self._owner.close()
        self._imu.close()


#: Up to this age an IMU reading counts as new, in [s]: IMUs send at 50 to 200 Hz.
_IMU_AGE = 0.03


def open_plant(robot: RobotSpec, config: SerialConfig, imu: Imu | None = None) -> SerialPlant:
    """Open the ports, shake hands, and return the plant, disarmed.

    Raises:
        BadInputError: settings that cannot work.
        LinkError: what is wrong on the line, all at once.
    """
    if robot.servo is None:
        raise BadInputError(f"robot {robot.name} has no servos")
    table = find_table(config.protocol)
    joint_map = nominal_map(robot, table) if config.joint_map is None else config.joint_map
    joint_map.check(robot, table.max_tick)
    if imu is None:
        if not config.imu_port:
            raise BadInputError("no IMU: give its serial port, or `level` for a robot on a stand that has none")
        imu = LevelImu() if config.imu_port == "level" else WitImu(config.imu_port)
    try:
        owner = BusOwner(
            lambda: ServoBus(SerialPort(config.port, table.dialect.baud), table, joint_map.servo_ids),
            robot,
            joint_map,
            supervise=config.supervise,
        )
    except (LinkError, BadInputError):
        imu.close()
        raise
    return SerialPlant(robot, owner, imu)


def _wrapped(angle: float) -> float:
    return float((angle + np.pi) % (2.0 * np.pi) - np.pi)
