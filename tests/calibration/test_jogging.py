"""Boards without feedback: an operator who only sees the joint jogs it, and the planted map is recovered."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import pytest
from planted_board import crab, running

from calibration.joint_procedure import JointPlan, calibrate_joint
from calibration.record import Calibration
from calibration.talk import ENTER, Talk
from firmware_bridge.emulated_hebb_board import EmulatedHebbBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.emulated_opencat import EmulatedOpenCat
from firmware_bridge.hebb_frames import BAUD
from firmware_bridge.hebb_line import HebbLine
from firmware_bridge.hebb_messages import SCALE as PULSES
from firmware_bridge.hebb_messages import State
from firmware_bridge.joint_map import JointMap
from firmware_bridge.opencat_frames import SCALE as DEGREES
from firmware_bridge.opencat_line import OpenCatLine
from firmware_bridge.serial_port import SerialPort

#: What an eye is off by when it holds a leg against a drawing, in [rad].
EYE = 0.004


class Eye:
    """Sees where a joint is, presses keys, and has no idea of counts."""

    def __init__(self, body: SlewJoints, index: int, rng: np.random.Generator) -> None:
        self.told: list[str] = []
        self._body, self._index, self._rng = body, index, rng
        self._answered, self._seen, self._still = 0, math.nan, 0
        self._sign, self._pressed, self._before = 1, "", 0.0
        self._error = 0.0
        self._sure, self._burst = False, []
        self.talk = Talk(self.key, self.told.append, lambda lines: None)

    def key(self, timeout: float) -> str:
        if self._burst:
            return self._burst.pop()
        time.sleep(timeout)
        here = float(self._body.joint_position[self._index])
        self._still = self._still + 1 if abs(here - self._seen) < 1e-5 else 0
        self._seen = here
        text = self.told[-1]
        if len(self.told) != self._answered:
            self._answered, self._still, self._before, self._pressed = len(self.told), 0, here, ""
            self._error = self._rng.normal(0.0, EYE)
        if self._still < 5:
            return ""
        self._still = 0
        if "jog it to" in text:
            return self._jog(here, math.radians(float(text.split("to ")[1].split(" deg")[0])) + self._error)
        if "it moves now" in text:
            return "y" if here > self._before else "n"
        return ENTER

    def _jog(self, here: float, target: float) -> str:
        if self._pressed in ("+", "-") and abs(here - self._before) > 0.01:
            self._sign = 1 if (here > self._before) == (self._pressed == "+") else -1
        left = math.degrees(self._sign * (target - here))
        coarse = self._pressed == "" or abs(left) >= 2.0
        self._before = here
        if abs(left) < 0.6:
            return ENTER
        self._pressed = ("+" if left > 0 else "-") if coarse else ("." if left > 0 else ",")
        # Once it is clear which key does what, nobody presses them one by one.
        nb = 1 if self._pressed in ".," or not self._sure else max(int(abs(left) / 3.0), 1)
        self._sure = True
        self._burst = [self._pressed] * (nb - 1)
        return self._pressed


def jogged(line: object, body: SlewJoints, robot: object, rng: np.random.Generator, angles: Sequence[float]):
    eye = Eye(body, 1, rng)
    nothing = Calibration(robot.name, "", "", "", "", "", ())
    plan = JointPlan(robot, "", "jig", angles, True, 4, 0.3, rng)
    name = robot.joint_names[1]
    return *calibrate_joint(line, name, line.greet(), nothing, plan, eye.talk, None), eye


def test_our_own_board_is_calibrated_by_eye() -> None:
    robot = crab()
    per_radian = 0.98 * PULSES.per_turn / (2.0 * math.pi)
    joint_map = JointMap((1, 2, 3, 4), np.full(4, 3100.0), np.array([1.0, -1.0, 1.0, 1.0]), np.full(4, per_radian))
    body = SlewJoints(robot)
    board = EmulatedHebbBoard(joint_map, body)
    with running(board):
        port = SerialPort(board.line.name, BAUD)
        line = HebbLine(port, [2])
        record, problems, _ = jogged(line, body, robot, np.random.default_rng(1), (-0.6, 0.1, 1.0))
        line.close()
    assert problems == []
    assert (record.method, record.direction) == ("jog", -1)
    assert record.zero_tick == pytest.approx(3100.0, abs=0.015 * per_radian)
    assert record.ticks_per_radian == pytest.approx(per_radian, rel=0.02)
    assert record.measured.latency is None and record.measured.backlash is None
    assert board.firmware.state is State.DISARMED


def test_an_answer_against_the_poses_is_refused() -> None:
    robot = crab()
    joint_map = JointMap((1, 2, 3, 4), np.full(4, 3000.0), np.ones(4), np.full(4, PULSES.per_turn / (2.0 * math.pi)))
    body = SlewJoints(robot)
    board = EmulatedHebbBoard(joint_map, body)
    rng = np.random.default_rng(2)
    with running(board):
        port = SerialPort(board.line.name, BAUD)
        line = HebbLine(port, [2])
        eye = Eye(body, 1, rng)
        liar = Talk(lambda t: {"y": "n", "n": "y"}.get(k := eye.key(t), k), eye.told.append, lambda lines: None)
        nothing = Calibration(robot.name, "", "", "", "", "", ())
        plan = JointPlan(robot, "", "jig", (-0.3, 0.6), True, 4, 0.3, rng)
        _, problems = calibrate_joint(line, robot.joint_names[1], line.greet(), nothing, plan, liar, None)
        line.close()
    assert problems == ["the poses say it turns one way, your answer says the other"]


def test_an_opencat_board_is_calibrated_by_eye_in_whole_degrees() -> None:
    robot = crab()
    joint_map = JointMap((8, 9, 10, 11), np.full(4, 7.0), np.array([1.0, -1.0, 1.0, 1.0]), np.full(4, 180.0 / math.pi))
    body = SlewJoints(robot)
    board = EmulatedOpenCat(joint_map, body)
    with running(board):
        port = SerialPort(board.line.name, 115_200)
        line = OpenCatLine(port, [9])
        record, problems, _ = jogged(line, body, robot, np.random.default_rng(3), (-0.5, 0.8))
        line.close()
    assert problems == []
    assert record.direction == -1
    assert record.zero_tick == pytest.approx(7.0, abs=math.degrees(0.02))
    assert record.ticks_per_radian == pytest.approx(DEGREES.per_turn / (2.0 * math.pi), rel=0.03)
