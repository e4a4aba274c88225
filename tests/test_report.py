"""The report of one life: its sentences, its numbers, its picture."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
from made_life import SATURATED, report

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from sim.perturbation_text import perturbation_text
from sim.plots import draw, write_png
from sim.report import LifeReport, as_dict, story, write_json
from sim.run_recording import LEARNING, PERTURBED, RECOVERING, WALKING, PhaseWatch
from sim.video import VideoRecorder, check_video_path


def test_the_story_is_told_in_three_lines() -> None:
    first, second, third = story(report(SATURATED))
    assert first == "random weights → walking after 63 steps (1.3 s), 0.50 m/s"
    assert second == "actuators saturated at steps 300 to 400 → back at 90 % of its speed after 63 steps (1.3 s)"
    assert third == "5.2 m forward in 700 steps (14.0 s)"


def test_other_ends_of_the_story() -> None:
    assert len(story(report(FaultSchedule()))) == 2
    assert "static weights" in story(report(FaultSchedule(), static=True))[0]
    assert "not recovered within 300 steps" in story(report(SATURATED, down=300))[1]
    assert "did not walk" in story(report(FaultSchedule(), idle=700))[0]
    assert "then it fell" in story(report(FaultSchedule(), ended="fall"))[-1]
    assert "nothing to recover from" in story(report(parse_schedule(freeze=["300:"])))[1]


@pytest.mark.parametrize("stop", ["700", "1000000", "999999999"])
def test_a_perturbation_that_outlasts_the_life_is_told_and_drawn_up_to_its_end(stop: str, tmp_path: Path) -> None:
    life = report(parse_schedule(saturate=[f"300:{stop}"]))
    assert "the life was over before it ended" in story(life)[1]
    assert len(life.phases) == 700 and changes(life.phases)[-1] == (300, PERTURBED)
    panels = [axes for axes in draw(life).axes if axes.get_title().startswith("How")]
    assert len(panels) == 3
    for axes in panels:
        bands = [band.get_path().transformed(band.get_patch_transform()).get_extents() for band in axes.patches]
        assert [band.x1 for band in bands] == [700]
        assert all(text.get_position()[0] <= 700 for text in axes.texts)
    assert write_png(life, tmp_path).is_file()


def test_a_perturbation_that_the_life_never_saw_is_told_so(tmp_path: Path) -> None:
    life = report(parse_schedule(saturate=["800:900"], zero=["0.5@750"], stop_plasticity=720))
    assert "the life was over before" in story(life)[1] and PERTURBED not in life.phases
    assert write_png(life, tmp_path).is_file()


def test_perturbations_in_words() -> None:
    schedule = parse_schedule(faults=["limp@10:20@j0"], zero=["0.333@400"])
    assert perturbation_text(schedule) == "joints limp at steps 10 to 20 (j0), 33 % of the weights zeroed at step 400"


def test_json_holds_the_numbers_of_the_story_and_no_nan(tmp_path: Path) -> None:
    life = report(SATURATED)
    path = write_json(life, tmp_path)
    assert path.name == "toy-intact-seed5-saturate-300-400.json"
    data = json.loads(path.read_text(), parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert (data["steps_to_90"], data["recovery_steps"], data["recovery_first_steps"]) == (63, 63, 63)
    assert data["speed_before_perturbation_m_s"] == pytest.approx(0.5)
    assert len(data["series"]["position_m"]) == 701 and len(data["series"]["weight_change_rms"]) == 700
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_is_not_a_number_becomes_null() -> None:
    life = report(FaultSchedule())
    attitude = life.trace.attitude.copy()
    attitude[3, 0] = math.nan
    trace = dataclasses.replace(life.trace, attitude=attitude)
    assert as_dict(dataclasses.replace(life, trace=trace))["series"]["roll_pitch_rad"][3] == [None, 0.0]


def changes(phases: list[str]) -> list[tuple[int, str]]:
    return [(k, phases[k]) for k in range(len(phases)) if k == 0 or phases[k] != phases[k - 1]]


def test_the_phases_are_those_of_the_numbers() -> None:
    begun, stopped = [(0, LEARNING), (63, WALKING)], [(300, PERTURBED), (400, RECOVERING)]
    assert changes(report(FaultSchedule()).phases) == begun
    assert changes(report(SATURATED).phases) == [*begun, *stopped, (463, WALKING)]
    assert changes(report(SATURATED, down=300).phases) == begun + stopped
    assert changes(report(SATURATED, idle=700).phases) == [(0, LEARNING), (300, PERTURBED), (400, LEARNING)]
    assert changes(report(parse_schedule(freeze=["300:"])).phases)[-1] == (300, PERTURBED)
    assert changes(report(parse_schedule(zero=["0.5@350"])).phases)[2:4] == [(350, PERTURBED), (351, RECOVERING)]


@pytest.mark.parametrize(
    "life",
    [
        report(SATURATED),
        report(SATURATED, down=300),
        report(FaultSchedule(), static=True, idle=700),
        report(parse_schedule(zero=["0.5@300"], stop_plasticity=500)),
        report(parse_schedule(freeze=["300:"]), idle=0),
    ],
)
def test_every_kind_of_life_can_be_drawn(tmp_path: Path, life: LifeReport) -> None:
    path = write_png(life, tmp_path)
    assert path.read_bytes().startswith(b"\x89PNG")
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_the_phase_follows_the_speed() -> None:
    watch = PhaseWatch(SATURATED)
    speeds = [0.0] * 60 + list(np.linspace(0.0, 0.5, 60)) + [0.5] * 180 + [0.0] * 130 + [0.5] * 100
    phases = [watch(step, speed, 300 <= step < 400) for step, speed in enumerate(speeds)]
    assert [name for _, name in changes(phases)] == [LEARNING, WALKING, PERTURBED, RECOVERING, WALKING]
    assert [step for step, _ in changes(phases)][2:] == [300, 400, 430]


def test_a_robot_that_never_walks_keeps_learning() -> None:
    watch = PhaseWatch(FaultSchedule())
    assert {watch(step, 0.01, False) for step in range(300)} == {LEARNING}


def test_a_video_plays_at_the_robots_own_speed(tmp_path: Path) -> None:
    from PIL import Image

    shades = iter(range(0, 250))
    video = VideoRecorder(
        tmp_path / "deep" / "life.gif", lambda w, h: np.full((h, w, 3), next(shades), dtype=np.uint8), 0.025
    )
    for step in range(40):
        video.take(step, f"step {step}")
    path = video.save()
    with Image.open(path) as image:
        assert image.n_frames == 20 and image.info["duration"] == 50  # 20 frames of 50 ms: one second, as lived
    assert [p.name for p in path.parent.iterdir()] == ["life.gif"]


def test_a_video_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"\.gif, \.mp4"):
        check_video_path(Path("life.avi"))
