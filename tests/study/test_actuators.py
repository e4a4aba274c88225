"""The study of the actuators: planted recoveries are found, "never" counts, and no difference is called none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hebb_controller.fault_schedule import parse_fault
from hebb_controller.robot_file import load_robot
from sim.studies import actuators
from sim.studies.parts.recoveries import (
    counted,
    recovery_times,
    shares_recovered,
    speeds_kept,
    time_text,
)
from sim.studies.parts.recovery_table import recovery_table
from sim.study.evolutions import Evolutions
from sim.study.intervals import of_median
from sim.study.records import Record

pytestmark = pytest.mark.sim


def life(condition: str, seed: int, treatment: str, steps: int | None, after: float, **more: object) -> Record:
    """Return a record of a life that walked at 0.4 m/s before."""
    record = {"condition": condition, "evolution": seed, "treatment": treatment, "episode": 0, "fallen": False}
    return record | {"speed_before": 0.4, "speed_after": after, "recovery_steps": steps, "distance": 3.0} | more


def made_up(hebbian: float, static: float) -> list[Record]:
    """Return six evolutions of each condition that keep these shares of their speed, a little apart."""
    rng = np.random.default_rng(0)
    kept = {"hebbian-dr": hebbian, "static-dr": static}
    return [
        life(condition, seed, treatment, 40 if share > 0.5 else None, 0.4 * (share + rng.normal(0.0, 0.02)))
        for condition, share in kept.items()
        for seed in range(1, 7)
        for treatment in ("healthy", "saturated", "limp leg front_left", "weak joint back_left_hip")
    ] + [life(condition, seed, "healthy-as-saturated", 25, 0.4) for condition in kept for seed in range(1, 7)]


def test_a_planted_difference_is_found_with_its_sign() -> None:
    better = actuators.findings(made_up(0.9, 0.3))
    assert better.figure("speed kept, leg faults, Hebbian minus static") == pytest.approx(0.6, abs=0.05)
    assert sum("Hebbian keeps more" in a for a in better.answer) == 2
    assert any("more lives recover with Hebbian rules" in a for a in better.answer)
    saturated = "after saturation, Hebbian minus static, speed kept, of that without saturation"
    assert better.figure(saturated) == pytest.approx(0.6, abs=0.05)
    assert any("exclude 0: steps to 90 % of the speed, speed kept" in a for a in better.answer)
    worse = actuators.findings(made_up(0.3, 0.9))
    assert sum("Hebbian keeps less" in a for a in worse.answer) == 2
    assert any("never (never to never) steps, 0 of 6 lives" in a for a in worse.answer)


def test_no_difference_is_not_called_one() -> None:
    same = actuators.findings(made_up(0.8, 0.8))
    compared = [a for a in same.answer if "Hebbian minus static" in a]
    assert len(compared) == 5 and sum("not told from none" in a for a in compared) == 4
    assert sum("none of 3 intervals of 95 %, uncorrected, excludes 0" in a for a in compared) == 1
    assert same.figure("hebbian-dr recovery after saturation [steps]") == 40


def test_lives_that_recover_from_faults_that_stay_are_compared_too() -> None:
    records = made_up(0.9, 0.9)
    for r in records:
        if r["condition"] == "hebbian-dr" and r["treatment"].startswith("limp"):
            r["recovery_steps"] = None
    found = actuators.findings(records)
    assert found.figure("recovered, leg faults, Hebbian minus static") == -1.0
    assert found.figure("recovered, joint faults, Hebbian minus static") == 0.0
    assert any("one leg limp" in a and "fewer lives recover with Hebbian rules" in a for a in found.answer)


def test_saturation_is_held_against_the_same_lives_without_it() -> None:
    records = made_up(0.9, 0.9)
    for r in records:  # half of the static evolutions lose their gait by themselves, saturated or not
        if r["condition"] == "static-dr" and r["evolution"] % 2 and r["treatment"] in ("healthy", "saturated"):
            r["recovery_steps"] = None
    found = actuators.findings(records)
    assert found.figure("recovered after saturation minus healthy, static") == 0.0
    assert any("static 3 of 6 lives, 3 of 6 of the same without it" in a for a in found.answer)


def test_lives_that_never_recover_count_and_lives_that_never_walked_do_not() -> None:
    lives = [life("c", 1, "saturated", steps, 0.2) for steps in (30, None, None)]
    lives.append(life("c", 1, "saturated", None, 0.0, speed_before=None))
    assert recovery_times(lives) == {1: np.inf}
    assert shares_recovered(lives) == {1: pytest.approx(1 / 3)}
    assert speeds_kept(lives) == {1: pytest.approx(0.5)}
    assert recovery_times(lives[:1] * 2 + lives[1:2]) == {1: 30.0}


def test_speeds_of_the_table_are_those_of_the_same_lives() -> None:
    lives = [life("c", 1, "saturated", 30, 0.2), life("c", 2, "saturated", None, 0.1, speed_before=None)]
    row = recovery_table("x", "fault", [("saturated", lives)]).rows[0]
    assert row[2:4] == ("0.40 (n = 1)", "0.20 (n = 1)")
    assert row[6] == counted(lives) == "1 of 1"
    assert row[-2:] == ("1 of 2", "1 of 2")


def test_an_interval_may_end_in_never() -> None:
    assert time_text(of_median([30.0, 40.0, 50.0, np.inf, np.inf])) == "50 (30 to never)"
    assert time_text(of_median([np.inf] * 5)) == "never (never to never)"
    assert time_text(of_median([np.inf, 30.0])) == "never (n = 2)"
    assert time_text(of_median([])) == "-"


@pytest.mark.parametrize("some", [slice(0, 0), slice(0, 1), slice(24, 26)])
def test_any_part_of_the_records_will_do(some: slice) -> None:
    records = made_up(0.9, 0.3)[some]
    found = actuators.findings(records)
    assert all(v is None or np.isfinite(v) for v in map(found.figure, found.figures) if not isinstance(v, str))
    actuators.draw(records)


def test_every_leg_and_every_joint_fails_as_its_robot_allows(tmp_path: Path) -> None:
    rules = tmp_path / "hebbian-dr" / "1" / "rules.hebb.safetensors"
    rules.parent.mkdir(parents=True)
    rules.write_bytes(b"")
    cells = actuators.cells(Evolutions(tmp_path), quick=False)
    hurt: dict[str, set[str]] = {}
    for cell in cells:
        for text in cell.faults:
            fault = parse_fault(text)
            fault.check_robot(load_robot("ant" if cell.condition in actuators.ANT else "realant"))
            hurt.setdefault(f"{cell.condition} {' '.join(cell.treatment.split()[:2])}", set()).update(fault.joints)
    for word in actuators.STAYING:
        for part in ("leg", "joint"):
            assert hurt[f"hebbian-dr {word} {part}"] == set(load_robot("realant").joint_names)
    assert hurt["shipped/ant limp leg"] == set(load_robot("ant").joint_names)
