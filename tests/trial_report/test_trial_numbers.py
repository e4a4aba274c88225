"""A trial in numbers: conditions, pairs, what was lost, and two trials beside each other."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("rclpy")
pytest.importorskip("mcap_ros2")
from planted import Plan, write_attempt, write_recording, write_trial

from hebb_controller.errors import BadInputError
from hebb_controller_ros.trial_report_compare import comparison_of
from hebb_controller_ros.trial_report_gather import gather
from hebb_controller_ros.trial_report_numbers import numbers_of

pytestmark = pytest.mark.ros
PLASTIC = [2.0, 2.3, 2.1, 2.6, 2.2, 2.4]
FROZEN = [1.1, 0.9, 1.0, 1.3, 1.2, 0.4]


@pytest.fixture(scope="module")
def recordings(tmp_path_factory) -> dict[str, Path]:  # type: ignore[no-untyped-def]
    folder = tmp_path_factory.mktemp("raw")
    return {
        "plastic": write_recording(folder / "p", Plan(steps=200, fault=(80, 85), still=0)),
        "frozen": write_recording(folder / "f", Plan(steps=200, fault=(80, 85), still=500, speed=0.1)),
    }


def measured(
    recordings: dict[str, Path], folder: Path, nb_blocks: int, order: list[int] | None = None, **head: Any
) -> Path:
    """A trial of two conditions; `order` permutes the numbers of its runs."""
    runs = [(b + 1, c, recordings[c]) for b in range(nb_blocks) for c in ("plastic", "frozen")]
    far = [value for b in range(nb_blocks) for value in (PLASTIC[b], FROZEN[b])]
    order = order or list(range(len(runs)))
    told = {k: {"distance_m": far[j], "distance_source": "operator"} for k, j in enumerate(order, 1)}
    return write_trial(folder, [runs[j] for j in order], told, **head)


def entry_of(found: dict[str, Any], figure: str) -> dict[str, Any]:
    return next(e for e in found["differences"] if e["figure"] == figure)


def test_pairs_have_the_planted_difference_and_a_bootstrap_that_a_loop_repeats(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = numbers_of(gather(measured(recordings, tmp_path / "t", 6)))
    distance = found["conditions"]["plastic"]["figures"]["distance_m"]
    assert distance["n"] == 6 and distance["mean"] == pytest.approx(statistics.mean(PLASTIC), rel=1e-5)
    assert distance["std"] == pytest.approx(statistics.stdev(PLASTIC), rel=1e-5)
    assert (distance["median"], distance["least"], distance["largest"]) == pytest.approx((2.25, 2.0, 2.6))
    entry = entry_of(found, "distance_m")
    differences = sorted(a - b for a, b in zip(PLASTIC, FROZEN, strict=True))
    assert (entry["first"], entry["second"], entry["n"]) == ("plastic", "frozen", 6)
    assert entry["median"] == pytest.approx(statistics.median(differences), rel=1e-5)
    assert entry["blocks"]["6"] == pytest.approx(2.0) and entry["verdict"] == "more"
    drawn = np.random.default_rng(0).integers(6, size=(10_000, 6))
    medians = [statistics.median(differences[k] for k in row) for row in drawn.tolist()]
    assert (entry["low"], entry["high"]) == pytest.approx(tuple(np.quantile(medians, [0.025, 0.975])), rel=1e-5)


def test_fewer_than_five_blocks_have_no_interval_and_say_so(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    entry = entry_of(numbers_of(gather(measured(recordings, tmp_path / "t", 2))), "distance_m")
    assert (entry["n"], entry["low"], entry["high"]) == (2, None, None) and "no interval" in entry["verdict"]


def test_the_order_of_the_runs_changes_nothing(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    straight = numbers_of(gather(measured(recordings, tmp_path / "a", 2)))
    mixed = numbers_of(gather(measured(recordings, tmp_path / "b", 2, [3, 1, 0, 2])))
    for part in ("conditions", "differences", "runs_by_outcome", "attempts_by_outcome", "perturbations"):
        assert straight[part] == mixed[part], part
    by_place = [
        {(run["block"], run["condition"]): {k: v for k, v in run.items() if k != "run"} for run in found["runs"]}
        for found in (straight, mixed)
    ]
    assert by_place[0] == by_place[1]


def test_recoveries_are_counted_and_one_that_never_came_is_longer_than_any(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = numbers_of(gather(measured(recordings, tmp_path / "t", 1)))["conditions"]
    assert found["plastic"]["recovery"]["saturate"] == {
        "recovered": 1, "not_recovered": 0, "not_told": 0, "median_of_all_s": pytest.approx(0.5),
    }  # fmt: skip
    assert found["frozen"]["recovery"]["saturate"] == {
        "recovered": 0, "not_recovered": 1, "not_told": 0, "median_of_all_s": None,
    }  # fmt: skip


@pytest.mark.parametrize(("stood", "median"), [(1, pytest.approx(0.5)), (2, None)])
def test_the_median_of_all_counts_those_that_never_came_back(  # type: ignore[no-untyped-def]
    recordings, tmp_path: Path, stood: int, median: Any
) -> None:
    runs = [(k, "sine", recordings["frozen" if k <= stood else "plastic"]) for k in (1, 2, 3)]
    found = numbers_of(gather(write_trial(tmp_path / "t", runs)))["conditions"]["sine"]["recovery"]["saturate"]
    assert (found["recovered"], found["not_recovered"], found["median_of_all_s"]) == (3 - stood, stood, median)


def test_a_run_that_was_only_repeated_is_told_as_one(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    runs = [(block, "sine", recordings["plastic"]) for block in (1, 2)]
    assert [note for note in numbers_of(gather(write_trial(tmp_path / "t", runs)))["notes"] if "one run, not 2" in note]


def lossy(recordings: dict[str, Path], folder: Path) -> Path:
    """A trial in which all that can go wrong has gone wrong."""
    good = recordings["plastic"]
    runs = [(block, "plastic", None) for block in range(1, 8)]
    trial = write_trial(folder, runs)
    plan = json.loads((trial / "trial.json").read_text())["plan"]
    write_attempt(trial, plan[0], 1, good, None)  # killed, then finished
    write_attempt(trial, plan[0], 2, good, {"distance_m": 2.0, "distance_source": "operator"})
    write_attempt(trial, plan[1], 1, good, {"outcome": "aborted", "reason": "servo at 70 degrees", "falls": 2})
    cut = folder / "cut.mcap"
    cut.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    write_attempt(trial, plan[2], 1, cut, {})
    write_attempt(trial, plan[3], 1, None, {"recording": "gone.mcap"})
    (write_attempt(trial, plan[4], 1, good, {}) / "run.json").write_text('{"outcome": "fini')
    empty = folder / "empty.mcap"
    empty.write_bytes(b"")
    write_attempt(trial, plan[5], 1, empty, {})
    (folder / "runs" / "099-else").mkdir()
    return trial


def test_nothing_that_was_lost_is_dropped_in_silence(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    found = numbers_of(gather(lossy(recordings, tmp_path / "t")))
    assert [run["outcome"] for run in found["runs"]] == [
        "finished", "aborted", "unreadable", "unreadable", "killed", "unreadable", "not begun",
    ]  # fmt: skip
    assert found["runs_by_outcome"] == {"finished": 1, "unreadable": 3, "aborted": 1, "killed": 1, "not begun": 1}
    assert found["attempts_by_outcome"] == {"finished": 1, "unreadable": 3, "aborted": 1, "killed": 2}
    reasons = {(lost["run"], lost["attempt"]): lost["reason"] for lost in found["attempts_not_finished"]}
    assert "nothing was written" in reasons[1, 1] and reasons[2, 1] == "servo at 70 degrees"
    assert "cut off" in reasons[3, 1] and "missing" in reasons[4, 1]
    assert "run.json is damaged" in reasons[5, 1] and reasons[6, 1].startswith("empty.mcap: not an MCAP")
    assert found["conditions"]["plastic"]["falls_in_all_attempts"] == 2
    assert found["conditions"]["plastic"]["finished"] == 1 and any("099-else" in note for note in found["notes"])


def test_bent_bytes_make_a_run_unreadable_and_nothing_worse(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    rng, data = np.random.default_rng(0), recordings["plastic"].read_bytes()
    runs = [(1, "plastic", recordings["plastic"])]
    for k in range(8):
        copy = np.frombuffer(data, np.uint8).copy()
        copy[rng.integers(copy.size, size=3)] ^= np.uint8(1 << rng.integers(8))
        bent = tmp_path / f"bent{k}.mcap"
        bent.write_bytes(copy.tobytes())
        runs.append((k + 2, "plastic", bent))
    found = numbers_of(gather(write_trial(tmp_path / "t", runs)))
    assert found["runs"][0]["outcome"] == "finished" and found["runs_by_outcome"]["unreadable"] >= 6
    assert all("\n" not in lost["reason"] for lost in found["attempts_not_finished"])


def test_two_trials_of_one_robot_compare_and_say_what_differs(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    runs = [(block, "plastic", recordings["plastic"]) for block in range(1, 6)]
    told = {k: {"distance_m": far, "distance_source": "operator"} for k, far in enumerate(PLASTIC[:5], 1)}
    one = gather(write_trial(tmp_path / "a", runs, told))
    other = gather(write_trial(tmp_path / "b", runs, told, backend="serial", rulebook_sha256="3" * 64))
    found = comparison_of(one, other)
    assert [note for note in found["notes"] if "rulebooks differ: 2222" in note]
    entry = next(e for e in found["differences"] if (e["condition"], e["figure"]) == ("plastic", "distance_m"))
    assert entry["median"] == 0.0 and entry["low"] < 0.0 < entry["high"] and entry["verdict"] == "not told from none"
    assert found["first"] == numbers_of(one) and found["second"] == numbers_of(other)


def test_two_robots_or_no_common_condition_do_not_compare(recordings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    one = gather(measured(recordings, tmp_path / "a", 1))
    other = gather(measured(recordings, tmp_path / "b", 1, robot="sts12", robot_sha256="4" * 64))
    with pytest.raises(BadInputError, match="two robots do not compare"):
        comparison_of(one, other)
    lone = gather(write_trial(tmp_path / "c", [(1, "sine", recordings["plastic"])]))
    with pytest.raises(BadInputError, match="not one condition in common"):
        comparison_of(one, lone)
