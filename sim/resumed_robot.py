"""The robot of a run: a run goes on with the robot that it was begun with, or not at all."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot
from hebb_controller.task_names import CAR
from sim.evolve_config import EvolveConfig

#: Words for people, which change no life.
_TEXTS = ("description", "source")


def robot_digest(config: EvolveConfig) -> str:
    """Return the digest of all that the run's robot is, servo and body included; empty where it has none.

    Unlike `RobotSpec.contract_hash`, which leaves out what rules may meet otherwise than they were evolved on.

    Raises:
        BadInputError: no such robot.
    """
    if config.task == CAR:
        return ""
    return hashlib.sha256(json.dumps(_plain(load_robot(config.robot))).encode()).hexdigest()[:16]


def check_robot(config: EvolveConfig, begun: str) -> None:
    """Refuse to go on with another robot than the generations before lived with.

    Args:
        config: settings of the run.
        begun: what `robot_digest` was when the run began; empty: it was not written down.

    Raises:
        BadInputError: the robot is another now.
    """
    found = robot_digest(config)
    if begun and found != begun:
        raise BadInputError(
            f"robot {config.robot}: not as it was when this run began (digest {found}, not {begun}): put its file back "
            "to resume, or begin with another --out"
        )


def check_size(begun: int, now: int, folder: Path) -> None:
    """Refuse to go on with a search vector of another length: what older checkpoints can tell of another robot.

    Args:
        begun: length of the checkpoint's.
        now: length that settings and robot ask for.
        folder: the run's folder.

    Raises:
        BadInputError: they differ.
    """
    if begun != now:
        raise BadInputError(
            f"{folder}: its checkpoint holds {begun:,} numbers, and its settings ask for {now:,} now: put the robot's "
            "file back to resume, or begin with another --out"
        )


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if not dataclasses.is_dataclass(value):
        return value
    # Without what is at its default: a field that robots are given one day leaves the digests of today as they are.
    return {
        field.name: _plain(getattr(value, field.name))
        for field in dataclasses.fields(value)
        if field.name not in _TEXTS and getattr(value, field.name) != field.default
    }
