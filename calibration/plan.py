"""What is to be calibrated, whether it can be, and what an earlier run has left of it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import hebb_controller
from calibration.joint_procedure import ROCK_TIME
from calibration.matching import compare
from calibration.record import Calibration, body_hash
from calibration.record_file import load_calibration
from firmware_bridge.board_line import Handshake
from firmware_bridge.boards import BoardKind
from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec


@dataclass(frozen=True)
class Plan:
    """What is to be calibrated, and how.

    Attributes:
        robot: the robot.
        board: its kind of board.
        servo_ids: servo of each joint of the robot.
        out: the file to make.
        joints: names of the joints to do; empty: all.
        method: `jig` or `stop`; boards without feedback are jogged.
        angles: of the jig poses, in [rad]; empty: three that suit each joint.
        moves: whether servos are moved, to measure latency, speed and play.
        afresh: leave aside what an earlier, unfinished run has saved.
        nb_steps: steps of each excitation.
        rock_time: how long a held joint is rocked, in [s].
        seed: of the excitation's phases.
    """

    robot: RobotSpec
    board: BoardKind
    servo_ids: tuple[int, ...]
    out: Path
    joints: tuple[str, ...] = ()
    method: str = "jig"
    angles: tuple[float, ...] = ()
    moves: bool = True
    afresh: bool = False
    nb_steps: int = 8
    rock_time: float = ROCK_TIME
    seed: int = 0


def part_path(out: Path) -> Path:
    """Return where an unfinished calibration is kept."""
    return out.with_name(f"{out.name}.part")


def check_plan(plan: Plan) -> None:
    """Refuse a plan that cannot be carried out, before any port is opened.

    Raises:
        BadInputError: all reasons, in one line.
    """
    robot, problems = plan.robot, []
    unknown = [name for name in plan.joints if name not in robot.joint_names]
    if unknown:
        problems.append(f"no joint {', '.join(unknown)}: choose among {', '.join(robot.joint_names)}")
    if len(plan.servo_ids) != robot.nb_joints or len(set(plan.servo_ids)) != len(plan.servo_ids):
        problems.append(f"{robot.nb_joints} different servo ids needed, not {', '.join(map(str, plan.servo_ids))}")
    for joint in robot.joints:
        inside = {angle for angle in plan.angles if joint.lower <= angle <= joint.upper}
        if plan.angles and (not plan.joints or joint.name in plan.joints) and len(inside) < 2:
            problems.append(f"{joint.name} needs two of the angles within its limits")
    if problems:
        raise BadInputError(f"{robot.name}: {'; '.join(problems)}")


def begun(plan: Plan, hands: Handshake, names: Sequence[str]) -> Calibration:
    """Return what an earlier run has saved, or a calibration without joints.

    Args:
        plan: what is to be done; with `afresh`, what an unfinished run has saved is deleted.
        hands: what the line told of itself.
        names: of the joints whose servos are on the line.

    Raises:
        BadInputError: what was saved is damaged, or was made with other servos.
    """
    robot, part = plan.robot, part_path(plan.out)
    fresh = Calibration(
        robot=robot.name,
        robot_hash=robot.contract_hash,
        body_hash=body_hash(robot),
        protocol=plan.board.protocol,
        created=now(),
        tool=f"hebb {hebb_controller.__version__}",
        joints=(),
    )
    if plan.afresh:
        part.unlink(missing_ok=True)
    source = part if part.exists() else plan.out
    if not source.exists() or (source == plan.out and (plan.afresh or not plan.joints)):
        return fresh
    saved = load_calibration(source, robot, whole=False)
    if source == plan.out:  # named joints are done anew, the others stay
        saved = dataclasses.replace(saved, joints=tuple(j for j in saved.joints if j.name not in plan.joints))
    ids = dict(zip(robot.joint_names, plan.servo_ids, strict=True))
    moved = [j.name for j in saved.joints if j.servo_id != ids[j.name]]
    if saved.protocol != plan.board.protocol or moved:
        other = f"servo ids for {', '.join(moved)}" if moved else f"protocol, {saved.protocol}"
        raise BadInputError(f"{source}: made with other {other}: give the same, or --afresh")
    here = dataclasses.replace(saved, joints=tuple(j for j in saved.joints if j.name in names))
    problems = compare(here, hands)
    if problems:
        raise BadInputError(f"{source}: {'; '.join(problems)}: begin anew with --afresh")
    return saved


def now() -> str:
    """Return the time with its zone, ISO 8601."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
