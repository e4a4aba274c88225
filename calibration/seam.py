"""Where a joint's travel lies within a servo's counts, and what to do if the encoder's seam lies inside it. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calibration.pose_fit import PoseFit
from firmware_bridge.board_line import TickScale

#: The seam must stay this far from the limits, in [rad]: play and a push carry a joint beyond them.
SEAM_MARGIN = 0.05
#: Teeth of the spline of standard servo horns.
SPLINE_TEETH = 25


@dataclass(frozen=True)
class OffsetRegister:
    """How a servo's EEPROM offset shifts what it reports: `reported = actual + sign * offset`.

    Attributes:
        sign: +1 or -1.
        most: largest magnitude that counts in single-turn position mode.
    """

    sign: int
    most: int


#: Feetech: memory table, register 31, sign-magnitude with bit 11. X series: e-manual, register 20, which says that
#: position control mode takes no more than a quarter turn.
OFFSETS = {"sts": OffsetRegister(-1, 2047), "dxl2": OffsetRegister(1, 1024)}


@dataclass(frozen=True)
class Placement:
    """A joint's travel in counts.

    Attributes:
        zero_tick: count at angle zero, of the turn that the servo counts in; may itself lie outside it.
        lower_tick: count at the lower limit.
        upper_tick: count at the upper limit.
        problem: what to do before it can be used; empty if nothing.
    """

    zero_tick: float
    lower_tick: int
    upper_tick: int
    problem: str = ""


def wraps(scale: TickScale) -> float | None:
    """Return the counts per turn of an encoder that goes round, or None for one that ends before."""
    return scale.per_turn if scale.highest - scale.lowest + 1 >= scale.per_turn else None


def place(
    fit: PoseFit, lower: float, upper: float, scale: TickScale, protocol: str = "", offset: int | None = None
) -> Placement:
    """Put a joint's travel into the servo's counts.

    Args:
        fit: how the servo sits.
        lower: limit, in [rad].
        upper: limit, in [rad].
        scale: of the servo's counts.
        protocol: of the servo, which tells what an EEPROM offset would do.
        offset: what the EEPROM holds now, in counts; None: the servo has no such thing.
    """
    per_radian = fit.direction * fit.ticks_per_radian
    turn, zero = wraps(scale), fit.zero_tick
    middle = zero + per_radian * 0.5 * (lower + upper)
    if turn is not None:
        zero -= turn * math.floor((middle - scale.lowest) / turn)
        middle = zero + per_radian * 0.5 * (lower + upper)
    ends = np.array([zero + per_radian * lower, zero + per_radian * upper])
    margin = SEAM_MARGIN * fit.ticks_per_radian
    problem = ""
    if ends.min() - margin < scale.lowest or ends.max() + margin > scale.highest:
        room = scale.highest - scale.lowest - 2.0 * margin
        if np.ptp(ends) > room:
            problem = f"its travel of {np.ptp(ends):.0f} counts is more than the servo's {room:.0f}"
        else:
            problem = _advice(ends, middle, fit, scale, protocol, offset)
    return Placement(zero, round(float(ends[0])), round(float(ends[1])), problem)


def _advice(
    ends: np.ndarray[tuple[int], np.dtype[np.float64]],
    middle: float,
    fit: PoseFit,
    scale: TickScale,
    protocol: str,
    offset: int | None,
) -> str:
    """Say how to bring the middle of the travel to the middle of the counts."""
    shift = scale.centre - middle
    turn = wraps(scale)
    if turn is not None:
        shift = (shift + 0.5 * turn) % turn - 0.5 * turn
    what = "the encoder's seam" if turn is not None else "the end of the servo's travel"
    teeth = max(1, round(abs(shift) / fit.ticks_per_radian * SPLINE_TEETH / (2.0 * math.pi)))
    degrees = math.degrees(abs(shift) / fit.ticks_per_radian)
    text = (
        f"{what} lies within its limits (counts {min(ends):.0f} to {max(ends):.0f} of {scale.lowest} to"
        f" {scale.highest}): move the horn on its shaft by {degrees:.0f} deg, about {teeth} of {SPLINE_TEETH} teeth, so"
        f" that counts {'grow' if shift > 0 else 'fall'}"
    )
    register = OFFSETS.get(protocol)
    if register is not None and offset is not None:
        wanted = offset + register.sign * round(shift)
        if abs(wanted) <= register.most:
            text += f", or set its EEPROM offset from {offset} to {wanted}"
    return text
