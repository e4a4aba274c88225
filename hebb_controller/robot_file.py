"""Robots and servos as YAML: read, checked, turned into a `RobotSpec`.

The file is written for people: every number carries its unit in its key (`_m`, `_kg`, `_deg`, `_rad`, `_s`, `_hz`,
`_nm`), one leg is drawn for the front left and mirrored to the others. All that is wrong with a file is reported in
one line.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError, RobotError, unknown
from hebb_controller.leg_kinematics import standing_height, standing_torques, total_mass
from hebb_controller.observation import LAYOUTS
from hebb_controller.robot import COMMANDED, MEASURED, POSITION, TORQUE, RobotSpec
from hebb_controller.robot_fields import Fields
from hebb_controller.robot_sections import read_board, read_body, read_joints, read_legs_joints, read_servo
from hebb_controller.strict_yaml import load_strictly

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_HERE = Path(__file__).parent


def shipped_robots() -> dict[str, Path]:
    """Return the robots that come with the project, name -> file."""
    return {path.stem: path for path in sorted((_HERE / "robots").glob("*.yaml"))}


def shipped_servos() -> dict[str, Path]:
    """Return the servos that come with the project, name -> file."""
    return {path.stem: path for path in sorted((_HERE / "servos").glob("*.yaml"))}


def load_robot(name_or_path: str | Path) -> RobotSpec:
    """Read a robot by shipped name or from a YAML file.

    Raises:
        BadInputError: no such name or file.
        RobotError: the file does not describe a robot; one line that lists all that is wrong.
    """
    robots = shipped_robots()
    path = robots.get(str(name_or_path), Path(name_or_path))
    if not path.is_file():
        if path.suffix in (".yaml", ".yml"):
            raise BadInputError(f"no robot file {path}: check its path, or choose one of {', '.join(robots)}")
        raise unknown("robot", str(name_or_path), [*robots, "FILE.yaml"])
    return robot_from(_read_yaml(path), str(path.name))


def load_servo_robot(name_or_path: str | Path) -> RobotSpec:
    """Load a robot that a servo board can move.

    Raises:
        BadInputError: as of `load_robot`, or a robot without servos.
    """
    robot = load_robot(name_or_path)
    if robot.servo is None:
        raise BadInputError(f"robot {robot.name} has no servos: take realant, sts12, bittle or a file of your own")
    return robot


def robot_from(description: Mapping[str, Any], where: str = "robot") -> RobotSpec:
    """Turn a parsed description into a robot.

    Args:
        description: what the YAML file holds.
        where: name of the file, for error messages.

    Raises:
        RobotError: one line that lists all that is wrong.
    """
    top = Fields(description, "", [])
    name = top.text("name")
    if name and not _NAME.fullmatch(name):
        top.note("name", f"{name[:80]!r}: letters, digits, _ and - alone, for files are called by it")
    actuation = top.choice("actuation", (POSITION, TORQUE), POSITION)
    rate = top.rate()
    observation = top.choice("observation", tuple(LAYOUTS), "servo")
    action_filter = top.number("action_filter", 0.0, 1.0, default=1.0, above=True)
    summary = top.text("description", "")
    if actuation == TORQUE:
        robot = RobotSpec(
            name, summary, actuation, rate, observation, action_filter, read_joints(top), model=top.text("model")
        )
    else:
        servo = read_servo(top, _servo_description)
        body_fields = top.section("body")
        body, drawn = read_body(body_fields)
        joints = read_legs_joints(body, drawn)
        feedback = top.choice("feedback", (MEASURED, COMMANDED), MEASURED)
        board = read_board(top)
        robot = RobotSpec(
            name, summary, actuation, rate, observation, action_filter, joints, servo, body, "", feedback, board
        )
    top.finish()
    if top.problems:
        raise RobotError(f"{where}: {'; '.join(top.problems)}")
    return robot


def robot_table(robot: RobotSpec) -> str:
    """Return a robot as a table: what it is, its joints, and how hard its servos work while it stands."""
    lines = [f"{robot.name}: {robot.description}", f"  {robot.actuation}-driven at {robot.control_rate:.4g} Hz, "]
    lines[1] += f"observation {robot.observation}, action filter {robot.action_filter:g}"
    holds = None
    if robot.body is not None and robot.servo is not None:
        height = standing_height(robot.body, robot.neutral)
        holds = abs(standing_torques(robot, robot.neutral)) / robot.servo.stall_torque
        servo = robot.servo
        lines.append(f"  {total_mass(robot.body):.2f} kg, stands with its base {height:.3f} m high")
        if robot.feedback == COMMANDED:
            lines.append("  its servos tell no angles: readings repeat the command")
        if robot.board is not None:
            pace = robot.board.ramp_step / robot.board.step_time
            lines.append(f"  its board approaches every pose by itself, at {pace:.2f} rad/s")
        lines.append(
            f"  servo {servo.name}: {servo.stall_torque:g} N m at stall, {servo.no_load_speed:.2f} rad/s without load"
        )
    scale = "torque [N m]" if robot.actuation == TORQUE else "action [deg]"
    lines.append(f"  {'joint':22s}{'range [deg]':>16s}{'neutral [deg]':>15s}{scale:>14s}{'standing load':>15s}")
    for k, joint in enumerate(robot.joints):
        span = f"{math.degrees(joint.lower):.0f} .. {math.degrees(joint.upper):.0f}"
        action = joint.max_torque if robot.actuation == TORQUE else math.degrees(joint.action_range)
        load = "" if holds is None else f"{100 * holds[k]:.0f} % of stall"
        lines.append(f"  {joint.name:22s}{span:>16s}{math.degrees(joint.neutral):15.0f}{action:14.0f}{load:>15s}")
    if holds is not None and holds.max() > 0.5:
        lines.append("  warning: a servo that holds more than half of its stall torque while standing overheats")
    return "\n".join(lines)


def _servo_description(name: str) -> Mapping[str, Any]:
    servos = shipped_servos()
    if name not in servos:
        raise unknown("servo", name, servos)
    return _read_yaml(servos[name])


def _read_yaml(path: Path) -> Mapping[str, Any]:
    try:
        description = load_strictly(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path.name}: cannot be read: {error}") from error
    except BadInputError as error:
        raise RobotError(f"{path.name}: {error}") from error
    if not isinstance(description, dict):
        raise RobotError(f"{path.name}: must hold keys and values, such as 'name: my_robot'")
    return description
