"""From a servo's answer to steps of its goal to latency, top speed and repeatability. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calibration.step_shape import MOST_LATENCY, Samples, fit_one, fit_steps, rms
from hebb_controller.signals import Vector

#: Share of a step in which the answer is fitted: beyond, the servo slows down.
FITTED_SHARE = 0.7
#: Steps that scatter by more than this were not one servo's doing, in [s] and as a share of the speed.
MOST_LATENCY_SPREAD, MOST_SPEED_SPREAD = 0.003, 0.06
#: A step that moved the joint by less did not move it, in [rad].
_MOVED = 0.03
#: A step that is not there by then is cut off, in [s].
_LONGEST = 0.6
#: A step whose samples lie farther than this many times the usual from the fit was disturbed: left out.
_DISTURBED = 3.0


@dataclass(frozen=True)
class StepAnswer:
    """One step of the goal and what followed.

    Attributes:
        began: when the goal left its old value, in [s].
        start: goal before, in [rad].
        goal: goal after, in [rad].
        times: when the joint was read, shape `(n,)`, in [s]; some before `began`, the last when it had settled.
        angles: shape `(n,)`, in [rad].
    """

    began: float
    start: float
    goal: float
    times: Vector
    angles: Vector


@dataclass(frozen=True)
class ResponseFit:
    """What a servo does.

    Attributes:
        latency: dead time, in [s].
        latency_spread: standard deviation over the steps, in [s].
        speed: top speed, in [rad/s].
        speed_spread: standard deviation over the steps, in [rad/s].
        rise: time from rest to top speed, in [s].
        repeatability: half of what arriving from below and from above differ by, in [rad].
        nb_steps: steps that were used.
        problems: why it must not be used.
    """

    latency: float
    latency_spread: float
    speed: float
    speed_spread: float
    rise: float
    repeatability: float
    nb_steps: int
    problems: tuple[str, ...] = ()


def fit_response(steps: Sequence[StepAnswer]) -> ResponseFit:
    """Fit latency, speed and repeatability to steps up and down.

    Args:
        steps: at least four.
    """
    steps = [step for step in steps if len(step.times) > 0]
    samples = [_moved(step) for step in steps]
    usable = [k for k, (times, moved) in enumerate(samples) if (times > 0.0).sum() >= 3 and moved.max() > _MOVED]
    if len(usable) < 4:
        return ResponseFit(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0, ("it did not follow its goals: is it free to move?",))
    # What most steps agree on is the servo; a step that a hand or a busy computer disturbed is far from it.
    usual = np.median([fit_steps([samples[k]]) for k in usable], axis=0)
    errors = np.array([rms(samples[k], *usual) for k in usable])
    kept = [k for k, error in zip(usable, errors, strict=True) if error <= _DISTURBED * float(np.median(errors)) + 1e-3]
    if len(kept) < 4:
        kept = usable
    latency, rise, speed = fit_steps([samples[k] for k in kept])
    each = np.array([fit_one(samples[k], rise, latency) for k in kept])
    problems = _problems(samples, kept, latency, rise, speed)
    spread = each.std(axis=0)
    if spread[0] > MOST_LATENCY_SPREAD or spread[1] > MOST_SPEED_SPREAD * max(speed, 1e-9):
        problems.append(
            f"its steps differ by {1e3 * spread[0]:.1f} ms and {spread[1]:.2f} rad/s (standard deviations):"
            " is something rubbing, is the computer busy?"
        )
    return ResponseFit(
        latency,
        float(spread[0]),
        speed,
        float(spread[1]),
        rise,
        _repeatability([steps[k] for k in kept]),
        len(kept),
        tuple(problems),
    )


def _moved(step: StepAnswer) -> Samples:
    """Return times since the step began and how far the joint had moved towards the goal, up to where it slows."""
    before = step.times <= step.began
    rest = float(np.median(step.angles[before])) if before.any() else step.start
    sign = 1.0 if step.goal >= step.start else -1.0
    moved = sign * (step.angles - rest)
    times = step.times - step.began
    beyond = np.flatnonzero((times > 0.0) & (moved > FITTED_SHARE * abs(step.goal - step.start)))
    end = beyond[0] if beyond.size else len(times)
    first = max(int(before.sum()) - 3, 0)
    last = int(np.searchsorted(times[:end], _LONGEST))
    return times[first:last], moved[first:last]


def _repeatability(steps: Sequence[StepAnswer]) -> float:
    """Return half of what arriving at a goal from below and from above differs by, from where each step ended."""
    errors = {
        sign: [s.angles[-3:].mean() - s.goal for s in steps if np.sign(s.goal - s.start) == sign] for sign in (1, -1)
    }
    if not errors[1] or not errors[-1]:
        return 0.0
    return 0.5 * abs(float(np.median(errors[1]) - np.median(errors[-1])))


def _problems(samples: Sequence[Samples], kept: Sequence[int], latency: float, rise: float, speed: float) -> list[str]:
    problems = []
    steady = [int((samples[k][0] > latency + rise).sum()) for k in kept]
    if np.median(steady) < 2:
        problems.append("it hardly reached its top speed: the steps are too short for it")
    errors = [rms(samples[k], latency, rise, speed) for k in kept]
    if np.median(errors) > 0.1 * FITTED_SHARE * float(np.median([samples[k][1].max() for k in kept])):
        problems.append("its answer does not look like a servo's: is something in its way?")
    if latency >= 0.98 * MOST_LATENCY:
        problems.append(f"no motion within {MOST_LATENCY:g} s of a command")
    return problems
