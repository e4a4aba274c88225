"""The guided calibration of a robot, one joint at a time; killed and started again it goes on where it was.

Each finished joint is saved to `FILE.part` at once. When all joints of the robot are there and together make sense,
they become `FILE`; until then an older `FILE` stays as it was.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np

from calibration.held_line import HeldLine
from calibration.joint_procedure import JointPlan, calibrate_joint
from calibration.matching import greeted
from calibration.plan import Plan, begun, check_plan, now, part_path
from calibration.plausible import judge
from calibration.record import Calibration
from calibration.record_file import save_calibration
from calibration.talk import ENTER, Talk, wait_for
from firmware_bridge.board_line import BoardLine, Handshake
from firmware_bridge.errors import LinkError
from firmware_bridge.torque_guard import Guard, let_go, unconfirmed_text
from hebb_controller.errors import RunFailedError

#: Opens a line to some of the robot's servos.
OpenLine = Callable[[Sequence[int]], BoardLine]


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
    check_plan(plan)
    names = [name for name in robot.joint_names if not plan.joints or name in plan.joints]
    ids = dict(zip(robot.joint_names, plan.servo_ids, strict=True))
    alone = plan.board.one_by_one
    line = open_line([ids[name] for name in (names if alone else robot.joint_names)])
    hands = greeted(line)
    for warning in hands.warnings:
        talk.tell(f"warning: {warning}")
    done = begun(plan, hands, names)
    if part_path(plan.out).exists():
        talk.tell(f"going on: {len(done.joints)} of {robot.nb_joints} joints are done in {part_path(plan.out)}")
    failed = let_go(line)
    if failed:
        raise LinkError(f"port {line.path}: {unconfirmed_text(failed)}")
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
            held = None if alone else HeldLine(line, robot.joint_names.index(name))
            one: BoardLine = open_line([ids[name]]) if held is None else held
            own = greeted(one)
            if held is not None:
                talk.tell(f"  {held.warning(robot.joint_names)}")
            record, problems = calibrate_joint(one, name, own, done, joint_plan, talk, guard)
            problems += _other_now(ids[name], hands, own)
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


def _other_now(servo_id: int, first: Handshake, second: Handshake) -> list[str]:
    """Return what a servo told differently when it was asked again: a misread offset would haunt every start."""
    return [
        f"servo {servo_id} tells {what} {two.get(servo_id)}, a while ago {one.get(servo_id)}"
        for what, one, two in (
            ("firmware", first.firmware, second.firmware),
            ("EEPROM offset", first.offsets, second.offsets),
        )
        if one.get(servo_id) != two.get(servo_id)
    ]


def _again(plan: Plan, name: str, talk: Talk) -> bool:
    """Ask about a joint that was named on the command line although it is done."""
    if name not in plan.joints:
        return False
    talk.tell(f"{name} is done already. r: once more; Enter: keep it")
    return wait_for(talk, f"r{ENTER}", lambda: None) == "r"


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
    done = dataclasses.replace(done, created=now())
    save_calibration(plan.out, done)
    part.unlink(missing_ok=True)
    talk.tell(f"wrote {plan.out}")
    return done
