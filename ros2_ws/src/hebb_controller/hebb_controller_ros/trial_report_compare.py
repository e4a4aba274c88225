"""Two trials of one robot side by side, such as the simulated and the real one: what differs, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hebb_controller.errors import BadInputError
from hebb_controller_ros.trial_report_figures import COMPARED, JITTER, KEPT, OF, RECOVERY, TRACKING, labels_of
from hebb_controller_ros.trial_report_gather import Gathered
from hebb_controller_ros.trial_report_numbers import SCHEMA, numbers_of, plain, rows_of
from hebb_controller_ros.trial_report_pairs import TOO_FEW, unpaired

#: What else than the robot should be the same, or else be said: key in trial.json -> what it is.
_SAME = {
    "robot_sha256": "robot files",
    "rulebook_sha256": "rulebooks",
    "calibration_sha256": "calibrations",
    "stage": "stages",
}


def comparison_of(first: Gathered, second: Gathered) -> dict[str, Any]:
    """Return two trials in numbers, with the differences between them, condition by condition.

    The runs of two trials are no pairs: the intervals are those of a difference of medians of two groups.

    Raises:
        BadInputError: two robots, or not one condition in common.
    """
    notes = check(first, second)
    names = conditions_of(first, second)
    labels = labels_of([*first.runs, *second.runs])
    figures = [
        *COMPARED,
        *(f"{kind}{OF}{label}" for label in labels for kind in (RECOVERY, KEPT)),
        *(figure.key for figure in (*TRACKING, *JITTER)),
    ]
    ones, others = rows_of(first.runs, labels), rows_of(second.runs, labels)
    differences = []
    for name in [name for name in names if all(name in t.folder.conditions for t in (first, second))]:
        for figure in figures:
            mine, theirs = (
                [row.values.get(figure) for row in rows if row.condition == name] for rows in (ones, others)
            )
            found = unpaired(mine, theirs)
            verdict = found.told("more", "less", "not told from none", unsure=TOO_FEW.replace("blocks", "runs"))
            differences.append(
                {
                    "condition": name,
                    "figure": figure,
                    "n": found.n,
                    "median": found.value,
                    "low": found.low,
                    "high": found.high,
                    "verdict": verdict if found.n else "not in both",
                }
            )
    whole = {"schema": SCHEMA, "notes": notes, "conditions": list(names), "perturbations": labels}
    whole |= {"first": numbers_of(first), "second": numbers_of(second)}
    return dict(plain(whole | {"differences": differences}))


def check(first: Gathered, second: Gathered) -> list[str]:
    """Return what a reader must know before comparing, one line each.

    Raises:
        BadInputError: the two should not be compared.
    """
    told = [trial.folder.told for trial in (first, second)]
    where = [str(trial.folder.path) for trial in (first, second)]
    if told[0]["robot_sha256"] != told[1]["robot_sha256"] and told[0]["robot"] != told[1]["robot"]:
        raise BadInputError(
            f"{where[0]} is a trial of {told[0]['robot']}, {where[1]} of {told[1]['robot']}: two robots do not compare"
        )
    if not set(first.folder.conditions) & set(second.folder.conditions):
        raise BadInputError(
            f"not one condition in common: {where[0]} has {', '.join(first.folder.conditions)}, "
            f"{where[1]} has {', '.join(second.folder.conditions)}"
        )
    notes = []
    for key, what in _SAME.items():
        one, other = (str(entry.get(key) or "none")[:16] for entry in told)
        if one != other and not (key == "calibration_sha256" and "none" in (one, other)):
            notes.append(f"the {what} differ: {one} in the first, {other} in the second")
    for name in conditions_of(first, second):
        kinds = [trial.folder.kinds.get(name) for trial in (first, second)]
        if None not in kinds and kinds[0] != kinds[1]:
            notes.append(f"condition {name} is {kinds[0]} in the first and {kinds[1]} in the second")
        for trial, which in ((first, "first"), (second, "second")):
            if name not in trial.folder.conditions:
                notes.append(f"condition {name} is not in the {which}")
    if len({len(trial.runs) for trial in (first, second)}) > 1:
        notes.append(f"{len(first.runs)} runs finished in the first, {len(second.runs)} in the second")
    return notes


def conditions_of(first: Gathered, second: Gathered) -> Sequence[str]:
    """Return the conditions of both, those of the first in front."""
    return list(dict.fromkeys([*first.folder.conditions, *second.folder.conditions]))
