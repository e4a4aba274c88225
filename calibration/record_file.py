"""A calibration as a JSON file: written atomically, read strictly, under a hash of its content.

All that is wrong with a file is told in one line. A file of another schema, for another robot, or altered by hand is
refused: a wrong zero moves a leg to the wrong place with full torque.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from calibration.record import Calibration, body_hash
from calibration.record_fields import SCHEMA, calibration_from, content_of
from firmware_bridge.boards import BOARDS
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_fields import Fields
from hebb_controller.rulebook_file import write_atomically


def default_path(robot: str, protocol: str) -> Path:
    """Return where a robot's calibration lies: in `$XDG_CONFIG_HOME/hebb/calibration`, or under `~/.config`."""
    home = os.environ.get("XDG_CONFIG_HOME", "")
    base = Path(home) if os.path.isabs(home) else Path.home() / ".config"
    return base / "hebb" / "calibration" / f"{robot}-{protocol}.json"


def save_calibration(path: Path, calibration: Calibration) -> Path:
    """Write a calibration, atomically, and return its path.

    Raises:
        BadInputError: the file cannot be written.
    """
    content = content_of(calibration)
    text = json.dumps({**content, "digest": _digest(content)}, indent=2, allow_nan=False) + "\n"
    try:
        return write_atomically(Path(path), text.encode())
    except OSError as error:
        raise BadInputError(f"calibration not written to {path}: {error.strerror or error}: give --out") from error


def load_calibration(path: Path, robot: RobotSpec, whole: bool = True) -> Calibration:
    """Read the calibration of a robot.

    Args:
        path: of the file.
        robot: the robot that it has to be for.
        whole: False: joints may be missing.

    Raises:
        BadInputError: one line with all that is wrong.
    """
    calibration = read_calibration(path)
    problems = _unfit(calibration, robot, whole)
    if problems:
        raise BadInputError(f"{path}: {'; '.join(problems)}: calibrate again with `hebb calibrate`")
    return calibration


def read_calibration(path: Path) -> Calibration:
    """Read a calibration, whatever its robot.

    Raises:
        BadInputError: one line with all that is wrong.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), parse_constant=_no_number, parse_int=_whole_number)
    except OSError as error:
        raise BadInputError(f"no calibration in {path}: {error.strerror or error}: run `hebb calibrate`") from error
    except (ValueError, RecursionError) as error:
        raise BadInputError(f"{path}: not a calibration: {' '.join(str(error).split())[:200]}") from error
    if not isinstance(content, dict):
        raise BadInputError(f"{path}: not a calibration: it must hold keys and values")
    if content.get("schema") != SCHEMA or isinstance(content.get("schema"), bool):
        schema = str(content.get("schema"))[:50]
        raise BadInputError(f"{path}: schema version {schema}, this package reads {SCHEMA}: calibrate again")
    problems: list[str] = []
    digest = content.pop("digest", None)
    if digest != _digest(content):
        problems.append("its content does not match its digest: it was altered or damaged")
    fields = Fields(content, "", problems)
    calibration = calibration_from(fields)
    fields.finish()
    if problems:
        raise BadInputError(f"{path}: {'; '.join(problems)}: calibrate again with `hebb calibrate`")
    return calibration


def _whole_number(text: str) -> int:
    if len(text) > 20:
        raise ValueError(f"{text[:20]}... is too long a number")
    return int(text)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _unfit(calibration: Calibration, robot: RobotSpec, whole: bool) -> list[str]:
    """Return why a calibration is not this robot's."""
    if calibration.robot != robot.name:
        return [f"made for robot {calibration.robot}, not for {robot.name}"]
    problems = []
    if calibration.robot_hash != robot.contract_hash:
        problems.append(f"the joints or limits of {robot.name} have changed since")
    if calibration.body_hash != body_hash(robot):
        problems.append(f"the geometry of {robot.name} has changed since")
    names = [joint.name for joint in calibration.joints]
    missing = [name for name in robot.joint_names if name not in names]
    if whole and missing:
        problems.append(f"without {', '.join(missing)}")
    if [name for name in robot.joint_names if name in names] != names:
        problems.append(f"its joints are not those of {robot.name} in their order")
    if not problems and whole:
        try:
            calibration.joint_map.check(robot, BOARDS[calibration.protocol].scale)
        except BadInputError as error:
            problems.append(str(error))
    return problems
