"""`hebb board monitor`: what the servos hold is what is shown, in the joints' own sense; nothing is switched on."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from board_thread import bench_board, running
from builder_cli import hebb
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_monitor import JointNow, Monitor, monitor
from firmware_bridge.board_monitor_table import limits_bar, snapshot_lines
from firmware_bridge.boards import find_board
from firmware_bridge.errors import LinkError
from firmware_bridge.joint_map import JointMap
from hebb_controller.robot_file import load_robot

ROBOT = load_robot("sts12")
STS = find_board("sts")
#: Servos in another order than the joints, every other one mounted the other way round.
MAP = JointMap(
    tuple(range(12, 0, -1)),
    np.linspace(1900.0, 2100.0, 12),
    np.where(np.arange(12) % 2 == 0, 1.0, -1.0),
    np.full(12, 4096.0 / (2.0 * np.pi)),
)


def test_angles_are_the_bodys_and_figures_the_servos() -> None:
    with running(bench_board("sts", joint_map=MAP)) as board:
        board.servos[5].set("voltage", 111)
        board.servos[5].set("temperature", 47)
        line = STS.open(board.line.name, MAP.servo_ids)
        try:
            now = Monitor(line, ROBOT, MAP).look()
        finally:
            line.close()
        np.testing.assert_allclose([j.angle for j in now.joints], ROBOT.neutral, atol=0.5 * 2.0 * math.pi / 4096.0)
        assert [j.servo_id for j in now.joints] == list(range(12, 0, -1))
        joint = now.joints[7]
        assert (joint.servo_id, joint.voltage, joint.temperature) == (5, pytest.approx(11.1), 47.0)
        assert all(j.complaint == "" and j.age is not None and j.age < 1.0 for j in now.joints)
        assert [servo.get("torque") for servo in board.servos.values()] == [0] * 12


def test_speed_and_load_have_the_joints_sign() -> None:
    board = bench_board("sts", joint_map=MAP)
    board.body.speed = np.full(12, 0.5)
    board.body.load = np.full(12, 0.25)
    board.body.advance = lambda goal, strength: None  # type: ignore[method-assign]  # they stay as they are
    with running(board):
        line = STS.open(board.line.name, MAP.servo_ids)
        try:
            now = Monitor(line, ROBOT, MAP).look()
        finally:
            line.close()
    assert [j.speed for j in now.joints] == [pytest.approx(0.5, abs=0.01)] * 12
    assert [j.load for j in now.joints] == [pytest.approx(0.25, abs=0.01)] * 12


def test_a_line_that_nobody_could_walk_with_is_shown_all_the_same() -> None:
    faults = BoardFaults(missing={2}, alarms={3: 32})
    with running(bench_board("sts", faults=faults)) as board:
        line = STS.open(board.line.name, range(1, 13))
        try:
            now = Monitor(line, ROBOT, JointMap(tuple(range(1, 13)), *_drawn())).look()
        finally:
            line.close()
    assert [j.complaint for j in now.joints[:4]] == ["", "silent", "overload", ""]
    assert now.joints[1].angle is None and now.joints[1].age is None
    assert "no answer from servo 2" in now.trouble[0]
    text = "\n".join(snapshot_lines(now))
    assert "silent" in text and "overload" in text and "! port" in text


def test_nobody_at_all_is_an_error() -> None:
    with running(bench_board("sts", faults=BoardFaults(missing=set(range(13))))) as board:
        line = STS.open(board.line.name, range(1, 13))
        try:
            with pytest.raises(LinkError, match="no servo answers"):
                Monitor(line, ROBOT, JointMap(tuple(range(1, 13)), *_drawn()))
        finally:
            line.close()


def test_steps_are_counted_and_a_key_ends_it() -> None:
    seen: list[int] = []
    count = iter(range(100))
    monitor(lambda: next(count), seen.append, 1000.0, 5)  # type: ignore[arg-type]
    assert seen == [0, 1, 2, 3, 4]
    monitor(lambda: next(count), seen.append, 1000.0, 0, lambda: len(seen) == 8)  # type: ignore[arg-type]
    assert seen == list(range(8))


@given(st.floats(-3.0, 3.0))
def test_the_bar_shows_where_between_the_limits(angle: float) -> None:
    joint = JointNow("knee", 1, angle, -1.0, 1.0, 0, None, None, None, None, "", 0.0)
    bar = limits_bar(joint)
    assert len(bar) == 17
    assert bar.startswith("<") == (angle < -1.0)
    assert bar.endswith(">") == (angle > 1.0)
    if -1.0 <= angle <= 1.0:
        at = -1.0 + 2.0 * (bar.index("o") - 1 + 0.5) / 15.0
        assert abs(at - angle) <= 1.0 / 15.0 + 1e-9


def test_the_verb_prints_one_object_per_reading(capsys: pytest.CaptureFixture[str]) -> None:
    with running(bench_board("sts")) as board:
        words = ["board", "monitor", "--port", board.line.name, "--calibration", "none", "--steps", "3", "--hz", "50"]
        assert hebb([*words, "--json"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [len(json.loads(line)["joints"]) for line in lines] == [12, 12, 12]
        assert hebb(words) == 0
        assert capsys.readouterr().out.count("front_left_knee") == 3
        assert hebb([*words, "--steps", "-1"]) == 2
        assert [servo.get("torque") for servo in board.servos.values()] == [0] * 12
    assert hebb(["board", "monitor", "--port", "/dev/nowhere", "--calibration", "none"]) == 1


def _drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.full(12, 2048.0), np.ones(12), np.full(12, 4096.0 / (2.0 * np.pi))
