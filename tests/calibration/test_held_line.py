"""Boards that give torque to all joints at once: while one is calibrated, its neighbours stay where they are."""

from __future__ import annotations

import math
import time
from pathlib import Path

import numpy as np
import pytest
from planted_board import crab, opener, running
from test_jogging import Eye

from calibration.held_line import HeldLine
from calibration.plan import Plan
from calibration.powered import Powered
from calibration.procedure import calibrate
from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_line import BoardLine
from firmware_bridge.boards import BOARDS, find_board
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulators import make_emulator
from firmware_bridge.errors import LinkError
from firmware_bridge.serial_port import SerialPort
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import Vector


class Watched(SlewJoints):
    """Joints that remember the poses that they went through, and can be put elsewhere by hand."""

    def __init__(self, robot, start: Vector) -> None:
        super().__init__(robot, start=start)
        self.seen = [self.position.copy()]

    def advance(self, goal: Vector, strength: Vector) -> None:
        super().advance(goal, strength)
        self.seen.append(self.position.copy())

    def put(self, pose: Vector) -> None:
        self.position = self.joint_position = pose.copy()
        self._goals = [pose.copy() for _ in self._goals]
        time.sleep(0.1)  # the board measures it
        self.seen.clear()

    @property
    def farthest(self) -> Vector:
        """By how much each joint has moved since it was put there, in [rad]."""
        return np.ptp(np.array(self.seen), axis=0)


def test_realants_neighbours_are_held_where_they_stand() -> None:
    robot, kind = load_robot("realant"), find_board("realant")
    body = Watched(robot, robot.lower + 0.2)
    board = make_emulator("realant", robot, body, BoardFaults())
    with running(board):
        port = SerialPort(board.line.name, kind.baud)
        whole = kind.open_line(port, kind.drawn(robot).servo_ids)
        line: BoardLine = HeldLine(whole, 2)
        line.greet()
        told = line.warning(robot.joint_names)  # type: ignore[attr-defined]
        assert told == (
            "this board gives torque to all joints at once: the other 7 hold where they stand; hands off them"
        )
        assert line.ids == (3,) and len(line.feedback()) == 1
        body.put(robot.neutral - 0.2)  # by hand, for the jig poses: the goals in the servos are stale now
        values = line.feedback()[0].values
        assert values is not None
        tick = round(values["position"])
        with Powered(line, [tick], None):
            end = time.monotonic() + 0.5
            while time.monotonic() < end:
                line.put_goals([tick + 40])
                line.feedback()
                time.sleep(0.02)
        port.close()
    assert body.farthest[2] == pytest.approx(40.0 / kind.scale.per_turn * 2.0 * math.pi, abs=0.01)
    assert np.delete(body.farthest, 2).max() < 0.01


def test_a_neighbour_that_does_not_let_go_is_named() -> None:
    robot, kind = load_robot("realant"), find_board("realant")
    board = make_emulator("realant", robot, SlewJoints(robot), BoardFaults())
    with running(board):
        port = SerialPort(board.line.name, kind.baud)
        line = HeldLine(kind.open_line(port, kind.drawn(robot).servo_ids), 0)
        line.greet()
        tick = round((line.feedback()[0].values or {})["position"])
        with pytest.raises(LinkError, match="torque off not confirmed by servo 8"), Powered(line, [tick], None):
            board.faults.missing = {8}
        port.close()


def test_our_own_board_gives_pulses_to_the_one_joint_alone(tmp_path: Path) -> None:
    robot, kind = crab(), find_board("hebb")
    body = Watched(robot, robot.neutral + np.array([0.3, -0.2, 0.4, -0.4]))  # power has just come: no goals yet
    board = make_emulator("hebb", robot, body, BoardFaults())
    with running(board):
        port = SerialPort(board.line.name, kind.baud)
        name = robot.joint_names[1]
        plan = Plan(robot, kind, kind.drawn(robot).servo_ids, tmp_path / "c.json", joints=(name,), angles=(-0.3, 0.4))
        eye = Eye(body, 1, np.random.default_rng(4))
        calibrate(plan, opener(port, kind), eye.talk)
        port.close()
    assert body.farthest[1] > 0.5
    assert np.delete(body.farthest, 1).max() == 0.0
    assert not any("all joints at once" in text for text in eye.told)


def test_the_dialogue_holds_what_it_last_commanded_and_says_so_first(tmp_path: Path) -> None:
    robot, kind = crab(), find_board("opencat")
    drawn = kind.drawn(robot)
    pose = robot.neutral + np.array([0.3, -0.2, 0.4, -0.4])
    ticks = [int(tick) for tick in drawn.to_ticks(pose)]
    body = Watched(robot, pose)
    board = make_emulator("opencat", robot, body, BoardFaults())
    with running(board):
        port = SerialPort(board.line.name, kind.baud)
        whole = kind.open_line(port, drawn.servo_ids)
        whole.greet()
        whole.power_on(ticks)
        assert whole.power_off() == []
        assert whole.resting is not None  # it lies down before it lets go
        ticks = list(whole.resting)
        body.put(drawn.to_angles(ticks))
        eye = Eye(body, 1, np.random.default_rng(4))
        name = robot.joint_names[1]
        plan = Plan(robot, kind, drawn.servo_ids, tmp_path / "c.json", joints=(name,), angles=(-0.3, 0.4))
        calibrate(plan, opener(port, kind), eye.talk)
        port.close()
    assert body.farthest[1] > 0.5
    # An OpenCat board's last step towards its rest, which its joints never finish, is up to two degrees.
    assert np.delete(body.farthest, 1).max() < math.radians(2.5)
    warning = next(k for k, text in enumerate(eye.told) if "gives torque to all joints at once" in text)
    assert next(k for k, text in enumerate(eye.told) if "torque comes on" in text) > warning
    others = [f"{n} to {tick}" for n, tick in zip(robot.joint_names, ticks, strict=True) if n != name]
    same = len({ticks[k] for k in (0, 2, 3)}) == 1
    assert (f"all to {ticks[0]}" if same else ", ".join(others)) in eye.told[warning]


def test_boards_whose_servos_have_torque_of_their_own_need_none_of_this() -> None:
    assert {name for name, kind in BOARDS.items() if kind.one_by_one} == {"sts", "dxl1", "dxl2", "hebb"}
