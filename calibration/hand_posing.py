"""Known poses by hand: torque is off, the operator puts the joint into a jig or against a stop, the servo is read."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

import numpy as np

from calibration.pose_fit import PoseReading
from calibration.talk import ENTER, Talk, wait_for
from firmware_bridge.board_line import BoardLine, ServoReading
from firmware_bridge.errors import LinkError
from hebb_controller.signals import Vector

#: Readings of a joint at rest, and the time between them [s]: long enough to notice a hand that still moves.
_NB_SAMPLES, _INTERVAL = 25, 0.008
#: A servo that has not told it so often by then is silent, in [s].
_PATIENCE = 3.0

#: Draws the live table with what the servo told last.
Draw = Callable[[ServoReading | None], None]


def jig_poses(line: BoardLine, angles: Sequence[float], growing: str, talk: Talk, draw: Draw) -> list[PoseReading]:
    """Return what the servo told at each angle, approached from below and from above.

    Args:
        line: a line with this one servo, torque off.
        angles: of the poses, in [rad].
        growing: which way the leg goes as the angle grows.
        talk: the person.
        draw: draws the live table.
    """
    readings = []
    for angle in angles:
        degrees = f"{math.degrees(angle):+.0f} deg"
        talk.tell(f"  jig {degrees}: come from smaller angles ({growing}) up to the jig, hold it there. Enter")
        below = _when_entered(line, talk, draw)
        talk.tell(f"  jig {degrees}: go past it, and come back down to it from larger angles. Enter")
        above = _when_entered(line, talk, draw)
        readings.append(PoseReading(angle, below, above))
    return readings


def stop_poses(
    line: BoardLine, stops: tuple[float, float], growing: str, talk: Talk, draw: Draw
) -> tuple[PoseReading, PoseReading]:
    """Return what the servo told at the lower and at the upper stop [rad]; arguments as for `jig_poses`."""
    low, high = (f"{math.degrees(stop):+.0f} deg" for stop in stops)
    talk.tell(f"  lower stop, {low}: press the joint gently against it, away from where it grows ({growing}). Enter")
    lower = PoseReading(stops[0], _when_entered(line, talk, draw))
    talk.tell(f"  upper stop, {high}: press the joint gently against the other one. Enter")
    return lower, PoseReading(stops[1], _when_entered(line, talk, draw))


def _when_entered(line: BoardLine, talk: Talk, draw: Draw) -> Vector:
    wait_for(talk, ENTER, lambda: draw(line.feedback()[0]))
    return read_at_rest(line)


def read_at_rest(line: BoardLine) -> Vector:
    """Return counts of a joint that stands still, shape `(nb_samples,)`.

    Raises:
        LinkError: too many readings did not come.
    """
    ticks: list[float] = []
    give_up = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up:
        values = line.feedback()[0].values
        if values is not None:
            ticks.append(values["position"])
        if len(ticks) == _NB_SAMPLES:
            return np.array(ticks)
        time.sleep(_INTERVAL)
    raise LinkError(f"port {line.path}: servo {line.ids[0]} told its position {len(ticks)} times in {_PATIENCE:g} s")
