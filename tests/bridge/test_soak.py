"""A few seconds of faults of every kind: no wrong value, no goal outside limits, no leak, and soon well again.

The long one is `tests/benchmarks/bench_bus.py soak --cycles 100000`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pytest
from board_thread import running

from firmware_bridge.board_faults import RATES, BoardFaults
from firmware_bridge.emulated_board import EmulatedBoard
from firmware_bridge.joint_map import nominal_map
from firmware_bridge.servo_tables import find_table
from hebb_controller.robot_file import load_robot

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from board_process import RecordedJoints, Truth
from soak import goals_outside, soak


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
    assert tally.nb_cycles >= 10
    assert tally.nb_values > 5 * tally.nb_cycles
    assert tally.wrong == []
    assert tally.leaked == []
    assert goals_outside({i: s.goals_seen for i, s in board.servos.items()}, robot, joint_map) == []
    assert sum(faults.struck.values()) > 3
    assert tally.report is not None
    assert tally.report.nb_limited + tally.report.nb_refused > 0  # nasty goals came, and went no further
