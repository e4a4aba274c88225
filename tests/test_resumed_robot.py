"""The robot of a run that goes on: all of it stays as it was, or the run is refused; older checkpoints go on."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import yaml
from pretend_engine import SMALL, STATE, PretendEngine

pytest.importorskip("pybullet")

from hebb_controller.errors import BadInputError
from hebb_controller.robot_file import load_robot, shipped_robots
from sim import evolve, resumed_robot
from sim.checkpoint import load_checkpoint
from sim.evolution_files import load_evolution
from sim.resumed_robot import robot_digest

pytestmark = pytest.mark.sim


def write(path: Path, **changes: Any) -> str:
    """Write realant under another name, with other sections, and return its path."""
    description = yaml.safe_load(shipped_robots()["realant"].read_text()) | {"name": "mine"}
    for place, value in changes.items():
        section, _, key = place.rpartition("__")
        (description[section] if section else description)[key] = value
    path.write_text(yaml.safe_dump(description))
    return str(path)


def _run(robot: str, folder: Path, generations: int, resume: bool = False) -> None:
    config = dataclasses.replace(SMALL, robot=robot, generations=generations)
    evolve.run(config, folder, resume, open_engine=PretendEngine)


@pytest.mark.parametrize(
    "changes",
    [
        {"control_rate_hz": 25},
        {"servo": "sts3215_12v"},
        {"body__base": {"shape": "sphere", "radius_m": 0.055, "mass_kg": 1.2}},
        {"feedback": "commanded"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_robot_that_has_changed_is_refused_and_put_back_goes_on(changes: dict[str, Any], tmp_path: Path) -> None:
    robot = write(tmp_path / "mine.yaml")
    _run(robot, tmp_path / "run", 2)
    write(tmp_path / "mine.yaml", **changes)
    with pytest.raises(
        BadInputError, match=r"mine.yaml: not as it was when this run began .*put its file back"
    ) as told:
        _run(robot, tmp_path / "run", 3, resume=True)
    assert "\n" not in str(told.value) and load_checkpoint(tmp_path / "run").state.generation == 2
    write(tmp_path / "mine.yaml", description="the same, in other words")
    _run(robot, tmp_path / "run", 3, resume=True)
    assert load_checkpoint(tmp_path / "run").state.generation == 3


def test_a_checkpoint_from_before_digests_goes_on_with_whatever_fits(tmp_path: Path) -> None:
    robot = write(tmp_path / "mine.yaml")
    _run(robot, tmp_path / "run", 2)
    dataclasses.replace(load_checkpoint(tmp_path / "run"), robot="").save(tmp_path / "run")
    write(tmp_path / "mine.yaml", control_rate_hz=25)
    _run(robot, tmp_path / "run", 3, resume=True)
    lived = load_checkpoint(tmp_path / "run")
    assert lived.robot == robot_digest(lived.config) != ""


def test_a_search_vector_of_another_length_is_refused(tmp_path: Path) -> None:
    """Which is what a checkpoint without a digest can still tell of a robot with other joints."""
    _run("realant", tmp_path, 2)
    lived = load_checkpoint(tmp_path)
    shorter = dataclasses.replace(lived.state, **{name: getattr(lived.state, name)[:-1] for name in STATE})
    dataclasses.replace(lived, robot="", state=shorter).save(tmp_path)
    size = shorter.mean.size
    with pytest.raises(BadInputError, match=f"holds {size:,} numbers, and its settings ask for {size + 1:,} now: put"):
        _run("realant", tmp_path, 4, resume=True)


def test_the_digest_is_of_all_that_changes_a_life(monkeypatch: pytest.MonkeyPatch) -> None:
    robot = load_robot("realant")
    assert robot.servo is not None and robot.body is not None
    leg = dataclasses.replace(robot.body.legs[3], outer_length=0.5)
    others = [
        dataclasses.replace(robot, servo=dataclasses.replace(robot.servo, backlash=0.1)),
        dataclasses.replace(robot, body=dataclasses.replace(robot.body, legs=(*robot.body.legs[:3], leg))),
        dataclasses.replace(robot, joints=robot.joints[::-1]),
        load_robot("bittle"),
    ]
    words = dataclasses.replace(robot, description="other", servo=dataclasses.replace(robot.servo, source="other"))
    digests = []
    for each in (robot, words, *others):
        monkeypatch.setattr(resumed_robot, "load_robot", lambda _, each=each: each)
        digests.append(robot_digest(SMALL))
    assert digests[0] == digests[1] and len(set(digests)) == 1 + len(others)


def test_a_car_has_no_robot() -> None:
    assert robot_digest(load_evolution("car-racing-grey")) == ""
