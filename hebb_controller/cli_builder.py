"""The verbs of `hebb` for those who build a robot: find its servos, set them up, watch, jog and check them."""

from __future__ import annotations

import argparse
import functools
import json
import math
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from hebb_controller.cli_board import need_serial
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_servo_robot

if TYPE_CHECKING:
    from firmware_bridge.serial_plant import SerialConfig
    from hebb_controller.rulebook import Rulebook


def find(options: argparse.Namespace) -> int:
    """List serial ports and what answers on them; return 1 if nothing does."""
    need_serial()
    from firmware_bridge.board_find import check_search, find_boards
    from firmware_bridge.board_find_text import finding_json, finding_lines, untouched_line
    from firmware_bridge.serial_ports import list_ports

    check_search(options.protocol or "", options.highest)
    ports = [] if options.port else list_ports()
    paths = [options.port] if options.port else [port.path for port in ports if port.usb]
    tell = _progress(not options.json)
    findings = []
    for path in paths:
        show = functools.partial(_tell_of, tell, path)
        findings.append(find_boards(path, options.protocol, options.all_bauds, options.highest, show))
        tell("")
        if not options.json:
            print("\n".join(finding_lines(findings[-1])), flush=True)
    others = [port for port in ports if not port.usb]
    if options.json:
        print(json.dumps({"ports": [finding_json(f) for f in findings], "not_asked": [p.path for p in others]}))
    else:
        for port in others:
            print(untouched_line(port))
    if any(finding.boards for finding in findings):
        return 0
    if not paths:
        raise RunFailedError("no USB serial adapter is plugged in; --port names any other port")
    return 1


def set_id(options: argparse.Namespace) -> None:
    """Change the id, the rate or the return delay of one servo."""
    need_serial()
    from firmware_bridge.board_setup import Change, change_servo
    from firmware_bridge.serial_port import SerialPort
    from firmware_bridge.servo_tables import find_table

    table = find_table(options.protocol)
    baud = options.baud or table.dialect.baud
    new = options.old if options.new is None else options.new
    change = Change(options.old, new, baud, options.to_baud or baud, options.return_delay)
    change_servo(lambda rate: SerialPort(options.port, rate), table, change, _confirm(options.yes), print)


def monitor(options: argparse.Namespace) -> None:
    """Show what every joint's servo tells, until interrupted."""
    need_serial()
    from calibration.terminal import terminal_talk
    from firmware_bridge.board_monitor import Monitor
    from firmware_bridge.board_monitor import monitor as run
    from firmware_bridge.board_monitor_table import snapshot_lines
    from firmware_bridge.serial_plant import wired
    from firmware_bridge.serial_port import stable_name

    if not 0.0 < options.hz <= 200.0 or options.steps < 0:
        raise BadInputError(f"--hz {options.hz:g}, --steps {options.steps}: within 0 and 200, 0 or more")
    robot, config = _wiring(options)
    kind, joint_map = wired(robot, config)
    line = kind.open(stable_name(config.port), joint_map.servo_ids)
    try:
        watch = Monitor(line, robot, joint_map)
        if options.json:
            run(watch.look, lambda now: print(json.dumps(now.as_json()), flush=True), options.hz, options.steps)
        elif sys.stdout.isatty() and sys.stdin.isatty():
            with terminal_talk() as talk:
                run(
                    watch.look,
                    lambda now: talk.live([*snapshot_lines(now), "q: quit"]),
                    options.hz,
                    options.steps,
                    lambda: talk.key(0.0) == "q",
                )
        else:
            run(watch.look, lambda now: print("\n".join(snapshot_lines(now)), flush=True), options.hz, options.steps)
    finally:
        line.close()


def jog(options: argparse.Namespace) -> None:
    """Move one joint slowly, to an angle or by keys."""
    need_serial()
    from calibration.terminal import terminal_talk
    from firmware_bridge.jog import Jog, check_angle, jog_by_keys, jog_to, joint_index
    from firmware_bridge.serial_jog import armed_owner

    robot, config = _wiring(options)
    index = joint_index(robot, options.joint or robot.joint_names[0])
    if options.to is not None and options.joint is None:
        raise BadInputError("--to: give the --joint that it is for")
    if options.to is not None:
        check_angle(robot, index, math.radians(options.to))
    elif not sys.stdin.isatty():
        raise BadInputError("no terminal to take keys from: give --joint and --to")
    if not 0.0 < options.speed <= 2.0:
        raise BadInputError(f"--speed {options.speed:g}: must lie within 0 and 2 rad/s")
    question = (
        f"all {robot.nb_joints} servos of {robot.name} hold, {robot.joint_names[index]} moves: is it on its stand"
    )
    if not _confirm(options.yes)(question):
        raise BadInputError("not confirmed: nothing was moved")
    with armed_owner(robot, config, print) as owner:
        jogging = Jog(owner, robot, options.speed)
        if options.to is not None:
            at = jog_to(jogging, robot, index, math.radians(options.to), owner.measured)
            print(f"{robot.joint_names[index]} stands at {math.degrees(at):+.1f} deg")
        else:
            with terminal_talk() as talk:
                jog_by_keys(jogging, robot, index, talk.key, talk.live)
    print("torque is off")


def check(options: argparse.Namespace) -> int:
    """Tell whether a robot is fit to walk, without moving it; return 1 if it is not."""
    need_serial()
    from firmware_bridge.check_result import passed, results_json, results_table
    from firmware_bridge.preflight import preflight

    robot, config = _wiring(options)
    if options.supply is not None and not options.supply > 0.0:
        raise BadInputError(f"--supply {options.supply:g}: must be above 0, in volts")
    tilt = None if options.json or options.yes or not sys.stdin.isatty() else _ask_tilt
    if not options.json:
        print(f"checking {robot.name} on {config.port}: nothing moves; leave it level and still", flush=True)
    results = preflight(robot, config, _rulebook(options.rulebook, robot), options.supply, tilt)
    print(json.dumps(results_json(results)) if options.json else results_table(results))
    return 0 if passed(results) else 1


def _ask_tilt() -> None:
    print("now tilt the robot nose down by about 20 degrees, within 15 s", flush=True)


def _rulebook(name: str, robot: RobotSpec) -> Rulebook | None:
    """Return the rulebook of that name; without one the robot's own, if it has one."""
    from hebb_controller.rulebook import load_rulebook, shipped_rulebooks

    if name or robot.name in shipped_rulebooks():
        return load_rulebook(name or robot.name)
    return None


def _wiring(options: argparse.Namespace) -> tuple[RobotSpec, SerialConfig]:
    from calibration.wiring import wiring_of

    robot = load_servo_robot(options.robot)
    imu_port = getattr(options, "imu_port", "level")
    return robot, wiring_of(robot, options.port, options.protocol, imu_port, options.calibration)


def _confirm(yes: bool) -> Callable[[str], bool]:
    def ask(question: str) -> bool:
        if yes:
            return True
        if not sys.stdin.isatty():
            raise BadInputError(f"{question}: nobody is there to confirm: add --yes")
        return input(f"{question}? type yes: ").strip().lower() == "yes"

    return ask


def _tell_of(tell: Callable[[str], None], path: str, text: str) -> None:
    tell(f"{path}: {text}")


def _progress(shown: bool) -> Callable[[str], None]:
    """Return what shows a line in place of the last one, on standard error if that is a terminal."""
    if not shown or not sys.stderr.isatty():
        return lambda _: None
    return lambda text: print(f"\r\x1b[K{text[:100]}", end="", file=sys.stderr, flush=True)
