"""What kind of attractor weights run on, judged from traces of some of them and the sizes of their layers.

Types, over the second half of a life (after Dittrich and others 2026, arXiv 2603.22512, who judge by eye):

unbounded     the size of some layer grows by more than a tenth over that half
fixed point   the weights move by less than 1 % of their size around their mean
limit cycle   the autocorrelation of the traces comes back to more than 0.5, from at least 0.3 below: a slow wander
              falls, and does not come back
irregular     none of these
"""

from __future__ import annotations

from typing import Any

import numpy as np

from hebb_controller.signals import Vector

TYPES = ("fixed point", "limit cycle", "irregular", "unbounded")
GROWTH, STILL = 1.1, 0.01
RETURN, RISE = 0.5, 0.3
#: Longest period that is looked for, in steps.
LONGEST = 250


def judged(traces: Vector, sizes: Vector) -> dict[str, Any]:
    """Return type and figures of a life's weights.

    Args:
        traces: some weights at every step, shape `(T, n)`.
        sizes: RMS of every layer at every step, shape `(T, layers)`.

    Returns:
        `attractor`, the type; `growth` of the layer that grows most; `motion`, RMS around the mean as a share of the
        RMS; `drift`, from the mean of the third quarter to that of the last, as the same share; `period` in steps
        (None without a return) and `peak`, the autocorrelation there.
    """
    late, late_sizes = traces[len(traces) // 2 :], sizes[len(sizes) // 2 :]
    tenth, half = max(len(late) // 10, 1), max(len(late) // 2, 1)
    growth = float(np.max(late_sizes[-tenth:].mean(axis=0) / np.maximum(late_sizes[:tenth].mean(axis=0), 1e-12)))
    size = max(float(np.sqrt(np.mean(late**2))), 1e-12)
    moving = late - late.mean(axis=0)
    motion = float(np.sqrt(np.mean(moving**2))) / size
    drift = float(np.sqrt(np.mean((late[-half:].mean(axis=0) - late[:half].mean(axis=0)) ** 2))) / size
    period, peak = first_return(moving)
    kind = "irregular"
    if growth > GROWTH:
        kind = "unbounded"
    elif motion < STILL:
        kind = "fixed point"
    elif peak > RETURN:
        kind = "limit cycle"
    return {"attractor": kind, "growth": growth, "motion": motion, "drift": drift, "period": period, "peak": peak}


def first_return(moving: Vector) -> tuple[int | None, float]:
    """Return lag and height of the first return of the traces' common autocorrelation, up to 250 steps.

    A return is a peak that stands at least 0.3 above the lowest value before it; of the peaks within a tenth of the
    highest the first counts, for a cycle comes back at every multiple of its period.

    Args:
        moving: traces less their means, shape `(T, n)`.

    Returns:
        The lag, None without a return, and the autocorrelation there, 0 without.
    """
    n = len(moving)
    longest = min(LONGEST, n // 2)
    power = np.sum(moving**2)
    if longest < 4 or power <= 0.0:
        return None, 0.0
    spectrum = np.sum(np.abs(np.fft.rfft(moving, 2 * n, axis=0)) ** 2, axis=1)
    curve = np.fft.irfft(spectrum)[:longest] / power * n / (n - np.arange(longest))
    lowest = np.minimum.accumulate(curve)
    peaks = [
        k
        for k in range(2, longest - 1)
        if curve[k] >= curve[k - 1] and curve[k] >= curve[k + 1] and curve[k] - lowest[k] >= RISE
    ]
    if not peaks:
        return None, 0.0
    highest = max(curve[k] for k in peaks)
    first = next(k for k in peaks if curve[k] >= highest - 0.1 * abs(highest))
    return first, float(curve[first])
