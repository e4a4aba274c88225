"""`hebb jog`: one joint moves, slowly, within its limits; torque is off at the end whatever happens."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
import pytest
from board_thread import bench_board, running
from builder_cli import hebb

from firmware_bridge.board_faults import BoardFaults
from firmware_bridge.board_report import Power
from firmware_bridge.bus_owner import BusOwner
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.emulated_joints import SlewJoints
from firmware_bridge.errors import LinkError
from firmware_bridge.jog import PERIOD, Jog, check_angle, jog_by_keys, jog_to, joint_index
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.serial_jog import armed_owner
from firmware_bridge.serial_plant import SerialConfig
from firmware_bridge.servo_tables import find_table
from hebb_controller.errors import BadInputError, RunFailedError
from hebb_controller.robot_file import load_robot
from hebb_controller.signals import Vector

ROBOT = load_robot("sts12")
KNEE = 2
#: Half a count of the encoder, in [rad].
HALF = math.pi / 4096.0


def torques(board: EmulatedBoard) -> list[int]:
    return [servo.get("torque") for servo in board.servos.values()]


@contextmanager
def under_torque(board: EmulatedBoard) -> Iterator[BusOwner]:
    """Arm, again if a busy computer made answers late: torque stays off then, as it should."""
    config = SerialConfig(board.line.name, "sts", supervise=False)
    with ExitStack() as stack:
        for attempt in range(6):
            try:
                owner = stack.enter_context(armed_owner(ROBOT, config, lambda _: None))
                break
            except LinkError as error:
                if "outside limits" in str(error) or attempt == 5:
                    raise
        yield owner


def test_the_verb_moves_one_joint_and_lets_go(capsys: pytest.CaptureFixture[str]) -> None:
    with running(bench_board("sts")) as board:
        words = ["jog", "--port", board.line.name, "--calibration", "none", "--joint", "front_left_knee"]
        for _ in range(6):  # answers may be late on a busy computer: torque stays off then
            code = hebb([*words, "--to", "-75", "--yes"])
            told = capsys.readouterr().out
            if code == 0:
                break
        assert code == 0 and "stands at -75.0 deg" in told
        assert torques(board) == [0] * 12
        wanted = ROBOT.neutral.copy()
        wanted[KNEE] = math.radians(-75.0)
        np.testing.assert_allclose(board.body.position, wanted, atol=2.0 * HALF)
        for code, more in (
            (2, ["--to", "5", "--yes"]),  # beyond the limit
            (2, ["--to", "-80"]),  # nobody is there to confirm
            (2, ["--yes"]),  # no keys
            (2, ["--to", "-80", "--speed", "0", "--yes"]),
        ):
            assert hebb([*words, *more]) == code
        assert hebb(["jog", "--port", board.line.name, "--calibration", "none", "--to", "3", "--yes"]) == 2
        np.testing.assert_allclose(board.body.position, wanted, atol=2.0 * HALF)
        assert len(capsys.readouterr().err.splitlines()) == 5


def test_no_goal_runs_ahead_of_the_speed() -> None:
    with running(bench_board("sts")) as board, under_torque(board) as owner:
        told: list[Vector] = []
        write = owner.write
        owner.write = lambda goal: (told.append(goal.copy()), write(goal))[1]  # type: ignore[method-assign,func-returns-value]
        jog_to(Jog(owner, ROBOT, speed=0.8), ROBOT, KNEE, math.radians(-70.0), True)
    steps = np.abs(np.diff(np.array(told), axis=0))
    assert steps.max() <= 0.8 * PERIOD + 1e-12
    assert np.count_nonzero(steps.sum(axis=0) > 1e-9) == 1  # the others were told to stay


def test_keys_choose_and_move_joints() -> None:
    with running(bench_board("sts")) as board:
        with under_torque(board) as owner:
            pressed = iter(
                ["+", "+", *[""] * 20, "n", "-", *[""] * 20, "0", *[""] * 20, "p", "0", *[""] * 20, "p", "+"]
            )
            shown: list[Sequence[str]] = []
            jog = Jog(owner, ROBOT)
            jog_by_keys(jog, ROBOT, 1, lambda _: next(pressed, "q"), shown.append)
        assert torques(board) == [0] * 12
    cursor = [next(k for k, line in enumerate(lines) if line.startswith(">")) for lines in shown]
    assert [k for k, before in zip(cursor, [-1, *cursor], strict=False) if k != before] == [1, 2, 1, 0]
    assert jog.goal[0] == pytest.approx(PERIOD * 0.5)  # under way to 2 degrees when q came
    np.testing.assert_allclose(jog.goal[1:], ROBOT.neutral[1:], atol=1e-3)


def test_keys_stop_at_the_limits() -> None:
    with running(bench_board("sts")) as board:
        with under_torque(board) as owner:
            jog = Jog(owner, ROBOT, speed=2.0)
            keys = iter(["+"] * 60)
            jog_by_keys(jog, ROBOT, KNEE, lambda _: next(keys, "q"), lambda _: None)
            assert jog.wanted[KNEE] == ROBOT.upper[KNEE]
        low, high = board.servos[KNEE + 1].goals_seen or (0, 0)
        assert high <= 2048


def test_torque_goes_off_when_interrupted() -> None:
    with running(bench_board("sts")) as board:

        def impatient() -> None:
            if torques(board) == [1] * 12:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt), under_torque(board) as owner:
            jog_to(Jog(owner, ROBOT, pace=impatient), ROBOT, KNEE, math.radians(-75.0), True)
        assert torques(board) == [0] * 12


class CaughtKnee(SlewJoints):
    """A knee that something holds."""

    def advance(self, goal: Vector, strength: Vector) -> None:
        super().advance(goal, strength)
        self.position[KNEE] = ROBOT.neutral[KNEE]


def test_a_joint_that_is_caught_is_told_and_let_go() -> None:
    table = find_table("sts")
    board = EmulatedBoard(table, nominal_map(ROBOT, table.scale), CaughtKnee(ROBOT))
    with running(board):
        with (
            pytest.raises(RunFailedError, match="front_left_knee stays .* deg from its goal"),
            under_torque(board) as owner,
        ):
            jog_to(Jog(owner, ROBOT), ROBOT, KNEE, ROBOT.neutral[KNEE] + 0.2, True)
        assert torques(board) == [0] * 12


def test_a_board_that_lets_go_ends_it() -> None:
    with running(bench_board("sts")) as board:
        with (
            pytest.raises((RunFailedError, LinkError)),
            under_torque(board) as owner,
        ):
            jog = Jog(owner, ROBOT)
            board.faults = BoardFaults(missing=set(range(13)))
            jog_to(jog, ROBOT, KNEE, math.radians(-60.0), True)
        assert owner.report().power is not Power.ARMED


def test_a_pose_outside_the_limits_gets_no_torque() -> None:
    table = find_table("sts")
    start = ROBOT.neutral.copy()
    start[KNEE] = ROBOT.upper[KNEE] + 0.3
    board = EmulatedBoard(table, nominal_map(ROBOT, table.scale), SlewJoints(ROBOT, start=start))
    with running(board):
        with (
            pytest.raises(LinkError, match="front_left_knee at 0.30 rad"),
            under_torque(board),
        ):
            raise AssertionError("torque came on")
        assert torques(board) == [0] * 12


def test_joints_and_angles_are_checked_by_name() -> None:
    assert joint_index(ROBOT, "front_left_knee") == KNEE
    with pytest.raises(BadInputError, match="choose one of front_left_roll"):
        joint_index(ROBOT, "knee")
    check_angle(ROBOT, KNEE, ROBOT.lower[KNEE])
    with pytest.raises(BadInputError, match="lies beyond -135 to 0 deg"):
        check_angle(ROBOT, KNEE, 0.1)
    with pytest.raises(BadInputError):
        check_angle(ROBOT, KNEE, math.nan)
