"""A life that never was, for what is told and drawn of one."""

from __future__ import annotations

import numpy as np
from fixtures_rulebooks import random_rulebook, servo_robot, state_at

from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from hebb_controller.loop import StepRecord
from hebb_controller.safety import Mode
from hebb_controller.signals import JointTargets
from sim.episode_trace import EpisodeTrace
from sim.report import LifeReport
from sim.run_recording import WALKING, Moment, Snapshot

DT = 0.02
SATURATED = parse_schedule(saturate=["300:400"])


def report(
    schedule: FaultSchedule, idle: int = 40, static: bool = False, ended: str = "horizon", down: int = 40
) -> LifeReport:
    """Return a life that stands for `idle` steps, walks at 0.5 m/s, and stands from step 300 to 400 and `down` more."""
    speed = np.full(700, 0.5)
    speed[:idle] = 0.0
    if schedule.faults:
        speed[300 : 400 + down] = 0.0
    x = np.concatenate([[0.0], np.cumsum(speed * DT)])
    position = np.stack([x, 0.1 * np.sin(x), np.full(x.size, 0.2)], axis=1)
    trace = EpisodeTrace(DT, position, np.zeros((701, 2)), speed, ended, 3, 2)
    book = random_rulebook(servo_robot(), static=static)
    change = np.zeros((700, 2)) if static else np.geomspace(1.0, 1e-3, 1400).reshape(700, 2)
    weights = tuple(np.random.default_rng(0).normal(size=s).astype(np.float32) for s in ((8, 11), (2, 8)))
    snapshots = [Snapshot(label, step, weights) for label, step in (("at the start", 0), ("at the end", 700))]
    return LifeReport(
        "toy",
        "intact",
        "toy",
        book,
        5,
        schedule,
        trace,
        ["nominal"] * 700,
        change,
        np.ones((700, 2)),
        snapshots,
    )


def moment(step: int, speed: float = 0.5, phase: str = WALKING, mode: Mode = Mode.NOMINAL) -> Moment:
    robot = servo_robot()
    targets = JointTargets(0.0, np.zeros(2), "position")
    record = StepRecord(step, state_at(robot), targets, mode, "" if mode is Mode.NOMINAL else "a reason", False)
    return Moment(record, np.array([1.0, 0.0, 0.2]), 0.1, speed, (1e-2, 0.0), phase)
