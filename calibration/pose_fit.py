"""From counts at known angles to zero, direction and scale. Pure: nothing here talks to a servo or to a person.

    count = zero_tick + direction * ticks_per_radian * angle

The zero is the model's zero angle, found from poses that a jig or a stop gives, never from the middle of a sweep: two
sweeps of one robot give two middles, and a network's angles then mean nothing (a case of 0.79 rad: PickNik
moveit_pro_example_ws#930). Counts of a magnetic encoder jump at its seam; they are unwrapped before anything is
averaged (min and max over wrapped counts fail silently: lerobot#3586, #1296).

Play between encoder and joint makes a joint that was pushed up to a pose read low and one that was let down to it read
high. Each jig pose is therefore approached from both sides: the middle is free of the play, half the difference is the
play itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hebb_controller.signals import Vector

#: A joint whose counts scatter by more than this was moving while it was read, in [rad].
MOST_SPREAD = 0.01
#: A pose farther than this from the line through all poses was not the pose that it should have been, in [rad].
MOST_RESIDUAL = 0.02
#: Counts per radian farther than this share from the maker's: another servo, or another pose.
MOST_SCALE_ERROR = 0.05
#: Poses have to lie this far apart, in [rad].
LEAST_SPAN = 0.3
#: More play than this is a loose screw (half-width), in [rad].
MOST_PLAY = 0.09
#: Play below zero by more than noise means that the two approaches were interchanged, in [rad].
LEAST_PLAY = -0.004


@dataclass(frozen=True)
class PoseReading:
    """What a servo told while its joint stood at a known angle.

    Attributes:
        angle: of the joint, in [rad].
        below: counts after the joint came from smaller angles, shape `(nb_samples,)`.
        above: counts after it came from larger angles; None: approached from one side only.
    """

    angle: float
    below: npt.ArrayLike
    above: npt.ArrayLike | None = None


@dataclass(frozen=True)
class PoseFit:
    """How a servo sits on its joint.

    Attributes:
        zero_tick: count at angle zero; modulo the turn, where the encoder wraps.
        direction: +1 or -1.
        ticks_per_radian: above 0.
        residual: largest distance of a pose from the fit, in [rad]. Two poses fit any line: there it is half of what
            they disagree by with the maker's scale.
        play: half-width of the play between encoder and joint, in [rad]; None: not measured.
        problems: why it must not be used, one short text each.
    """

    zero_tick: float
    direction: int
    ticks_per_radian: float
    residual: float
    play: float | None = None
    problems: tuple[str, ...] = ()


def unwrap(ticks: npt.ArrayLike, turn: float | None) -> Vector:
    """Return counts that follow each other without the jump at the seam.

    Args:
        ticks: counts, each less than half a turn from the one before, shape `(n,)`.
        turn: counts per turn of an encoder that wraps; None: it does not.
    """
    raw = np.asarray(ticks, dtype=float)
    if turn is None or raw.size == 0:
        return raw
    steps = (np.diff(raw) + 0.5 * turn) % turn - 0.5 * turn
    return np.concatenate([raw[:1], raw[0] + np.cumsum(steps)])


def settled(ticks: npt.ArrayLike, turn: float | None) -> tuple[float, float]:
    """Return the median of counts at rest, and their robust standard deviation (1.4826 x median deviation)."""
    smooth = unwrap(ticks, turn)
    middle = float(np.median(smooth))
    return middle, 1.4826 * float(np.median(np.abs(smooth - middle)))


def fit_poses(readings: Sequence[PoseReading], nominal: float, turn: float | None) -> PoseFit:
    """Fit zero, direction and scale to poses by least squares.

    Args:
        readings: two poses or more, at different angles.
        nominal: the maker's counts per radian.
        turn: counts per turn of an encoder that wraps; None: it does not.
    """
    poses, problems = _poses(readings, nominal, turn)
    angles = np.array([pose.angle for pose in poses])
    if len(angles) < 2 or np.ptp(angles) < LEAST_SPAN:
        problems.append(f"the poses must lie at least {math.degrees(LEAST_SPAN):.0f} deg apart")
        return PoseFit(0.0, 1, nominal, 0.0, None, tuple(problems))
    ticks = unwrap([pose.tick for pose in poses], turn)
    mean_angle, mean_tick = float(angles.mean()), float(ticks.mean())
    away = angles - mean_angle
    slope = float(away @ (ticks - mean_tick) / (away @ away))
    direction = 1 if slope >= 0.0 else -1
    scale = abs(slope)
    if abs(scale / nominal - 1.0) > MOST_SCALE_ERROR:
        problems.append(
            f"{scale:.1f} counts per radian, {100 * (scale / nominal - 1):+.1f} % from the maker's {nominal:.1f}:"
            " were the poses right, is it the right servo?"
        )
    if len(poses) == 2:
        residual = 0.5 * abs(scale / nominal - 1.0) * float(np.ptp(angles))
    else:
        residual = float(np.abs(ticks - mean_tick - slope * away).max() / max(scale, 1e-9))
        if residual > MOST_RESIDUAL:
            problems.append(f"a pose lies {math.degrees(residual):.1f} deg off the others: did the jig slip?")
    play = _play(poses, slope, problems)
    return PoseFit(mean_tick - slope * mean_angle, direction, scale, residual, play, tuple(problems))


def fit_stops(lower: PoseReading, upper: PoseReading, nominal: float, turn: float | None) -> PoseFit:
    """Fit zero and direction to the two stops of a joint, which the operator pressed it against by hand.

    The encoder trails the joint by the play at either stop, on opposite sides: the middle is right, the distance is too
    short. So the scale is the maker's, and the stops only confirm it.
    """
    poses, problems = _poses([lower, upper], nominal, turn)
    angles = np.array([pose.angle for pose in poses])
    span = float(angles[1] - angles[0])
    if span < LEAST_SPAN:
        problems.append(f"the stops must lie at least {math.degrees(LEAST_SPAN):.0f} deg apart")
        return PoseFit(0.0, 1, nominal, 0.0, None, tuple(problems))
    ticks = unwrap([pose.tick for pose in poses], turn)
    distance = float(ticks[1] - ticks[0])
    direction = 1 if distance >= 0.0 else -1
    off = abs(distance) / (nominal * span) - 1.0
    if abs(off) > MOST_SCALE_ERROR:
        problems.append(
            f"{math.degrees(abs(distance) / nominal):.1f} deg between the stops, the model says"
            f" {math.degrees(span):.1f}: is something in the way, or is a stop not at the joint's limit?"
        )
    zero = float(ticks.mean()) - direction * nominal * float(angles.mean())
    return PoseFit(zero, direction, nominal, 0.5 * abs(off) * span, None, tuple(problems))


def rocked_play(ticks: npt.ArrayLike, nominal: float, turn: float | None) -> float:
    """Return the half-width [rad] of what an encoder gave way while its servo held and a hand rocked the joint.

    The outer two per cent on either side are left out, and one count, which any encoder flickers by.
    """
    low, high = np.percentile(unwrap(ticks, turn), [2.0, 98.0])
    return 0.5 * max(float(high - low) - 1.0, 0.0) / nominal


@dataclass(frozen=True)
class _Pose:
    angle: float
    tick: float
    difference: float | None


def _poses(readings: Sequence[PoseReading], nominal: float, turn: float | None) -> tuple[list[_Pose], list[str]]:
    """Return the poses by growing angle, and what is wrong with their samples."""
    poses, problems = [], []
    for reading in sorted(readings, key=lambda r: r.angle):
        sides = [settled(side, turn) for side in (reading.below, reading.above) if side is not None]
        if max(spread for _, spread in sides) > MOST_SPREAD * nominal:
            problems.append(f"the joint moved while it was read at {math.degrees(reading.angle):.0f} deg")
        middles = unwrap([middle for middle, _ in sides], turn)
        difference = float(middles[1] - middles[0]) if len(middles) == 2 else None
        poses.append(_Pose(reading.angle, float(middles.mean()), difference))
    for first, second in zip(poses, poses[1:], strict=False):
        if turn is not None and (second.angle - first.angle) * nominal > 0.45 * turn:
            problems.append("neighbouring poses lie too far apart to tell turns from one another: add one between")
    return poses, problems


def _play(poses: Sequence[_Pose], slope: float, problems: list[str]) -> float | None:
    halves = [0.5 * pose.difference / slope for pose in poses if pose.difference is not None and slope]
    if not halves:
        return None
    play = float(np.median(halves))
    if play > MOST_PLAY:
        problems.append(f"{math.degrees(play):.1f} deg of play to either side: is the horn's screw loose?")
    elif play < LEAST_PLAY:
        problems.append("it read higher when it came from below: were the two approaches interchanged?")
    return max(play, 0.0)
