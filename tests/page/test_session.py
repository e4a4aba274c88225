"""The page's robots without the page: paired lanes, what befalls them, what is kept."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from hebb_controller.errors import BadInputError
from hebb_controller.fault_schedule import parse_schedule
from hebb_controller.page import commands
from hebb_controller.robot_file import load_robot
from hebb_controller.rulebook import load_rulebook
from hebb_controller.safety import SafetyGate

pytestmark = pytest.mark.sim


def session(folder: Path, robot: str = "realant", **settings):  # type: ignore[no-untyped-def]
    from sim.view.lanes import ViewConfig
    from sim.view.session import Session

    return Session(ViewConfig(load_robot(robot), robot, load_rulebook(robot), **settings), folder)


@pytest.fixture
def made(tmp_path: Path):  # type: ignore[no-untyped-def]
    one = session(tmp_path, seed=2)
    yield one
    one.close()


def steps(one, count: int) -> None:  # type: ignore[no-untyped-def]
    for _ in range(count):
        one.step()


@pytest.mark.parametrize("robot", ["realant", "ant"])
def test_a_lane_lives_the_life_of_hebb_run(robot: str, tmp_path: Path) -> None:
    from sim.episode_trace import record_life
    from sim.task_plant import TaskPlant
    from sim.tasks import make_task

    one = session(tmp_path, robot, seed=5, lanes=("plastic",))
    steps(one, 20)
    one.obey(commands.Fault("saturate@0:10"))
    steps(one, 10)
    one.obey(commands.Fault("wipe=0.333@0"))
    steps(one, 20)
    one.close()

    spec, book = load_robot(robot), load_rulebook(robot)
    controller, task = book.controller(spec), make_task(spec)
    task.max_steps = max(700, task.max_steps)
    rng = np.random.default_rng([5, 0])
    plant = TaskPlant(task, rng)
    controller.reset(rng, book.start)
    schedule = parse_schedule(saturate=["20:30"], zero=["0.333@30"])
    trace = record_life(plant, controller, SafetyGate(spec), schedule, np.random.default_rng([5, 0, 1]), 50)
    task.close()
    assert one.lanes[0].x == trace.x.tolist()
    assert all((a == b).all() for a, b in zip(one.lanes[0].weights, controller.network.snapshot(), strict=True))


def test_pairs_are_one_life_until_something_befalls_them(made) -> None:  # type: ignore[no-untyped-def]
    plastic, frozen, static = made.lanes
    steps(made, 30)
    assert plastic.x == frozen.x and plastic.x != static.x
    assert all((a == b).all() for a, b in zip(plastic.weights, frozen.weights, strict=True))
    made.obey(commands.Fault("weak=0.3@0:20@front_left_hip"))
    before = frozen.weights
    steps(made, 10)
    frame = made.frame(1.0)
    assert [lane.plastic for lane in frame.lanes] == [True, False, False]
    assert frame.lanes[0].faults == ("weak=0.3 front_left_hip",) and frame.lanes[0].faulty[0]
    assert not any(frame.lanes[0].faulty[1:])
    assert all((a == b).all() for a, b in zip(before, frozen.weights, strict=True))
    assert any((a != b).any() for a, b in zip(before, plastic.weights, strict=True))
    steps(made, 10)
    assert made.frame(1.0).lanes[0].faults == ()
    made.obey(commands.Plasticity(True))
    assert frozen.plastic and not static.plastic


def test_wiped_weights_are_the_same_in_every_lane(made) -> None:  # type: ignore[no-untyped-def]
    made.obey(commands.Fault("wipe=0.333@0"))
    plastic, frozen, static = made.lanes
    zeros = [np.concatenate([w.ravel() == 0.0 for w in lane.weights]) for lane in (plastic, frozen)]
    assert zeros[0].sum() == round(0.333 * zeros[0].size) and (zeros[0] == zeros[1]).all()


def test_an_estop_latches_and_standing_up_keeps_the_weights(made) -> None:  # type: ignore[no-untyped-def]
    steps(made, 10)
    made.obey(commands.EStop("me"))
    held = made.lanes[0].weights
    steps(made, 15)
    frame = made.frame(1.0)
    assert "me" in frame.estop and all(lane.mode == "limp" and lane.reason == frame.estop for lane in frame.lanes)
    made.obey(commands.Clear())
    assert made.frame(1.0).estop
    made.obey(commands.StandUp())
    assert not made.frame(1.0).estop and made.lanes[0].frame("").position[0] == pytest.approx(0.0)
    assert all((a == b).all() for a, b in zip(held, made.lanes[0].weights, strict=True))
    assert np.abs(np.diff(made.lanes[0].x)).max() < 0.05  # back at the start without a jump in the statistics


def test_a_new_brain_is_the_life_of_another_seed(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    steps(made, 10)
    made.obey(commands.NewBrain())
    other = session(tmp_path, seed=3)
    for a, b in zip(made.lanes, other.lanes, strict=True):
        assert all((v == w).all() for v, w in zip(a.weights, b.weights, strict=True))
    steps(made, 5)
    steps(other, 5)
    assert np.diff(made.lanes[0].x[-6:]) == pytest.approx(np.diff(other.lanes[0].x[-6:]))
    other.close()


def test_another_body_and_another_ground_go_together(made) -> None:  # type: ignore[no-untyped-def]
    steps(made, 10)
    kept = made.lanes[0].weights
    made.obey(commands.Body("front_left_short"))
    made.obey(commands.Ground("slope"))
    assert made.restaged and made.stage.body == "front_left_short" and made.stage.ground == "slope"
    assert made.stage.lanes[0].slope[0] > 0.0
    drawn = made.stage.lanes[0].drawing.links
    assert np.hypot(*drawn[1].shape.to[:2]) < 0.5 * np.hypot(*drawn[3].shape.to[:2])
    assert all((a == b).all() for a, b in zip(kept, made.lanes[0].weights, strict=True))
    steps(made, 5)
    made.obey(commands.Body("nonsense"))
    assert "nonsense" in made.frame(1.0).notice and made.stage.body == "front_left_short"


def test_a_lane_that_fails_stands_still_and_the_others_walk_on(made) -> None:  # type: ignore[no-untyped-def]
    def explode(state: object) -> None:
        raise ValueError("planted\nfault")

    made.lanes[0].controller.act = explode
    steps(made, 30)
    failed, walking, _ = made.frame(1.0).lanes
    assert failed.error == "ValueError: planted fault" and walking.error == ""
    assert len({len(lane.x) for lane in made.lanes}) == 1 and made.lanes[1].x[-1] != made.lanes[1].x[0]


def test_a_lane_that_failed_meets_the_faults_of_the_others_once_it_stands_up(made) -> None:  # type: ignore[no-untyped-def]
    steps(made, 5)
    made.lanes[1].error = "the simulator blew up: stand it up again"
    steps(made, 10)
    made.obey(commands.StandUp())
    made.obey(commands.Fault("saturate@0:4"))
    held = []
    for _ in range(6):
        held.append([bool(lane.faults) for lane in made.frame(1.0).lanes])
        made.step()
    assert held == [[True] * 3] * 4 + [[False] * 3] * 2
    assert {lane.step_count for lane in made.lanes} == {made.step_count}


def test_weights_and_a_recording_are_written_and_taken_up(made, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    steps(made, 5)
    made.obey(commands.LoadWeights())
    assert made.frame(1.0).notice.startswith("refused")
    made.obey(commands.SaveWeights())
    saved = made.lanes[0].weights
    made.obey(commands.Record(True))
    made.obey(commands.Fault("freeze@0:@front_left_hip"))
    for _ in range(5):
        made.step()
        made.frame(1.0)
    made.obey(commands.LoadWeights())
    assert all((a == b).all() for a, b in zip(saved, made.lanes[0].weights, strict=True))
    made.obey(commands.LoadWeights("/nowhere"))
    assert made.frame(1.0).notice.startswith("refused") and not list(tmp_path.glob("*.jsonl"))
    made.obey(commands.Record(False))
    (path,) = tmp_path.glob("*.jsonl")
    head, *rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert head["lanes"] == ["plastic", "frozen", "static"] and rows[0]["disturbance"] == "freeze front_left_hip"
    assert len(rows[1]["lanes"][0]["joints_rad"]) == 8


def test_time_is_the_visitors(made) -> None:  # type: ignore[no-untyped-def]
    made.obey(commands.Step())
    assert made.frame(1.0).notice.startswith("refused") and made.due
    made.obey(commands.Pause(True))
    assert not made.due
    made.obey(commands.Step())
    assert made.due
    made.step()
    assert not made.due
    made.obey(commands.RealtimeFactor(0.5))
    made.obey(commands.RealtimeFactor(0.0))
    assert made.factor == 0.5 and "real-time factor" in made.frame(1.0).notice


def test_what_cannot_be_shown_is_refused_before_it_starts(tmp_path: Path) -> None:
    for settings, word in (
        ({"lanes": ("plastik",)}, "plastik"),
        ({"lanes": ("plastic", "plastic")}, "once"),
        ({"body": "wings"}, "wings"),
        ({"seed": -1}, "seed"),
        ({"static": "realant"}, "not static"),
    ):
        with pytest.raises(BadInputError, match=word):
            session(tmp_path, **settings)
    with pytest.raises(BadInputError, match="--static"):
        session(tmp_path, "sts12", lanes=("static",))


def test_a_ground_may_be_given_as_the_body(tmp_path: Path) -> None:
    one = session(tmp_path, body="slope", lanes=("plastic",))
    assert (one.stage.body, one.stage.ground) == ("intact", "slope")
    one.close()
