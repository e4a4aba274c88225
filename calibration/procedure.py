"""The guided calibration of a robot, one joint at a time; killed and started again it goes on where it was.

Each finished joint is saved to `FILE.part` at once. When all joints of the robot are there and together make sense,
they become `FILE`; until then an older `FILE` stays as it was.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import hebb_controller
from calibration.joint_procedure import ROCK_TIME, JointPlan, calibrate_joint
from calibration.matching import compare
from calibration.plausible import judge
from calibration.powered import Guard
from calibration.record import Calibration, body_hash
from calibration.record_file import load_calibration, save_calibration
from calibration.talk import ENTER, Talk, wait_for
from firmware_bridge.board_line import BoardLine, Handshake
from firmware_bridge.boards import BoardKind
from firmware_bridge.errors import LinkError
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.robot import RobotSpec

#: Opens a line to some of the robot's servos.
OpenLine = Callable[[Sequence[int]], BoardLine]


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


def calibrate(plan: Plan, open_line: OpenLine, talk: Talk, guard: Guard | None = None) -> Calibration | None:
    """Lead an operator through the calibration; return it once it is whole and saved, None while joints are missing.

    Args:
        plan: what to do.
        open_line: opens a line to some servos; the lines share a port, and only one of them is used at a time.
        talk: the person.
        guard: starts the process that switches torque off if this one dies.

    Raises:
        BadInputError: names or an unfinished file that do not fit; servos other than those in that file.
        LinkError: the line fails.
        RunFailedError: results that cannot be, all of them; good joints are kept.
    """
    robot = plan.robot
    names = _joints_to_do(plan)
    ids = dict(zip(robot.joint_names, plan.servo_ids, strict=True))
    line = open_line([ids[name] for name in names])
    hands = line.greet()
    for warning in hands.warnings:
        talk.tell(f"warning: {warning}")
    done = _begun(plan, hands, names, talk)
    if line.power_off():
        raise LinkError(f"port {line.path}: servos do not confirm that their torque is off: cut their power")
    talk.tell(f"{robot.name}: put the robot on a stand, legs free. Torque is off. A hand near the power switch. Enter")
    wait_for(talk, ENTER, lambda: None)
    rng = np.random.default_rng(plan.seed)
    joint_plan = JointPlan(
        robot, plan.board.protocol, plan.method, plan.angles, plan.moves, plan.nb_steps, plan.rock_time, rng
    )
    refused: dict[str, list[str]] = {}
    for name in names:
        if done.joint(name) is not None and not _again(plan, name, talk):
            continue
        while True:
            one = open_line([ids[name]])
            record, problems = calibrate_joint(one, name, one.greet(), done, joint_plan, talk, guard)
            if not problems:
                done = done.with_joint(record, robot)
                save_calibration(part_path(plan.out), done)
                talk.tell(f"  done, {len(done.joints)} of {robot.nb_joints} joints are saved")
                break
            talk.tell(f"  {'; '.join(problems)}. r: once more; Enter: leave it for now")
            if wait_for(talk, f"r{ENTER}", lambda: None) == ENTER:
                refused[name] = problems
                break
    return _finished(plan, done, refused, talk)


def _again(plan: Plan, name: str, talk: Talk) -> bool:
    """Ask about a joint that was named on the command line although it is done."""
    if name not in plan.joints:
        return False
    talk.tell(f"{name} is done already. r: once more; Enter: keep it")
    return wait_for(talk, f"r{ENTER}", lambda: None) == "r"


def _joints_to_do(plan: Plan) -> tuple[str, ...]:
    unknown = [name for name in plan.joints if name not in plan.robot.joint_names]
    if unknown:
        raise BadInputError(
            f"{plan.robot.name} has no joint {', '.join(unknown)}: choose among {', '.join(plan.robot.joint_names)}"
        )
    if len(plan.servo_ids) != plan.robot.nb_joints or len(set(plan.servo_ids)) != len(plan.servo_ids):
        raise BadInputError(f"{plan.robot.nb_joints} different servo ids needed, not {list(plan.servo_ids)}")
    return tuple(name for name in plan.robot.joint_names if not plan.joints or name in plan.joints)


def _begun(plan: Plan, hands: Handshake, names: Sequence[str], talk: Talk) -> Calibration:
    """Return what an earlier run has saved, or nothing yet."""
    robot, part = plan.robot, part_path(plan.out)
    fresh = Calibration(
        robot=robot.name,
        robot_hash=robot.contract_hash,
        body_hash=body_hash(robot),
        protocol=plan.board.protocol,
        created=_now(),
        tool=f"hebb {hebb_controller.__version__}",
        joints=(),
    )
    if plan.afresh:
        part.unlink(missing_ok=True)
    source = part if part.exists() else plan.out
    if not source.exists() or (source == plan.out and (plan.afresh or not plan.joints)):
        return fresh
    begun = load_calibration(source, robot, whole=False)
    ids = dict(zip(robot.joint_names, plan.servo_ids, strict=True))
    moved = [j.name for j in begun.joints if j.servo_id != ids[j.name]]
    if begun.protocol != plan.board.protocol or moved:
        other = f"servo ids for {', '.join(moved)}" if moved else f"protocol, {begun.protocol}"
        raise BadInputError(f"{source}: made with other {other}: give the same, or --afresh")
    if source == plan.out:  # named joints are done anew, the others stay
        begun = dataclasses.replace(begun, joints=tuple(j for j in begun.joints if j.name not in plan.joints))
    here = dataclasses.replace(begun, joints=tuple(j for j in begun.joints if j.name in names))
    problems = compare(here, hands)
    if problems:
        raise BadInputError(f"{source}: {'; '.join(problems)}: begin anew with --afresh")
    if source == part:
        talk.tell(f"going on: {len(begun.joints)} of {robot.nb_joints} joints are done in {part}")
    return begun


def _finished(plan: Plan, done: Calibration, refused: dict[str, list[str]], talk: Talk) -> Calibration | None:
    """Judge all joints together; save them, or say all that is wrong."""
    robot, part = plan.robot, part_path(plan.out)
    impossible = judge(done, robot, plan.board.scale)
    if impossible or refused:
        good = dataclasses.replace(done, joints=tuple(j for j in done.joints if j.name not in impossible))
        if good.joints:
            save_calibration(part, good)
        else:
            part.unlink(missing_ok=True)
        told = {n: impossible.get(n, []) + refused.get(n, []) for n in robot.joint_names}
        text = "; ".join(f"{name}: {', '.join(problems)}" for name, problems in told.items() if problems)
        raise RunFailedError(f"not calibrated: {text}: mend it and run the same command again, it goes on from here")
    missing = [name for name in robot.joint_names if done.joint(name) is None]
    if missing:
        talk.tell(f"{len(missing)} joints are still to be done: {', '.join(missing)}. Saved so far: {part}")
        return None
    done = dataclasses.replace(done, created=_now())
    save_calibration(plan.out, done)
    part.unlink(missing_ok=True)
    talk.tell(f"wrote {plan.out}")
    return done


def _now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
