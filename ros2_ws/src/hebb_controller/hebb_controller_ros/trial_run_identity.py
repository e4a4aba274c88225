"""What a trial is done with: rulebooks, robot, calibration, and the hashes by which a stage knows them again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot, shipped_robots
from hebb_controller.rulebook import Rulebook, find_rulebook, load_rulebook, rulebook_named_like
from hebb_controller.trials import ledger
from hebb_controller.trials.plan import PlannedRun
from hebb_controller.trials.protocol import Condition, TrialProtocol
from hebb_controller.trials.random_rule import random_rulebook
from sim.versions import versions


def rulebooks_of(protocol: TrialProtocol) -> dict[str, Rulebook]:
    """Return every condition's rulebook, random ones drawn.

    Raises:
        BadInputError: no such rulebook, or one that cannot be what the condition says.
    """
    return {condition.name: _rulebook(protocol, condition) for condition in protocol.conditions}


def _rulebook(protocol: TrialProtocol, condition: Condition) -> Rulebook:
    book = load_rulebook(own_rulebook(protocol, condition))
    if condition.kind == "random":
        return random_rulebook(book, condition.rule_seed)
    if condition.kind == "static" and not book.static:
        raise BadInputError(f"condition {condition.name}: rulebook {condition.rulebook} is plastic, not static")
    if condition.kind in ("plastic", "frozen", "stopped") and book.static:
        raise BadInputError(
            f"condition {condition.name}: rulebook {own_rulebook(protocol, condition)} is static: no plasticity"
        )
    return book


def own_rulebook(protocol: TrialProtocol, condition: Condition) -> str:
    """Return the name or file of the rulebook that a condition starts from.

    Raises:
        BadInputError: the protocol names none, and the robot has none of its own.
    """
    if condition.rulebook or protocol.rulebook:
        return condition.rulebook or protocol.rulebook
    return rulebook_named_like(load_robot(protocol.robot).name, protocol.robot, "rulebook: FILE in the protocol")


def head_of(
    protocol: TrialProtocol,
    robot: RobotSpec,
    stage: str,
    books: Mapping[str, Rulebook],
    plan: tuple[PlannedRun, ...],
) -> dict[str, Any]:
    """Return what trial.json says."""
    rulebook = protocol.rulebook or robot.name
    return {
        "schema": ledger.SCHEMA,
        "name": protocol.name,
        "robot": robot.name,
        "robot_sha256": _sha256(shipped_robots().get(protocol.robot, Path(protocol.robot))),
        "rulebook": rulebook,
        "rulebook_sha256": _sha256(find_rulebook(rulebook)),
        "calibration_sha256": _calibration_hash(protocol, robot),
        "controllers": {c.name: _controller_hash(c, books[c.name]) for c in protocol.conditions},
        "stage": stage,
        "backend": protocol.backend,
        "emulated": protocol.serial.emulated,
        "seed": protocol.seed,
        "versions": versions("mcap"),
        "protocol": protocol.as_dict(),
        "plan": [run.as_dict() for run in plan],
    }


def _controller_hash(condition: Condition, book: Rulebook) -> str:
    """Return the identity of what drives the body in a condition: whatever moves legs, apart from its name."""
    what = f"{condition.kind} {book.digest} {condition.after} {condition.frequency} {condition.stride} {condition.lift}"
    return hashlib.sha256(what.encode()).hexdigest()


def _calibration_hash(protocol: TrialProtocol, robot: RobotSpec) -> str | None:
    """Return the hash of the calibration that the bridge will find, None where there is none."""
    if protocol.simulated:
        return None
    from calibration.record_file import default_path
    from calibration.wiring import AS_DRAWN
    from firmware_bridge.boards import protocol_of

    serial = protocol.serial
    if serial.calibration == AS_DRAWN:
        return None
    path = Path(serial.calibration or default_path(robot.name, serial.protocol or protocol_of(robot)))
    if not path.exists():
        if serial.calibration:
            raise BadInputError(f"calibration {path}: no such file")
        return None
    return _sha256(path)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
