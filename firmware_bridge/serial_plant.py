"""A robot behind a serial cable, as a plant: the same seam that simulated bodies have."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from firmware_bridge.board_line import Handshake, ImuReading
from firmware_bridge.board_report import BoardReport, Power
from firmware_bridge.boards import BoardKind, find_board, protocol_of
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.errors import LinkError
from firmware_bridge.imu_sources import BoardImu, Imu, LevelImu
from firmware_bridge.joint_map import JointMap
from firmware_bridge.serial_port import stable_name
from firmware_bridge.wit_imu import WitImu
from hebb_controller.errors import BadInputError
from hebb_controller.robot import MEASURED, RobotSpec
from hebb_controller.signals import JointTargets, RobotState, attitude_angle

#: Up to this age an IMU reading counts as new, in [s]: IMUs send at 50 to 200 Hz.
IMU_AGE = 0.03
#: Arming waits this long for an IMU's first word, in [s].
FIRST_IMU = 1.0


@dataclass(frozen=True)
class SerialConfig:
    """How a robot is wired.

    Attributes:
        port: serial port of the servos.
        protocol: of the servos, such as `sts`; empty: the one that the robot's servos speak.
        imu_port: serial port of the IMU; `board` where the servo board has one; `level` for a robot on a stand that has
            none.
        joint_map: which servo moves which joint; None: built exactly as drawn, ids in joint order.
        expect: what is wrong with a handshake, in words: a calibration knows its servos.
        supervise: keep a process that switches torque off if this one dies.
        notes: what whoever starts it should know, one line each.
    """

    port: str
    protocol: str
    imu_port: str = ""
    joint_map: JointMap | None = None
    expect: Callable[[Handshake], Sequence[str]] = lambda _: ()
    supervise: bool = True
    notes: tuple[str, ...] = ()


class SerialPlant:
    """Bus servos and an IMU.

    Args:
        robot: the robot.
        owner: of the servos' line.
        imu: of the base.
        epoch: stamp of a reading at time 0 of the monotonic clock, in [s]; None: stamps count from now.
        notes: as in `SerialConfig`.
        clock: monotonic, in [s].

    Attributes:
        live: True: readings come by themselves, whether or not a command did.
    """

    live = True

    def __init__(
        self,
        robot: RobotSpec,
        owner: BusOwner,
        imu: Imu,
        epoch: float | None = None,
        notes: Sequence[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._robot, self._owner, self._imu, self._clock = robot, owner, imu, clock
        self._notes = notes
        self._epoch = -clock() if epoch is None else epoch
        self._yaw_at_start: float | None = None
        self._unsensed = np.full(robot.nb_joints, np.nan)

    @property
    def measured(self) -> bool:
        """True if angles come from encoders, False if they repeat what was commanded."""
        return self._owner.measured

    @property
    def warnings(self) -> Sequence[str]:
        """What the handshake found strange, and how the robot is taken to be wired."""
        return [*self._notes, *self._owner.warnings]

    def now(self) -> float:
        """Return the time on the clock that stamps the readings, in [s]."""
        return self._clock() + self._epoch

    def arm(self) -> None:
        """Switch torque on, at an operator's word.

        Raises:
            LinkError: it cannot be, or the IMU is silent.
        """
        deadline = self._clock() + FIRST_IMU
        while self._imu.latest() is None:
            if self._clock() > deadline:
                raise LinkError("not armed: the IMU says nothing: is it wired, at its rate, with angles and rates on?")
            time.sleep(0.005)
        self._owner.arm()

    def report(self) -> BoardReport:
        """Return how the board fares."""
        return self._owner.report()

    def sense(self) -> RobotState:
        """Read all servos and the IMU; the attitude is NaN until the IMU has spoken.

        Raises:
            LinkError: a link is lost.
        """
        angles, _ = self._owner.read()
        now = self._clock()
        imu = self._imu.latest() or ImuReading(now, math.nan, math.nan, math.nan, np.full(3, math.nan))
        if self._yaw_at_start is None and math.isfinite(imu.yaw):
            self._yaw_at_start = imu.yaw
        stamp = min(now, imu.time + IMU_AGE) + self._epoch  # an IMU that falls silent makes readings old
        return RobotState(
            round(stamp, 9),
            angles,
            self._unsensed,
            attitude_angle(imu.roll),
            attitude_angle(imu.pitch),
            attitude_angle(_wrapped(imu.yaw - (self._yaw_at_start or 0.0))),
            imu.angular_velocity,
            measured=self._owner.measured,
        )

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

    def close(self) -> list[int]:
        """Torque off, and let go of both ports; return the servos that may still drive. Safe to call twice."""
        failed = self._owner.close()
        self._imu.close()
        return failed


def wired(robot: RobotSpec, config: SerialConfig) -> tuple[BoardKind, JointMap]:
    """Return the kind of board that a robot hangs on, and its map: the calibrated one, or as drawn.

    Raises:
        BadInputError: an unknown protocol, or fewer channels than joints.
    """
    kind = find_board(config.protocol or protocol_of(robot))
    return kind, kind.drawn(robot) if config.joint_map is None else config.joint_map


def open_owner(robot: RobotSpec, config: SerialConfig, kind: BoardKind, joint_map: JointMap) -> BusOwner:
    """Open the servos' port by the name that outlasts a pulled cable, shake hands, and return its owner, disarmed.

    Raises:
        LinkError: what is wrong on the line, all at once.
    """
    path = stable_name(config.port)
    return BusOwner(lambda: kind.open(path, joint_map.servo_ids), robot, joint_map, config.expect, config.supervise)


def open_plant(
    robot: RobotSpec, config: SerialConfig, imu: Imu | None = None, epoch: float | None = None
) -> SerialPlant:
    """Open the ports, shake hands, and return the plant, disarmed.

    Args:
        robot: the robot.
        config: how it is wired.
        imu: where the attitude comes from; None: as `config` says.
        epoch: as in `SerialPlant`.

    Raises:
        BadInputError: settings that cannot work.
        LinkError: what is wrong on the line, all at once.
    """
    if robot.servo is None:
        raise BadInputError(f"robot {robot.name} has no servos")
    kind, joint_map = wired(robot, config)
    joint_map.check(robot, kind.scale)
    if imu is None and not config.imu_port:
        raise BadInputError(
            "no IMU: give its serial port, `board` where the servo board has one, or `level` for a robot on a stand"
        )
    if imu is None and config.imu_port == "level":
        imu = LevelImu()
    elif imu is None and config.imu_port != "board":
        imu = WitImu(config.imu_port)
    try:
        owner = open_owner(robot, config, kind, joint_map)
    except (LinkError, BadInputError):
        if imu is not None:
            imu.close()
        raise
    notes = list(config.notes)
    if robot.feedback == MEASURED and not owner.measured:
        notes.append(f"this board repeats commands; {robot.name}'s rules were evolved with measured angles: less speed")
    return SerialPlant(robot, owner, BoardImu(owner) if imu is None else imu, epoch, notes)


def _wrapped(angle: float) -> float:
    return float((angle + np.pi) % (2.0 * np.pi) - np.pi)
