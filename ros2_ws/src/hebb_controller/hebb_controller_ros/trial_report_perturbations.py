"""What befell a run and how it went on: faults that were recorded, and what an operator was told to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hebb_controller.live_faults import is_wipe
from hebb_controller_ros.run_story import FaultStory, RunStory

RECOVERED, NOT_RECOVERED = "recovered", "not recovered"
STAYS, NOT_WALKING, NOT_SEEN = "stays", "not walking before, or over", "nobody saw"


@dataclass(frozen=True)
class Perturbation:
    """What one perturbation did; by the definitions of `sim.statistics`.

    Attributes:
        label: what it was, without its times; a second one of the same kind has ` (2)` behind it.
        onset: in [s] of the run.
        end: likewise; None: it stayed.
        outcome: `RECOVERED`, `NOT_RECOVERED`, `STAYS`, `NOT_WALKING` or `NOT_SEEN`.
        speed_before: in [m/s].
        recovery: from its end until 90 % of that speed were back, to stay, in [s].
        speed_kept: share of that speed from 100 steps after its end on.
    """

    label: str
    onset: float
    end: float | None
    outcome: str
    speed_before: float | None
    recovery: float | None
    speed_kept: float | None


def perturbations_of(
    story: RunStory, last: float, prompts: Sequence[tuple[float, float, str]] = ()
) -> tuple[Perturbation, ...]:
    """Return a run's perturbations, by onset, labelled so that those of other runs find them.

    Args:
        story: of the run.
        last: end of the run, in [s]: what would have come later did not come.
        prompts: what the operator was told: when [s] after the network's start, for how long [s] (0: it stays), text.
    """
    faults = [*story.faults, *(_prompted(story, *prompt) for prompt in prompts)]
    faults = [fault for fault in faults if fault.onset < last]
    found: list[Perturbation] = []
    counted: dict[str, int] = {}
    for fault in sorted(faults, key=lambda fault: (fault.onset, fault.fault)):
        label = re.sub(r"@\d+(:\d*)?", "", fault.fault)
        counted[label] = counted.get(label, 0) + 1
        numbered = label if counted[label] == 1 else f"{label} ({counted[label]})"
        steps = fault.recovery_steps
        recovery = None if steps is None else steps * story.period
        outcome = _outcome(fault, bool(len(story.position)))
        found.append(
            Perturbation(numbered, fault.onset, fault.end, outcome, fault.speed_before, recovery, fault.speed_kept)
        )
    return tuple(found)


def _prompted(story: RunStory, at: float, duration: float, text: str) -> FaultStory:
    """Return what an operator did, as if at once: when exactly, nobody recorded."""
    from sim.statistics import recovery

    fault = f"operator: {text}"
    onset = story.walked_from + at
    if duration == 0.0:
        return FaultStory(fault, onset, None)
    start = int(np.searchsorted(story.time, story.walked_from - 1e-9))
    x = story.position[start:, 0]
    first, last = round(at / story.period), round((at + duration) / story.period)
    found = recovery(x, story.period, first, last) if 0 < first <= last < len(x) else None
    if found is None:
        return FaultStory(fault, onset, onset + duration)
    return FaultStory(fault, onset, onset + duration, found.speed_before, found.steps, found.speed_kept)


def _outcome(fault: FaultStory, seen: bool) -> str:
    if not seen:
        return NOT_SEEN
    if fault.end is None and not is_wipe(fault.fault):
        return STAYS
    if fault.speed_before is None:
        return NOT_WALKING
    return NOT_RECOVERED if fault.recovery_steps is None else RECOVERED
