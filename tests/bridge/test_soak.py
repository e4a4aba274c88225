"""A few seconds of faults of every kind: no wrong value, no goal outside limits, no leak, and soon well again.

The long ones are `tests/benchmarks/bench_bus.py soak` and `virtual`, with `--cycles 100000`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
import virtual_soak
from board_thread import running

from firmware_bridge.board_faults import RATES, BoardFaults
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot_file import load_robot

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from board_process import RecordedJoints, Truth
from soak import goals_outside, soak


@pytest.mark.parametrize("protocol", ["sts", "dxl2", "dxl1"])
def test_every_value_is_what_the_register_held_while_the_question_was_out(protocol: str) -> None:
    found = virtual_soak.run(protocol, 300, dict.fromkeys(RATES, 5e-3), seed=6)
    assert found.nb_values > 2000 and found.nb_missing > 20
    assert set(found.struck) == set(RATES)
    assert found.wrong == []
    assert found.longest <= 0.0105  # the budget of a reading, and what its calls cost


@pytest.mark.parametrize(("protocol", "robot_name"), [("sts", "sts12"), ("dxl2", "sts12"), ("dxl1", "realant")])
def test_faults_of_every_kind_do_no_harm(protocol: str, robot_name: str) -> None:
    robot, table = load_robot(robot_name), find_table(protocol)
    truth = Truth.of(robot.nb_joints)
    faults = BoardFaults(np.random.default_rng(4), rates={**dict.fromkeys(RATES, 5e-3), "reboot": 5e-4})
    joint_map = nominal_map(robot, table.scale)
    board = EmulatedBoard(table, joint_map, RecordedJoints(robot, truth.rows), faults)
    for servo in board.servos.values():
        servo.set("return_delay", 0)
    with running(board):
        end = time.monotonic() + 6.0
        tally = soak(board.line.name, truth, 300, 5, protocol, robot_name, until=end)
    assert tally.nb_cycles >= 10 and tally.nb_values > 50  # as many as a busy machine had time for
    assert tally.wrong == []
    assert tally.leaked == []
    assert goals_outside({i: s.goals_seen for i, s in board.servos.items()}, robot, joint_map) == []
    assert faults.struck
    assert tally.report is not None
