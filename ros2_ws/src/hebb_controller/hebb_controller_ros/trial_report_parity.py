"""Parity of a run: today's code, given the recorded readings, gives the recorded commands."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hebb_controller.errors import HebbError
from hebb_controller_ros.recording import Recording
from hebb_controller_ros.replay import answers

EQUAL, DIFFERS, NOT_CHECKED = "equal", "differs", "not checked"


@dataclass(frozen=True)
class Parity:
    """What the replay of a run said.

    Attributes:
        verdict: `equal` (bit for bit), `differs` or `not checked`.
        reason: the first difference, or why nothing was checked; empty if all is equal.
        commands: compared.
        equal: how many of them are equal bit for bit.
        largest: difference between two angles, in [rad]; None where no two could be compared.
    """

    verdict: str
    reason: str = ""
    commands: int = 0
    equal: int = 0
    largest: float | None = None


def parity_of(recording: Recording, rulebooks: Path) -> Parity:
    """Replay a recording to its end and say how far the commands lie apart.

    Args:
        recording: the recording.
        rulebooks: where a trial keeps the rulebooks that it drew; it may lie elsewhere now than when it was recorded.
    """
    commands = equal = 0
    given = recording.info["parameters"]
    drawn = rulebooks / Path(str(given["rulebook"])).name
    if given["rulebook"] and not Path(given["rulebook"]).exists() and drawn.is_file():
        info = recording.info | {"parameters": given | {"rulebook": str(drawn)}}
        recording = dataclasses.replace(recording, info=info)
    largest: float | None = None
    first = ""
    try:
        for answer in answers(recording):
            commands += 1
            equal += answer.equal
            first = first or ("" if answer.equal else answer.difference())
            ours, recorded = answer.ours, answer.recorded
            if ours is not None and not (ours.limp or recorded.limp):
                largest = max(largest or 0.0, float(np.abs(ours.value - recorded.value).max()))
    except HebbError as error:
        # A difference that was seen before the replay came to its end stands.
        if first:
            return Parity(DIFFERS, first, commands, equal, largest)
        return Parity(NOT_CHECKED, str(error), commands, equal, largest)
    if not commands:
        return Parity(NOT_CHECKED, "the recording holds no commands")
    return Parity(DIFFERS if first else EQUAL, first, commands, equal, largest)
