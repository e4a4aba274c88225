"""The page's pure parts: kinematics, meshes, pictures, plots, words and keys, each against an oracle."""

from __future__ import annotations

import dataclasses
import math
from unittest.mock import MagicMock
from xml.etree import ElementTree

import numpy as np
import pytest

from hebb_controller.leg_kinematics import leg_chain
from hebb_controller.live_faults import is_wipe, read_fault
from hebb_controller.page import commands
from hebb_controller.page.actions import ACTIONS, Choice, greyed
from hebb_controller.page.capsule import capsule
from hebb_controller.page.drawing import BASE, RobotDrawing, attitude_turn, drawing_of, joint_turn, rotate
from hebb_controller.page.frames import (
    HOLDS,
    INTERRUPTED,
    RECOVERED,
    RECOVERING,
    Disturbance,
    Frame,
    LaneFrame,
    LaneStage,
    Outcome,
    Stage,
    newer,
)
from hebb_controller.page.heat_map import GAP, heat_map
from hebb_controller.page.history import SPACING, SPAN, History
from hebb_controller.page.keyboard import estop_html
from hebb_controller.page.lane_scene import ALONG, CELL
from hebb_controller.page.recovery_text import outcome_text
from hebb_controller.page.robot_scene import TRAIL_LENGTH, TRAIL_STEP, RobotScene
from hebb_controller.page.status_html import recovery_html, status_html
from hebb_controller.page.svg_plot import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH
from hebb_controller.robot_file import load_robot
from hebb_controller.safety import tilt_of

LANE = LaneFrame((0.0, 0.0, 0.1), (0.0, 0.0, 0.0), (0.0,))
STAGE = Stage("title", (LaneStage("plastic", "", RobotDrawing((), (), 0.1)),), ("front_left_hip", "back_left_hip"))


def ends(drawing: RobotDrawing, angles: np.ndarray) -> np.ndarray:
    """Places of all capsules' ends in the base frame, by chaining the frames as the scene does."""
    frames: list[tuple[np.ndarray, list[tuple[float, ...]]]] = []
    found = []
    for link, angle in zip(drawing.links, angles, strict=True):
        place, turns = (np.zeros(3), []) if link.parent == BASE else frames[link.parent]
        place = place + turned(turns, np.array(link.origin))
        turns = [*turns, joint_turn(link.axis, float(angle))]
        frames.append((place, turns))
        found.append(place + turned(turns, np.array(link.shape.to)))
    return np.array(found)


def turned(turns: list[tuple[float, ...]], vector: np.ndarray) -> np.ndarray:
    for turn in reversed(turns):
        vector = rotate(turn, vector)  # type: ignore[arg-type]
    return vector


@pytest.mark.parametrize("name", ["realant", "sts12", "bittle", "pwm12"])
def test_the_drawn_joints_stand_where_the_kinematics_say(name: str) -> None:
    robot = load_robot(name)
    body = robot.body
    assert body is not None
    angles = np.random.default_rng(0).uniform(robot.lower, robot.upper)
    drawn = ends(drawing_of(robot), angles)
    legs = np.split(angles, len(body.legs))
    expected = np.concatenate([leg_chain(body, leg, own)[0][1:] for leg, own in zip(body.legs, legs, strict=True)])
    assert drawn == pytest.approx(expected)
    assert drawing_of(robot).reach >= np.hypot(expected[:, 0], expected[:, 1]).max()
    assert sum(link.foot for link in drawing_of(robot).links) == len(body.legs)


@pytest.mark.sim
def test_the_ant_has_a_drawing_of_its_own_whose_leg_is_cut() -> None:
    from sim.view.ant_drawing import ant_drawing

    robot = load_robot("ant")
    whole, cut = (ant_drawing(robot, body) for body in ("intact", "front_left_short"))
    lengths = [[math.hypot(*link.shape.to) for link in drawing.links] for drawing in (whole, cut)]
    changed = [k for k, (a, b) in enumerate(zip(*lengths, strict=True)) if a != b]
    assert len(changed) == 1 and lengths[1][changed[0]] == pytest.approx(0.25 * lengths[0][changed[0]])
    assert [link.joint for link in whole.links] == list(robot.joint_names)


def test_attitude_tilts_as_the_gate_measures_it() -> None:
    for roll, pitch, yaw in np.random.default_rng(1).uniform(-1.0, 1.0, (20, 3)):
        up = rotate(attitude_turn(roll, pitch, yaw), np.array([0.0, 0.0, 1.0]))
        assert math.acos(up[2]) == pytest.approx(float(tilt_of(roll, pitch)))
    assert attitude_turn(math.nan, 0.0, math.nan) == (1.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize("to", [(0.0, 0.0, -0.1), (0.1, 0.2, -0.05), (0.0, 0.0, 0.0)])
def test_every_point_of_a_capsule_is_its_radius_away_from_its_axis(to: tuple[float, float, float]) -> None:
    vertices, faces = capsule(to, 0.02)
    end = np.array(to)
    along = np.clip(vertices @ end / max(float(end @ end), 1e-12), 0.0, 1.0)
    away = np.linalg.norm(vertices - along[:, None] * end, axis=1)
    assert away == pytest.approx(np.full(len(vertices), 0.02))
    # A closed surface whose faces look outwards: the volume that they enclose is positive, and not above the capsule's.
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    volume = float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum()) / 6.0
    whole = math.pi * 0.02**2 * (np.linalg.norm(end) + 4.0 / 3.0 * 0.02)
    assert 0.7 * whole < volume < whole


@pytest.mark.parametrize(("around", "rings"), [(12, 3), (18, 5)])
def test_a_ball_is_a_closed_surface_without_a_vertex_twice(around: int, rings: int) -> None:
    vertices, faces = capsule((0.0, 0.0, 0.0), 0.1, around, rings)
    assert np.linalg.norm(vertices, axis=1) == pytest.approx(np.full(len(vertices), 0.1))
    assert len(np.unique(np.round(vertices, 9), axis=0)) == len(vertices)
    edges = {(int(f[k]), int(f[(k + 1) % 3])) for f in faces for k in range(3)}
    assert len(edges) == 3 * len(faces) and all((b, a) in edges for a, b in edges)
    assert len(vertices) - len(edges) // 2 + len(faces) == 2  # Euler


@pytest.mark.parametrize("size", [0.3, 1.2])
def test_a_trail_is_as_long_as_the_ground_behind_its_robot(size: float) -> None:
    scene = RobotScene(MagicMock(), "/lane", RobotDrawing((), (), size), (0, 0, 0), lambda _joint, _visitor: None)
    places = [(x, 0.0, 0.1) for x in np.arange(0.0, 20.0 * size, 0.01 * size)]
    drawn = sum(scene.trail(place) for place in places)
    assert drawn == pytest.approx(20.0 / TRAIL_STEP, rel=0.1)
    length = scene._trail[-1][0] - scene._trail[0][0]
    assert length == pytest.approx(TRAIL_LENGTH * size, rel=0.15) and scene._trail[-1][0] > 19.8 * size
    assert TRAIL_LENGTH == ALONG * CELL
    assert not scene.trail((math.nan, 0.0, 0.0)) and scene.trail((0.0, 0.0, 0.1))
    assert scene._trail == [(0.0, 0.0, 0.1)]  # put back to the start


def test_a_heat_map_paints_signs_and_sizes() -> None:
    layers = [np.array([[1.0, -1.0, 0.0]], dtype=np.float32), np.zeros((2, 1), dtype=np.float32)]
    picture = heat_map(layers, pixels=1)
    assert picture.shape == (2, 3 + GAP + 1, 3)
    red, blue, white = picture[0, 0], picture[0, 1], picture[0, 2]
    assert red[0] > red[2] and blue[2] > blue[0] and (white == 255).all() and (picture[:, -1] == 255).all()
    assert heat_map([np.array([[np.nan, 2.0]], dtype=np.float32)], 3).shape == (3, 6, 3)


def plotted(values: np.ndarray, disturbances: tuple[Disturbance, ...] = ()) -> ElementTree.Element:
    history = History(("plastic", "frozen"))
    for k, value in enumerate(values):
        lane = dataclasses.replace(LANE, speed=float(value))
        history.add(Frame(SPACING * k, (lane, dataclasses.replace(lane, speed=math.nan)), disturbances))
    return ElementTree.fromstring(history.plots(disturbances)[0])


def with_class(svg: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in svg.iter() if element.get("class") == name]


def test_plots_are_shaded_where_something_befell_the_robots_and_say_when_they_were_back() -> None:
    back = Disturbance("wipe & <b>", 3.0, 6.0, (Outcome(RECOVERED, 1.5), Outcome(RECOVERING)))
    svg = plotted(np.ones(200), (back, Disturbance("limp", 12.0, None), Disturbance("wipe", 9.0, 9.0)))
    shades = with_class(svg, "hebb-shade")
    per_second = (WIDTH - LEFT - RIGHT) / SPAN
    assert float(shades[0].get("x", 0)) == pytest.approx(LEFT + 3.0 * per_second, abs=0.1)
    widths = [float(shade.get("width", 0)) for shade in shades]
    assert widths == pytest.approx([3.0 * per_second, (19.9 - 12.0) * per_second, 2.0], abs=0.1)
    (mark,) = with_class(svg, "hebb-back")
    assert float((mark.get("d") or "")[1:].split()[0]) == pytest.approx(LEFT + 7.5 * per_second, abs=0.1)
    assert {"wipe & <b>", "limp", "1.5 s"} <= {element.text for element in svg.iter()}


def test_a_line_goes_where_its_values_are_and_leaves_out_what_nobody_knows() -> None:
    svg = plotted(np.array([0.0, 0.5, 1.0, math.nan, 0.25, 0.0]))
    lines = [e.get("d") or "" for e in svg.iter() if e.get("fill") == "none"]
    assert lines[1] == ""  # the lane whose speed nobody knows
    assert lines[0].count("M") == 2 and lines[0].count("L") == 3
    heights = [float(word.split()[1]) for word in lines[0].replace("L", "M").split("M")[1:]]
    assert heights[2] < heights[1] < heights[0] == heights[4] and heights[0] - heights[1] == pytest.approx(
        heights[1] - heights[2], abs=0.11
    )


@pytest.mark.parametrize("scale", [0.0, 1e-4, 0.37, 12.0, 4e5])
def test_an_axis_holds_all_values_and_few_round_ticks(scale: float) -> None:
    svg = plotted(scale * np.linspace(-0.3, 1.0, 50))
    rows = [float(e.get("y", 0)) for e in svg.iter() if e.get("text-anchor") == "end" and e.get("x") == str(LEFT - 4)]
    assert 2 <= len(rows) <= 7
    drawn = [e.get("d") or "" for e in svg.iter() if e.get("fill") == "none"][0]
    heights = [float(word.split()[1]) for word in drawn.replace("L", "M").split("M")[1:]]
    assert min(heights) >= TOP and max(heights) <= HEIGHT - BOTTOM


def test_a_history_thins_and_forgets() -> None:
    history = History(("plastic",))
    for k in range(int(3 * SPAN / 0.02)):
        history.add(Frame(0.02 * k, (LANE,)))
    table = history.table
    assert np.diff(table[:, 0]).min() >= 0.99 * SPACING and table[-1, 0] - table[0, 0] <= 1.5 * SPAN
    assert max(len(plot) for plot in history.plots(())) < 10_000
    history.add(Frame(0.0, (LANE,)))
    assert history.table.shape == (1, 3)


def test_a_frame_that_takes_anothers_place_keeps_its_weights() -> None:
    weights = ((np.ones((1, 1), dtype=np.float32),),)
    old, new = Frame(0.0, (LANE,), weights=weights), Frame(1.0, (LANE,))
    assert newer(old, new).weights is weights and newer(old, new).time == 1.0
    assert newer(None, new) is new and newer(new, old) is old


def test_outcomes_in_words() -> None:
    assert outcome_text(Outcome(RECOVERED, 1.24)) == "recovered in 1.2 s"
    assert outcome_text(Outcome(HOLDS, share=0.621)) == "holds, 62 % of its speed"
    assert outcome_text(Outcome(RECOVERING, share=-0.2)) == "recovering, 0 % of its speed"
    assert outcome_text(Outcome(INTERRUPTED)) == "interrupted"


def test_what_others_say_cannot_become_markup() -> None:
    evil = "<script>alert(1)</script>"
    lane = dataclasses.replace(LANE, reason=evil, mode="limp", error=evil, faults=(evil,))
    frame = Frame(1.0, (lane,), (Disturbance(evil, 0.0, None, (Outcome(evil),)),), estop=evil, bus=(evil,))
    stage = dataclasses.replace(STAGE, title=evil)
    for text in (status_html(stage, frame), recovery_html(stage, frame)):
        assert "<script" not in text and "&lt;script" in text
    assert estop_html().count("<") == 1  # one element: the script hides in its attribute


def test_every_action_sends_a_good_command_and_has_a_key_of_its_own() -> None:
    stage = dataclasses.replace(
        STAGE, bodies=("intact", "front_left_short", "back_left_short", "payload"), grounds=("level", "slope")
    )
    frame = Frame(0.0, (LANE,))
    keys = [action.key for action in ACTIONS]
    assert len(set(keys)) == len(keys) and not set(keys) & set("WASDQE")
    made = [action.make(Choice("back_left_hip"), stage, frame) for action in ACTIONS]
    assert None not in made
    for command in made:
        if isinstance(command, commands.Fault):
            assert read_fault(command.text, 7) is not None
    assert commands.Body("back_left_short") in made and any(
        isinstance(c, commands.Fault) and is_wipe(c.text) for c in made
    )
    kinds = {type(command) for command in made} | {commands.EStop, commands.RealtimeFactor}
    assert kinds == set(commands.Command.__args__)


def test_greyed_actions_say_why() -> None:
    lock = next(action for action in ACTIONS if action.needs == "Lock")
    assert greyed(lock, {"Lock": "no servos"}) == "no servos" and greyed(lock, {}) == ""
