"""One sitting of a stage: run after run, the operator asked before each, until all are done or somebody stops.

    arm? -> a folder of its own -> the run -> what the operator measured -> run.json -> the next

Whatever launches a run is injected.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hebb_controller.trials import ledger
from hebb_controller.trials.operator import Operator
from hebb_controller.trials.plan import PlannedRun
from hebb_controller.trials.protocol import KINDS, TrialProtocol


@dataclass(frozen=True)
class RunEnd:
    """How a run came to its end.

    Attributes:
        finished: True if it counts: it went its whole time, or the robot fell.
        reason: why it ended early; empty if it did not.
        distance: forward, in [m]; None: not told.
        falls: how often the robot fell.
        stopped: True if a person ended it.
        figures: whatever else run.json is to hold.
    """

    finished: bool
    reason: str = ""
    distance: float | None = None
    falls: int = 0
    stopped: bool = False
    figures: dict[str, Any] = field(default_factory=dict)


Execute = Callable[[PlannedRun, Path], RunEnd]


def utc_now() -> str:
    """Return the time as ISO 8601 in UTC."""
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")


def run_stage(
    folder: Path,
    protocol: TrialProtocol,
    stage: str,
    plan: Sequence[PlannedRun],
    operator: Operator,
    execute: Execute,
    now: Callable[[], str] = utc_now,
) -> bool:
    """Do what is left of a stage; return True if nothing is.

    Args:
        folder: the stage's.
        protocol: of the trial.
        stage: its name.
        plan: all runs of the stage.
        operator: the person.
        execute: launches one run into a folder and returns how it ended.
        now: the time as ISO 8601 in UTC.
    """
    for run in ledger.left(folder, plan):
        for _ in range(protocol.abort.attempts):
            if not operator.arms(_question(protocol, stage, run, len(plan))):
                operator.tell(f"stopped before run {run.run}; --resume goes on with it")
                return False
            end = _attempt(folder, protocol, stage, run, operator, execute, now)
            if end.finished:
                break
            operator.tell(f"run {run.run} was aborted: {end.reason}; it stays on record and is done again")
            if end.stopped and operator.assumed:
                return False
        else:
            operator.tell(
                f"run {run.run} was aborted {protocol.abort.attempts} times: look at the robot, then --resume"
            )
            return False
    return True


def _attempt(
    folder: Path,
    protocol: TrialProtocol,
    stage: str,
    run: PlannedRun,
    operator: Operator,
    execute: Execute,
    now: Callable[[], str],
) -> RunEnd:
    number, path = ledger.new_attempt(folder, run)
    started = now()
    end = execute(run, path)
    ended = now()
    distance, source = end.distance, protocol.distance.source
    if end.finished and stage == "ground" and source == "operator":
        distance = operator.number("distance forward by tape, in m")
    record = {
        **run.as_dict(),
        "attempt": number,
        "stage": stage,
        "started": started,
        "ended": ended,
        "outcome": ledger.FINISHED if end.finished else ledger.ABORTED,
        "reason": end.reason,
        "battery_start_V": None,
        "battery_end_V": None,
        "distance_m": distance,
        "distance_source": None if distance is None else source,
        "falls": end.falls,
        **end.figures,
    }
    ledger.finish_attempt(path, record)
    if end.finished:
        operator.tell(_told(run, distance, end))
    return end


def _question(protocol: TrialProtocol, stage: str, run: PlannedRun, nb_runs: int) -> str:
    kind = KINDS[protocol.condition(run.condition).kind]
    what = "" if protocol.blind else f", {run.condition} ({kind})"
    moves = "nothing moves" if stage == "shadow" else "the robot will move"
    return f"run {run.run} of {nb_runs}{what}: {moves}"


def _told(run: PlannedRun, distance: float | None, end: RunEnd) -> str:
    way = "" if distance is None else f", {distance:.2f} m"
    early = f", {end.reason}" if end.reason else ""
    return f"run {run.run} is done{way}{early}"
