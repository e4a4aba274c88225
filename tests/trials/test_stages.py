"""Promotion: which stage may follow which pass, and what a checklist asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocols import made

from hebb_controller.errors import BadInputError
from hebb_controller.trials import stages
from hebb_controller.trials.operator import Operator, assumed_operator
from hebb_controller.trials.protocol import STAGES

HEAD = {
    "backend": "serial",
    "emulated": False,
    "robot_sha256": "r",
    "calibration_sha256": "c",
    "rulebook_sha256": "b",
    "controllers": {"plastic": "p", "sine": "s"},
}
SERIAL = {"backend": "serial", "serial": {"port": "/dev/ttyUSB0"}}


def test_a_stage_needs_the_one_below(tmp_path: Path) -> None:
    stages.check_promotion("shadow", [], HEAD)
    for stage in STAGES[1:]:
        with pytest.raises(BadInputError, match=f"needs stage {stages.below(stage)} before it: no stage"):
            stages.check_promotion(stage, [tmp_path], HEAD)
    stages.write_pass(tmp_path, "shadow", HEAD, 3)
    stages.check_promotion("suspended", [tmp_path / "elsewhere", tmp_path], HEAD)
    with pytest.raises(BadInputError, match="no stage suspended has passed"):
        stages.check_promotion("ground", [tmp_path], HEAD)  # the pass of another stage is none


@given(st.sampled_from(["backend", "robot_sha256", "calibration_sha256", "rulebook_sha256"]), st.none() | st.text())
def test_a_pass_with_anything_else_is_none(key: str, other: str | None) -> None:
    import tempfile

    if other == HEAD[key]:
        return
    with tempfile.TemporaryDirectory() as name:
        stages.write_pass(Path(name), "shadow", HEAD | {key: other}, 3)
        with pytest.raises(BadInputError, match=f"passed with another {key.removesuffix('_sha256')}"):
            stages.check_promotion("suspended", [Path(name)], HEAD)


def test_what_an_emulator_passed_is_no_pass_for_a_robot(tmp_path: Path) -> None:
    stages.write_pass(tmp_path, "shadow", HEAD | {"emulated": True}, 2)
    with pytest.raises(BadInputError, match="passed with another emulated"):
        stages.check_promotion("suspended", [tmp_path], HEAD)


def test_a_condition_that_never_hung_on_the_stand_does_not_walk(tmp_path: Path) -> None:
    stages.write_pass(tmp_path, "suspended", HEAD, 2)
    stages.check_promotion("ground", [tmp_path], HEAD | {"controllers": {"renamed": "p"}})  # fewer are fine
    with pytest.raises(BadInputError, match="another condition random"):
        stages.check_promotion("ground", [tmp_path], HEAD | {"controllers": {"plastic": "p", "random": "x"}})


def test_the_next_stage_is_the_first_that_has_not_passed(tmp_path: Path) -> None:
    for stage in STAGES:
        assert stages.next_stage(tmp_path) == stage
        (tmp_path / stage).mkdir()
        stages.write_pass(tmp_path / stage, stage, HEAD, 1)
    assert stages.next_stage(tmp_path) == "ground"


def test_checklists_are_for_robots_and_stop_at_the_first_no() -> None:
    assert stages.checklist(made(), "ground") == ()
    for stage in STAGES:
        assert len(stages.checklist(made(**SERIAL), stage)) >= 2
    assert any("8 m" in question for question in stages.checklist(made(**SERIAL), "ground"))
    said = iter(["yes", "  YES ", "y", "yes"])
    operator = Operator(lambda _: next(said), lambda _: None)
    answers = stages.go_through(("a", "b", "c", "d"), operator)
    assert [(a.good, a.by) for a in answers] == [(True, "operator"), (True, "operator"), (False, "operator")]
    assert all(a.by == "assumed" for a in stages.go_through(("a",), assumed_operator()))


def test_only_the_word_arms() -> None:
    for words, armed in ((["", "yes", "GO"], True), (["g", "stop"], False), (["go "], True)):
        said = iter(words)
        assert Operator(lambda _, said=said: next(said), lambda _: None).arms("?") is armed
        assert next(said, None) is None


def test_a_number_is_asked_for_until_it_is_one() -> None:
    said, told = iter(["far", "nan", "inf", "1,25"]), []
    assert Operator(lambda _: next(said), told.append).number("how far") == 1.25
    assert len(told) == 3
    assert Operator(lambda _: "", told.append).number("how far") is None
    assert assumed_operator().number("how far") is None
