"""The ramp of a board in simulation: its own law, the emulated OpenCat board's joints, and robots without one."""

import dataclasses
import math

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_bridge import opencat_frames as frames
from firmware_bridge.emulated_opencat_joints import OpenCatJoints
from hebb_controller.errors import RobotError
from hebb_controller.robot import BoardSpec
from hebb_controller.robot_file import load_robot, robot_from, shipped_robots
from hebb_controller.signals import JointTargets
from sim.board_ramp import BoardRamp

ROBOT = load_robot("bittle")
assert ROBOT.board is not None
BOARD: BoardSpec = ROBOT.board
TICK, MILLISECOND = 0.02, 0.001
DEGREE = math.radians(1.0)
poses = st.lists(st.lists(st.integers(-25, 70), min_size=8, max_size=8), min_size=1, max_size=15)


def ramp_from(angles: list[int], board: BoardSpec = BOARD, physics_step: float = MILLISECOND) -> BoardRamp:
    """A board at rest at some whole degrees."""
    ramp = BoardRamp(board, DEGREE, physics_step)
    ramp.reset(np.radians(angles))
    return ramp


@settings(deadline=None, max_examples=40)
@given(poses, st.sampled_from([6, 13, 200]))
def test_it_is_the_emulated_boards(goals: list[list[int]], furthest: int) -> None:
    """A command every 20 ms: those that the free board takes move its joints as the emulated board's joints move.

    The emulated ones are whole degrees, cut off towards zero.
    """
    ramp = ramp_from([30] * 8, dataclasses.replace(BOARD, furthest=math.radians(furthest)))
    joints = OpenCatJoints(2)
    joints.angles[8:] = [30] * 8
    pose = [30] * 8
    joints.go(joints.angles, -1.0, True)
    now = 0.0
    for goal in goals:
        ramp.command(np.radians(goal))
        if now >= joints.move_ends - 1e-9:
            pose = [old + min(max(new - old, -furthest), furthest) for old, new in zip(pose, goal, strict=True)]
            joints.go([0] * 8 + pose, now + BOARD.exchange, True)
        for k in range(20):
            joints.move(now + k * MILLISECOND + 1e-7)
            np.testing.assert_allclose(np.degrees(ramp.step()), joints.angles[8:], atol=1.0 + 1e-6)
        now += TICK


def test_figures_are_the_bridges() -> None:
    """The bridge asks for no more at once than the robot's file says, and waits for as long a ramp."""
    assert math.degrees(BOARD.furthest) == pytest.approx(frames.FURTHEST)
    for change in range(31):
        ramp = ramp_from([0] * 8, dataclasses.replace(BOARD, furthest=1.0, exchange=0.0), 0.0005)
        ramp.command(np.radians([change] * 8))
        while ramp._time < frames.ramp_time(change) - 1e-9:
            ramp.command(np.zeros(8))  # forgotten: it is deaf
            np.testing.assert_array_less(-1e-9, ramp.step())
        np.testing.assert_allclose(np.degrees(ramp.step()), change, atol=1e-9)
        ramp.command(np.zeros(8))
        assert change == 0 or ramp._target[0] == 0.0


def test_every_second_command_is_taken_and_all_joints_arrive_together() -> None:
    ramp = ramp_from([30] * 8, physics_step=0.01)
    seen = []
    for goal in (60, 0, 60, 0):
        ramp.command(np.radians([30, 31, goal, 33, 30, 30, 30, 30]))
        seen += [np.degrees(ramp.step()), np.degrees(ramp.step())]
    np.testing.assert_allclose([pose[2] for pose in seen], [30, 30, 34.5, 36, 36, 36, 40.5, 42], atol=1e-9)
    np.testing.assert_allclose([pose[3] for pose in seen][:4], [30, 30, 32.25, 33], atol=1e-9)


def test_only_bittle_has_one() -> None:
    """Commands of all other robots pass as they did."""
    assert [name for name in shipped_robots() if load_robot(name).board is not None] == ["bittle"]


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"ramp_step_deg": 0, "step_time_s": 0.008, "furthest_deg": 6, "exchange_s": 0}, "board.ramp_step: must be"),
        ({"ramp_step_deg": 2, "step_time_s": 0, "furthest_deg": 6, "exchange_s": 0}, "board.step_time_s"),
        ({"ramp_step_deg": 2, "step_time_s": 0.008, "exchange_s": 0}, "board.furthest"),
        ({"speed": 1}, "board.speed: unknown key"),
        (7, "board: must hold keys and values"),
    ],
)
def test_a_board_that_cannot_be_is_refused(section: object, words: str) -> None:
    description = yaml.safe_load(shipped_robots()["bittle"].read_text())
    with pytest.raises(RobotError, match=words):
        robot_from(description | {"board": section})


@pytest.mark.sim
@pytest.mark.parametrize("engine", ["bullet", "mujoco"])
def test_a_walk_feels_it(engine: str) -> None:
    """Towards a far goal, joints get as far as three commands let them in five; a reading repeats the command."""
    pytest.importorskip("pybullet")
    pytest.importorskip("mujoco")
    from sim.walk import WalkTask

    gone = {}
    for board in (BOARD, None):
        task = WalkTask(dataclasses.replace(ROBOT, board=board), randomise=False, engine=engine)
        task.reset(np.random.default_rng(0))
        goal = ROBOT.neutral + np.tile([-0.4, 0.4], 4)  # up on its toes
        for _ in range(7):
            state = task.step(JointTargets(0.0, goal, "position")).state
        np.testing.assert_array_equal(state.joint_position, goal)
        gone[board is None] = np.degrees(np.abs(task.joint_angles - ROBOT.neutral).mean())
        task.close()
    assert gone[False] < 18.0 < gone[True]
