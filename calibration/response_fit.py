"""From a servo's answer to steps of its goal to latency, top speed and repeatability. Pure.

A step's answer is taken for: nothing for a dead time, then constant acceleration up to top speed, then top speed until
the goal comes near:

    moved(t) = 0                             t < latency
             = v (t - latency)^2 / (2 r)     for a rise time r
             = v (t - latency - r / 2)       afterwards

Extrapolating the steady slope back to zero alone would count half the rise time as latency, and a training servo that
has both a dead time and an armature would be slow twice. The dead time is fitted at all samples at once, so it is finer
than the interval between them: steps start at different phases of the sampling.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.signals import Vector

#: Share of a step in which the answer is fitted: beyond, the servo slows down.
FITTED_SHARE = 0.7
#: Longest dead time and rise time that are searched, in [s].
MOST_LATENCY, MOST_RISE = 0.25, 0.12
#: Steps that scatter by more than this were not one servo's doing, in [s] and as a share of the speed.
MOST_LATENCY_SPREAD, MOST_SPEED_SPREAD = 0.003, 0.06
#: A step that moved the joint by less did not move it, in [rad].
_MOVED = 0.03
#: A step that is not there by then is cut off, in [s].
_LONGEST = 0.6
#: A step whose samples lie farther than this many times the usual from the fit was disturbed: left out.
_DISTURBED = 3.0
#: A rise time has to lower the sum of squares by this factor against none.
_RISE_EXPLAINS = 1.5


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
    usual = np.median([_fit([samples[k]]) for k in usable], axis=0)
    errors = np.array([_rms(samples[k], *usual) for k in usable])
    kept = [k for k, error in zip(usable, errors, strict=True) if error <= _DISTURBED * float(np.median(errors)) + 1e-3]
    if len(kept) < 4:
        kept = usable
    latency, rise, speed = _fit([samples[k] for k in kept])
    each = np.array([_one_step(samples[k], rise, latency) for k in kept])
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


Samples = tuple[Vector, Vector]


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


def _shape(times: Vector, latency: Vector | float, rise: Vector | float) -> Vector:
    """Return the distance covered at a top speed of 1."""
    after = np.maximum(times - latency, 0.0)
    rising = after**2 / (2.0 * np.maximum(rise, 1e-9))
    return np.where(after < rise, rising, after - 0.5 * rise)


def _fit(samples: Sequence[Samples]) -> tuple[float, float, float]:
    """Return latency, rise and speed that suit all samples best: a grid that closes in, speed by least squares."""
    times = np.concatenate([t for t, _ in samples])
    moved = np.concatenate([m for _, m in samples])
    centre, reach = np.array([0.5 * MOST_LATENCY, 0.5 * MOST_RISE]), np.array([0.5 * MOST_LATENCY, 0.5 * MOST_RISE])
    for _ in range(7):
        late = np.clip(centre[0] + reach[0] * np.linspace(-1.0, 1.0, 21), 0.0, MOST_LATENCY)
        rise = np.clip(centre[1] + reach[1] * np.linspace(-1.0, 1.0, 15), 0.0, MOST_RISE)
        shapes = _shape(times, late[:, None, None], rise[None, :, None])
        power = np.maximum((shapes * shapes).sum(axis=-1), 1e-12)
        gain = np.maximum(shapes @ moved, 0.0) ** 2 / power  # what the fit takes off the sum of squares
        i, j = np.unravel_index(int(np.argmax(gain)), gain.shape)
        centre, reach = np.array([late[i], rise[j]]), 0.35 * reach
    if centre[1] > 0.0:  # samples' noise alone asks for some rise: believe it only where it explains much
        late = np.linspace(0.0, MOST_LATENCY, 2001)
        shapes = _shape(times, late[:, None], 0.0)
        gain = np.maximum(shapes @ moved, 0.0) ** 2 / np.maximum((shapes * shapes).sum(axis=-1), 1e-12)
        abrupt, total = int(np.argmax(gain)), float(moved @ moved)
        if total - gain[abrupt] <= _RISE_EXPLAINS * (total - _gain(times, moved, centre)):
            centre = np.array([late[abrupt], 0.0])
    shape = _shape(times, float(centre[0]), float(centre[1]))
    return float(centre[0]), float(centre[1]), float(shape @ moved / max(float(shape @ shape), 1e-12))


def _gain(times: Vector, moved: Vector, found: Vector) -> float:
    """Return what a latency and a rise time take off the sum of squares."""
    shape = _shape(times, float(found[0]), float(found[1]))
    return max(float(shape @ moved), 0.0) ** 2 / max(float(shape @ shape), 1e-12)


def _one_step(samples: Samples, rise: float, latency: float) -> tuple[float, float]:
    """Return one step's own latency and speed, the rise time being known."""
    times, moved = samples
    late = np.clip(latency + np.linspace(-0.02, 0.02, 161), 0.0, None)
    shapes = _shape(times, late[:, None], rise)
    power = np.maximum((shapes * shapes).sum(axis=-1), 1e-12)
    product = shapes @ moved
    best = int(np.argmax(np.maximum(product, 0.0) ** 2 / power))
    return float(late[best]), float(product[best] / power[best])


def _rms(samples: Samples, latency: float, rise: float, speed: float) -> float:
    times, moved = samples
    return float(np.sqrt(np.mean((moved - speed * _shape(times, latency, rise)) ** 2)))


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
    errors = [_rms(samples[k], latency, rise, speed) for k in kept]
    if np.median(errors) > 0.1 * FITTED_SHARE * float(np.median([samples[k][1].max() for k in kept])):
        problems.append("its answer does not look like a servo's: is something in its way?")
    if latency >= 0.98 * MOST_LATENCY:
        problems.append(f"no motion within {MOST_LATENCY:g} s of a command")
    return problems
