"""Promotion: shadow, then suspended, then ground, each only after the one below has passed with the same things.

shadow      everything is computed, nothing is sent, torque stays off
suspended   the robot hangs on its stand and moves its legs
ground      it walks
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.trials.ledger import read_json, write_json
from hebb_controller.trials.operator import Operator
from hebb_controller.trials.protocol import STAGES, TrialProtocol

#: What has to be the same for a pass to count.
SAME = ("backend", "emulated", "robot_sha256", "calibration_sha256", "rulebook_sha256")
PASSED = "stage.json"

#: What a person has to say yes to, by stage: with servos behind a port, and in simulation.
_ON_A_ROBOT = {
    "shadow": (
        "The robot rests where it cannot fall; its legs may be moved by hand, and torque will stay off",
        "Nothing else drives its servos",
    ),
    "suspended": (
        "The robot hangs on its stand, every foot at least 5 cm above anything",
        "No finger, cable or tool is within reach of a leg",
        "A hand is at the power switch; Ctrl-C is no safety function",
    ),
    "ground": (
        "The robot stands on the start mark, the way ahead is clear for {reach:.0f} m and nobody is in it",
        "Whoever follows the robot has the power switch in the hand",
        "The ground is the one of the protocol: {surface}",
    ),
}


@dataclass(frozen=True)
class Answer:
    """One entry of a checklist.

    Attributes:
        question: what was asked.
        good: True if it was confirmed.
        by: `operator`, or `assumed` where nobody was asked.
    """

    question: str
    good: bool
    by: str


def below(stage: str) -> str:
    """Return the stage before this one, empty for the first."""
    index = STAGES.index(stage)
    return STAGES[index - 1] if index else ""


def next_stage(root: Path) -> str:
    """Return the first stage of a trial's folder that has not passed; the last one if all have."""
    return next((stage for stage in STAGES if not (root / stage / PASSED).exists()), STAGES[-1])


def check_promotion(stage: str, folders: Sequence[Path], head: Mapping[str, Any]) -> None:
    """Refuse a stage whose predecessor has not passed with this backend, robot, calibration and these rulebooks.

    Args:
        stage: that is to begin.
        folders: stage folders in which the pass may lie.
        head: of the trial, as in trial.json.

    Raises:
        BadInputError: with what is missing or differs.
    """
    wanted = below(stage)
    if not wanted:
        return
    causes = []
    for folder in folders:
        if not (folder / PASSED).exists():
            continue
        there = read_json(folder / PASSED)
        if there.get("stage") != wanted or there.get("passed") is not True:
            continue
        differing = [key.removesuffix("_sha256") for key in SAME if there.get(key) != head[key]]
        new = set(head["controllers"].values()) - set(there.get("controllers", {}).values())
        if new:
            names = sorted(name for name, digest in head["controllers"].items() if digest in new)
            differing.append(f"condition {', '.join(names)}")
        if not differing:
            return
        causes.append(f"{folder} passed with another {', another '.join(differing)}")
    why = "; ".join(causes) or f"no stage {wanted} has passed"
    raise BadInputError(f"stage {stage} needs stage {wanted} before it: {why}: run hebb trial with --stage {wanted}")


def checklist(protocol: TrialProtocol, stage: str) -> tuple[str, ...]:
    """Return what a person has to confirm before a stage; nothing where only a simulation moves."""
    if protocol.simulated:
        return ()
    # A body of this size that walks well covers less than 1 m/s; another 2 m for whoever stops it.
    reach = 2.0 + protocol.stages[stage].duration
    surface = protocol.surface or "say which under surface"
    return tuple(text.format(reach=reach, surface=surface) for text in _ON_A_ROBOT[stage])


def go_through(questions: Sequence[str], operator: Operator) -> list[Answer]:
    """Ask until the first no; return what was answered."""
    answers = []
    for question in questions:
        good = operator.confirms(question)
        answers.append(Answer(question, good, "assumed" if operator.assumed else "operator"))
        if not good:
            break
    return answers


def write_pass(folder: Path, stage: str, head: Mapping[str, Any], nb_runs: int) -> Path:
    """Write that a stage has passed: its checklist and all its runs."""
    same = {key: head[key] for key in (*SAME, "controllers")}
    return write_json(folder / PASSED, {"stage": stage, "passed": True, **same, "runs": nb_runs})
