"""The verbs of `hebb` that lead to servo boards."""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.fault_schedule import FaultSchedule
from hebb_controller.robot_file import load_servo_robot

#: Kept here, for flags are made before the bridge is loaded; a test holds it against the bridge's own list.
PROTOCOLS = "sts, dxl2, dxl1, opencat, realant, hebb"


def emulate(options: argparse.Namespace) -> None:
    """Put an emulated board with a body behind it on a pty, until interrupted."""
    need_serial()
    from firmware_bridge.board_faults import read_faults
    from firmware_bridge.boards import protocol_of
    from firmware_bridge.emulated_imu import EmulatedImu
    from firmware_bridge.emulated_joints import JointBody, SlewJoints
    from firmware_bridge.emulators import make_emulator, serve

    robot = load_servo_robot(options.robot)
    if options.seed < 0:
        raise BadInputError(f"seed {options.seed}: must be 0 or more")
    protocol = options.protocol or protocol_of(robot)
    faults = read_faults(options.fault, np.random.default_rng(options.seed))
    body: JointBody = SlewJoints(robot)
    if not options.bench:
        if importlib.util.find_spec("pybullet") is None:
            raise MissingExtraError("pybullet", "sim")
        from sim.desk_body import DeskBody

        body = DeskBody(robot, options.seed, options.body)
    board = make_emulator(protocol, robot, body, faults)
    imu = EmulatedImu(body)
    try:
        serve(board, imu, options.link, lambda port, imu_port: _tell_how(options, protocol, port, imu_port))
        if not options.bench:
            print(f"the body came {body.distance:.2f} m ahead{' and fell' if body.fallen else ''}")  # type: ignore[attr-defined]
    finally:
        board.close()
        imu.close()


def _tell_how(options: argparse.Namespace, protocol: str, port: str, imu_port: str) -> None:
    print(f"port {port}")
    print(f"imu {imu_port}")
    place = "on a bench" if options.bench else f"in a simulated body ({options.body})"
    print(f"{protocol} servos of {options.robot}, {place}")
    print("Walk it, from another terminal:")
    print(
        f"  hebb launch backend:=serial robot:={options.robot} port:={port} imu_port:={imu_port} protocol:={protocol}"
        " calibration:=none autostart:=true watch:=true"
    )
    print(
        f"  hebb run --plant serial --robot {options.robot} --port {port} --imu-port {imu_port}"
        f" --protocol {protocol} --calibration none"
    )
    print("Ctrl-C ends it.", flush=True)


def run_serial(options: argparse.Namespace, schedule: FaultSchedule) -> int:
    """Walk a robot behind a serial port, without ROS."""
    for flag, value, default in (
        ("--body", options.body, "intact"),
        ("--gui", options.gui, False),
        ("--video", options.video, None),
        ("--realtime", options.realtime, None),
    ):
        if value != default:
            raise BadInputError(f"{flag}: a simulated body has that, servos behind a serial port do not")
    need_serial()
    from calibration.wiring import wiring_of
    from firmware_bridge.serial_run import SerialRunConfig, run
    from hebb_controller.rulebook import load_rulebook, rulebook_named_like

    robot = load_servo_robot(options.robot or load_rulebook(options.rulebook or "sts12").robot)
    wiring = wiring_of(robot, options.port or "", options.protocol, options.imu_port or "", options.calibration)
    config = SerialRunConfig(seed=options.seed, steps=options.steps, schedule=schedule)
    name = options.rulebook or rulebook_named_like(robot.name, options.robot or robot.name, "--rulebook FILE")
    return run(robot, load_rulebook(name), wiring, config)


def need_serial() -> None:
    """Raise the error that names what to install.

    Raises:
        MissingExtraError: pyserial is not there.
    """
    if importlib.util.find_spec("serial") is None:
        raise MissingExtraError("pyserial", "robot")


def add_board_flags(parser: argparse.ArgumentParser) -> Any:
    """Add `emulate` to `hebb board`, and return what takes its other actions."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    added = actions.add_parser(
        "emulate",
        help="an emulated board on a pty, with a simulated body behind it",
        description="An emulated board on a pty, with a simulated body behind it. Prints the port and what to do next.",
        allow_abbrev=False,
    )
    added.set_defaults(verb=emulate)
    added.add_argument("--protocol", metavar="P", default="", help=f"{PROTOCOLS} (default: the robot's servos')")
    added.add_argument("--robot", metavar="R", default="sts12", help="name or file (default: %(default)s)")
    added.add_argument("--body", metavar="NAME", default="intact", help="(default: %(default)s)")
    added.add_argument("--bench", action="store_true", help="bare servos instead of a body")
    added.add_argument("--link", metavar="PATH", type=Path, help="keep a symbolic link to the pty there")
    added.add_argument(
        "--fault",
        metavar="FAULT",
        action="append",
        default=[],
        help="drop=RATE, delay=, glitch=, flip=, cut=, reboot=; missing:ID, doubled:ID, alarm:ID, hot:ID; sag:S,"
        " echo, chain; an unknown one lists them",
    )
    added.add_argument("--seed", metavar="S", type=int, default=0, help="(default: %(default)s)")
    return actions


def add_run_flags(parser: argparse.ArgumentParser) -> None:
    """Add what `hebb run --plant serial` needs."""
    group = parser.add_argument_group("a robot behind a serial port", "docs/serial.md tells how to get there")
    group.add_argument("--plant", choices=["sim", "serial"], default="sim", help="(default: %(default)s)")
    group.add_argument("--port", metavar="PORT", help="serial port of the servos")
    group.add_argument(
        "--imu-port",
        metavar="PORT",
        help="serial port of the IMU; `board`: on the servo board; `level`: on a stand only",
    )
    group.add_argument("--protocol", metavar="P", default="", help=f"{PROTOCOLS} (default: the robot's servos')")
    group.add_argument(
        "--calibration", metavar="FILE", default="", help="(default: the robot's own; `none`: built exactly as drawn)"
    )
