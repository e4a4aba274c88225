"""Many cycles of a bus with faults of every kind: what must never happen, and how soon all is well again.

Shared by tests/bridge/test_soak.py and tests/benchmarks/bench_bus.py.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from firmware_bridge.board_report import BoardReport, Power
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.errors import LinkError
from firmware_bridge.feedback_cycle import BUDGET
from firmware_bridge.joint_map import JointMap, nominal_map
from firmware_bridge.register_line import RegisterLine
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot

#: The emulated body moves in steps, which are written down when they are done, in [s].
SLACK = 0.002

Truth = Callable[[float, float], tuple[np.ndarray, np.ndarray]]


@dataclass
class Tally:
    """What a soak found."""

    nb_cycles: int = 0
    nb_values: int = 0
    wrong: list[str] = field(default_factory=list)
    nb_disarmed: int = 0
    nb_arm_refused: int = 0
    recoveries: list[float] = field(default_factory=list)
    oldest: float = 0.0
    reasons: dict[str, int] = field(default_factory=dict)
    leaked: list[str] = field(default_factory=list)
    duration: float = 0.0
    report: BoardReport | None = None


def open_owner(
    port: str, protocol: str, robot_name: str, supervise: bool, budget: float = BUDGET
) -> tuple[BusOwner, RobotSpec, JointMap]:
    """Return the owner of a line to an emulated board; `budget` [s] is what a reading may take."""
    robot, table = load_robot(robot_name), find_table(protocol)
    joint_map = nominal_map(robot, table.scale)

    def open_line() -> RegisterLine:
        line = RegisterLine(SerialPort(port, table.dialect.baud), table, joint_map.servo_ids)
        line.cycle.budget = budget
        return line

    for attempt in range(20):
        try:
            return BusOwner(open_line, robot, joint_map, supervise=supervise), robot, joint_map
        except LinkError:  # faults strike handshakes too: a user would try again
            if attempt == 19:
                raise
    raise AssertionError


def soak(
    port: str,
    truth: Truth,
    nb_cycles: int,
    seed: int,
    protocol: str = "sts",
    robot_name: str = "sts12",
    until: float = math.inf,
) -> Tally:
    """Walk goals at random, nasty ones among them, and compare what is delivered with the truth.

    Args:
        port: of the board.
        truth: least and greatest angle of each joint between two times.
        nb_cycles: writes and reads.
        seed: of the goals.
        protocol: of the board.
        robot_name: of the body.
        until: when to end at the latest, in [s].
    """
    tally = Tally()
    rng = np.random.default_rng(seed)
    before = _handles()
    owner, robot, joint_map = open_owner(port, protocol, robot_name, supervise=False)
    half_tick = 0.51 / float(joint_map.ticks_per_radian[0])
    goal = robot.neutral.copy()
    seen_before = np.full(robot.nb_joints, -np.inf)
    down_since = told_until = armed_at = began = time.monotonic()
    try:
        while tally.nb_cycles < nb_cycles and time.monotonic() < until:
            if owner.report().power is not Power.ARMED:
                try:
                    owner.arm()  # the script is the operator
                except LinkError as error:
                    tally.nb_arm_refused += 1
                    _count(tally.reasons, f"arm: {error}")
                    time.sleep(0.01)
                    continue
                if tally.nb_cycles:
                    tally.recoveries.append(time.monotonic() - down_since)
                goal, armed_at = robot.neutral.copy(), time.monotonic()
            tally.nb_cycles += 1
            goal = goal + rng.normal(0.0, 0.05, robot.nb_joints)
            sent = goal.copy()
            if rng.random() < 0.02:
                sent[rng.integers(robot.nb_joints)] = rng.choice([np.nan, np.inf, 1e9, -1e9, 4.0])
            goal = np.clip(goal, robot.lower, robot.upper)
            owner.write(sent)
            try:
                with owner._lock:  # or the guard may read between our reading and our look at the clock
                    angles, seen = owner.read()
                    told_before, told_until = told_until, time.monotonic()
            except LinkError as error:
                tally.nb_disarmed += 1
                down_since = time.monotonic()
                _count(tally.reasons, f"lost: {error}")
                continue
            # What is told as new must have been true at some time since the last time that anything was told: were it
            # the answer to an older question, it would not.
            new = seen > seen_before
            least, greatest = truth(told_before - SLACK, told_until + SLACK)
            bad = new & ((angles < least - half_tick) | (angles > greatest + half_tick))
            tally.nb_values += int(new.sum())
            for k in np.flatnonzero(bad):
                tally.wrong.append(
                    f"cycle {tally.nb_cycles}, {robot.joint_names[k]}: {angles[k]:.4f} rad, true {least[k]:.4f} to "
                    f"{greatest[k]:.4f}"
                )
            seen_before = seen.copy()
            tally.oldest = max(tally.oldest, told_until - max(float(seen.min()), armed_at))
            report = owner.report()
            if report.power is not Power.ARMED:
                tally.nb_disarmed += 1
                down_since = time.monotonic()
                _count(tally.reasons, report.reason)
        tally.report = owner.report()
    finally:
        owner.close()
    tally.duration = time.monotonic() - began
    tally.leaked = [
        f"{name}: {a} before, {b} after" for name, a, b in zip(_NAMES, before, _handles(), strict=True) if b > a
    ]
    return tally


def goals_outside(goals_seen: dict[int, tuple[int, int] | None], robot: RobotSpec, joint_map: JointMap) -> list[str]:
    """Return which servos were ever given a goal outside their joint's limits."""
    low, high = joint_map.to_ticks(robot.lower), joint_map.to_ticks(robot.upper)
    return [
        f"servo {i}: {seen}, allowed {low[k]} to {high[k]}"
        for k, (i, seen) in enumerate(goals_seen.items())
        if seen is not None and not (low[k] <= seen[0] and seen[1] <= high[k])
    ]


def _count(reasons: dict[str, int], reason: str) -> None:
    text = "".join("#" if c.isdigit() else c for c in reason)
    while "##" in text or "#, #" in text:
        text = text.replace("##", "#").replace("#, #", "#")
    reasons[text] = reasons.get(text, 0) + 1


_NAMES = ("threads", "file descriptors")


def _handles() -> tuple[int, int]:
    return threading.active_count(), len(os.listdir("/proc/self/fd"))
