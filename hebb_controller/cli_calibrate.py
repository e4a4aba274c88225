"""`hebb calibrate`: the verb that leads through a calibration, shows one, checks one, and hands it to the simulator."""

from __future__ import annotations

import argparse
import importlib.util
import math
from pathlib import Path
from typing import TYPE_CHECKING

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_servo_robot

if TYPE_CHECKING:
    from firmware_bridge.boards import BoardKind


def add_calibrate_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags of `hebb calibrate`."""
    parser.add_argument("--robot", metavar="R", default="sts12", help="name or file (default: %(default)s)")
    parser.add_argument("--protocol", metavar="P", help="of its board (default: the one that its servos speak)")
    parser.add_argument("--port", metavar="PORT", help="serial port of the servos")
    parser.add_argument("--ids", metavar="N,N", help="servo of each joint (default: from the file, or 1, 2, ...)")
    parser.add_argument("--joints", metavar="A,B", help="only these; named joints are done anew (default: all)")
    parser.add_argument(
        "--out", metavar="FILE", type=Path, help="the file (default: ~/.config/hebb/calibration/ROBOT-PROTOCOL.json)"
    )
    parser.add_argument(
        "--method",
        choices=["jig", "stop"],
        default="jig",
        help="known poses by jig, or the joints' stops; boards without feedback are jogged (default: %(default)s)",
    )
    parser.add_argument("--angles", metavar="DEG,DEG", help="jig poses of every joint (default: three that suit each)")
    parser.add_argument("--still", action="store_true", help="move nothing: no latency, speed or play of the servos")
    parser.add_argument("--afresh", action="store_true", help="leave aside what an unfinished run has saved")
    parser.add_argument("--check", action="store_true", help="only compare the file with the servos on the line")
    parser.add_argument("--show", metavar="FILE", type=Path, help="only print a calibration")
    parser.add_argument(
        "--write-robot",
        metavar="FILE.yaml",
        type=Path,
        help="write a copy of the robot file with the measured servo, from the calibration made now or, without --port,"
        " from the one there is",
    )


def calibrate(options: argparse.Namespace) -> int:
    """Run `hebb calibrate` and return the exit code: 1 if --check finds a mismatch or joints are still to be done."""
    from calibration.matching import calibration_table
    from calibration.record_file import default_path, read_calibration

    if options.show is not None:
        print(calibration_table(read_calibration(options.show)))
        return 0
    from firmware_bridge.boards import find_board, protocol_of

    robot = load_servo_robot(options.robot)
    board = find_board(options.protocol or protocol_of(robot))
    out: Path = options.out or default_path(robot.name, board.protocol)
    if options.port is None and (options.check or options.write_robot is None):
        raise BadInputError("no serial port given: --port PORT; `hebb board find` lists them")
    if options.port is None:
        return _write_robot(options, out, robot)
    if importlib.util.find_spec("serial") is None:
        raise MissingExtraError("pyserial", "robot")
    if options.check:
        return _check(options, robot, out)
    if not _guided(options, robot, board, out):
        return 1
    return 0 if options.write_robot is None else _write_robot(options, out, robot)


def _guided(options: argparse.Namespace, robot: RobotSpec, board: BoardKind, out: Path) -> bool:
    """Run the dialogue; return whether the calibration is whole."""
    from calibration.plan import Plan, check_plan
    from calibration.procedure import calibrate as run
    from calibration.terminal import terminal_talk
    from firmware_bridge.serial_port import SerialPort
    from firmware_bridge.supervisor import Supervisor

    plan = Plan(
        robot=robot,
        board=board,
        servo_ids=_servo_ids(options, robot, board, out),
        out=out,
        joints=() if options.joints is None else tuple(options.joints.split(",")),
        method=options.method,
        angles=() if options.angles is None else tuple(_numbers(options.angles, "--angles", math.pi / 180.0)),
        moves=not options.still,
        afresh=options.afresh,
    )
    check_plan(plan)
    port = SerialPort(options.port, board.baud)
    try:
        with terminal_talk() as talk:
            done = run(
                plan,
                lambda ids: board.open_line(port, ids),
                talk,
                lambda line: Supervisor(line.path, board.baud, line.silencer()),
            )
    finally:
        port.close()
    return done is not None


def _check(options: argparse.Namespace, robot: RobotSpec, out: Path) -> int:
    """Compare the file with the servos, print a table, and return 1 on a mismatch."""
    from calibration.matching import calibration_table, check_table
    from calibration.record_file import load_calibration
    from firmware_bridge.boards import find_board

    calibration = load_calibration(out, robot)
    line = find_board(calibration.protocol).open(options.port, calibration.servo_ids)
    try:
        problems, table = check_table(calibration, line)
    finally:
        line.close()
    print(calibration_table(calibration))
    print(table)
    return 1 if problems else 0


def _write_robot(options: argparse.Namespace, out: Path, robot: RobotSpec) -> int:
    from calibration.measured_robot import write_measured_robot
    from calibration.record_file import load_calibration

    written = write_measured_robot(options.robot, load_calibration(out, robot), options.write_robot)
    assert written.servo is not None
    print(f"{written.servo.name}: {written.servo.source}")
    print(f"wrote {options.write_robot}: hebb evolve --robot {options.write_robot} evolves for these servos")
    return 0


def _servo_ids(options: argparse.Namespace, robot: RobotSpec, board: BoardKind, out: Path) -> tuple[int, ...]:
    """Return the servo of each joint: as told, as an earlier run had them, or as wired by the drawing."""
    from calibration.plan import part_path
    from calibration.record_file import load_calibration

    if options.ids is not None:
        ids = [round(n) for n in _numbers(options.ids, "--ids", 1.0)]
        bad = [i for i in ids if i not in board.ids]
        if bad:
            raise BadInputError(
                f"--ids {options.ids}: ids of {board.protocol} are {min(board.ids)} to {max(board.ids)}"
            )
        return tuple(ids)
    ids = list(board.drawn(robot).servo_ids)
    for path in (out, part_path(out)):
        if path.exists() and not options.afresh:
            for joint in load_calibration(path, robot, whole=False).joints:
                ids[robot.joint_names.index(joint.name)] = joint.servo_id
    return tuple(ids)


def _numbers(text: str, flag: str, factor: float) -> list[float]:
    try:
        numbers = [factor * float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInputError(f"{flag} {text}: must be numbers with commas between") from error
    if not all(math.isfinite(number) for number in numbers):
        raise BadInputError(f"{flag} {text}: must be finite numbers")
    return numbers
