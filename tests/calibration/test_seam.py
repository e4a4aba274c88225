"""Where travel lies in a servo's counts: never across the seam, and the advice really brings it there."""

from __future__ import annotations

import math
import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from calibration.pose_fit import PoseFit
from calibration.seam import OFFSETS, SEAM_MARGIN, place, wraps
from firmware_bridge.boards import BOARDS
from firmware_bridge.joint_map import JointMap

STS = BOARDS["sts"].scale
NOMINAL = STS.per_turn / (2.0 * math.pi)

zeros = st.floats(-9000.0, 9000.0)
signs = st.sampled_from([1, -1])
limits = st.tuples(st.floats(-2.0, -0.2), st.floats(0.2, 2.0))


@given(zeros, signs, limits)
def test_an_accepted_joint_keeps_its_whole_travel_clear_of_the_seam(
    zero: float, sign: int, span: tuple[float, float]
) -> None:
    placed = place(PoseFit(zero, sign, NOMINAL, 0.0), *span, STS)
    ends = np.array([placed.zero_tick + sign * NOMINAL * a for a in span])
    inside = STS.lowest + SEAM_MARGIN * NOMINAL <= ends.min() and ends.max() <= STS.highest - SEAM_MARGIN * NOMINAL
    assert (placed.problem == "") == inside
    assert (placed.zero_tick - zero) % STS.per_turn < 1e-6 or STS.per_turn - (
        placed.zero_tick - zero
    ) % STS.per_turn < 1e-6
    assert (placed.lower_tick, placed.upper_tick) == tuple(round(float(e)) for e in ends)
    if inside:
        path = placed.zero_tick + sign * NOMINAL * np.linspace(*span, 200)
        assert np.array_equal(path % STS.per_turn, path)  # no count on the way is another count in disguise


@given(st.floats(0.0, 4095.0), signs, limits)
def test_the_advised_offset_brings_the_travel_inside(zero: float, sign: int, span: tuple[float, float]) -> None:
    for protocol, register in OFFSETS.items():
        placed = place(PoseFit(zero, sign, NOMINAL, 0.0), *span, STS, protocol, 0)
        advised = re.search(r"EEPROM offset from 0 to (-?\d+)", placed.problem)
        if advised:
            # What the servo reports is its actual count plus or minus the offset (memory tables of both makers).
            moved = (zero + register.sign * int(advised.group(1))) % STS.per_turn
            assert place(PoseFit(moved, sign, NOMINAL, 0.0), *span, STS).problem == ""
            assert abs(int(advised.group(1))) <= register.most


@given(st.floats(0.0, 4095.0), signs, limits)
def test_the_advised_turn_of_the_horn_brings_the_travel_inside(
    zero: float, sign: int, span: tuple[float, float]
) -> None:
    problem = place(PoseFit(zero, sign, NOMINAL, 0.0), *span, STS).problem
    advised = re.search(r"by (\d+) deg, about \d+ of 25 teeth, so that counts (grow|fall)", problem)
    if advised:
        turn = math.radians(float(advised.group(1))) * NOMINAL * (1 if advised.group(2) == "grow" else -1)
        assert place(PoseFit((zero + turn) % STS.per_turn, sign, NOMINAL, 0.0), *span, STS).problem == ""


def test_travel_that_no_place_can_hold_is_told() -> None:
    assert "more than the servo's" in place(PoseFit(2048.0, 1, NOMINAL, 0.0), -3.2, 3.2, STS).problem


def test_encoders_that_end_before_a_turn_do_not_wrap() -> None:
    assert wraps(STS) == 4096.0
    assert wraps(BOARDS["dxl1"].scale) is None
    scale = BOARDS["dxl1"].scale
    problem = place(PoseFit(900.0, 1, scale.per_turn / (2.0 * math.pi), 0.0), -0.5, 1.0, scale).problem
    assert "the end of the servo's travel" in problem


@given(zeros, signs, st.floats(0.95, 1.05), st.floats(-2.5, 2.5))
def test_angles_survive_the_counts_to_half_a_count(zero: float, sign: int, share: float, angle: float) -> None:
    joint_map = JointMap((1,), np.array([zero]), np.array([float(sign)]), np.array([share * NOMINAL]))
    back = joint_map.to_angles(joint_map.to_ticks(np.array([angle])))
    assert abs(back[0] - angle) <= 0.5 / (share * NOMINAL) + 1e-12


@given(zeros, signs, st.floats(0.95, 1.05), st.lists(st.floats(-2.5, 2.5), min_size=2, max_size=20))
def test_counts_follow_angles_without_turning_back(zero: float, sign: int, share: float, angles: list[float]) -> None:
    nb = len(angles)
    joint_map = JointMap(tuple(range(nb)), np.full(nb, zero), np.full(nb, float(sign)), np.full(nb, share * NOMINAL))
    ticks = joint_map.to_ticks(np.sort(angles))
    assert (sign * np.diff(ticks) >= 0).all()


@given(st.floats(0.0, 1000.0), st.lists(st.floats(-1.5, 1.5), min_size=1, max_size=8))
def test_servos_mounted_as_mirror_images_answer_equal_angles_with_mirrored_counts(
    away: float, angles: list[float]
) -> None:
    nb, centre = len(angles), float(STS.centre)
    left = JointMap(tuple(range(nb)), np.full(nb, centre + away), np.ones(nb), np.full(nb, NOMINAL))
    right = JointMap(tuple(range(nb)), np.full(nb, centre - away), -np.ones(nb), np.full(nb, NOMINAL))
    asked = np.array(angles)
    assert np.abs((left.to_ticks(asked) - centre) + (right.to_ticks(asked) - centre)).max() <= 1  # halves round to even
    assert np.allclose(left.to_angles(centre + 77.0), right.to_angles(centre - 77.0))
