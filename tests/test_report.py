"""The report of one life: its sentences, its numbers, its picture; and the live view in both of its forms."""

from __future__ import annotations

import dataclasses
import io
import json
import math
import os
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
from fixtures_rulebooks import random_rulebook, servo_robot, state_at

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import FaultSchedule, parse_schedule
from hebb_controller.loop import StepRecord
from hebb_controller.safety import Mode
from hebb_controller.signals import JointTargets
from sim.episode_trace import EpisodeTrace
from sim.live_view import PlainView, TerminalView, make_view
from sim.perturbation_text import perturbation_text
from sim.plots import write_png
from sim.report import LifeReport, as_dict, story, write_json
from sim.run_recording import LEARNING, PERTURBED, RECOVERING, WALKING, Moment, PhaseWatch, Snapshot
from sim.video import VideoRecorder, check_video_path

DT = 0.02


def report(
    schedule: FaultSchedule, idle: int = 40, static: bool = False, ended: str = "horizon", down: int = 40
) -> LifeReport:
    """Return a life that stands for `idle` steps, walks at 0.5 m/s, and stands from step 300 to 400 and `down` more."""
    speed = np.full(700, 0.5)
    speed[:idle] = 0.0
    if schedule.faults:
        speed[300 : 400 + down] = 0.0
    x = np.concatenate([[0.0], np.cumsum(speed * DT)])
    position = np.stack([x, 0.1 * np.sin(x), np.full(x.size, 0.2)], axis=1)
    trace = EpisodeTrace(DT, position, np.zeros((701, 2)), speed, ended, 3, 2)
    book = random_rulebook(servo_robot(), static=static)
    change = np.zeros((700, 2)) if static else np.geomspace(1.0, 1e-3, 1400).reshape(700, 2)
    weights = tuple(np.random.default_rng(0).normal(size=s).astype(np.float32) for s in ((8, 11), (2, 8)))
    snapshots = [Snapshot(label, step, weights) for label, step in (("at the start", 0), ("at the end", 700))]
    return LifeReport(
        "toy",
        "intact",
        "toy",
        book,
        5,
        schedule,
        trace,
        ["nominal"] * 700,
        change,
        np.ones((700, 2)),
        snapshots,
    )


SATURATED = parse_schedule(saturate=["300:400"])


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


def moment(step: int, speed: float = 0.5, phase: str = WALKING, mode: Mode = Mode.NOMINAL) -> Moment:
    robot = servo_robot()
    targets = JointTargets(0.0, np.zeros(2), "position")
    record = StepRecord(step, state_at(robot), targets, mode, "" if mode is Mode.NOMINAL else "a reason", False)
    return Moment(record, np.array([1.0, 0.0, 0.2]), 0.1, speed, (1e-2, 0.0), phase)


def test_the_phase_follows_the_speed() -> None:
    watch = PhaseWatch(SATURATED)
    speeds = [0.0] * 60 + list(np.linspace(0.0, 0.5, 60)) + [0.5] * 180 + [0.0] * 130 + [0.5] * 100
    phases = [watch(step, speed, 300 <= step < 400) for step, speed in enumerate(speeds)]
    assert [name for _, name in changes(phases)] == [LEARNING, WALKING, PERTURBED, RECOVERING, WALKING]
    assert [step for step, _ in changes(phases)][2:] == [300, 400, 430]


def test_a_robot_that_never_walks_keeps_learning() -> None:
    watch = PhaseWatch(FaultSchedule())
    assert {watch(step, 0.01, False) for step in range(300)} == {LEARNING}


def test_logs_get_plain_lines() -> None:
    stream = io.StringIO()
    view = make_view("title", 300, DT, stream)
    assert isinstance(view, PlainView)
    for step in range(300):
        view.show(moment(step, mode=Mode.HOLD if step >= 150 else Mode.NOMINAL))
    view.close()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1 + 1 + 3 + 1  # title, first step, every hundredth, the change of mode
    assert "\x1b" not in stream.getvalue() and "hold: a reason" in lines[3]


def test_a_terminal_gets_one_block_in_place_and_its_cursor_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((80, 24)))
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream, now = io.StringIO(), [0.0]
    view = TerminalView("title", 300, DT, stream, lambda: now[0])
    for step in range(300):
        now[0] += DT
        view.show(moment(step))
    view.close()
    text = stream.getvalue()
    nb_lines = 7
    assert text.startswith("\x1b[?25l") and text.endswith("\x1b[?25h")
    assert text.count(f"\x1b[{nb_lines}A") == text.count("title") - 1
    assert text.count("title") <= 20 * 300 * DT + 2
    assert "step 300/300" in text
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in "".join(TerminalView("t", 300, DT, io.StringIO())._lines(moment(3), 80))


def test_a_dumb_terminal_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setenv("TERM", "dumb")
    assert isinstance(make_view("title", 10, DT, stream), PlainView)
    monkeypatch.setenv("TERM", "xterm")
    assert isinstance(make_view("title", 10, DT, stream), TerminalView)


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
