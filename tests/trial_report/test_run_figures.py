"""One run's figures, against recordings in which they are known by construction."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
from planted import PERIOD, START, Plan, write_recording, write_trial

from hebb_controller.robot_file import load_robot
from hebb_controller_ros.trial_report_folder import read_trial
from hebb_controller_ros.trial_report_guard import time_in
from hebb_controller_ros.trial_report_perturbations import NOT_RECOVERED, NOT_SEEN, RECOVERED, STAYS
from hebb_controller_ros.trial_report_run import Run, run_of

pytestmark = pytest.mark.ros


def run_from(folder: Path, plan: Plan, told: dict | None = None, **head: object) -> Run:
    recording = write_recording(folder / "raw", plan)
    trial = read_trial(write_trial(folder / "trial", [(1, "plastic", recording)], {1: told or {}}, **head))
    return run_of(trial.tried[0], trial)


def test_a_walk_has_the_distance_speed_and_recovery_that_it_was_given(tmp_path: Path) -> None:
    plan = Plan(lag=0.05)
    run = run_from(tmp_path, plan)
    assert run.story.walked_from == pytest.approx(START * PERIOD)
    assert run.distance == pytest.approx(plan.distance) and run.source == "ground_truth"
    assert run.walked == pytest.approx((plan.steps - 1 - START) * PERIOD, abs=1e-6)
    assert run.speed == pytest.approx(plan.distance / run.walked)
    assert run.story.cruise == pytest.approx(plan.speed)
    (found,) = run.perturbations
    assert (found.label, found.outcome) == ("saturate", RECOVERED)
    assert (found.onset, found.end) == pytest.approx((4.0, 5.0))
    # It stands for 30 steps more; 23 of a window of 25 have to move for 90 % of the speed.
    assert found.recovery == pytest.approx((30 + 23) * PERIOD)
    assert found.speed_before == pytest.approx(0.4) and found.speed_kept == pytest.approx(1.0)
    # One joint of eight lags: its RMS is the lag, that of all is an eighth of it under the root.
    assert run.tracking is not None and run.tracking.worst_joint == load_robot("realant").joint_names[0]
    assert run.tracking.worst_rms == pytest.approx(0.05) and run.tracking.rms == pytest.approx(0.05 / np.sqrt(8))
    assert run.parity.verdict == "equal" and run.parity.commands == plan.steps and run.parity.largest == 0.0
    assert run.falls == 0 and run.bus is None and run.notes == ()
    assert time_in(run.controller, "nominal") == pytest.approx((plan.steps - 1) * PERIOD, abs=PERIOD)
    assert time_in(run.controller, "hold") == time_in(run.plant, "hold") == 0.0


def test_one_that_stands_on_is_not_recovered_and_one_that_nobody_saw_is_not_told(tmp_path: Path) -> None:
    stood = run_from(tmp_path / "a", Plan(still=500))
    assert [p.outcome for p in stood.perturbations] == [NOT_RECOVERED] and stood.perturbations[0].recovery is None
    unseen = run_from(tmp_path / "b", Plan(), {"distance_m": None}, stage="suspended")
    assert [p.outcome for p in unseen.perturbations] == [NOT_SEEN]
    assert unseen.distance is None and unseen.speed is None and unseen.curve()[0].size == 0


def test_what_an_operator_was_told_counts_as_a_perturbation(tmp_path: Path) -> None:
    asked = [
        {"at": 3.0, "duration": 0.0, "operator": "clip the leg"},
        {"at": 4.0, "duration": 1.0, "operator": "hold it"},
    ]
    asked.append({"at": 60.0, "duration": 0.0, "operator": "too late: the run is over"})
    run = run_from(tmp_path, Plan(steps=450, fault=None), protocol={"perturbations": asked})
    assert [(p.label, p.outcome) for p in run.perturbations] == [
        ("operator: clip the leg", STAYS),
        ("operator: hold it", RECOVERED),
    ]
    assert run.perturbations[1].recovery == pytest.approx(25 * PERIOD)  # nobody did: the window alone


def test_late_commands_are_counted_one_by_one(tmp_path: Path) -> None:
    late = (120, 160, 240)
    run = run_from(tmp_path, Plan(late=late, delay=0.015))
    assert run.jitter is not None and run.jitter.n == Plan().steps - 1
    assert run.jitter.p50 == pytest.approx(20.0) and run.jitter.largest == pytest.approx(35.0)
    assert run.jitter.late_share == pytest.approx(len(late) / run.jitter.n)
    assert run_from(tmp_path / "b", Plan(lockstep=True)).jitter is None


def test_a_gap_in_the_readings_is_held_for_as_long_as_it_lasts(tmp_path: Path) -> None:
    run = run_from(tmp_path, Plan(silent=(300, 320)))
    held = [span for span in run.controller if span.mode == "hold"]
    # From the sixth silent step, whose word comes a millisecond late, to the first that is heard again.
    assert [span.reason for span in held] == ["reading is more than 0.1 s old"]
    assert held[0].start == pytest.approx(305 * PERIOD, abs=0.002) and held[0].duration == pytest.approx(0.3, abs=0.002)


def test_readings_that_never_come_again_are_held_to_the_plants_last_word(tmp_path: Path) -> None:
    told = tuple({"bus_cycles": str(k)} for k in range(8))  # the last one a second and a third after the last reading
    run = run_from(tmp_path, Plan(silent=(285, 400), bus=told))
    held = [span for span in run.controller if span.mode == "hold"]
    assert held[0].start == pytest.approx(290 * PERIOD, abs=0.002) and run.end == pytest.approx(350 * PERIOD)
    assert time_in(run.controller, "hold") == pytest.approx(60 * PERIOD, abs=0.002)


def test_what_comes_after_the_planned_time_does_not_count(tmp_path: Path) -> None:
    plan = Plan(fault=None)
    run = run_from(tmp_path, plan, {"planned_s": 3.0})
    assert run.walked == pytest.approx(3.0) and run.distance == pytest.approx(3.0 * plan.speed)
    assert run.controller[-1].end == pytest.approx(START * PERIOD + 3.0) and run.curve()[0][-1] == pytest.approx(3.0)


def test_a_body_that_lets_go_unasked_is_told_and_its_joints_are_not_blamed(tmp_path: Path) -> None:
    run = run_from(tmp_path, Plan(loose=150, lag=0.05))
    (note,) = run.notes
    assert "5.0 s while the controller commanded (disarmed: not armed yet)" in note
    assert time_in(run.plant, "limp") == pytest.approx(249 * PERIOD, abs=0.002)
    assert run.tracking is not None and run.tracking.n == pytest.approx(150 - START, abs=2)


def test_a_fall_is_seen_in_attitude_and_guard(tmp_path: Path) -> None:
    run = run_from(tmp_path, Plan(falls_at=300), {"falls": 1})
    assert run.falls == 1 and run.notes == ()
    last = run.controller[-1]
    assert (last.mode, last.reason) == ("limp", "tilted 90 degrees")
    assert last.start == pytest.approx(302 * PERIOD, abs=0.003) and last.end == pytest.approx(399 * PERIOD, abs=0.003)
    assert run_from(tmp_path / "b", Plan(falls_at=300), {"falls": 0}).notes


def test_the_bus_is_told_by_extremes_and_growth(tmp_path: Path) -> None:
    told = [
        {"supply_V": volt, "hottest_degC": hot, "bus_cycles": cycles, "answers_missing": missing, "health": health}
        for volt, hot, cycles, missing, health in (
            ("12.1", "31", "100", "2", "ok"),
            ("9.4", "44", "600", "5", "warn"),
            ("11.9", "nan", "1100", "5", "ok"),
            ("12.0", "40", "50", "1", "ok"),  # the plant was started again
        )
    ]
    bus = run_from(tmp_path, Plan(bus=tuple(told))).bus
    assert bus is not None and (bus.supply_min, bus.hottest, bus.oldest_joint) == (9.4, 44.0, None)
    assert bus.counted["bus_cycles"] == 500 + 500 + 50 and bus.counted["answers_missing"] == 3 + 0 + 1
    assert bus.levels == {"ok": 3, "warn": 1}


def test_joints_that_are_only_commanded_have_no_tracking_error(tmp_path: Path) -> None:
    assert run_from(tmp_path, Plan(measured=False, lag=0.05)).tracking is None


@pytest.mark.parametrize(
    "parameters",
    [{"start_plastic": False}, {"plasticity_stop": 150}, {"gait": "sine"}],
    ids=["frozen", "stopped", "sine"],
)
def test_parity_holds_for_every_condition(tmp_path: Path, parameters: dict) -> None:
    run = run_from(tmp_path, Plan(steps=260, fault=None, parameters=parameters))
    assert (run.parity.verdict, run.parity.equal) == ("equal", 260), run.parity.reason


def test_parity_finds_a_planted_milliradian_and_says_why_it_cannot_look(tmp_path: Path) -> None:
    run = run_from(tmp_path, Plan(steps=260, fault=None, spoilt=130))
    assert run.parity.verdict == "differs" and run.parity.largest == pytest.approx(1e-3)
    assert run.parity.equal == run.parity.commands - 1 and "2.600 s" in run.parity.reason
    unasked = run_from(tmp_path / "b", Plan(steps=120, fault=None, parameters={"tick": "timer"}))
    assert unasked.parity.verdict == "not checked" and "timer" in unasked.parity.reason
