"""From what a user says of the wiring to what the bridge opens: the robot's calibration is found and made to count."""

from __future__ import annotations

from pathlib import Path

from calibration.matching import compare
from calibration.record_file import default_path, load_calibration
from firmware_bridge.boards import find_board, protocol_of
from firmware_bridge.serial_plant import SerialConfig
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec

#: Said in place of a calibration file: the robot is built exactly as drawn.
AS_DRAWN = "none"


def wiring_of(
    robot: RobotSpec, port: str, protocol: str = "", imu_port: str = "", calibration: str = ""
) -> SerialConfig:
    """Return how a robot is wired.

    Args:
        robot: the robot.
        port: serial port of its servos.
        protocol: of its servos; empty: the one that their model speaks.
        imu_port: as in `SerialConfig`.
        calibration: a file; empty: the robot's own, or as drawn where it has none; `none`: as drawn.

    Raises:
        BadInputError: no port, an unknown protocol, or a calibration that is damaged or for another robot or board.
    """
    if not port:
        raise BadInputError("no serial port given: `hebb board find` lists them")
    kind = find_board(protocol or protocol_of(robot))
    own = default_path(robot.name, kind.protocol)
    path = Path(calibration) if calibration else own
    if calibration == AS_DRAWN or (not calibration and not own.exists()):
        note = f"no calibration: {robot.name} is taken to be built exactly as drawn; hebb calibrate makes one"
        return SerialConfig(port, kind.protocol, imu_port, notes=() if calibration == AS_DRAWN else (note,))
    record = load_calibration(path, robot)
    if record.protocol != kind.protocol:
        raise BadInputError(f"{path}: made for protocol {record.protocol}, not {kind.protocol}: give the other file")
    return SerialConfig(
        port,
        kind.protocol,
        imu_port,
        record.joint_map,
        lambda hands: [f"{text} ({path}: calibrate again)" for text in compare(record, hands)],
        notes=(f"calibration {path}",),
    )
