"""`hebb trial`: one stage of a trial, from its protocol to a folder that holds every run."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller.robot import RobotSpec
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import SUFFIX, Rulebook
from hebb_controller.trials import ledger, stages
from hebb_controller.trials.operator import Operator
from hebb_controller.trials.plan import PlannedRun, make_plan
from hebb_controller.trials.protocol import TrialProtocol
from hebb_controller.trials.protocol_file import find_protocol, read_protocol
from hebb_controller.trials.session import RunEnd, run_stage
from hebb_controller_ros.trial_run_checks import check_machine, check_robot
from hebb_controller_ros.trial_run_identity import head_of, own_rulebook, rulebooks_of
from hebb_controller_ros.trial_run_launch import execute
from hebb_controller_ros.trial_run_request import RunRequest


@dataclass(frozen=True)
class TrialOptions:
    """What the command line says.

    Attributes:
        protocol: file of the protocol, or a shipped name.
        stage: empty: the first that has not passed.
        out: folder of the trial; its stages lie below. None: `trials/NAME`.
        resume: go on with a stage that was begun.
        passed: stage folders of other trials, whose pass counts if it was with the same things.
    """

    protocol: str
    stage: str = ""
    out: Path | None = None
    resume: bool = False
    passed: tuple[Path, ...] = ()


def run(options: TrialOptions, operator: Operator) -> int:
    """Do a stage of a trial, or what is left of it; return 0 once it has passed, 1 otherwise.

    Raises:
        BadInputError: a protocol that cannot be, a stage whose predecessor has not passed, a folder of another trial.
    """
    path = find_protocol(options.protocol)
    protocol = read_protocol(path)
    robot = load_robot(protocol.robot)
    root = options.out or Path("trials") / protocol.name
    stage = options.stage or stages.next_stage(root)
    folder = root / stage
    check_emulated(protocol, operator.assumed)
    books = rulebooks_of(protocol)
    for book in books.values():
        book.check_robot(robot)
    plan = make_plan(protocol, stage)
    head = head_of(protocol, robot, stage, books, plan)
    stages.check_promotion(stage, [root / stages.below(stage), *options.passed], head)
    with ledger.held(folder):
        if (folder / stages.PASSED).exists():
            operator.tell(f"stage {stage} has passed: {folder}")
            return 0
        if (folder / "runs").exists() and not options.resume:
            raise BadInputError(f"{folder}: begun before: --resume goes on with it, another --out begins anew")
        begun = ledger.start(folder, path.read_bytes(), head)
        operator.tell(_opening(protocol, stage, folder, len(plan), len(ledger.left(folder, plan)), begun))
        if not _checked(folder, protocol, robot, stage, books, operator):
            return 1
        requests = _requests(protocol, robot, folder, books, head)

        def do(run: PlannedRun, path: Path) -> RunEnd:
            return execute(requests(run), path, operator.tell)

        if not run_stage(folder, protocol, stage, plan, operator, do):
            return 1
        stages.write_pass(folder, stage, head, len(plan))
        operator.tell(f"stage {stage} has passed: {folder}")
        return 0


def check_emulated(protocol: TrialProtocol, assumed: bool) -> None:
    """Refuse what could pass a robot off as an emulator: of that one nobody need be asked, and less is expected.

    Args:
        protocol: of the trial.
        assumed: True: nobody is to be asked.

    Raises:
        BadInputError: servos behind a port that is not an emulator's, or an emulator that does not run.
    """
    serial = protocol.serial
    if assumed and not protocol.simulated and not serial.emulated:
        raise BadInputError("--assume-yes: servos behind a port need a person; serial.emulated: true names an emulator")
    for port in (serial.port, serial.imu_port) if serial.emulated else ():
        if port in ("", "board", "level"):
            continue
        if not os.path.exists(port) and not port.startswith("/dev/"):
            link = shlex.quote(port.removesuffix("-imu"))  # as an emulator names its second port
            start = f"hebb board emulate --robot {shlex.quote(protocol.robot)} --link {link}"
            raise BadInputError(f"serial.emulated: {port} is not there: start `{start}` first")
        if not os.path.realpath(port).startswith("/dev/pts/"):
            raise BadInputError(f"serial.emulated: {port} is no pseudo-terminal, so it is no emulator's")


def _requests(
    protocol: TrialProtocol, robot: RobotSpec, folder: Path, books: Mapping[str, Rulebook], head: Mapping[str, Any]
) -> Callable[[PlannedRun], RunRequest]:
    """Return what makes a run's request; drawn rulebooks are written first, for the nodes read files."""
    names = {}
    for condition in protocol.conditions:
        names[condition.name] = own_rulebook(protocol, condition)
        if condition.kind == "random":
            path = folder / "rulebooks" / f"{condition.name}{SUFFIX}"
            names[condition.name] = str(path if path.exists() else books[condition.name].save(path))

    def request(run: PlannedRun) -> RunRequest:
        identity = {key: head[key] for key in ("robot_sha256", "calibration_sha256", "versions")}
        identity["rulebook_digest"] = books[run.condition].digest
        return RunRequest(protocol, head["stage"], run, names[run.condition], robot.control_rate, identity)

    return request


def _checked(
    folder: Path,
    protocol: TrialProtocol,
    robot: RobotSpec,
    stage: str,
    books: Mapping[str, Rulebook],
    operator: Operator,
) -> bool:
    """Go through a stage's checklist; return whether it was passed. What was found is written down either way."""
    found = check_machine(protocol)
    if not protocol.simulated:
        found += check_robot(protocol, robot, next(iter(books.values())), operator)
    good = all(entry["verdict"] != "fail" for entry in found)
    answers = stages.go_through(stages.checklist(protocol, stage), operator) if good else []
    passed = good and all(answer.good for answer in answers)
    number = 1 + len(list(folder.glob("checklist-*.json")))
    entry = {
        "stage": stage,
        "passed": passed,
        "checks": found,
        "answers": [{"question": a.question, "good": a.good, "by": a.by} for a in answers],
    }
    ledger.write_json(folder / f"checklist-{number}.json", entry)
    if not passed:
        failed = [f"{e['check']}: {e['found']}" for e in found if e["verdict"] == "fail"]
        failed += [f"not confirmed: {a.question}" for a in answers if not a.good]
        operator.tell(f"stage {stage} does not begin: {'; '.join(failed)}")
    return passed


def _opening(protocol: TrialProtocol, stage: str, folder: Path, nb_runs: int, nb_left: int, begun: bool) -> str:
    nb_seconds = protocol.stages[stage].duration
    done = "" if begun else f", {nb_runs - nb_left} of them done"
    return f"{protocol.name}, stage {stage}: {nb_runs} runs of {nb_seconds:g} s{done}; into {folder}"
