"""The verbs of `hebb` that lead to servo boards."""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hebb_controller.errors import BadInputError, MissingExtraError
from hebb_controller.robot_file import load_robot


def emulate(options: argparse.Namespace) -> None:
    """Put an emulated board with a body behind it on a pty, until interrupted."""
    need_serial()
    from firmware_bridge.board_faults import read_faults
    from firmware_bridge.emulated_board import EmulatedBoard
    from firmware_bridge.emulated_imu import EmulatedImu
    from firmware_bridge.emulated_joints import JointBody, SlewJoints
    from firmware_bridge.joint_map import nominal_map
    from firmware_bridge.servo_tables import find_table

    robot = load_robot(options.robot)
    if robot.servo is None:
        raise BadInputError(f"robot {robot.name} has no servos: take realant, sts12 or a file of your own")
    table = find_table(options.protocol)
    joint_map = nominal_map(robot, table)
    joint_map.check(robot, table.max_tick)
    faults = read_faults(options.fault, np.random.default_rng(options.seed))
    body: JointBody = SlewJoints(robot)
    if not options.bench:
        if importlib.util.find_spec("pybullet") is None:
            raise MissingExtraError("pybullet", "sim")
        from sim.desk_body import DeskBody

        body = DeskBody(robot, options.seed)
    board = EmulatedBoard(table, joint_map, body, faults)
    imu = EmulatedImu(body)
    try:
        with _linked(options.link, board.line.name):
            _tell_how(options, board.line.name, imu.line.name)
            while True:
                board.poll()
                imu.poll()
    finally:
        board.close()
        imu.close()


def _tell_how(options: argparse.Namespace, port: str, imu_port: str) -> None:
    wiring = f"port:={options.link or port} imu_port:={imu_port} protocol:={options.protocol}"
    print(f"port {port}")
    print(f"imu {imu_port}")
    print(f"{options.protocol} servos of {options.robot}, {'on a bench' if options.bench else 'in a simulated body'}.")
    print("Walk it, from another terminal:")
    print(f"  hebb launch backend:=serial robot:={options.robot} {wiring}")
    print(
        f"  hebb run --plant serial --robot {options.robot} --port {options.link or port} --imu-port {imu_port}"
        f" --protocol {options.protocol}"
    )
    print("Ctrl-C ends it.", flush=True)


@contextlib.contextmanager
def _linked(link: Path | None, target: str) -> Iterator[None]:
    """Keep a link to the pty while the block runs: a name that stays, as /dev/serial/by-id gives real ports."""
    if link is None:
        yield
        return
    if link.exists() and not link.is_symlink():
        raise BadInputError(f"{link}: is there and no link: choose another name")
    link.unlink(missing_ok=True)
    os.symlink(target, link)
    try:
        yield
    finally:
        link.unlink(missing_ok=True)


def run_serial(options: argparse.Namespace) -> int:
    """Walk a robot behind a serial port, without ROS."""
    need_serial()
    from firmware_bridge.serial_run import SerialRunConfig, run
    from hebb_controller.rulebook import load_rulebook

    robot = load_robot(options.robot or load_rulebook(options.rulebook or "sts12").robot)
    return run(
        robot,
        load_rulebook(options.rulebook or robot.name),
        SerialRunConfig(
            port=options.port or "",
            protocol=options.protocol,
            imu_port=options.imu_port or "",
            seed=options.seed,
            steps=options.steps,
        ),
    )


def need_serial() -> None:
    """Raise the error that names what to install.

    Raises:
        MissingExtraError: pyserial is not there.
    """
    if importlib.util.find_spec("serial") is None:
        raise MissingExtraError("pyserial", "robot")


def add_board_flags(parser: argparse.ArgumentParser) -> None:
    """Add the actions of `hebb board`."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    added = actions.add_parser(
        "emulate",
        help="an emulated board on a pty, with a simulated body behind it",
        description="An emulated board on a pty, with a simulated body behind it. Prints the port and what to do next.",
        allow_abbrev=False,
    )
    added.set_defaults(verb=emulate)
    added.add_argument("--protocol", metavar="P", default="sts", help="sts, dxl2 or dxl1 (default: %(default)s)")
    added.add_argument("--robot", metavar="R", default="sts12", help="name or file (default: %(default)s)")
    added.add_argument("--bench", action="store_true", help="bare servos instead of a body")
    added.add_argument("--link", metavar="PATH", type=Path, help="keep a symbolic link to the pty there")
    added.add_argument(
        "--fault",
        metavar="FAULT",
        action="append",
        default=[],
        help="drop=RATE, delay=, glitch=, flip=, cut=, reboot=; missing:ID, doubled:ID, alarm:ID, echo",
    )
    added.add_argument("--seed", metavar="S", type=int, default=0, help="(default: %(default)s)")


def add_run_flags(parser: argparse.ArgumentParser) -> None:
    """Add what `hebb run --plant serial` needs."""
    group = parser.add_argument_group("a robot behind a serial port", "docs/serial.md tells how to get there")
    group.add_argument("--plant", choices=["sim", "serial"], default="sim", help="(default: %(default)s)")
    group.add_argument("--port", metavar="PORT", help="serial port of the servos")
    group.add_argument("--imu-port", metavar="PORT", help="serial port of the IMU; `level` for a robot on a stand")
    group.add_argument("--protocol", metavar="P", default="sts", help="sts, dxl2 or dxl1 (default: %(default)s)")
