"""A sitting: who is asked what, what is written, and when it stops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from protocols import made

from hebb_controller.trials import ledger
from hebb_controller.trials.operator import Operator, assumed_operator
from hebb_controller.trials.plan import PlannedRun, make_plan
from hebb_controller.trials.session import RunEnd, run_stage

SERIAL = {"backend": "serial", "serial": {"port": "/dev/ttyUSB0"}}


class Person:
    """Answers from a list, and remembers what was asked and told."""

    def __init__(self, *answers: str) -> None:
        self._answers, self.asked, self.told = list(answers), [], []
        self.operator = Operator(self._ask, self.told.append)

    def _ask(self, question: str) -> str:
        self.asked.append(question)
        return self._answers.pop(0)


def record(folder: Path, run: PlannedRun, number: int = 1) -> dict:  # type: ignore[type-arg]
    return json.loads((folder / "runs" / run.folder / f"attempt-{number}" / "run.json").read_text())


def test_nothing_is_launched_without_the_word(tmp_path: Path) -> None:
    protocol = made(**SERIAL)
    plan = make_plan(protocol, "ground")
    launched: list[int] = []

    def execute(run: PlannedRun, path: Path) -> RunEnd:
        launched.append(run.run)
        return RunEnd(True)

    person = Person("no", "stop")
    assert not run_stage(tmp_path, protocol, "ground", plan, person.operator, execute)
    assert launched == [] and not (tmp_path / "runs").exists() and "--resume" in person.told[-1]
    assert "the robot will move" in person.asked[0] and plan[0].condition in person.asked[0]
    person = Person("go", "1.5", "stop")
    assert not run_stage(tmp_path, protocol, "ground", plan, person.operator, execute)
    assert launched == [1]
    made_record = record(tmp_path, plan[0])
    assert (made_record["distance_m"], made_record["distance_source"]) == (1.5, "operator")


def test_the_record_holds_what_the_contract_says(tmp_path: Path) -> None:
    protocol = made()
    plan = make_plan(protocol, "ground")
    times = iter(f"2030-01-01T00:00:{k:02d}+00:00" for k in range(60))
    end = RunEnd(True, "fell: tilted 80 degrees", 0.7, 1, figures={"battery_start_V": 12.1, "recording": "x.mcap"})
    assert run_stage(tmp_path, protocol, "ground", plan, assumed_operator(), lambda *_: end, lambda: next(times))
    first = record(tmp_path, plan[0])
    assert {key: first[key] for key in ("run", "block", "condition", "seed")} == plan[0].as_dict()
    assert first["started"] < first["ended"] and first["outcome"] == "finished" and first["attempt"] == 1
    assert first["distance_source"] == "ground_truth" and first["falls"] == 1 and first["battery_end_V"] is None
    assert first["reason"].startswith("fell") and first["recording"] == "x.mcap" and first["battery_start_V"] == 12.1


def test_an_aborted_run_is_done_again_and_both_stay(tmp_path: Path) -> None:
    protocol = made()
    plan = make_plan(protocol, "ground")
    ends = iter([RunEnd(False, "brown-out"), *[RunEnd(True)] * len(plan)])
    assert run_stage(tmp_path, protocol, "ground", plan, assumed_operator(), lambda *_: next(ends))
    assert record(tmp_path, plan[0])["reason"] == "brown-out"
    assert record(tmp_path, plan[0], 2)["outcome"] == "finished"
    assert len(ledger.attempts(tmp_path, plan[1])) == 1


def test_it_stops_when_a_run_will_not_work(tmp_path: Path) -> None:
    protocol = made(abort={"attempts": 2})
    plan = make_plan(protocol, "ground")
    assert not run_stage(tmp_path, protocol, "ground", plan, assumed_operator(), lambda *_: RunEnd(False, "no"))
    assert len(ledger.attempts(tmp_path, plan[0])) == 2 and ledger.attempts(tmp_path, plan[1]) == []


@pytest.mark.parametrize("stage, asked", [("shadow", False), ("suspended", False), ("ground", True)])
def test_the_tape_is_asked_for_on_the_ground_only(tmp_path: Path, stage: str, asked: bool) -> None:
    protocol = made(**SERIAL, repetitions=1, conditions=[{"kind": "plastic"}])
    person = Person("go", "2")
    assert run_stage(tmp_path, protocol, stage, make_plan(protocol, stage), person.operator, lambda *_: RunEnd(True))
    assert (len(person.asked) == 2) is asked


def test_a_blind_trial_does_not_tell_the_condition(tmp_path: Path) -> None:
    protocol = made(**SERIAL, blind=True, distance={"source": "none"})
    plan = make_plan(protocol, "ground")
    person = Person(*["go"] * len(plan))
    assert run_stage(tmp_path, protocol, "ground", plan, person.operator, lambda *_: RunEnd(True))
    assert not any(run.condition in text for text in person.asked + person.told for run in plan)
